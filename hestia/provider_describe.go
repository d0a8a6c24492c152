package hestia

import "github.com/provkit/provkit/provider"

var description = provider.Description{
	Kind: Kind, Name: "Hestia", Service: provider.ServiceHosting,
	Username: usernamePolicy, Password: &passwordPolicy,
	Capabilities: provider.Capabilities{
		provider.CapCheck: {Level: provider.Native}, provider.CapGet: {Level: provider.Native}, provider.CapFind: {Level: provider.Native},
		provider.CapCreate:    {Level: provider.Native, Evidence: provider.EvidenceDocumented, Note: "a domain means website, zone and mail, as far as the package allows; " + inputNote},
		provider.CapSuspend:   {Level: provider.Native},
		provider.CapUnsuspend: {Level: provider.Native, Note: "also unsuspends sites and mailboxes that were suspended individually"},
		provider.CapTerminate: {Level: provider.Native},
		provider.CapSignOn: {
			Level: provider.Partial, Note: "the panel has no login link: returns the plain login page, or a reset link that changes the password, " +
				"and works only in a browser that has the login page open",
		},
		provider.CapList:           {Level: provider.Native},
		provider.CapPlans:          {Level: provider.Native, Note: "not with the billing profile"},
		provider.CapChangePlan:     {Level: provider.Native, Note: "refused if the package does not cover the usage"},
		provider.CapChangePassword: {Level: provider.Native, Note: "not while suspended"},
		provider.CapUsage:          {Level: provider.Native, Note: "disk and traffic are counted at night"},
		provider.CapFleetUsage:     {Level: provider.Native, Note: "one call for the whole server"},
		provider.CapAdopt:          {Level: provider.Unsupported, Note: "the panel refuses the brackets of a marker when it changes a name"},
	}.KnownFrom(provider.EvidenceRecorded),
}

// Describe declares what the adapter can do.
func (p *Provider) Describe() *provider.Description { return &description }
