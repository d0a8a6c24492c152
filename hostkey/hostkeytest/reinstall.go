package hostkeytest

import "github.com/provkit/provkit/internal/emulator"

// The manual reinstallation of bare metal: eq/reinstall returns a key, and eq/create_pxe installs
// with it.

// startReinstall removes the system at once.
func startReinstall(c *call) reply {
	if r, busy := c.mayReinstall(); busy {
		return r
	}
	c.m.reinstallKey = c.st.tokens.Next(callbackLength, emulator.LowerAlphanumeric)
	c.m.OS = ""
	c.st.setTag(c.m, "OS", "", "", false)
	c.st.setTag(c.m, "reinstall_start", stamp(c.st.now), "", true)
	return c.ok(row{"stage": "create_pxe", "reinstall_key": c.m.reinstallKey})
}

func createPXE(c *call) reply {
	if r, busy := c.mayReinstall(); busy {
		return r
	}
	if c.has("reinstall_key") && c.text("reinstall_key") != c.m.reinstallKey {
		return c.invalid("reinstall_key")
	}
	in, refused := c.installation(c.st.sold.preset(c.m.Preset))
	if refused != nil {
		return *refused
	}
	c.st.setTag(c.m, "autodeploy_start", stamp(c.st.now), "", true)
	t := c.reinstallTask("create_pxe", in.osName(), "")
	c.m.PXE = true
	return c.accepted(t)
}

func clearPXE(c *call) reply {
	c.m.PXE = false
	return c.ok(nil)
}

// abortReinstall removes the tags of a reinstall. It does not restore the system.
func abortReinstall(c *call) reply {
	c.m.reinstallKey, c.m.PXE = "", false
	for _, name := range []string{"reinstall_start", "autodeploy_start", "autodeploy_timeout"} {
		c.st.dropTag(c.m, name)
	}
	return c.ok(nil)
}
