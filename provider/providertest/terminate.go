package providertest

import (
	"errors"

	"github.com/provkit/provkit/provider"
)

// Promise 4: Terminate needs proof of absence.
var terminateChecks = []check{
	{name: "removes", run: terminateRemoves},
	{name: "again", run: terminateAgain},
	{name: "suspended account", run: terminateSuspended},
	{name: "then create", run: terminateThenCreate},
	{name: "hidden account", applies: needHide, run: terminateHidden},
}

func needHide(w *World) string {
	if w.HideAccounts == nil {
		return "its server cannot hide accounts"
	}
	return ""
}

func (c *probe) terminate(a Truth) {
	c.Helper()
	before := c.w.Accounts()
	outcome, err := c.p.Terminate(c.context(), a.ID)
	c.ok(err, "Terminate")
	if outcome == provider.OutcomePending {
		if err := c.settle(c.p, a.ID); err != nil && !errors.Is(err, provider.ErrNotFound) {
			c.Errorf("wait for the end: %v", err)
		}
	} else if outcome != provider.OutcomeChanged {
		c.Errorf("Terminate: outcome %q, want %q", outcome, provider.OutcomeChanged)
	}
	if _, there := find(c.w.Accounts(), a.ID); there {
		c.Errorf("Terminate succeeds, and the account is there")
	}
	if diff := difference(before, c.w.Accounts(), a.ID); diff != "" {
		c.Errorf("Terminate of account %s: %s", a.ID, diff)
	}
}

func terminateRemoves(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	a := c.create(0)
	c.create(1)
	c.terminate(a)
	_, err := c.p.Get(c.context(), a.ID)
	c.is(err, provider.ErrNotFound, "Get of a removed account")
}

func terminateAgain(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	a := c.create(0)
	c.terminate(a)
	before := c.w.Accounts()
	for _, p := range []provider.Provider{c.p, c.w.Reopen()} {
		// This must also work in an empty system, where nothing else can be read.
		_, err := p.Terminate(c.context(), a.ID)
		c.is(err, provider.ErrNotFound, "Terminate of a removed account")
	}
	c.unchanged(before, "Terminate of a removed account")
}

func terminateSuspended(c *probe) {
	if !c.has(provider.CapTerminate) || !c.has(provider.CapSuspend) {
		return
	}
	a := c.create(0)
	outcome, err := c.p.Suspend(c.context(), a.ID)
	c.outcome(outcome, err, a.ID, "Suspend", provider.OutcomeChanged)
	c.terminate(a)
}

func terminateThenCreate(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	c.terminate(c.create(0))
	c.make(c.p, c.w.Request(0), provider.OutcomeChanged)
}

// terminateHidden: the server says "not found" to credentials without rights, although the account
// exists. ErrNotFound would be as wrong as success: Ensure and billing systems take it for gone.
func terminateHidden(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	a := c.create(0)
	before := c.w.Accounts()
	c.w.HideAccounts(true)
	_, err := c.p.Terminate(c.context(), a.ID)
	if _, there := find(c.w.Accounts(), a.ID); there {
		switch {
		case err == nil:
			c.Errorf("Terminate succeeds without proof: the account exists, and is hidden")
		case errors.Is(c.see(err), provider.ErrNotFound):
			c.Errorf("Terminate says ErrNotFound without proof: the account exists, and is hidden")
		}
	}
	c.notAbsent(c.p, a, "of a hidden account")
	c.w.HideAccounts(false)
	if _, there := find(c.w.Accounts(), a.ID); !there {
		return // a server may remove what it does not show
	}
	c.unchanged(before, "after Terminate of a hidden account")
	c.terminate(a)
}
