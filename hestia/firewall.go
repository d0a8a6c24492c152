package hestia

import (
	"context"
	"iter"
	"time"
)

// FirewallService manages rules, bans, chains and address sets. While the firewall is off, all
// changes end with ExitDisabled.
type FirewallService struct{ c *Client }

var (
	firewallAddBan            = sets("Firewall.AddBan", "v-add-firewall-ban IPV4_CIDR CHAIN")
	firewallAddChain          = sets("Firewall.AddChain", "v-add-firewall-chain CHAIN [PORT#] [PROTOCOL]")
	firewallAddIPSet          = adds("Firewall.AddIPSet", "v-add-firewall-ipset NAME [SOURCE] [IPVERSION] [AUTOUPDATE] [REFRESH]").slowly()
	firewallAddRule           = adds("Firewall.AddRule", "v-add-firewall-rule ACTION IPV4_CIDR PORT [PROTOCOL=TCP] [COMMENT] [RULE]")
	firewallAddSysFirewall    = sets("Firewall.AddSysFirewall", "v-add-sys-firewall").slowly()
	firewallChangeRule        = sets("Firewall.ChangeRule", "v-change-firewall-rule RULE ACTION IPV4_CIDR PORT [PROTOCOL=TCP] [COMMENT]")
	firewallDeleteBan         = sets("Firewall.DeleteBan", "v-delete-firewall-ban IPV4_CIDR CHAIN")
	firewallDeleteChain       = sets("Firewall.DeleteChain", "v-delete-firewall-chain CHAIN")
	firewallDeleteIPSet       = removes("Firewall.DeleteIPSet", "v-delete-firewall-ipset NAME").slowly()
	firewallDeleteRule        = adds("Firewall.DeleteRule", "v-delete-firewall-rule RULE") // the others move up
	firewallDeleteSysFirewall = sets("Firewall.DeleteSysFirewall", "v-delete-sys-firewall").slowly()
	firewallGetRule           = reads("Firewall.GetRule", "v-list-firewall-rule RULE json")
	firewallListRules         = reads("Firewall.ListRules", "v-list-firewall json")
	firewallListBans          = reads("Firewall.ListBans", "v-list-firewall-ban json").orNothing()
	firewallListIPSets        = reads("Firewall.ListIPSets", "v-list-firewall-ipset json").orNothing()
	firewallMoveRule          = adds("Firewall.MoveRule", "v-move-firewall-rule RULE DIRECTION")
	firewallStop              = sets("Firewall.Stop", "v-stop-firewall")
	firewallSuspendRule       = suspends("Firewall.SuspendRule", "v-suspend-firewall-rule RULE")
	firewallUnsuspendRule     = resumes("Firewall.UnsuspendRule", "v-unsuspend-firewall-rule RULE")
	firewallUpdate            = sets("Firewall.Update", "v-update-firewall")
	firewallUpdateIPSets      = sets("Firewall.UpdateIPSets", "v-update-firewall-ipset [REFRESH]").slowly()
)

// FirewallRule is a rule for connections to the server.
type FirewallRule struct {
	// Number is the rule's position. It changes when rules before it are removed or moved.
	Number int64 `hestia:",key"`
	// Action is "ACCEPT" or "DROP".
	Action string `hestia:"ACTION"`
	// Protocol is "TCP", "UDP" or "ICMP".
	Protocol string `hestia:"PROTOCOL"`
	// Port is "0" for all, a list ("80,443") or a range ("12000-12100", "1:65535").
	Port string `hestia:"PORT"`
	// IP is an address, a network, or "ipset:" with the name of an address set.
	IP        string    `hestia:"IP"`
	Comment   string    `hestia:"COMMENT"`
	Suspended bool      `hestia:"SUSPENDED"`
	Changed   time.Time `hestia:"DATE+TIME"`
}

// FirewallRuleRequest describes a rule, in the terms of FirewallRule. Action, IP and Port are
// required.
type FirewallRuleRequest struct {
	Action string
	IP     string
	Port   string
}

// FirewallAddRuleOptions are the optional arguments of FirewallService.AddRule.
type FirewallAddRuleOptions struct {
	// Protocol defaults to "TCP".
	Protocol string
	Comment  string
	// Number defaults to the last one. ExitExists if there is such a rule.
	Number int64
}

