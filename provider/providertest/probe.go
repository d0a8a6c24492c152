package providertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
)

// patience limits every call of the suite, in the bubble's time: an adapter that repeats forever
// fails instead of hanging.
const patience = time.Hour

// probe is what a check works with: a fresh world and ways to look at it.
type probe struct {
	tb
	t    *testing.T
	open func() *World
	w    *World
	p    provider.Provider
	d    *provider.Description
	// bare is set if the order lacks something without which the emulator takes the account for
	// half made.
	bare bool
	// kept is the trial that all reads in this world begin with.
	kept *trial
	// about is the number of the request that trials are about: theOne, or bystander in a world that
	// shows what the server answers for another account.
	about int
}

// has reports whether a capability is declared and can be called. The group "describe" checks that
// the two agree.
func (c *probe) has(name provider.Capability) bool {
	offers, optional := interfaces[name]
	return c.d.Capabilities.Has(name) && (!optional || offers(c.p))
}

func (c *probe) context() context.Context {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	c.t.Cleanup(cancel)
	return ctx
}

// see checks that an error contains no secret, and returns it. Every error that the suite meets
// goes through it.
func (c *probe) see(err error) error {
	if err == nil {
		return nil
	}
	c.Helper()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		c.clean(fmt.Sprintf("an error under %s", format), fmt.Sprintf(format, err))
	}
	var e *provider.Error
	if !errors.As(err, &e) && !isContext(err) {
		c.Errorf("not a *provider.Error: %T: %v", err, err)
	}
	return err
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// clean fails if a text contains a secret. Its own message must not contain it either.
func (c *probe) clean(what, text string) {
	c.Helper()
	for i, canary := range c.canaries() {
		if at := strings.Index(text, canary); canary != "" && at >= 0 {
			around := text[max(0, at-200):min(len(text), at+len(canary)+100)]
			c.Errorf("%s contains secret %d: ...%s...", what, i, strings.ReplaceAll(around, canary, "[SECRET]"))
		}
	}
}

func (c *probe) canaries() []string {
	all := slices.Clone(c.w.Canaries)
	for n := range 4 {
		all = append(all, c.w.Request(n).Password.Reveal())
	}
	return all
}

// logs checks that the log contains no secret.
func (c *probe) logs() {
	if c.w.Logs != nil {
		c.clean("the log", c.w.Logs())
	}
}

// is fails unless err matches the sentinel.
func (c *probe) is(err, sentinel error, what string, args ...any) {
	c.Helper()
	if !errors.Is(c.see(err), sentinel) {
		c.Errorf("%s: got %v, want an error that matches %q", fmt.Sprintf(what, args...), err, sentinel)
	}
}

// ok ends the check unless err is nil.
func (c *probe) ok(err error, what string, args ...any) {
	c.Helper()
	if c.see(err) != nil {
		c.Fatalf("%s: %v", fmt.Sprintf(what, args...), err)
	}
}

// outcome fails unless a verb succeeded with one of the outcomes.
func (c *probe) outcome(got provider.Outcome, err error, id, what string, want ...provider.Outcome) {
	c.Helper()
	c.ok(err, "%s", what)
	if got == provider.OutcomePending {
		c.ok(c.settle(c.p, id), "%s: wait for it", what)
		if slices.Contains(want, provider.OutcomeChanged) {
			return
		}
	}
	if !slices.Contains(want, got) {
		c.Errorf("%s: outcome %q, want one of %q", what, got, want)
	}
}

// settle waits until pending work is done, and sets the emulator's clock forward.
func (c *probe) settle(p provider.Provider, handle string) error {
	_, err := provider.Wait(c.context(), p, handle, &provider.WaitOptions{OnProgress: func(*provider.Progress) {
		if c.w.Advance != nil {
			c.w.Advance(10 * time.Minute)
		}
	}})
	return err
}

// create makes the n-th account, and waits until it is ready.
func (c *probe) create(n int) Truth {
	c.Helper()
	req := c.w.Request(n)
	made, err := c.p.Create(c.context(), req)
	c.ok(err, "create %q", req.Username)
	if made == nil {
		c.Fatalf("create %q: no error and no Creation", req.Username)
	}
	if made.Outcome == provider.OutcomePending {
		c.ok(c.settle(c.p, made.Handle), "wait for %q", req.Username)
	}
	return c.only(req)
}

