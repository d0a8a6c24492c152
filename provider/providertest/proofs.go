package providertest

import (
	"maps"
	"slices"

	"github.com/provkit/provkit/provider"
)

// proofs are the checks that an adapter fails if a capability does nothing and reports success.
var proofs = map[provider.Capability][]string{
	provider.CapCheck:          {"check/good", "faults/check"},
	provider.CapGet:            {"read/get", "faults/get"},
	provider.CapFind:           {"read/find", "faults/find"},
	provider.CapCreate:         {"create/new", "create/again", "faults/create"},
	provider.CapSuspend:        {"state/suspend and unsuspend", "faults/suspend"},
	provider.CapUnsuspend:      {"state/suspend and unsuspend", "faults/unsuspend"},
	provider.CapTerminate:      {"terminate/removes", "faults/terminate"},
	provider.CapSignOn:         {"optional/sign-on", "faults/sign-on"},
	provider.CapList:           {"read/list", "faults/list"},
	provider.CapPlans:          {"read/plans", "faults/plans"},
	provider.CapChangePlan:     {"state/plan", "faults/change plan"},
	provider.CapChangePassword: {"state/password", "faults/change password"},
	provider.CapUsage:          {"read/usage", "faults/usage"},
	provider.CapFleetUsage:     {"read/fleet usage", "faults/fleet usage"},
	provider.CapAdopt:          {"state/adopt", "faults/adopt"},
	provider.CapRenew:          {"optional/renew", "faults/renew"},
	provider.CapCancel:         {"optional/cancel", "faults/cancel", "faults/undo cancel"},
	provider.CapPower:          {"optional/power", "faults/power off"},
	provider.CapReinstall:      {"faults/reinstall"},
}

// Proofs returns, for each capability, the checks that try it: as "group/check", the path of the
// subtest below Run. A capability that is declared native passes them, or Run fails. Run also fails
// if the harness lacks what it needs to try one.
func Proofs() map[provider.Capability][]string {
	all := maps.Clone(proofs)
	for capability, checks := range all {
		all[capability] = slices.Clone(checks)
	}
	return all
}

// means are the fields of World that the suite needs to try a capability.
var means = map[provider.Capability]struct {
	field string
	given func(*World) bool
}{
	provider.CapChangePlan: {"OtherPlan", func(w *World) bool { return w.OtherPlan != "" }},
	provider.CapAdopt:      {"AddForeign", func(w *World) bool { return w.AddForeign != nil }},
	provider.CapReinstall:  {"Image and Faults", func(w *World) bool { return w.Image != "" && w.Faults != nil }},
}

// nativeIsTried: the suite must have tried what is declared native.
func nativeIsTried(c *probe) {
	for name, need := range means {
		if c.d.Capabilities[name].Level == provider.Native && !need.given(c.w) {
			c.Errorf("%q is declared native, and nothing tries it: the harness needs %s", name, need.field)
		}
	}
}
