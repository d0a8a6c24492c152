package providertest

import (
	"errors"

	"github.com/provkit/provkit/provider"
)

// A system without accounts is a system: before the first one and after the last one.
var lastChecks = []check{
	{name: "before the first", run: func(c *probe) { c.empty(c.p, c.w.MissingID) }},
	{name: "after the last", run: lastGone},
}

func lastGone(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	a := c.create(0)
	if c.w.RefuseEmpty != nil {
		c.w.RefuseEmpty()
	}
	restarted := c.w.Reopen()
	c.terminate(a)
	for _, p := range []provider.Provider{c.p, restarted, c.w.Reopen()} {
		c.empty(p, a.ID)
		if offers[provider.Poller](p) {
			c.is(c.settle(p, a.ID), provider.ErrNotFound, "Wait for the last account")
		}
		done, err := provider.Ensure(c.context(), p, provider.Desired{Status: provider.StatusAbsent, ID: a.ID})
		c.ok(err, "Ensure absent of the last account")
		if len(done.Changes) > 0 {
			c.Errorf("Ensure absent of the last account reports %q", done.Changes)
		}
	}
}

// empty calls what must work in a system without accounts. missing is the ID of an account that does
// not exist.
func (c *probe) empty(p provider.Provider, missing string) {
	c.Helper()
	req := c.w.Request(0)
	if c.has(provider.CapCheck) {
		report, err := p.Check(c.context())
		c.ok(err, "Check of an empty system")
		if !report.OK() {
			c.Errorf("Check of an empty system: step %q failed", report.Failed().Name)
		}
	}
	if c.has(provider.CapList) {
		all, err := list(c.context(), p, nil)
		c.ok(err, "List of an empty system")
		if len(all) > 0 {
			c.Errorf("List of an empty system returns %d accounts", len(all))
		}
	}
	if c.has(provider.CapFleetUsage) {
		all, err := fleetUsage(c.context(), p)
		c.ok(err, "FleetUsage of an empty system")
		if len(all) > 0 {
			c.Errorf("FleetUsage of an empty system returns %d accounts", len(all))
		}
	}
	if c.has(provider.CapPlans) {
		_, err := optional[provider.PlanLister](p).Plans(c.context())
		c.ok(err, "Plans of an empty system")
	}
	for _, q := range []provider.Query{{Username: req.Username}, {Reference: req.Reference}, {Domain: req.Domain}} {
		if _, err := p.Find(c.context(), q); !q.IsZero() && !errors.Is(err, provider.ErrUnsupported) {
			c.is(err, provider.ErrNotFound, "Find %+v in an empty system", q)
		}
	}
	if missing == "" {
		return
	}
	_, err := p.Get(c.context(), missing)
	c.is(err, provider.ErrNotFound, "Get in an empty system")
	if c.has(provider.CapTerminate) {
		_, err = p.Terminate(c.context(), missing)
		c.is(err, provider.ErrNotFound, "Terminate in an empty system")
	}
	if c.has(provider.CapSuspend) {
		_, err = p.Suspend(c.context(), missing)
		c.is(err, provider.ErrNotFound, "Suspend in an empty system")
	}
}