// only returns the one account of a request, which must be complete.
func (c *probe) only(req *provider.CreateRequest) Truth {
	c.Helper()
	found := ours(c.w.Accounts(), req)
	if len(found) != 1 {
		c.Fatalf("the server has %d accounts of request %q, want 1", len(found), req.Username)
	}
	found[0].Complete = found[0].Complete || c.bare
	if problem := wanted(found[0], req); problem != "" {
		c.Errorf("account %q: %s", req.Username, problem)
	}
	return found[0]
}

// ours returns the accounts that a request made: those with its user name or its reference.
func ours(all []Truth, req *provider.CreateRequest) []Truth {
	var found []Truth
	for _, a := range all {
		if strings.EqualFold(a.Username, req.Username) || (a.Reference != "" && a.Reference == req.Reference) {
			found = append(found, a)
		}
	}
	return found
}

// wanted returns what is wrong with the account that a request made; "" if nothing is.
func wanted(a Truth, req *provider.CreateRequest) string {
	switch {
	case !a.Complete:
		return "it is not complete"
	case !strings.EqualFold(a.Username, req.Username):
		return fmt.Sprintf("its name is %q", a.Username)
	case a.Reference != "" && a.Reference != req.Reference:
		return fmt.Sprintf("its reference is %q, not %q", a.Reference, req.Reference)
	case a.Plan != "" && req.Plan != "" && a.Plan != req.Plan:
		return fmt.Sprintf("its plan is %q, not %q", a.Plan, req.Plan)
	case a.Password != "" && a.Password != req.Password.Reveal():
		return "its password is not the ordered one"
	case req.Domain != "" && !slices.ContainsFunc(a.Domains, func(d string) bool { return strings.EqualFold(d, req.Domain) }):
		return fmt.Sprintf("its domains are %q, without %q", a.Domains, req.Domain)
	case a.Suspended:
		return "it is suspended"
	}
	return ""
}

// find returns the account with an ID.
func find(all []Truth, id string) (Truth, bool) {
	for _, a := range all {
		if a.ID == id {
			return a, true
		}
	}
	return Truth{}, false
}

func (c *probe) truth(id string) Truth {
	c.Helper()
	a, there := find(c.w.Accounts(), id)
	if !there {
		c.Fatalf("account %s is gone", id)
	}
	return a
}

// unchanged fails if the accounts are not what they were.
func (c *probe) unchanged(before []Truth, what string, args ...any) {
	c.Helper()
	if diff := difference(before, c.w.Accounts(), ""); diff != "" {
		c.Errorf("%s: %s", fmt.Sprintf(what, args...), diff)
	}
}

// difference returns how two states differ, without one account.
func difference(before, after []Truth, except string) string {
	var diffs []string
	for _, b := range before {
		a, there := find(after, b.ID)
		switch {
		case b.ID == except:
		case !there:
			diffs = append(diffs, fmt.Sprintf("account %s (%s) is lost", b.ID, b.Username))
		case !same(a, b):
			diffs = append(diffs, fmt.Sprintf("account %s (%s) is changed", b.ID, b.Username))
		}
	}
	for _, a := range after {
		if _, there := find(before, a.ID); !there && a.ID != except {
			diffs = append(diffs, fmt.Sprintf("account %s (%s) is new", a.ID, a.Username))
		}
	}
	return strings.Join(diffs, ", ")
}

func same(a, b Truth) bool {
	a.Domains, b.Domains = slices.Sorted(slices.Values(a.Domains)), slices.Sorted(slices.Values(b.Domains))
	return reflect.DeepEqual(a, b)
}

// shows returns how an account as it was read differs from the truth; "" if it does not. Fields
// that an API does not report may be empty.
func shows(got *provider.Account, a Truth) string {
	if got == nil {
		return "no account"
	}
	want := provider.StatusActive
	switch {
	case !a.Complete && got.Status == provider.StatusPending:
		want = provider.StatusPending
	case a.Suspended:
		want = provider.StatusSuspended
	}
	switch {
	case got.ID != a.ID:
		return fmt.Sprintf("ID %q, want %q", got.ID, a.ID)
	case !strings.EqualFold(got.Username, a.Username):
		return fmt.Sprintf("Username %q, want %q", got.Username, a.Username)
	case got.Reference != "" && a.Reference != "" && got.Reference != a.Reference:
		return fmt.Sprintf("Reference %q, want %q", got.Reference, a.Reference)
	case got.Plan != "" && a.Plan != "" && got.Plan != a.Plan:
		return fmt.Sprintf("Plan %q, want %q", got.Plan, a.Plan)
	case got.Status != want && (a.Suspended || got.Status == provider.StatusSuspended || a.Complete):
		return fmt.Sprintf("Status %q, want %q", got.Status, want)
	}
	return ""
}
