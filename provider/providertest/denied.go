package providertest

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Promise 4 again: a server that denies everything proves nothing. A 404 may come from a proxy, a
// wrong base URL or credentials that lost their rights, while the account still exists.
var deniedChecks = []check{
	{name: "everything is 404", applies: needFaults, run: everythingIsMissing},
	{name: "everything is 403", applies: needFaults, run: everythingIsForbidden},
	{name: "pending work is 404", applies: needPendingFaults, run: pendingIsMissing},
	{name: "listed, but not readable", applies: needFaults, run: listedNotReadable},
}

// deny makes the server deny the requests that match accepts, or all if match is nil.
func (c *probe) deny(match func(*http.Request) bool, kind error) {
	if c.w.Deny != nil {
		c.w.Deny(match, kind)
		return
	}
	denial := faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound, Body: `{"error": "not found"}`}
	if errors.Is(kind, provider.ErrForbidden) {
		denial.StatusCode, denial.Body = http.StatusForbidden, `{"error": "forbidden"}`
	}
	c.w.Faults.When(match, 0, denial)
}

// everythingIsMissing: verbs on one account may repeat what the server said of it. Terminate and
// Poll need proof that the account is gone, and a search or a list must not pass for empty.
func everythingIsMissing(c *probe) {
	needsProof := []string{"Terminate", "Poll", "Find", "List", "FleetUsage"}
	c.denied(provider.ErrNotFound, func(verb string, err error) {
		if slices.Contains(needsProof, verb) && errors.Is(err, provider.ErrNotFound) {
			c.Errorf("%s believes a server that answers \"not found\" to everything: %v", verb, err)
		}
	})
}

func everythingIsForbidden(c *probe) {
	c.denied(provider.ErrForbidden, func(verb string, err error) {
		if !errors.Is(err, provider.ErrForbidden) {
			c.Errorf("%s on a server that forbids everything: got %v, want an error that matches %q", verb, err, provider.ErrForbidden)
		}
	})
}

func needPendingFaults(w *World) string { return cmp.Or(needPending(w), needFaults(w)) }

// pendingIsMissing: a caller would order again what Poll does not find, at once or ten minutes
// later. To say that it is still pending is right.
func pendingIsMissing(c *probe) {
	req := c.w.Request(0)
	made := c.order(c.p, req)
	req.Handle = made.Handle
	before := c.w.Accounts()
	for range 2 {
		c.deny(nil, provider.ErrNotFound)
		for _, p := range []provider.Provider{c.p, c.w.Reopen()} {
			progress, err := optional[provider.Poller](p).Poll(c.context(), made.Handle)
			if errors.Is(c.see(err), provider.ErrNotFound) || err == nil && progress.Done {
				c.Errorf("Poll of a pending Creation believes a server that answers \"not found\" to everything: %+v, %v", progress, err)
			}
			again, err := p.Create(c.context(), req)
			if errors.Is(c.see(err), provider.ErrNotFound) || err == nil && again.Outcome != provider.OutcomePending {
				c.Errorf("Create with a handle believes a server that answers \"not found\" to everything: %v", err)
			}
		}
		c.w.Faults.Clear()
		c.w.Advance(10 * time.Minute)
	}
	c.ok(c.settle(c.w.Reopen(), made.Handle), "wait")
	if n := len(ours(c.w.Accounts(), req)); n != 1 || len(c.w.Accounts()) > max(len(before), 1) {
		c.Errorf("%d accounts of one request after calls on a server that answers \"not found\" to everything", n)
	}
}

// denied calls every verb on a server that denies all requests, first from the program that made
// the account, then from one that has just started.
func (c *probe) denied(kind error, judge func(verb string, err error)) {
	a := c.create(0)
	before := c.w.Accounts()
	c.deny(nil, kind)
	for _, p := range []provider.Provider{c.p, c.w.Reopen()} {
		for _, call := range c.everything() {
			err := c.see(call.run(c.context(), p, a.ID))
			switch {
			case err == nil:
				c.Errorf("%s succeeds on a server that answers %q to everything", call.name, kind)
			case errors.Is(err, provider.ErrOutcomeUnknown):
				c.Errorf("%s on a server that answers %q to everything says that something may have happened: %v", call.name, kind, err)
			default:
				judge(call.name, err)
			}
		}
		c.notAbsent(p, a, "on a server that answers %q to everything", kind)
	}
	c.w.Faults.Clear()
	c.unchanged(before, "after calls on a server that answers %q to everything", kind)
}

// notAbsent fails if Ensure believes that an existing account is absent, however the account is
// named.
func (c *probe) notAbsent(p provider.Provider, a Truth, what string, args ...any) {
	c.Helper()
	order := c.w.Request(0)
	wanted := map[string]provider.Desired{"ID": {ID: a.ID}}
	if c.has(provider.CapFind) {
		wanted["order"], wanted["ID and order"] = provider.Desired{Create: order}, provider.Desired{ID: a.ID, Create: order}
	}
	for by, want := range wanted {
		want.Status = provider.StatusAbsent
		_, err := provider.Ensure(c.context(), p, want)
		if _, there := find(c.w.Accounts(), a.ID); there && c.see(err) == nil {
			c.Errorf("Ensure absent by %s "+what+" says absent without proof", append([]any{by}, args...)...)
		}
	}
}

// listedNotReadable: the list contains an account that cannot be read by its ID. One of the two is
// wrong, so that nothing is proven.
func listedNotReadable(c *probe) {
	if !c.has(provider.CapTerminate) || !c.has(provider.CapList) {
		return
	}
	a := c.create(0)
	before := c.w.Accounts()
	c.w.Faults.Forget()
	_, err := c.p.Get(c.context(), a.ID)
	c.ok(err, "Get")
	c.deny(sameAs(c.w.Faults.Requests()), provider.ErrNotFound)
	listed, err := list(c.context(), c.p, nil)
	if c.see(err) != nil || !slices.ContainsFunc(listed, func(l *provider.Account) bool { return l.ID == a.ID }) {
		c.Logf("does not apply: accounts are listed by reading them")
		return
	}
	_, err = c.p.Terminate(c.context(), a.ID)
	if _, there := find(c.w.Accounts(), a.ID); !there && err == nil {
		return // it goes by the list
	}
	c.is(err, provider.ErrConflict, "Terminate of an account that is listed, but not readable")
	if errors.Is(err, provider.ErrNotFound) || errors.Is(err, provider.ErrOutcomeUnknown) {
		c.Errorf("Terminate of an account that is listed, but not readable: %v", err)
	}
	c.notAbsent(c.p, a, "although the account is listed")
	c.unchanged(before, "after Terminate of an account that is listed, but not readable")
}

// sameAs matches repetitions of these requests.
func sameAs(requests []faults.Request) func(*http.Request) bool {
	return func(r *http.Request) bool {
		body := bodyOf(r)
		return slices.ContainsFunc(requests, func(known faults.Request) bool {
			return r.Method == known.Method && r.URL.EscapedPath() == known.Path && r.URL.RawQuery == known.Query &&
				body == string(known.Body)
		})
	}
}
