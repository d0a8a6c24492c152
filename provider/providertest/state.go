package providertest

import (
	"github.com/provkit/provkit/provider"
)

// Promise 3: state changes are idempotent, and a flag that the server ignored is an error.
var stateChecks = []check{
	{name: "suspend and unsuspend", run: stateSuspend},
	{name: "ignored suspension", applies: needIgnore, run: stateIgnored},
	{name: "plan", run: statePlan},
	{name: "password", run: statePassword},
	{name: "adopt", applies: needForeign, run: stateAdopt},
}

func needIgnore(w *World) string {
	if w.IgnoreSuspension == nil {
		return "its server cannot ignore suspensions"
	}
	return ""
}

func stateSuspend(c *probe) {
	if !c.has(provider.CapSuspend) || !c.has(provider.CapUnsuspend) {
		return
	}
	a, other := c.create(0), c.create(1)
	for _, step := range []struct {
		suspend bool
		want    provider.Outcome
	}{
		{false, provider.OutcomeAlready},
		{true, provider.OutcomeChanged}, {true, provider.OutcomeAlready},
		{false, provider.OutcomeChanged}, {false, provider.OutcomeAlready},
		{true, provider.OutcomeChanged},
	} {
		verb, name := c.p.Unsuspend, "Unsuspend"
		if step.suspend {
			verb, name = c.p.Suspend, "Suspend"
		}
		outcome, err := verb(c.context(), a.ID)
		c.outcome(outcome, err, a.ID, name, step.want)
		want := a
		want.Suspended = step.suspend
		if now := c.truth(a.ID); !same(now, want) {
			c.Errorf("after %s the server has %+v", name, hidden(now))
		}
		got, err := c.p.Get(c.context(), a.ID)
		c.ok(err, "Get")
		if diff := shows(got, want); diff != "" {
			c.Errorf("Get after %s: %s", name, diff)
		}
	}
	c.unchanged([]Truth{other, c.truth(a.ID)}, "after Suspend and Unsuspend")
}

// hidden keeps the password out of a message.
func hidden(a Truth) Truth {
	a.Password = ""
	return a
}

func stateIgnored(c *probe) {
	if !c.has(provider.CapSuspend) || !c.has(provider.CapUnsuspend) {
		return
	}
	a := c.create(0)
	c.w.IgnoreSuspension(true)
	_, err := c.p.Suspend(c.context(), a.ID)
	c.is(err, provider.ErrConflict, "Suspend on a server that ignores it")
	c.w.IgnoreSuspension(false)
	outcome, err := c.p.Suspend(c.context(), a.ID)
	c.outcome(outcome, err, a.ID, "Suspend", provider.OutcomeChanged)
	c.w.IgnoreSuspension(true)
	_, err = c.p.Unsuspend(c.context(), a.ID)
	c.is(err, provider.ErrConflict, "Unsuspend on a server that ignores it")
	if !c.truth(a.ID).Suspended {
		c.Fatalf("the harness is wrong: the server did not ignore Unsuspend")
	}
}

func statePlan(c *probe) {
	if !c.has(provider.CapChangePlan) || c.w.OtherPlan == "" {
		return
	}
	changer := optional[provider.PlanChanger](c.p)
	a, other := c.create(0), c.create(1)
	outcome, err := changer.ChangePlan(c.context(), a.ID, c.w.OtherPlan)
	c.outcome(outcome, err, a.ID, "ChangePlan", provider.OutcomeChanged)
	want := a
	want.Plan = c.w.OtherPlan
	if now := c.truth(a.ID); now.Plan != "" && !same(now, want) {
		c.Errorf("after ChangePlan the server has %+v", hidden(now))
	}
	outcome, err = changer.ChangePlan(c.context(), a.ID, c.w.OtherPlan)
	c.outcome(outcome, err, a.ID, "ChangePlan to the same", provider.OutcomeAlready)
	before := c.w.Accounts()
	if _, err = changer.ChangePlan(c.context(), a.ID, "987654321"); c.see(err) == nil {
		c.Errorf("ChangePlan to a plan that does not exist succeeds")
	}
	c.unchanged(before, "ChangePlan to a plan that does not exist")
	c.unchanged([]Truth{other, c.truth(a.ID)}, "after ChangePlan")
}

func statePassword(c *probe) {
	if !c.has(provider.CapChangePassword) {
		return
	}
	a, other := c.create(0), c.create(1)
	password := c.w.Request(2).Password
	for range 2 {
		outcome, err := optional[provider.PasswordChanger](c.p).ChangePassword(c.context(), a.ID, password)
		c.outcome(outcome, err, a.ID, "ChangePassword", provider.OutcomeChanged, provider.OutcomeAlready)
		want := a
		want.Password = password.Reveal()
		if now := c.truth(a.ID); now.Password != "" && !same(now, want) {
			c.Errorf("after ChangePassword the server has something else: %+v", hidden(now))
		}
	}
	c.unchanged([]Truth{other, c.truth(a.ID)}, "after ChangePassword")
}

func stateAdopt(c *probe) {
	if !c.has(provider.CapAdopt) {
		return
	}
	adopter, req := optional[provider.Adopter](c.p), c.w.Request(0)
	id := c.w.AddForeign(req.Username)
	outcome, err := adopter.Adopt(c.context(), id, req.Reference)
	c.outcome(outcome, err, id, "Adopt", provider.OutcomeAdopted, provider.OutcomeChanged)
	outcome, err = adopter.Adopt(c.context(), id, req.Reference)
	c.outcome(outcome, err, id, "Adopt again", provider.OutcomeAlready)
	got, err := c.p.Get(c.context(), id)
	c.ok(err, "Get")
	if got.Reference != req.Reference {
		c.Errorf("the adopted account carries the reference %q, want %q", got.Reference, req.Reference)
	}
	if now := c.truth(id); now.Reference != "" && now.Reference != req.Reference {
		c.Errorf("the server has the reference %q, want %q", now.Reference, req.Reference)
	}
	before := c.w.Accounts()
	_, err = adopter.Adopt(c.context(), id, c.w.Request(1).Reference)
	c.is(err, provider.ErrAlreadyExists, "Adopt of another reference's account")
	c.unchanged(before, "Adopt of another reference's account")
	// From now on it is as if Create had made it.
	made, err := c.p.Create(c.context(), req)
	c.ok(err, "Create of an adopted account")
	if made == nil || made.Account == nil || made.Account.ID != id {
		c.Errorf("Create of an adopted account returns another one")
	}
	if n := len(c.w.Accounts()); n != 1 {
		c.Errorf("Create of an adopted account leaves %d accounts", n)
	}
}
