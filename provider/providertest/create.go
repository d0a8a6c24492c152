package providertest

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Promise 1: Create is idempotent per Reference and Username.
var createChecks = []check{
	{name: "new", run: createNew},
	{name: "without extras", run: createBare},
	{name: "without a password", applies: needOptionalPassword, run: createWithoutPassword},
	{name: "again", run: createAgain},
	{name: "after a restart", run: createAfterRestart},
	{name: "leaves a changed account alone", run: createLeavesAlone},
	{name: "foreign account", applies: needForeign, run: createForeign},
	{name: "another reference", run: createOtherReference},
	{name: "another name", applies: needReferences, run: createOtherName},
	{name: "keeps the request", run: createKeepsRequest},
}

func createNew(c *probe) {
	a := c.make(c.p, c.w.Request(0), provider.OutcomeChanged)
	b := c.make(c.p, c.w.Request(1), provider.OutcomeChanged)
	if a.ID == b.ID {
		c.Errorf("two requests gave the same account %s", a.ID)
	}
	if n := len(c.w.Accounts()); n != 2 {
		c.Errorf("two requests made %d accounts", n)
	}
}

// make creates an account with one of the outcomes, waits for it, and compares what Create returned
// with the server.
func (c *probe) make(p provider.Provider, req *provider.CreateRequest, want ...provider.Outcome) Truth {
	c.Helper()
	made, err := p.Create(c.context(), req)
	c.ok(err, "Create %q", req.Username)
	if made == nil {
		c.Fatalf("Create %q: neither Creation nor error", req.Username)
	}
	if problem := problemOf(made); problem != "" {
		c.Errorf("Create %q: %s", req.Username, problem)
	}
	if made.Outcome == provider.OutcomePending {
		if c.w.Advance == nil {
			c.Errorf("Create %q is pending, but the world does not know of pending work", req.Username)
		}
		c.ok(c.settle(p, made.Handle), "wait for %q", req.Username)
	} else if !slices.Contains(want, made.Outcome) {
		c.Errorf("Create %q: outcome %q, want one of %q", req.Username, made.Outcome, want)
	}
	a := c.only(req)
	if made.Account != nil {
		if diff := shows(made.Account, a); diff != "" && made.Outcome != provider.OutcomePending {
			c.Errorf("Create %q returns an account with %s", req.Username, diff)
		}
	}
	return a
}

// problemOf returns what is wrong with the Creation of a Create that did not fail.
func problemOf(made *provider.Creation) string {
	switch made.Outcome {
	case provider.OutcomePending:
		if made.Handle == "" {
			return "pending, without a handle"
		}
	case provider.OutcomeChanged, provider.OutcomeAlready, provider.OutcomeAdopted:
		if made.Account == nil {
			return "done, without the account"
		}
	default:
		return "no outcome"
	}
	if len(made.Steps) == 0 {
		return "no steps"
	}
	for _, s := range made.Steps {
		switch {
		case s.Name == "":
			return "a step without a name"
		case s.Err != nil:
			return "success, although step " + s.Name + " failed"
		case s.Outcome == "" && made.Outcome != provider.OutcomePending:
			return "success, although step " + s.Name + " was not reached"
		case s.Undone:
			return "success, although step " + s.Name + " was undone"
		}
	}
	return ""
}

func createBare(c *probe) {
	req := c.w.Request(0)
	req.Domain, req.Plan, req.Name, req.Options = "", "", "", nil
	made, err := c.p.Create(c.context(), req)
	if err != nil {
		// A system may require some of these, if it says so before any request.
		c.refused(err, "", "Create without domain, plan and name")
		return
	}
	if made.Outcome == provider.OutcomePending {
		c.ok(c.settle(c.p, made.Handle), "wait for %q", req.Username)
	}
	// To an emulator, an account that never had a domain looks half made.
	c.bare = true
	c.only(req)
	c.make(c.p, req, provider.OutcomeAlready)
}

func needOptionalPassword(w *World) string {
	if password := w.Provider.Describe().Password; password == nil || !password.Optional {
		return "there are no passwords, or orders need one"
	}
	return ""
}

// createWithoutPassword: a password that is made up is handed out once, with the account that it opens.
func createWithoutPassword(c *probe) {
	req := c.w.Request(0)
	req.Password = provider.Secret{}
	made, err := c.p.Create(c.context(), req)
	c.ok(err, "Create without a password")
	if made.Password.IsZero() {
		c.Errorf("Create without a password hands out none")
	}
	has := *req
	has.Password = made.Password
	a := c.only(&has)
	again, err := c.p.Create(c.context(), req)
	c.ok(err, "Create without a password again")
	if again.Outcome != provider.OutcomeAlready || !again.Password.IsZero() || !same(a, c.only(&has)) {
		c.Errorf("Create without a password again: outcome %q, and a password or a changed account", again.Outcome)
	}
	if made, err := c.p.Create(c.context(), c.w.Request(1)); c.see(err) != nil || !made.Password.IsZero() {
		c.Errorf("Create with a password hands out one, or fails: %v", err)
	}
}

