package providertest

import (
	"errors"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var concurrencyChecks = []check{
	{name: "the same order", run: sameOrder},
	{name: "different orders", run: differentOrders},
	{name: "the same change", run: sameChange},
}

const workers = 8

// together runs n functions at once. Each request takes a moment, so that in a bubble all of them
// look before any of them acts.
func (c *probe) together(n int, run func(i int)) {
	if c.w.Faults != nil {
		c.w.Faults.When(nil, 0, faults.Fault{Kind: faults.Delay, Delay: 10 * time.Millisecond})
		defer c.w.Faults.Clear()
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { run(i) })
	}
	wg.Wait()
}

func sameOrder(c *probe) {
	made, errs := make([]*provider.Creation, workers), make([]error, workers)
	ctx := c.context()
	c.together(workers, func(i int) { made[i], errs[i] = c.p.Create(ctx, c.w.Request(0)) })
	changed, handle := 0, ""
	for i, err := range errs {
		switch {
		case c.see(err) == nil && made[i] == nil:
			c.Errorf("neither Creation nor error")
		case err == nil:
			if problem := problemOf(made[i]); problem != "" {
				c.Errorf("Create: %s", problem)
			}
			if made[i].Outcome != provider.OutcomeAlready {
				changed++
			}
			if made[i].Outcome == provider.OutcomePending {
				handle = made[i].Handle
			}
		case !errors.Is(err, provider.ErrConflict):
			// ErrAlreadyExists would claim that the account is somebody else's.
			c.Errorf("%d Creates of the same request at once: %v", workers, err)
		}
	}
	if n := len(c.w.Accounts()); n != 1 {
		c.Errorf("%d Creates of the same request at once made %d accounts", workers, n)
	}
	if changed == 0 {
		c.Errorf("nobody made the account")
	}
	if handle != "" {
		c.ok(c.settle(c.p, handle), "wait")
	}
	a := c.make(c.p, c.w.Request(0), provider.OutcomeAlready, provider.OutcomeChanged)
	for i := range made {
		if made[i] != nil && made[i].Account != nil && made[i].Account.ID != a.ID {
			c.Errorf("Create returned account %s, but the account is %s", made[i].Account.ID, a.ID)
		}
	}
}

func differentOrders(c *probe) {
	made, errs := make([]*provider.Creation, workers), make([]error, workers)
	ctx := c.context()
	c.together(workers, func(i int) { made[i], errs[i] = c.p.Create(ctx, c.w.Request(i)) })
	for i := range workers {
		c.ok(errs[i], "%d different Creates at once", workers)
		if made[i].Outcome == provider.OutcomePending {
			c.ok(c.settle(c.p, made[i].Handle), "wait")
		}
		a := c.only(c.w.Request(i))
		if made[i].Account != nil && made[i].Account.ID != a.ID {
			c.Errorf("Create returned account %s, but the account is %s", made[i].Account.ID, a.ID)
		}
	}
	if n := len(c.w.Accounts()); n != workers {
		c.Errorf("%d different Creates at once made %d accounts", workers, n)
	}
}

// sameChange: several calls that want the same change at once all succeed.
func sameChange(c *probe) {
	a := c.create(0)
	for _, call := range c.calls() {
		if !call.changes || call.cap == provider.CapTerminate || call.cap == provider.CapAdopt {
			continue
		}
		errs := make([]error, workers)
		ctx := c.context()
		c.together(workers, func(i int) { errs[i] = call.run(ctx, c.p, a.ID) })
		for _, err := range errs {
			if c.see(err) != nil && !errors.Is(err, provider.ErrConflict) {
				c.Errorf("%d calls of %s at once: %v", workers, call.name, err)
			}
		}
		if now := c.truth(a.ID); now.Paid > a.Paid+1 {
			c.Errorf("%d calls of Renew at once paid %d times", workers, now.Paid-a.Paid)
		}
	}
	if !c.has(provider.CapTerminate) {
		return
	}
	errs, outcomes := make([]error, workers), make([]provider.Outcome, workers)
	ctx := c.context()
	c.together(workers, func(i int) { outcomes[i], errs[i] = c.p.Terminate(ctx, a.ID) })
	for i, err := range errs {
		if outcomes[i] == provider.OutcomePending {
			if err := c.settle(c.p, a.ID); err != nil && !errors.Is(err, provider.ErrNotFound) {
				c.Errorf("wait for the end: %v", err)
			}
		}
		if c.see(err) != nil && !errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrConflict) {
			c.Errorf("%d calls of Terminate at once: %v", workers, err)
		}
	}
	if _, there := find(c.w.Accounts(), a.ID); there {
		c.Errorf("%d calls of Terminate at once, and the account is there", workers)
	}
}
