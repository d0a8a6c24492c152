package providertest

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/provider"
)

// Promise 6: work that takes minutes returns at once, with a handle that survives a restart of the
// program.
var pendingChecks = []check{
	{name: "create", applies: needPending, run: pendingCreate},
	{name: "wait ends with the context", applies: needPending, run: pendingDeadline},
	{name: "ensure", applies: needPending, run: pendingEnsure},
}

func needPending(w *World) string {
	if w.Advance == nil {
		return "nothing pends there"
	}
	return ""
}

func (c *probe) order(p provider.Provider, req *provider.CreateRequest) *provider.Creation {
	c.Helper()
	made, err := p.Create(c.context(), req)
	c.ok(err, "Create")
	if made.Outcome != provider.OutcomePending || made.Handle == "" {
		c.Fatalf("Create: outcome %q and handle %q, want pending and a handle", made.Outcome, made.Handle)
	}
	return made
}

func pendingCreate(c *probe) {
	req := c.w.Request(0)
	start := time.Now()
	made := c.order(c.p, req)
	if took := time.Since(start); took > time.Minute {
		c.Errorf("Create waited %v for pending work", took)
	}
	// The same request, without its handle and with it, continues the work instead of ordering
	// again. The handles may differ in what they contain.
	handles := []string{made.Handle, c.order(c.w.Reopen(), req).Handle}
	req.Handle = made.Handle
	handles = append(handles, c.order(c.w.Reopen(), req).Handle)
	if n := len(ours(c.w.Accounts(), req)); n > 1 {
		c.Errorf("%d orders of one request", n)
	}
	for _, handle := range handles {
		c.ok(c.settle(c.w.Reopen(), handle), "wait after a restart")
		a := c.only(req)
		progress, err := provider.Wait(c.context(), c.w.Reopen(), handle, nil)
		c.ok(err, "wait for what is done")
		if !progress.Done || progress.Account == nil || progress.Account.ID != a.ID {
			c.Errorf("Wait ends without the account: %+v", progress)
		}
	}
	c.make(c.p, req, provider.OutcomeAlready)
	req.Handle = ""
	c.make(c.p, req, provider.OutcomeAlready)
}

func pendingDeadline(c *probe) {
	made := c.order(c.p, c.w.Request(0))
	ctx, cancel := context.WithTimeout(c.context(), time.Second)
	defer cancel()
	_, err := provider.Wait(ctx, c.p, made.Handle, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		c.Errorf("Wait beyond the deadline: %v", err)
	}
	c.ok(c.settle(c.p, made.Handle), "wait again")
	c.only(c.w.Request(0))
}

func pendingEnsure(c *probe) {
	req := c.w.Request(0)
	want := provider.Desired{Status: provider.StatusActive, Create: req}
	done, err := provider.Ensure(c.context(), c.p, want)
	c.ok(err, "Ensure")
	if done.Outcome() != provider.OutcomePending || done.Handle == "" {
		c.Fatalf("Ensure: outcome %q and handle %q, want pending and a handle", done.Outcome(), done.Handle)
	}
	c.ok(c.settle(c.w.Reopen(), done.Handle), "wait")
	c.only(req)
	done, err = provider.Ensure(c.context(), c.p, want)
	c.ok(err, "Ensure")
	if done.Outcome() != provider.OutcomeAlready {
		c.Errorf("Ensure of what is done: outcome %q: %v", done.Outcome(), done.Changes)
	}
}
