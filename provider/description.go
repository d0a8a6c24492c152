package provider

// ServiceType is what an account of a system is.
type ServiceType string

// The service types.
const (
	ServiceHosting ServiceType = "hosting account"
	ServiceServer  ServiceType = "server"
	ServiceLicense ServiceType = "license"
)

// Description says what a system is and can do. A billing system draws its forms and grays out its
// buttons with it.
type Description struct {
	// Kind is the driver's name: "keyhelp".
	Kind string
	// Name for people: "KeyHelp".
	Name string
	// Service is what an account of this system is.
	Service ServiceType
	// Username and Password say what Create accepts. Password is nil where accounts have none.
	Username NamePolicy
	Password *PasswordPolicy
	// Options that CreateRequest.Options takes, and CreateRequest.Secrets those that are Secret.
	Options []OptionSpec
	// Capabilities declares every capability of the contract.
	Capabilities Capabilities
}

// Option returns the specification of one of Create's options.
func (d *Description) Option(name string) (OptionSpec, bool) {
	for _, o := range d.Options {
		if o.Name == name {
			return o, true
		}
	}
	return OptionSpec{}, false
}

// OptionType is what the text of an option must be.
type OptionType string

// The option types.
const (
	OptionString OptionType = "string"
	OptionBool   OptionType = "bool" // "true" or "false"
	OptionInt    OptionType = "int"
	OptionDate   OptionType = "date" // 2006-01-02
	OptionEnum   OptionType = "enum" // one of Allowed
)

// OptionSpec describes one option, enough to draw a form.
type OptionSpec struct {
	Name     string
	Label    string
	Help     string
	Type     OptionType
	Required bool
	// Secret options go into Secrets, all others into Options.
	Secret bool
	// Default applies if the option is not given.
	Default string
	// Allowed values of OptionEnum.
	Allowed []string
}

// Capability is something that a Provider may be able to do.
type Capability string

// All capabilities of the contract, in display order.
const (
	CapCheck          Capability = "check"
	CapGet            Capability = "get"
	CapFind           Capability = "find"
	CapCreate         Capability = "create"
	CapSuspend        Capability = "suspend"
	CapUnsuspend      Capability = "unsuspend"
	CapTerminate      Capability = "terminate"
	CapSignOn         Capability = "sign-on"
	CapList           Capability = "list"
	CapPlans          Capability = "plans"
	CapChangePlan     Capability = "change plan"
	CapChangePassword Capability = "change password"
	CapUsage          Capability = "usage"
	CapFleetUsage     Capability = "fleet usage"
	CapAdopt          Capability = "adopt"
	CapRenew          Capability = "renew"
	CapCancel         Capability = "cancel at period end"
	CapPower          Capability = "power"
	CapReinstall      Capability = "reinstall"
)

// AllCapabilities lists every capability once, in display order.
func AllCapabilities() []Capability {
	return []Capability{
		CapCheck, CapGet, CapFind, CapCreate, CapSuspend, CapUnsuspend, CapTerminate, CapSignOn,
		CapList, CapPlans, CapChangePlan, CapChangePassword, CapUsage, CapFleetUsage, CapAdopt,
		CapRenew, CapCancel, CapPower, CapReinstall,
	}
}

// Level is how far a capability is supported.
type Level string

// The levels.
const (
	// Native: the API does it.
	Native Level = "native"
	// Emulated: the adapter does it by other means, which the note names.
	Emulated Level = "emulated"
	// Partial: with a restriction, which the note names.
	Partial Level = "partial"
	// Unverified: built from documents that leave something open, which the note names.
	Unverified Level = "unverified"
	// Unsupported: a call returns ErrUnsupported, or the adapter lacks the interface. The zero
	// value means the same.
	Unsupported Level = "unsupported"
)

// Evidence is where it is known from what the requests of a capability look like, and their answers.
type Evidence string

// The kinds of evidence, from the strongest to the weakest.
const (
	// EvidenceRecorded: exchanges with a running system were recorded, and the tests replay them.
	EvidenceRecorded Evidence = "recorded"
	// EvidenceDocumented: the vendor documents it.
	EvidenceDocumented Evidence = "documented"
	// EvidenceVendorProgram: a program of the vendor sends it, such as its SDK.
	EvidenceVendorProgram Evidence = "vendor's program"
	// EvidenceProgram: a program of somebody else sends it.
	EvidenceProgram Evidence = "other program"
	// EvidenceAssumed: it follows from what is known of similar requests. The zero value means the
	// same.
	EvidenceAssumed Evidence = "assumed"
)

// AllEvidence lists every kind of evidence once, from the strongest to the weakest.
func AllEvidence() []Evidence {
	return []Evidence{EvidenceRecorded, EvidenceDocumented, EvidenceVendorProgram, EvidenceProgram, EvidenceAssumed}
}

// Support is the entry of one capability.
type Support struct {
	Level Level
	// Evidence is that of the least known of the requests that the capability makes.
	Evidence Evidence
	// Note says how it is done, or what is missing.
	Note string
}

// Capabilities declares how each capability is supported. One that is missing is unsupported.
type Capabilities map[Capability]Support

// Has reports whether the capability can be used.
func (c Capabilities) Has(name Capability) bool {
	level := c[name].Level
	return level != "" && level != Unsupported
}

// KnownFrom is for authors of adapters: it sets the evidence of all supported capabilities that have none,
// and returns the map.
func (c Capabilities) KnownFrom(e Evidence) Capabilities {
	for name, support := range c {
		if c.Has(name) && support.Evidence == "" {
			support.Evidence = e
			c[name] = support
		}
	}
	return c
}
