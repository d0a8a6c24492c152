package hostkeytest

import "time"

var powerActions = []action{
	{"eq", "on", write, withToken, "id:server", powerOn},
	{"eq", "off", write, withToken, "id:server", powerOff},
	{"eq", "hard_off", write, withToken, "id:server", powerOff},
	{"eq", "reboot", write, withToken, "id:server", reboot},
	{"eq", "boot_dev", write, withToken, "id:server media=pxe|disk|cd", bootDevice},
	{"eq", "unit_reset", write, withToken, "id:server", resetUnit},
	{"eq", "status", read, withToken, "id:server", powerStatus},
	{"eq", "status_check", read, withToken, "", nil},
	{"eq", "sensors", read, withToken, "id:server", sensors},
}

// wrongPIN refuses a call without the account's PIN, if there is one.
func (c *call) wrongPIN() (reply, bool) {
	if c.st.pin != "" && c.text("pin") != c.st.pin {
		return fail(textNoPIN), true
	}
	return reply{}, false
}

// switching starts a power action. A suspended server can only be switched off.
func (c *call) switching(on bool, change func(*machine)) reply {
	if r, bad := c.wrongPIN(); bad {
		return r
	}
	if on && c.m.Status != statusRent {
		return fail(textLocked)
	}
	m := c.m
	m.switches++
	number := m.switches
	m.goingOn, m.goingOff = on, !on
	return c.accepted(c.start(m, taskTime, c.action.name, func(time.Time) {
		if m.switches == number {
			m.goingOn, m.goingOff = false, false
		}
		if !m.Gone && (!on || m.Status == statusRent) {
			change(m)
		}
	}))
}

// record is the status in server_data: it tells at once what the power will be, since the vendor's
// Terraform provider reads it right after its request, and only once.
func (m *machine) record() string {
	if m.Status == statusRent && (m.goingOff || !m.PoweredOn && !m.goingOn) {
		return statusPowerOff
	}
	return m.Status
}

func powerOn(c *call) reply { return c.switching(true, func(m *machine) { m.PoweredOn = true }) }

func powerOff(c *call) reply { return c.switching(false, func(m *machine) { m.PoweredOn = false }) }

func reboot(c *call) reply {
	return c.switching(true, func(m *machine) {
		m.PoweredOn = true
		m.Reboots++
	})
}

func bootDevice(c *call) reply {
	return c.switching(true, func(m *machine) {
		m.PoweredOn = true
		m.Reboots++
	})
}

// resetUnit restarts the management interface, not the server.
func resetUnit(c *call) reply {
	if r, bad := c.consoleReady(); bad {
		return r
	}
	return c.accepted(c.start(c.m, taskTime, c.action.name, nil))
}

// powerStatus starts a task whose scope is the power state when it is answered.
func powerStatus(c *call) reply {
	m := c.m
	t := c.start(m, taskTime, "status", nil)
	t.scope = func() any {
		switch {
		case m.Dedicated:
			return "Chassis Power is " + power(m)
		case m.PoweredOn:
			return "VM is up now"
		}
		return "VM is down now"
	}
	return c.accepted(t)
}

func sensors(c *call) reply {
	t := c.start(c.m, taskTime, "sensors", nil)
	t.scope = func() any { return "CPU Temp | 36 degrees C | ok" }
	return c.accepted(t)
}
