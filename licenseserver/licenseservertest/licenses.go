package licenseservertest

import (
	"fmt"
	"net/http"
)

// keyed returns the license with the request's license_key.
func (c *call) keyed() (*License, reply) {
	key := c.required("license_key")
	if bad, refused := c.refused(); refused {
		return nil, bad
	}
	l := c.st.keys[key]
	if l == nil {
		return nil, noLicense()
	}
	return l, reply{}
}

// unusable returns why a license cannot be used, "" if it can.
func (c *call) unusable(l *License) (code, text string) {
	switch {
	case l.Inactive:
		return codeInactive, "License is not active"
	case l.expired(c.now):
		return codeExpired, "License has expired"
	case l.startsAfter(c.now):
		return codeNotYetValid, "License is not valid yet"
	}
	return "", ""
}

// usable refuses a license that cannot be used.
func (c *call) usable(l *License) (reply, bool) {
	if code, text := c.unusable(l); code != "" {
		return refusal(http.StatusForbidden, code, text), false
	}
	return reply{}, true
}

// enroll activates a license on a machine, if an activation is free.
func (c *call) enroll(l *License, hardwareHash, machineName, appVersion string) (*Device, reply) {
	d := c.st.deviceOn(l, hardwareHash)
	if n := int64(c.st.activeDevices(l)); d == nil || !d.Active {
		switch {
		case n >= l.MaxActivations:
			text := fmt.Sprintf("Maximum number of activations reached (%d)", l.MaxActivations)
			return nil, refusal(http.StatusConflict, codeMaxActivations, text)
		case c.cfg.limits && n >= l.DeviceLimit:
			return nil, refusal(http.StatusConflict, codeMaxDevices, fmt.Sprintf("Device limit reached (%d)", l.DeviceLimit))
		}
	}
	if d == nil {
		d = &Device{LicenseID: l.ID, HardwareHash: hardwareHash}
		c.st.devices.Add(d)
	}
	if !d.Active {
		d.Active, d.ActivatedAt = true, c.now
	}
	d.MachineName, d.LastHeartbeat = machineName, c.now
	if appVersion != "" {
		d.AppVersion = appVersion
	}
	return d, reply{}
}

func activate(c *call) reply {
	hash, name, version := c.required("hardware_hash"), c.required("machine_name"), c.text("app_version")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	if bad, fine := c.usable(l); !fine {
		return bad
	}
	d, bad := c.enroll(l, hash, name, version)
	if d == nil {
		return bad
	}
	body := activationRow(d)
	body["license_key"] = l.Key
	return ok(row{"message": "License activated successfully", "activation": body})
}

func verify(c *call) reply {
	hash, version := c.required("hardware_hash"), c.text("app_version")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	_, text := c.unusable(l)
	if d := c.st.deviceOn(l, hash); text == "" && (d == nil || !d.Active) {
		text = "License is not activated on this machine"
	}
	valid := text == ""
	if valid {
		text = "License is valid"
	}
	latest := c.st.latest().Number
	return ok(row{
		"valid": valid, "message": text,
		"license":          c.withLimits(l, row{"key": l.Key, "valid_until": day(l.ValidUntil), "max_users": l.MaxUsers}),
		"update_available": newer(latest, version), "latest_version": latest,
	})
}

func info(c *call) reply {
	l := c.st.keys[c.r.PathValue("license_key")]
	if l == nil {
		return noLicense()
	}
	return ok(row{"license": c.licenseRow(l), "activations": rows(c.st.devicesOf(l), activationRow)})
}

func (c *call) licenseRow(l *License) row {
	return c.withLimits(l, row{
		"id": l.ID, "key": l.Key, "customer_name": c.st.customerName(l), "type": l.Type, "valid_from": day(l.ValidFrom),
		"valid_until": day(l.ValidUntil), "max_activations": l.MaxActivations, "max_users": l.MaxUsers, "is_active": !l.Inactive,
	})
}

// withLimits adds the limits of devices and sessions where there are any.
func (c *call) withLimits(l *License, body row) row {
	if c.cfg.limits {
		body["device_limit"], body["concurrent_sessions_limit"] = l.DeviceLimit, l.SessionLimit
	}
	return body
}

func activationRow(d *Device) row {
	return row{
		"id": d.ID, "hardware_hash": d.HardwareHash, "machine_name": d.MachineName, "activated_at": stamp(d.ActivatedAt),
		"last_heartbeat": stamp(d.LastHeartbeat), "is_active": d.Active,
	}
}
