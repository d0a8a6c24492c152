package licenseserver

import "github.com/provkit/provkit/provider"

// Names of the options of Create.
const (
	optUntil       = "valid_until"
	optActivations = "max_activations"
	optUsers       = "max_users"
	optResources   = "resource_ids"
)

var createOptions = []provider.OptionSpec{
	{Name: optUntil, Label: "Valid until", Help: "The last day; overrides that of the plan.", Type: provider.OptionDate},
	{Name: optActivations, Label: "Activations", Help: "How many machines; overrides that of the plan.", Type: provider.OptionInt},
	{Name: optUsers, Label: "Users", Help: "Overrides that of the plan.", Type: provider.OptionInt},
	{Name: optResources, Label: "Resources", Help: "IDs of resources to allocate: 789,790", Type: provider.OptionString},
}

// usernamePolicy is provkit's own: the only name of a license is the one in its marker, and no rule
// for the names of machines is documented.
var usernamePolicy = provider.NamePolicy{
	MinLength: 2, MaxLength: 64, First: provider.Lower + provider.Digits, Rest: provider.Lower + provider.Digits + "_.-",
}

// Describe returns what the adapter can do with its configuration.
func (p *Provider) Describe() *provider.Description { return p.description }

func describe(c *Client) *provider.Description {
	lists := "IDs are probed upwards (WithScan); with WithSearchPath the panel's search lists them"
	lost := "without WithSearchPath a key whose answer was lost may be left behind unused"
	keys := "of licenses without a marker only with WithSearchPath"
	if c.search.Endpoint != nil {
		lists = "by the panel's search, whose path is undocumented; IDs are probed (WithScan) if it does not find all"
		lost = "a key whose answer was lost is found again by the panel's search"
		keys = "the key comes from the marker or from the panel's search"
	}
	bulk := func(undocumented string) provider.Support {
		return provider.Support{Level: provider.Unverified, Note: undocumented + " undocumented; " + keys}
	}
	capabilities := provider.Capabilities{
		provider.CapCheck: {Level: provider.Native},
		provider.CapGet:   {Level: provider.Emulated, Note: "the devices of the license, then the license by the key in its marker; " + keys},
		provider.CapFind:  {Level: provider.Emulated, Note: "by the marker, which is a device; " + lists},
		provider.CapCreate: {Level: provider.Unverified, Note: "it is assumed that a generated key stores a license and " +
			"that a deactivated device stays listed; " +
			"the server cannot store the e-mail address and the name; " + lost},
		provider.CapSuspend:   bulk("the body and answer of the bulk route are"),
		provider.CapUnsuspend: bulk("the answer of the bulk route is"),
		provider.CapTerminate: {Level: provider.Unverified, Note: "the body and answer of the bulk route, " +
			"and what happens to sessions, devices and resources, are undocumented"},
		provider.CapSignOn: {Level: provider.Partial, Note: "a token for the analytics of all licenses, for operators and not for customers; " +
			"where to present it is undocumented"},
		provider.CapList:  {Level: provider.Emulated, Note: lists},
		provider.CapPlans: {Level: provider.Unsupported, Note: "the server has none; set yours with WithPlans"},
		provider.CapChangePlan: {
			Level: provider.Unsupported, Note: "needs WithPlans",
		},
		provider.CapUsage: {Level: provider.Partial, Note: "activations, resources, and the limit of users; " +
			"the server does not report how many users there are"},
		provider.CapFleetUsage: {Level: provider.Emulated, Note: "three calls a license; " + lists},
		provider.CapAdopt: {Level: provider.Unverified, Note: "registers a marker, which needs a free activation for a moment; " +
			"it is assumed that it stays listed when it is deactivated; " +
			keys},
	}
	if len(c.plans) > 0 {
		capabilities[provider.CapPlans] = provider.Support{Level: provider.Emulated, Note: "those of WithPlans: the server has none"}
		capabilities[provider.CapChangePlan] = provider.Support{Level: provider.Emulated, Note: "sets the limits of the plan; a license is on the plan whose limits it has"}
	}
	if c.search.Endpoint != nil {
		for _, name := range []provider.Capability{provider.CapCheck, provider.CapCreate, provider.CapList, provider.CapFleetUsage} {
			support := capabilities[name]
			support.Evidence = provider.EvidenceAssumed
			capabilities[name] = support
		}
	}
	return &provider.Description{
		Kind: Kind, Name: "V2 License Server", Service: provider.ServiceLicense,
		Username: usernamePolicy, Options: createOptions, Capabilities: capabilities.KnownFrom(provider.EvidenceDocumented),
	}
}