func createAgain(c *probe) {
	first := c.make(c.p, c.w.Request(0), provider.OutcomeChanged)
	for range 3 {
		if again := c.make(c.p, c.w.Request(0), provider.OutcomeAlready); !same(first, again) {
			c.Errorf("the same request again changed the account")
		}
	}
}

func createAfterRestart(c *probe) {
	first := c.make(c.p, c.w.Request(0), provider.OutcomeChanged)
	if again := c.make(c.w.Reopen(), c.w.Request(0), provider.OutcomeAlready); !same(first, again) {
		c.Errorf("the same request after a restart changed the account")
	}
}

// createLeavesAlone: Create does not undo what happened to the account after its creation.
func createLeavesAlone(c *probe) {
	a := c.create(0)
	if c.has(provider.CapSuspend) {
		outcome, err := c.p.Suspend(c.context(), a.ID)
		c.outcome(outcome, err, a.ID, "Suspend", provider.OutcomeChanged)
	}
	if c.has(provider.CapChangePlan) && c.w.OtherPlan != "" {
		outcome, err := optional[provider.PlanChanger](c.p).ChangePlan(c.context(), a.ID, c.w.OtherPlan)
		c.outcome(outcome, err, a.ID, "ChangePlan", provider.OutcomeChanged)
	}
	before := c.w.Accounts()
	req := c.w.Request(0)
	if c.d.Password != nil {
		req.Password = c.w.Request(1).Password
	}
	made, err := c.p.Create(c.context(), req)
	c.ok(err, "Create of an account that is suspended and on another plan")
	if made.Outcome != provider.OutcomeAlready {
		c.Errorf("Create of an account that is suspended and on another plan: outcome %q, want %q",
			made.Outcome, provider.OutcomeAlready)
	}
	c.unchanged(before, "Create of an account that is there")
}

func createForeign(c *probe) {
	req := c.w.Request(0)
	c.w.AddForeign(req.Username)
	before := c.w.Accounts()
	for range 2 {
		made, err := c.p.Create(c.context(), req)
		c.is(err, provider.ErrAlreadyExists, "Create with the name of a foreign account")
		if made != nil && made.Account != nil {
			c.Errorf("Create hands out a foreign account beside the error")
		}
		c.unchanged(before, "Create with the name of a foreign account")
	}
	req.OnFailure = provider.OnFailureUndo
	_, err := c.p.Create(c.context(), req)
	c.is(err, provider.ErrAlreadyExists, "Create with the name of a foreign account and OnFailureUndo")
	c.unchanged(before, "Create with the name of a foreign account and OnFailureUndo")
}

func createOtherReference(c *probe) {
	c.create(0)
	before := c.w.Accounts()
	req := c.w.Request(1)
	req.Username = c.w.Request(0).Username
	_, err := c.p.Create(c.context(), req)
	c.is(err, provider.ErrAlreadyExists, "Create with the name of another order's account")
	// The references only differ at the end: part of a marker is no marker.
	req = c.w.Request(0)
	req.Reference += "0"
	_, err = c.p.Create(c.context(), req)
	c.is(err, provider.ErrAlreadyExists, "Create with a reference that begins like the account's")
	c.unchanged(before, "Create with the name of another order's account")
}

func needReferences(w *World) string {
	if w.NamedOnly {
		return "accounts are looked for by their names only"
	}
	return ""
}

// createOtherName: one order has one account, whatever that is called.
func createOtherName(c *probe) {
	a := c.create(0)
	before := c.w.Accounts()
	req := c.w.Request(1)
	req.Reference = c.w.Request(0).Reference
	made, err := c.p.Create(c.context(), req)
	const what = "Create with another name and the reference of an account"
	switch c.see(err); {
	case err == nil:
		if made.Outcome != provider.OutcomeAlready || made.Account == nil || made.Account.ID != a.ID {
			c.Errorf("%s: outcome %q", what, made.Outcome)
		}
	case !errors.Is(err, provider.ErrConflict) && !errors.Is(err, provider.ErrAlreadyExists), !strings.Contains(err.Error(), a.ID):
		c.Errorf("%s: want an error that says so and names account %s: %v", what, a.ID, err)
	}
	c.unchanged(before, what)
}

func createKeepsRequest(c *probe) {
	req := c.w.Request(0)
	req.OnFailure = provider.OnFailureUndo
	before := *req
	before.Options = map[string]string{}
	maps.Copy(before.Options, req.Options)
	c.make(c.p, req, provider.OutcomeChanged)
	if len(before.Options) == 0 {
		before.Options = req.Options
	}
	if !reflect.DeepEqual(before, *req) {
		c.Errorf("Create changed the caller's request")
	}
}
