package licenseservertest

import (
	"fmt"
	"net/http"
)

func startSession(c *call) reply {
	machine, hash, version := c.required("machine_id"), c.required("hardware_hash"), c.text("version")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	if bad, fine := c.usable(l); !fine {
		return bad
	}
	for _, s := range c.st.openOf(l) {
		if !c.cfg.strict && s.MachineID == machine && s.HardwareHash == hash {
			c.st.end(s, EndRestarted, c.now)
		}
	}
	if limit := c.sessionLimit(l); int64(len(c.st.openOf(l))) >= limit {
		text := SingleSession
		if limit > 1 {
			text = fmt.Sprintf("Es sind nur %d Sitzungen gleichzeitig erlaubt.", limit)
		}
		return refusal(http.StatusConflict, codeSessionConflict, text)
	}
	s := &Session{
		Token: c.st.newUUID(), LicenseID: l.ID, MachineID: machine, HardwareHash: hash, Version: version,
		StartedAt: c.now, LastHeartbeat: c.now,
	}
	c.st.sessions = append(c.st.sessions, s)
	c.st.byToken[s.Token], c.st.open = s, append(c.st.open, s)
	body := row{"session_token": s.Token}
	if latest := c.st.latest().Number; newer(latest, version) {
		body["update_available"], body["latest_version"] = true, latest
	}
	return ok(body)
}

// sessionLimit is one, or what the license says where there are such limits.
func (c *call) sessionLimit(l *License) int64 {
	if c.cfg.limits {
		return l.SessionLimit
	}
	return 1
}

func noSession() reply {
	return refusal(http.StatusNotFound, codeNoSession, "Session not found")
}

func sessionOver(s *Session) reply {
	return refusal(http.StatusNotFound, codeSessionEnded, "Session has ended: "+s.EndReason)
}

func heartbeat(c *call) reply {
	token := c.required("session_token")
	l, bad := c.keyed()
	if l == nil {
		return bad
	}
	s := c.st.byToken[token]
	if s == nil || s.LicenseID != l.ID {
		return noSession()
	}
	if bad, fine := c.usable(l); !fine {
		c.st.endAll(l, EndLicenseExpired, c.now)
		return bad
	}
	if !s.Open() {
		return sessionOver(s)
	}
	s.LastHeartbeat = c.now
	c.st.heartbeats = append(c.st.heartbeats, c.now)
	if d := c.st.deviceOn(l, s.HardwareHash); d != nil && d.Active {
		d.LastHeartbeat = c.now
	}
	return ok(row{"last_heartbeat": stamp(s.LastHeartbeat)})
}

func endSession(c *call) reply {
	token := c.required("session_token")
	if bad, refused := c.refused(); refused {
		return bad
	}
	s := c.st.byToken[token]
	if s == nil {
		return noSession()
	}
	if !s.Open() {
		return sessionOver(s)
	}
	c.st.end(s, EndNormal, c.now)
	return ok(row{"session_duration": int64(s.EndedAt.Sub(s.StartedAt).Seconds()), "end_reason": s.EndReason})
}
