package licenseserver

import "github.com/provkit/provkit/provider"

// Names of the options that Create takes.
const (
	optUntil       = "valid_until"
	optActivations = "max_activations"
	optUsers       = "max_users"
	optResources   = "resource_ids"
)

var createOptions = []provider.OptionSpec{
	{Name: optUntil, Label: "Valid until", Help: "The last day; goes before that of the plan.", Type: provider.OptionDate},
	{Name: optActivations, Label: "Activations", Help: "How many machines; goes before that of the plan.", Type: provider.OptionInt},
	{Name: optUsers, Label: "Users", Help: "Goes before that of the plan.", Type: provider.OptionInt},
	{Name: optResources, Label: "Resources", Help: "IDs of resources to allocate: 789,790", Type: provider.OptionString},
}

// usernamePolicy is ours: a license has no name but the one in its marker, and no rule
// for the names of machines is documented.
var usernamePolicy = provider.NamePolicy{
	MinLength: 2, MaxLength: 64, First: provider.Lower + provider.Digits, Rest: provider.Lower + provider.Digits + "_.-",
}

// Describe declares what the adapter can do as it is configured.
func (p *Provider) Describe() *provider.Description { return p.description }

func describe(c *Client) *provider.Description {
	lists := "IDs are probed upwards (WithScan); with WithSearchPath the panel's search lists them"
	lost := "without WithSearchPath a key whose answer was lost may be left behind, of nobody"
	keys := "of licenses without a marker only with WithSearchPath"
	if c.search.Endpoint != nil {
		lists = "by the panel's search, whose path no document tells; IDs are probed (WithScan) where it does not find all"
		lost = "a key whose answer was lost is found again by the panel's search"
		keys = "the key comes from the marker or from the panel's search"
	}
	undocumented := provider.Support{Level: provider.Unverified, Note: "body and answer of the bulk route are undocumented; " + keys}
	capabilities := provider.Capabilities{
		provider.CapCheck: {Level: provider.Native},
		provider.CapGet:   {Level: provider.Emulated, Note: "the devices of the license, then the license by the key in its marker; " + keys},
		provider.CapFind:  {Level: provider.Emulated, Note: "by the marker, which is a device; " + lists},
		provider.CapCreate: {Level: provider.Unverified, Note: "that a generated key stores a license, and that a device stays listed when it is switched off, is assumed; " +
			"the e-mail address and the name have no place on the server; " + lost},
		provider.CapSuspend: undocumented, provider.CapUnsuspend: undocumented,
		provider.CapTerminate: {Level: provider.Unverified, Note: "body and answer of the bulk route, and what becomes of sessions, devices and resources, are undocumented"},
		provider.CapSignOn:    {Level: provider.Partial, Note: "a token for the analytics of all licenses, for operators and not for customers; where it is presented is undocumented"},
		provider.CapList:      {Level: provider.Emulated, Note: lists},
		provider.CapPlans:     {Level: provider.Unsupported, Note: "the server has none; give yours with WithPlans"},
		provider.CapChangePlan: {
			Level: provider.Unsupported, Note: "needs WithPlans",
		},
		provider.CapUsage:      {Level: provider.Partial, Note: "activations and resources, and how many users there may be; how many there are the server does not tell"},
		provider.CapFleetUsage: {Level: provider.Emulated, Note: "three calls a license; " + lists},
		provider.CapAdopt: {Level: provider.Unverified, Note: "registers a marker, which needs a free activation for a moment; that it stays listed when it is switched off is assumed; " +
			keys},
	}
	if len(c.plans) > 0 {
		capabilities[provider.CapPlans] = provider.Support{Level: provider.Emulated, Note: "those given by WithPlans: the server has none"}
		capabilities[provider.CapChangePlan] = provider.Support{Level: provider.Emulated, Note: "sets the limits of the plan; a license is on the plan whose limits it has"}
	}
	return &provider.Description{
		Kind: Kind, Name: "V2 License Server", Service: provider.ServiceLicense,
		Username: usernamePolicy, Options: createOptions, Capabilities: capabilities,
	}
}
