package licenseservertest

import (
	"slices"
	"time"
)

// License is a license of the server.
type License struct {
	ID  int64
	Key string
	// CustomerID is 0 for a license without a customer.
	CustomerID int64
	Type       string
	// ValidFrom and ValidUntil are days (UTC). A zero ValidUntil means no end.
	ValidFrom, ValidUntil    time.Time
	MaxActivations, MaxUsers int64
	// DeviceLimit and SessionLimit are how many devices the license may have, and how many of them a
	// session at the same time; see WithDeviceLimits.
	DeviceLimit, SessionLimit int64
	// Inactive is the opposite of the API's is_active.
	Inactive bool
}

// Customer owns licenses.
type Customer struct {
	ID          int64
	Name, Email string
}

// Device is an activation of a license on a machine.
type Device struct {
	ID, LicenseID                         int64
	HardwareHash, MachineName, AppVersion string
	ActivatedAt, LastHeartbeat            time.Time
	Active                                bool
}

// Session is a session of a license. It may have ended.
type Session struct {
	Token                            string
	LicenseID                        int64
	MachineID, HardwareHash, Version string
	StartedAt, LastHeartbeat         time.Time
	// EndedAt is zero and EndReason is "" while the session is open.
	EndedAt   time.Time
	EndReason string
}

// Open reports whether the session has not ended.
func (s Session) Open() bool { return s.EndReason == "" }

// Resource can be allocated to a license.
type Resource struct {
	ID               int64
	Type, Identifier string
	// LicenseID is 0 while the resource is free.
	LicenseID   int64
	AllocatedAt time.Time
}

// Version is a release of the licensed application.
type Version struct {
	Number   string
	Released time.Time
	Notes    string
	// Mandatory releases must be installed.
	Mandatory bool
}

// Institution is an organization among the leads.
type Institution struct {
	ID         int64
	Name, Type string
	CreatedAt  time.Time
}

// Contact is a person among the leads.
type Contact struct {
	ID, InstitutionID             int64
	FirstName, LastName, Position string
	Details                       []Detail
	Notes                         []Note
	CreatedAt                     time.Time
}

// Detail is a phone number or an e-mail address of a contact.
type Detail struct {
	ID                 int64
	Type, Value, Label string
	CreatedAt          time.Time
}

// Note is a version of the note about a contact.
type Note struct {
	ID        int64
	Content   string
	Version   int64
	CreatedAt time.Time
	CreatedBy string
}

// Alert is shown by the monitoring routes.
type Alert struct {
	Level, Message string
	At             time.Time
}

// Anomaly is counted by the monitoring routes.
type Anomaly struct {
	Type     string
	Resolved bool
}

// AuthToken is a JWT that was created.
type AuthToken struct {
	Token               string
	IssuedAt, ExpiresAt time.Time
}

func (c *Contact) clone() Contact {
	copied := *c
	copied.Details, copied.Notes = slices.Clone(c.Details), slices.Clone(c.Notes)
	return copied
}
