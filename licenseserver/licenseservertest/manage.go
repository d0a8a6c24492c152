package licenseservertest

import (
	"fmt"
	"time"
)

// license returns the license that the path names.
func (c *call) license() *License { return c.st.licenses.Get(c.pathID("license_id")) }

func toggle(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	active := l.Inactive
	if !c.ignore {
		c.st.setActive(l, active, c.now)
	}
	text := "License deactivated"
	if active {
		text = "License activated"
	}
	return ok(row{"success": true, "is_active": active, "message": text})
}

// bulk calls do for each license in license_ids that exists.
func bulk(c *call, verb string, do func(*License)) reply {
	ids := c.numbers("license_ids")
	if bad, refused := c.refused(); refused {
		return bad
	}
	found := 0
	for _, id := range ids {
		if l := c.st.licenses.Get(id); l != nil {
			found++
			do(l)
		}
	}
	return ok(row{"success": true, "affected": found, "message": fmt.Sprintf("%d licenses %s", found, verb)})
}

func (c *call) setActive(active bool) func(*License) {
	return func(l *License) {
		if !c.ignore {
			c.st.setActive(l, active, c.now)
		}
	}
}

func bulkActivate(c *call) reply   { return bulk(c, "activated", c.setActive(true)) }
func bulkDeactivate(c *call) reply { return bulk(c, "deactivated", c.setActive(false)) }

func bulkDelete(c *call) reply {
	return bulk(c, "deleted", func(l *License) { c.st.removeLicense(l, c.now) })
}

func quickEdit(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	edited := *l
	if text, there := c.body.String("valid_until"); there {
		until, err := time.Parse(time.DateOnly, text)
		if err != nil {
			c.blame("valid_until must be a date (YYYY-MM-DD)")
		}
		edited.ValidUntil = until
	} else if c.body.IsNull("valid_until") {
		edited.ValidUntil = time.Time{}
	}
	if n, there := c.limit("max_activations"); there {
		edited.MaxActivations = n
	}
	if n, there := c.limit("max_users"); there {
		edited.MaxUsers = n
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	*l = edited
	return ok(row{"success": true, "message": "License updated successfully"})
}

// generateKey also stores a license with the key: see choices.go.
func generateKey(c *call) reply {
	return ok(row{"license_key": c.st.addLicense(License{}, c.now).Key})
}

func listDevices(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	return ok(row{"devices": rows(c.st.devicesOf(l), func(d *Device) row {
		body := activationRow(d)
		body["app_version"] = d.AppVersion
		return body
	})})
}

func registerDevice(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	hash, name, version := c.required("hardware_hash"), c.required("machine_name"), c.text("app_version")
	if bad, refused := c.refused(); refused {
		return bad
	}
	d, bad := c.enroll(l, hash, name, version)
	if d == nil {
		return bad
	}
	return ok(row{"success": true, "device_id": d.ID, "message": "Device registered successfully"})
}

func deactivateDevice(c *call) reply {
	l := c.license()
	if l == nil {
		return noLicense()
	}
	d := c.st.devices.Get(c.pathID("device_id"))
	if d == nil || d.LicenseID != l.ID {
		return notFound("Device")
	}
	d.Active = false
	return ok(row{"success": true, "message": "Device deactivated successfully"})
}
