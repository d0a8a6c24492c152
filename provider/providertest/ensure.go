package providertest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Promise 7: Ensure brings an account to the wanted state, reports each change, and changes nothing
// in a dry run.
var ensureChecks = []check{
	{name: "through its life", run: ensureLife},
	{name: "foreign account", applies: needForeign, run: ensureForeign},
	{name: "half made and suspended", applies: needFaults, run: ensureHalfMade},
	{name: "only reads", applies: needReads, run: ensureReads},
}

func needEnsure(c *probe) bool {
	for _, name := range []provider.Capability{
		provider.CapFind, provider.CapSuspend, provider.CapUnsuspend, provider.CapTerminate,
	} {
		if !c.has(name) {
			return false
		}
	}
	return true
}

func ensureLife(c *probe) {
	if !needEnsure(c) {
		return
	}
	req, other := c.w.Request(0), c.create(1)
	plan := ""
	if c.has(provider.CapChangePlan) {
		plan = c.w.OtherPlan
	}
	steps := []struct {
		want provider.Desired
		does []provider.Capability
	}{
		{provider.Desired{Status: provider.StatusAbsent, Create: req}, nil},
		{provider.Desired{Status: provider.StatusActive, Create: req}, []provider.Capability{provider.CapCreate}},
		{provider.Desired{Status: provider.StatusSuspended, Create: req}, []provider.Capability{provider.CapSuspend}},
		{provider.Desired{Status: provider.StatusActive, Create: req}, []provider.Capability{provider.CapUnsuspend}},
		{provider.Desired{Status: provider.StatusAbsent, Create: req}, []provider.Capability{provider.CapTerminate}},
	}
	if plan != "" {
		steps = slices.Insert(steps, 4, struct {
			want provider.Desired
			does []provider.Capability
		}{provider.Desired{Status: provider.StatusActive, Create: req, Plan: plan}, []provider.Capability{provider.CapChangePlan}})
	}
	for _, step := range steps {
		c.ensure(step.want, step.does)
		want := step.want
		switch left := ours(c.w.Accounts(), req); {
		case want.Status == provider.StatusAbsent:
			if len(left) > 0 {
				c.Errorf("Ensure absent: the account is there")
			}
		case len(left) != 1 || !left[0].Complete || left[0].Suspended != (want.Status == provider.StatusSuspended):
			c.Errorf("Ensure %s: the server has %d accounts in another state", want.Status, len(left))
		case want.Plan != "" && left[0].Plan != "" && left[0].Plan != want.Plan:
			c.Errorf("Ensure plan %s: the server has %s", want.Plan, left[0].Plan)
		}
		c.ensure(want, nil)
	}
	c.unchanged([]Truth{other}, "after all")
}

// ensure calls Ensure, first as a dry run, and compares the reported changes.
func (c *probe) ensure(want provider.Desired, does []provider.Capability) {
	c.Helper()
	name := fmt.Sprintf("Ensure %s", want.Status)
	before := c.w.Accounts()
	dry := want
	dry.DryRun = true
	reported, err := provider.Ensure(c.context(), c.p, dry)
	c.ok(err, "%s, dry", name)
	c.unchanged(before, "%s, dry", name)
	done, err := provider.Ensure(c.context(), c.p, want)
	c.ok(err, "%s", name)
	if done.Outcome() == provider.OutcomePending {
		c.ok(c.settle(c.p, done.Handle), "%s: wait", name)
	}
	for i, changes := range [][]provider.Change{reported.Changes, done.Changes} {
		var verbs []provider.Capability
		for _, change := range changes {
			// What the API does not show is set again.
			if change.Outcome != provider.OutcomeAlready {
				verbs = append(verbs, change.Verb)
			}
		}
		if i == 0 && want.Plan != "" {
			continue // a dry run cannot know whether a plan that is not shown would change
		}
		if !slices.Equal(verbs, does) {
			c.Errorf("%s (dry run: %v) reports %q, want %q", name, i == 0, verbs, does)
		}
	}
}

func ensureForeign(c *probe) {
	if !needEnsure(c) {
		return
	}
	req := c.w.Request(0)
	c.w.AddForeign(req.Username)
	before := c.w.Accounts()
	for _, state := range []provider.Status{provider.StatusActive, provider.StatusSuspended, provider.StatusAbsent} {
		_, err := provider.Ensure(c.context(), c.p, provider.Desired{Status: state, Create: req})
		c.is(err, provider.ErrAlreadyExists, "Ensure %s of a foreign account", state)
		c.unchanged(before, "Ensure %s of a foreign account", state)
	}
}

// ensureHalfMade heals an account whose domain could not be made, and which somebody has suspended
// meanwhile.
func ensureHalfMade(c *probe) {
	req := c.w.Request(0)
	if !needEnsure(c) || req.Domain == "" {
		return
	}
	c.deny(func(r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		text := r.URL.String() + string(body)
		return strings.Contains(text, req.Domain) && !strings.Contains(text, req.Email) // not the account itself
	}, provider.ErrForbidden)
	made, err := c.p.Create(c.context(), req)
	if c.see(err) == nil || made == nil || made.Account == nil {
		c.Fatalf("the harness is wrong: Create without a domain: %v, %v", made, err)
	}
	c.w.Faults.Clear()
	_, err = c.p.Suspend(c.context(), made.Account.ID)
	c.ok(err, "Suspend")
	for _, status := range []provider.Status{provider.StatusSuspended, provider.StatusActive} {
		for range 3 { // what pends is ensured again
			done, err := provider.Ensure(c.context(), c.p, provider.Desired{Status: status, Create: req})
			c.ok(err, "Ensure %s of a half made account that is suspended", status)
			if done.Outcome() != provider.OutcomePending {
				break
			}
			c.ok(c.settle(c.p, done.Handle), "Ensure %s: wait", status)
		}
	}
	if a := c.only(req); a.Suspended {
		c.Errorf("it is suspended")
	}
}

// ensureReads asks for what is so already, which takes no request that could change anything.
func ensureReads(c *probe) {
	if !needEnsure(c) {
		return
	}
	req := c.w.Request(0)
	a := c.create(0)
	restarted := c.w.Reopen()
	_, err := restarted.Get(c.context(), a.ID) // it signs in
	c.ok(err, "Get")
	for _, p := range []provider.Provider{c.p, restarted} {
		c.w.Faults.Forget()
		_, err := provider.Ensure(c.context(), p, provider.Desired{Status: provider.StatusActive, Create: req})
		c.ok(err, "Ensure active")
		for _, r := range c.w.Faults.Requests() {
			sent := func() *http.Request {
				return &http.Request{Method: r.Method, URL: &url.URL{Path: r.Path, RawQuery: r.Query}, Header: r.Header, Body: io.NopCloser(bytes.NewReader(r.Body))}
			}
			if !c.w.Reads(sent()) && (c.w.Asks == nil || !c.w.Asks(sent())) {
				c.Errorf("Ensure active of an active account sends %s %s", r.Method, r.Path)
			}
		}
	}
}
