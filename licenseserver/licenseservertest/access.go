package licenseservertest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Methods with which tests read and change the state. Everything returned is a copy.

// Licenses returns all licenses, in order of creation.
func (s *Server) Licenses() []License {
	return locked(s, func(st *state, _ time.Time) []License { return emulator.Copies(st.licenses.Rows, emulator.Plain) })
}

// Customers returns all customers.
func (s *Server) Customers() []Customer {
	return locked(s, func(st *state, _ time.Time) []Customer { return emulator.Copies(st.customers.Rows, emulator.Plain) })
}

// Devices returns the devices of a license, including deactivated ones.
func (s *Server) Devices(licenseID int64) []Device {
	return locked(s, func(st *state, _ time.Time) []Device {
		return emulator.Copies(st.devices.Where(func(d *Device) bool { return d.LicenseID == licenseID }), emulator.Plain)
	})
}

// Sessions returns all sessions in order of their start, including those that have ended.
func (s *Server) Sessions() []Session {
	return locked(s, func(st *state, _ time.Time) []Session { return emulator.Copies(st.sessions, emulator.Plain) })
}

// OpenSessions returns the open sessions, in order of their start.
func (s *Server) OpenSessions() []Session {
	return locked(s, func(st *state, _ time.Time) []Session {
		return emulator.Copies(st.open, emulator.Plain)
	})
}

// Resources returns all resources.
func (s *Server) Resources() []Resource {
	return locked(s, func(st *state, _ time.Time) []Resource { return emulator.Copies(st.resources.Rows, emulator.Plain) })
}

// Institutions returns all institutions among the leads.
func (s *Server) Institutions() []Institution {
	return locked(s, func(st *state, _ time.Time) []Institution {
		return emulator.Copies(st.institutions.Rows, emulator.Plain)
	})
}

// Contacts returns all contacts among the leads.
func (s *Server) Contacts() []Contact {
	return locked(s, func(st *state, _ time.Time) []Contact { return emulator.Copies(st.contacts.Rows, (*Contact).clone) })
}

// AuthTokens returns all auth tokens that were created.
func (s *Server) AuthTokens() []AuthToken {
	return locked(s, func(st *state, _ time.Time) []AuthToken { return slices.Clone(st.authTokens) })
}

// AddLicense adds a license without validation and returns the stored one. ID, key, type and limits
// are filled in where they are zero, the dates if both are. It panics if the ID or the key is
// taken.
func (s *Server) AddLicense(l License) License {
	return locked(s, func(st *state, now time.Time) License {
		if st.licenses.Get(l.ID) != nil || st.keys[l.Key] != nil {
			panic(fmt.Sprintf("licenseservertest: license %d or its key exists already", l.ID))
		}
		return *st.addLicense(l, now)
	})
}

// UpdateLicense changes a license, as an operator would in the panel, and reports whether it
// exists. ID and key stay. A license that becomes inactive loses its sessions. change must not call
// the server.
func (s *Server) UpdateLicense(id int64, change func(*License)) bool {
	return locked(s, func(st *state, now time.Time) bool {
		l := st.licenses.Get(id)
		if l == nil {
			return false
		}
		changed := *l
		change(&changed)
		changed.ID, changed.Key = l.ID, l.Key
		*l = changed
		st.setActive(l, !l.Inactive, now)
		return true
	})
}

// RemoveLicense deletes a license and everything that belongs to it, as an operator would in the
// panel, and reports whether it existed.
func (s *Server) RemoveLicense(id int64) bool {
	return locked(s, func(st *state, now time.Time) bool {
		l := st.licenses.Get(id)
		if l != nil {
			st.removeLicense(l, now)
		}
		return l != nil
	})
}

// AddDevice adds a device to a license, without requiring a free activation, and returns its ID.
// Times are filled in if they are zero. It panics if the ID is taken.
func (s *Server) AddDevice(d Device) int64 {
	return locked(s, func(st *state, now time.Time) int64 {
		if d.ActivatedAt.IsZero() {
			d.ActivatedAt = now
		}
		if d.LastHeartbeat.IsZero() {
			d.LastHeartbeat = d.ActivatedAt
		}
		return addRow(st.devices, d)
	})
}

// Activate registers a device on a license, or registers it again with its ID under another name, as a
// program with the license's key does, but without requiring a name or a free activation.
func (s *Server) Activate(d Device) {
	locked(s, func(st *state, now time.Time) bool {
		c := call{Server: s, st: st, now: now}
		unlimited := License{ID: d.LicenseID, MaxActivations: math.MaxInt64, DeviceLimit: math.MaxInt64}
		_, _ = c.enroll(&unlimited, d.HardwareHash, d.MachineName, d.AppVersion)
		return true
	})
}

// AddCustomer adds a customer and returns its ID. It panics if the ID is taken.
func (s *Server) AddCustomer(c Customer) int64 {
	return locked(s, func(st *state, _ time.Time) int64 { return addRow(st.customers, c) })
}

// AddResource adds a resource and returns its ID. It panics if the ID is taken.
func (s *Server) AddResource(r Resource) int64 {
	return locked(s, func(st *state, _ time.Time) int64 { return addRow(st.resources, r) })
}

// AddInstitution adds an institution to the leads and returns its ID. A zero time becomes the
// present time. It panics if the ID is taken.
func (s *Server) AddInstitution(i Institution) int64 {
	return locked(s, func(st *state, now time.Time) int64 {
		if i.CreatedAt.IsZero() {
			i.CreatedAt = now
		}
		return addRow(st.institutions, i)
	})
}

// AddContact adds a contact to the leads and returns its ID. Its notes, details and times are
// filled in. It panics if the ID is taken.
func (s *Server) AddContact(c Contact) int64 {
	return locked(s, func(st *state, now time.Time) int64 {
		mustBeNew(st.contacts, c.ID)
		return st.addContact(c, now).ID
	})
}

// AddVersion adds a release. The highest version is the latest.
func (s *Server) AddVersion(v Version) {
	locked(s, func(st *state, _ time.Time) bool {
		st.versions = append(st.versions, v)
		return true
	})
}

// AddAlert adds an alert to the monitoring routes. A zero time becomes the present time.
func (s *Server) AddAlert(a Alert) {
	locked(s, func(st *state, now time.Time) bool {
		if a.At.IsZero() {
			a.At = now
		}
		st.alerts = append(st.alerts, a)
		return true
	})
}

// AddAnomaly adds an anomaly, which anomaly-stats counts.
func (s *Server) AddAnomaly(a Anomaly) {
	locked(s, func(st *state, _ time.Time) bool {
		st.anomalies = append(st.anomalies, a)
		return true
	})
}

func addRow[T any](t *emulator.Numbered[T], r T) int64 {
	mustBeNew(t, t.KeyOf(&r))
	return t.KeyOf(t.Add(&r))
}

func mustBeNew[T any](t *emulator.Numbered[T], id int64) {
	if t.Get(id) != nil {
		panic(fmt.Sprintf("licenseservertest: %T %d exists already", *new(T), id))
	}
}

// locked calls do with the state under the lock, after everything that was due.
func locked[T any](s *Server, do func(*state, time.Time) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.clock.Now()
	s.st.elapse(now, s.cfg.timeout)
	return do(s.st, now)
}