// AddRule creates a rule: v-add-firewall-rule. The panel does not return its number. ExitNotExist
// if the address set is missing.
func (s *FirewallService) AddRule(ctx context.Context, req *FirewallRuleRequest, opts *FirewallAddRuleOptions) error {
	if req == nil {
		return firewallAddRule.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &FirewallAddRuleOptions{}
	}
	return s.c.change(ctx, firewallAddRule, req.Action, req.IP, req.Port, opts.Protocol, opts.Comment, opts.Number)
}

// FirewallChangeRuleOptions are the optional arguments of FirewallService.ChangeRule.
type FirewallChangeRuleOptions struct {
	// Protocol is set to "TCP" if it is not given, whatever it was.
	Protocol string
	// Comment is cleared if it is not given.
	Comment string
}

// ChangeRule replaces a rule: v-change-firewall-rule. A suspended rule applies again.
func (s *FirewallService) ChangeRule(ctx context.Context, number int64, req *FirewallRuleRequest, opts *FirewallChangeRuleOptions) error {
	if req == nil {
		return firewallChangeRule.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &FirewallChangeRuleOptions{}
	}
	return s.c.change(ctx, firewallChangeRule, number, req.Action, req.IP, req.Port, opts.Protocol, opts.Comment)
}

// DeleteRule removes a rule: v-delete-firewall-rule. The rules after it move up, so a second call
// would remove another rule. It is therefore never retried.
func (s *FirewallService) DeleteRule(ctx context.Context, number int64) error {
	return s.c.change(ctx, firewallDeleteRule, number)
}

// Directions of FirewallService.MoveRule.
const (
	MoveUp   = "up"
	MoveDown = "down"
)

// MoveRule swaps a rule with the one before or after it: v-move-firewall-rule. ExitArgs if there is
// none.
func (s *FirewallService) MoveRule(ctx context.Context, number int64, direction string) error {
	return s.c.change(ctx, firewallMoveRule, number, direction)
}

// GetRule returns one rule: v-list-firewall-rule. It works while the firewall is off, too.
func (s *FirewallService) GetRule(ctx context.Context, number int64) (*FirewallRule, error) {
	return get[FirewallRule](ctx, s.c, firewallGetRule, number)
}

// ListRules returns all rules: v-list-firewall. It works while the firewall is off, too.
func (s *FirewallService) ListRules(ctx context.Context) iter.Seq2[*FirewallRule, error] {
	return list[FirewallRule](ctx, s.c, firewallListRules)
}

// SuspendRule disables a rule: v-suspend-firewall-rule.
func (s *FirewallService) SuspendRule(ctx context.Context, number int64) error {
	return s.c.change(ctx, firewallSuspendRule, number)
}

// UnsuspendRule enables a rule again: v-unsuspend-firewall-rule.
func (s *FirewallService) UnsuspendRule(ctx context.Context, number int64) error {
	return s.c.change(ctx, firewallUnsuspendRule, number)
}

// FirewallBan is an address that is blocked.
type FirewallBan struct {
	IP string `hestia:"IP"`
	// Chain is what it is blocked from: SSH, FTP, MAIL, DNS, WEB, DB, HESTIA, RECIDIVE or a chain
	// that AddChain created.
	Chain   string    `hestia:"CHAIN"`
	Created time.Time `hestia:"DATE+TIME"`
}

// AddBan blocks an IPv4 address or network in a chain: v-add-firewall-ban. An address that is
// blocked already is no error. For the server's own addresses and those on its list of exceptions
// the panel does nothing and reports success.
func (s *FirewallService) AddBan(ctx context.Context, ip, chain string) error {
	return s.c.change(ctx, firewallAddBan, ip, chain)
}

// AllChains is a chain for DeleteBan.
const AllChains = "ALL"

// DeleteBan unblocks an address in a chain: v-delete-firewall-ban. An address that is not blocked
// is no error. AllChains finds nothing on some panels, which look for a chain named "*".
func (s *FirewallService) DeleteBan(ctx context.Context, ip, chain string) error {
	return s.c.change(ctx, firewallDeleteBan, ip, chain)
}

// ListBans returns the addresses that are blocked: v-list-firewall-ban.
func (s *FirewallService) ListBans(ctx context.Context) iter.Seq2[*FirewallBan, error] {
	return list[FirewallBan](ctx, s.c, firewallListBans)
}

