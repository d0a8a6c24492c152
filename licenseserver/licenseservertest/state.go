package licenseservertest

import (
	"slices"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// state is all data of the server. The server's lock guards it.
type state struct {
	tokens       *emulator.Tokens
	customers    *emulator.Numbered[Customer]
	licenses     *emulator.Numbered[License]
	keys         map[string]*License
	devices      *emulator.Numbered[Device]
	sessions     []*Session
	byToken      map[string]*Session
	open         []*Session  // of sessions, in order of their start
	heartbeats   []time.Time // of the last minute
	resources    *emulator.Numbered[Resource]
	versions     []Version
	institutions *emulator.Numbered[Institution]
	contacts     *emulator.Numbered[Contact]
	details      *emulator.Sequence
	notes        *emulator.Sequence
	alerts       []Alert
	anomalies    []Anomaly
	authTokens   []AuthToken
	answers      map[int]int64 // by status
}

func newState(tokens *emulator.Tokens) *state {
	return &state{
		tokens:       tokens,
		customers:    emulator.NewNumbered(firstCustomerID, func(c *Customer) *int64 { return &c.ID }),
		licenses:     emulator.NewNumbered(firstLicenseID, func(l *License) *int64 { return &l.ID }),
		keys:         make(map[string]*License),
		devices:      emulator.NewNumbered(firstDeviceID, func(d *Device) *int64 { return &d.ID }),
		byToken:      make(map[string]*Session),
		resources:    emulator.NewNumbered(firstResourceID, func(r *Resource) *int64 { return &r.ID }),
		institutions: emulator.NewNumbered(firstInstitutionID, func(i *Institution) *int64 { return &i.ID }),
		contacts:     emulator.NewNumbered(firstContactID, func(c *Contact) *int64 { return &c.ID }),
		details:      emulator.NewSequence(firstDetailID, firstDetailID),
		notes:        emulator.NewSequence(firstNoteID, firstNoteID),
		answers:      make(map[int]int64),
	}
}

// newLicenseKey returns a key that is not taken.
func (st *state) newLicenseKey() string {
	for {
		next := func() string { return st.tokens.Next(4, licenseKeyAlphabet) }
		key := next() + "-" + next() + "-" + next() + "-" + next()
		if st.keys[key] == nil {
			return key
		}
	}
}

// newUUID returns a token in the form of the documented session tokens.
func (st *state) newUUID() string {
	return st.tokens.Next(8, hexadecimal) + "-" + st.tokens.Next(4, hexadecimal) + "-4" + st.tokens.Next(3, hexadecimal) +
		"-" + st.tokens.Next(1, "89ab") + st.tokens.Next(3, hexadecimal) + "-" + st.tokens.Next(12, hexadecimal)
}

func (st *state) addLicense(l License, now time.Time) *License {
	today := dayOf(now)
	if l.Key == "" {
		l.Key = st.newLicenseKey()
	}
	if l.Type == "" {
		l.Type = newLicenseType
	}
	if l.ValidFrom.IsZero() && l.ValidUntil.IsZero() {
		l.ValidUntil = today.AddDate(newLicenseYears, 0, 0)
	}
	if l.ValidFrom.IsZero() {
		l.ValidFrom = today
	}
	if l.MaxActivations == 0 {
		l.MaxActivations = newLicenseActivations
	}
	if l.MaxUsers == 0 {
		l.MaxUsers = newLicenseUsers
	}
	if l.DeviceLimit == 0 {
		l.DeviceLimit = newLicenseDevices
	}
	if l.SessionLimit == 0 {
		l.SessionLimit = newLicenseSessions
	}
	st.licenses.Add(&l)
	st.keys[l.Key] = &l
	return &l
}

// removeLicense removes a license with its devices, ends its sessions, and frees its resources.
func (st *state) removeLicense(l *License, now time.Time) {
	st.endAll(l, EndLicenseDeleted, now)
	st.devices.RemoveWhere(func(d *Device) bool { return d.LicenseID == l.ID })
	for _, r := range st.resources.Rows {
		if r.LicenseID == l.ID {
			r.LicenseID, r.AllocatedAt = 0, time.Time{}
		}
	}
	delete(st.keys, l.Key)
	st.licenses.RemoveWhere(func(other *License) bool { return other == l })
}

// setActive ends the sessions of a license that becomes inactive.
func (st *state) setActive(l *License, active bool, now time.Time) {
	l.Inactive = !active
	if !active {
		st.endAll(l, EndLicenseInactive, now)
	}
}

// endAll ends the sessions of a license.
func (st *state) endAll(l *License, reason string, at time.Time) {
	for _, s := range st.openOf(l) {
		st.end(s, reason, at)
	}
}

// end ends an open session.
func (st *state) end(s *Session, reason string, at time.Time) {
	s.EndedAt, s.EndReason = at, reason
	st.open = slices.DeleteFunc(st.open, func(other *Session) bool { return other == s })
}

// openOf returns the open sessions of a license.
func (st *state) openOf(l *License) []*Session {
	var own []*Session
	for _, s := range st.open {
		if s.LicenseID == l.ID {
			own = append(own, s)
		}
	}
	return own
}

// elapse applies the passage of time: sessions time out, heartbeats leave the last minute.
func (st *state) elapse(now time.Time, timeout time.Duration) {
	for _, s := range slices.Clone(st.open) {
		if end := s.LastHeartbeat.Add(timeout); !now.Before(end) {
			st.end(s, EndTimeout, end)
		}
	}
	old := 0
	for old < len(st.heartbeats) && now.Sub(st.heartbeats[old]) >= time.Minute {
		old++
	}
	st.heartbeats = st.heartbeats[old:]
}

func (st *state) customerName(l *License) string {
	if c := st.customers.Get(l.CustomerID); c != nil {
		return c.Name
	}
	return ""
}

func (st *state) devicesOf(l *License) []*Device {
	return st.devices.Where(func(d *Device) bool { return d.LicenseID == l.ID })
}

// deviceOn returns the record of a machine, active or not.
func (st *state) deviceOn(l *License, hardwareHash string) *Device {
	return st.devices.Find(func(d *Device) bool { return d.LicenseID == l.ID && d.HardwareHash == hardwareHash })
}

func (st *state) activeDevices(l *License) int {
	return st.devices.Count(func(d *Device) bool { return d.LicenseID == l.ID && d.Active })
}

func (l *License) startsAfter(now time.Time) bool { return now.Before(l.ValidFrom) }

// expired reports whether the end of the last day has passed.
func (l *License) expired(now time.Time) bool {
	return !l.ValidUntil.IsZero() && !now.Before(l.ValidUntil.AddDate(0, 0, 1))
}

func dayOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
