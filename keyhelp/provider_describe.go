package keyhelp

import "github.com/provkit/provkit/provider"

// Names of the options of Create. Live dialect only.
const (
	optLanguage    = "language"
	optNotes       = "notes"
	optCompany     = "company"
	optTelephone   = "telephone"
	optAddress     = "address"
	optCity        = "city"
	optZIP         = "zip"
	optState       = "state"
	optCountry     = "country"
	optCustomer    = "customer_number"
	optCredentials = "send_login_credentials"
	optSystem      = "create_system_domain"
)

var createOptions = []provider.OptionSpec{
	{Name: optLanguage, Label: "Panel language", Type: provider.OptionEnum, Allowed: []string{
		"de", "en", "es", "fr", "it", "nl", "pl", "pt", "pt-BR", "ru", "tr", "sv", "no", "hu", "ca", "id", "ar", "zh-CN", "zh-TW",
	}},
	{Name: optNotes, Label: "Notes", Help: "Seen by the operator; the account's marker is added to them.", Type: provider.OptionString},
	{Name: optCompany, Label: "Company", Type: provider.OptionString},
	{Name: optTelephone, Label: "Telephone", Type: provider.OptionString},
	{Name: optAddress, Label: "Address", Type: provider.OptionString},
	{Name: optCity, Label: "City", Type: provider.OptionString},
	{Name: optZIP, Label: "ZIP code", Type: provider.OptionString},
	{Name: optState, Label: "State", Type: provider.OptionString},
	{Name: optCountry, Label: "Country", Type: provider.OptionString},
	{Name: optCustomer, Label: "Customer number", Type: provider.OptionString},
	{Name: optCredentials, Label: "Mail the login data to the customer", Type: provider.OptionBool},
	{Name: optSystem, Label: "Create a sub-domain of the server's name", Type: provider.OptionBool},
}

// Rules for names and passwords are undocumented. These are the strictest that clients of running
// panels follow; the hyphen is in a name of the vendor's wiki.
var (
	usernamePolicy = provider.NamePolicy{
		MinLength: 2, MaxLength: 32, First: provider.Lower, Rest: provider.Lower + provider.Digits + "_-",
		Reserved: []string{"root", "admin", "administrator", "keyhelp", "www-data", "mysql", "nobody", "daemon", "ftp", "mail", "postfix", "dovecot"},
	}
	passwordPolicy = provider.PasswordPolicy{
		MinLength: 8, MaxLength: 128, Need: []string{provider.Lower, provider.Upper, provider.Digits}, Optional: true,
	}
)

const scanNote = "the documented dialect has no list and no search: client IDs are probed upwards (WithScan)"

// Describe returns what the adapter can do in the configured dialect; with DialectAuto, what it can
// do in both.
func (p *Provider) Describe() *provider.Description {
	switch p.client.dialects.configured {
	case DialectDocumented:
		return &describeDocumented
	case DialectLive:
		return &describeLive
	case DialectAuto:
	}
	return &describeAuto
}

var (
	describeLive       = describe(capabilitiesLive(), createOptions)
	describeDocumented = describe(capabilitiesDocumented(), nil)
	describeAuto       = describe(capabilitiesAuto(), createOptions)
)

func describe(capabilities provider.Capabilities, options []provider.OptionSpec) provider.Description {
	return provider.Description{
		Kind: Kind, Name: "KeyHelp", Service: provider.ServiceHosting,
		Username: usernamePolicy, Password: &passwordPolicy, Options: options, Capabilities: capabilities.KnownFrom(provider.EvidenceDocumented),
	}
}

func capabilitiesLive() provider.Capabilities {
	// The vendor's wiki shows ping, plans, clients by name, and new clients and domains; the rest is known
	// from programs.
	seen := provider.Support{Level: provider.Native, Evidence: provider.EvidenceProgram}
	return provider.Capabilities{
		provider.CapCheck: seen, provider.CapGet: seen, provider.CapFind: seen, provider.CapCreate: seen,
		provider.CapSuspend: seen, provider.CapUnsuspend: seen, provider.CapTerminate: seen, provider.CapSignOn: seen,
		provider.CapList: seen, provider.CapPlans: {Level: provider.Native}, provider.CapChangePlan: seen, provider.CapChangePassword: seen,
		provider.CapUsage: seen, provider.CapAdopt: seen,
		provider.CapFleetUsage: {Level: provider.Native, Evidence: provider.EvidenceProgram, Note: "one call per account, several at a time: the API has no total"},
	}
}

func capabilitiesDocumented() provider.Capabilities {
	c := make(provider.Capabilities)
	for name := range capabilitiesLive() {
		c[name] = provider.Support{Level: provider.Native}
	}
	c[provider.CapList] = provider.Support{Level: provider.Emulated, Note: scanNote}
	c[provider.CapFind] = provider.Support{Level: provider.Emulated, Note: scanNote}
	c[provider.CapFleetUsage] = provider.Support{Level: provider.Emulated, Note: scanNote}
	c[provider.CapChangePlan] = provider.Support{Level: provider.Unverified, Note: "the reference does not say that a plan can be changed"}
	c[provider.CapPlans] = provider.Support{Level: provider.Native, Note: "KeyHelp Pro only; else the plans given by WithPlans"}
	c[provider.CapAdopt] = provider.Support{Level: provider.Unverified, Note: "the reference does not say that a display name can be changed"}
	c[provider.CapTerminate] = provider.Support{Level: provider.Native, Note: "proof of absence is that another client can still be read"}
	return c
}

// capabilitiesAuto returns the lesser capabilities of the two, and the weaker evidence: what is declared
// before the first call must be true after it.
func capabilitiesAuto() provider.Capabilities {
	c := capabilitiesDocumented()
	for name, live := range capabilitiesLive() {
		lesser := c[name]
		lesser.Evidence = live.Evidence
		c[name] = lesser
	}
	return c
}