// FirewallAddChainOptions are the optional arguments of FirewallService.AddChain.
type FirewallAddChainOptions struct {
	// Port is required for chains that the panel does not know.
	Port string
	// Protocol defaults to "TCP". It needs a Port.
	Protocol string
}

// AddChain creates a chain for bans: v-add-firewall-chain. A chain that exists already is no error.
func (s *FirewallService) AddChain(ctx context.Context, chain string, opts *FirewallAddChainOptions) error {
	if opts == nil {
		opts = &FirewallAddChainOptions{}
	}
	return s.c.change(ctx, firewallAddChain, chain, opts.Port, opts.Protocol)
}

// DeleteChain removes a chain and its bans: v-delete-firewall-chain. A chain that does not exist is
// no error.
func (s *FirewallService) DeleteChain(ctx context.Context, chain string) error {
	return s.c.change(ctx, firewallDeleteChain, chain)
}

// FirewallIPSet is a set of addresses for rules.
type FirewallIPSet struct {
	Name string `hestia:",key"`
	// IPVersion is "v4" or "v6".
	IPVersion string `hestia:"IP_VERSION"`
	// AutoUpdate is set if the source is read again every day.
	AutoUpdate bool      `hestia:"AUTOUPDATE"`
	Suspended  bool      `hestia:"SUSPENDED"`
	Source     string    `hestia:"SOURCE"`
	Updated    time.Time `hestia:"DATE+TIME"`
}

// FirewallAddIPSetOptions are the optional arguments of FirewallService.AddIPSet.
type FirewallAddIPSetOptions struct {
	// Source is an http or https URL, or "script:" or "file:" with a path on the server. It is
	// required for a new set. Without it, an existing set is loaded again.
	Source string
	// IPVersion is "v4" (the default) or "v6".
	IPVersion string
	// AutoUpdate is on by default.
	AutoUpdate *bool
	// Refresh reads the source again even if there is a copy of it.
	Refresh bool
}

// AddIPSet creates an address set: v-add-firewall-ipset. The server installs the necessary tool if
// it lacks it.
func (s *FirewallService) AddIPSet(ctx context.Context, name string, opts *FirewallAddIPSetOptions) error {
	if opts == nil {
		opts = &FirewallAddIPSetOptions{}
	}
	return s.c.change(ctx, firewallAddIPSet, name, opts.Source, opts.IPVersion, opts.AutoUpdate, opts.Refresh)
}

// DeleteIPSet removes an address set: v-delete-firewall-ipset. A set that a rule uses cannot be
// removed.
func (s *FirewallService) DeleteIPSet(ctx context.Context, name string) error {
	return s.c.change(ctx, firewallDeleteIPSet, name)
}

// ListIPSets returns all address sets: v-list-firewall-ipset. ExitDisabled while the firewall is
// off.
func (s *FirewallService) ListIPSets(ctx context.Context) iter.Seq2[*FirewallIPSet, error] {
	return list[FirewallIPSet](ctx, s.c, firewallListIPSets)
}

// What FirewallService.UpdateIPSets does.
const (
	// RefreshDue reads sources that were last read a day ago or earlier.
	RefreshDue = ""
	// RefreshAll reads all sources of sets that update themselves.
	RefreshAll = "yes"
	// RefreshNone loads the copies only.
	RefreshNone = "load"
)

// UpdateIPSets loads all address sets again: v-update-firewall-ipset.
func (s *FirewallService) UpdateIPSets(ctx context.Context, refresh string) error {
	return s.c.change(ctx, firewallUpdateIPSets, refresh)
}

// AddSysFirewall switches the firewall on: v-add-sys-firewall.
func (s *FirewallService) AddSysFirewall(ctx context.Context) error {
	return s.c.change(ctx, firewallAddSysFirewall)
}

// DeleteSysFirewall switches the firewall off: v-delete-sys-firewall.
func (s *FirewallService) DeleteSysFirewall(ctx context.Context) error {
	return s.c.change(ctx, firewallDeleteSysFirewall)
}

// Stop admits all connections until Update: v-stop-firewall.
func (s *FirewallService) Stop(ctx context.Context) error {
	return s.c.change(ctx, firewallStop)
}

// Update applies all rules again: v-update-firewall.
func (s *FirewallService) Update(ctx context.Context) error {
	return s.c.change(ctx, firewallUpdate)
}
