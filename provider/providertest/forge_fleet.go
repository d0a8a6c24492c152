package providertest

import (
	"fmt"
	"slices"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// reconciled compares the server with the caller's records, in which the account of the order that the
// customer writes about is to be suspended, and repairs it: nobody else may be touched. It returns what
// was said about the account into which the customer wrote.
func (c *probe) reconciled(what string, ids map[int]string, about int, written string) (said string) {
	if _, lists := provider.As[provider.Lister](c.p); !lists || !needEnsure(c) {
		return "-"
	}
	const server = "server"
	f, err := fleet.New(&fleet.Server{Name: server, Provider: c.p, Config: fleet.ServerEntry{Name: server}})
	c.ok(err, "%s: open a fleet", what)
	var wanted []fleet.Wanted
	for _, n := range []int{theForgers, theVictims, toCome, theForgersSecond} {
		if ids[n] == "" && n != about {
			continue
		}
		w := fleet.Wanted{Server: server, Reference: c.w.Request(n).Reference, Username: c.w.Request(n).Username, Status: provider.StatusActive}
		if n == about {
			w.Status = provider.StatusSuspended
		}
		wanted = append(wanted, w)
	}
	before := c.w.Accounts()
	var drifts []*fleet.Drift
	said = "as wanted"
	for d, err := range f.Reconcile(c.context(), func(yield func(fleet.Wanted, error) bool) {
		for _, w := range wanted {
			if !yield(w, nil) {
				return
			}
		}
	}) {
		c.ok(err, "%s: Reconcile", what)
		drifts = append(drifts, d)
		if d.Account != nil && d.Account.ID == written {
			said = fmt.Sprint(d.Kinds)
		}
	}
	job, _, err := f.Repair(drifts, &fleet.RepairOptions{TerminateExtra: true})
	c.ok(err, "%s: Repair", what)
	job.MaxShare = 1
	for result, err := range job.Run(c.context()) {
		c.ok(err, "%s: Repair", what)
		c.ok(result.Err, "%s: Repair %s", what, result.Target)
		if result.Outcome == provider.OutcomePending {
			c.ok(c.settle(c.p, result.Target.ID), "%s: Repair %s: wait for it", what, result.Target)
		}
	}
	genuine := ids[about]
	if diff := difference(before, c.w.Accounts(), genuine); diff != "" {
		c.Errorf("%s: Reconcile and Repair: %s", what, diff)
	}
	if genuine == "" {
		return said
	}
	repaired := c.truth(genuine).Suspended
	if !repaired && genuine != written && !slices.ContainsFunc(drifts, func(d *fleet.Drift) bool { return d.Account != nil && d.Account.ID == genuine }) {
		c.Errorf("%s: Reconcile passes over account %s, which is to be suspended", what, genuine)
	}
	if repaired {
		outcome, err := c.p.Unsuspend(c.context(), genuine)
		c.outcome(outcome, err, genuine, what+": Unsuspend after Repair", provider.OutcomeChanged)
	}
	return said
}
