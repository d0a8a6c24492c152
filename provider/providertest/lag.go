package providertest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Promise 3 behind a cache. What was just written may not be seen yet: verbs look again for as long as provider.WithReadLag
// says, and do not take a read that is older than their own change for proof.
var lagChecks = []check{
	{name: "state", applies: needReads, run: lagState},
	{name: "two at once", applies: needReads, run: lagTwo},
	{name: "created", applies: needReads, run: lagCreated},
	{name: "terminated", applies: needReads, run: lagTerminated},
	{name: "longer than anybody looks", applies: needReads, run: lagLong},
	{name: "no lag costs nothing", applies: needReads, run: lagNone},
}

func needReads(w *World) string {
	if w.Faults == nil || w.Reads == nil {
		return "its reads cannot trail its changes"
	}
	return ""
}

// lag makes reads show the state of a while ago, from now on.
func (c *probe) lag(d time.Duration) {
	c.w.Faults.When(c.w.Reads, 0, faults.Fault{Kind: faults.Stale, Delay: d})
}

// trail is how long reads trail in these checks, which is less than the default of WithReadLag.
const trail = time.Second

// toggle is a pair of opposite verbs of one account.
type toggle struct {
	name    string
	on, off func(ctx context.Context, id string) (provider.Outcome, error)
	is      func(Truth) bool // as on leaves it
}

// toggles returns the declared verbs that have an opposite.
func (c *probe) toggles() []toggle {
	var all []toggle
	if c.has(provider.CapSuspend) && c.has(provider.CapUnsuspend) {
		all = append(all, toggle{"suspension", c.p.Suspend, c.p.Unsuspend, func(a Truth) bool { return a.Suspended }})
	}
	if c.has(provider.CapCancel) {
		canceler := optional[provider.Canceler](c.p)
		all = append(all, toggle{"cancellation", canceler.Cancel, canceler.UndoCancel, func(a Truth) bool { return a.Canceled }})
	}
	if c.has(provider.CapChangePlan) && c.w.OtherPlan != "" && c.w.Request(0).Plan != "" {
		changer := optional[provider.PlanChanger](c.p)
		to := func(plan string) func(context.Context, string) (provider.Outcome, error) {
			return func(ctx context.Context, id string) (provider.Outcome, error) {
				return changer.ChangePlan(ctx, id, plan)
			}
		}
		all = append(all, toggle{"plan", to(c.w.OtherPlan), to(c.w.Request(0).Plan), func(a Truth) bool { return a.Plan == c.w.OtherPlan }})
	}
	if c.has(provider.CapPower) {
		power := optional[provider.PowerController](c.p)
		to := func(action provider.PowerAction) func(context.Context, string) (provider.Outcome, error) {
			return func(ctx context.Context, id string) (provider.Outcome, error) { return power.Power(ctx, id, action) }
		}
		all = append(all, toggle{"power", to(provider.PowerOff), to(provider.PowerOn), func(a Truth) bool { return a.PoweredOff }})
	}
	return all
}

// lagState calls each verb and its opposite, twice each, without a pause.
func lagState(c *probe) {
	c.lag(trail)
	a := c.create(0)
	for _, t := range c.toggles() {
		time.Sleep(time.Minute)
		_, err := c.p.Get(c.context(), a.ID)
		c.ok(err, "Get")
		for _, on := range []bool{true, true, false, false, true, false} {
			before := t.is(c.truth(a.ID))
			verb := t.off
			if on {
				verb = t.on
			}
			outcome, err := verb(c.context(), a.ID)
			c.see(err)
			switch now := t.is(c.truth(a.ID)); {
			case errors.Is(err, provider.ErrOutcomeUnknown) && t.name == "plan", errors.Is(err, provider.ErrUnsupported):
				// What spends money is not ordered again so soon.
			case err != nil:
				c.Errorf("%s to %v with reads that trail by %v: %v", t.name, on, trail, err)
			case outcome == provider.OutcomePending:
				c.ok(c.settle(c.p, a.ID), "%s to %v: wait", t.name, on)
			case now != on:
				c.Errorf("%s to %v: outcome %q, and the server has it otherwise", t.name, on, outcome)
			case outcome == provider.OutcomeAlready && before != on:
				c.Errorf("%s to %v: already, and it was not", t.name, on)
			}
		}
	}
}

// lagTwo calls a verb while its opposite is under way in another goroutine.
func lagTwo(c *probe) {
	c.lag(trail)
	a := c.create(0)
	for _, t := range c.toggles() {
		if t.name == "plan" {
			continue // it may spend money, one after the other
		}
		time.Sleep(time.Minute)
		_, err := c.p.Get(c.context(), a.ID)
		c.ok(err, "Get")
		var group sync.WaitGroup
		group.Go(func() { _, _ = t.on(c.context(), a.ID) })
		time.Sleep(trail / 4)
		outcome, err := t.off(c.context(), a.ID)
		group.Wait()
		c.see(err)
		if t.is(c.truth(a.ID)) && err == nil {
			c.Errorf("%s: the later verb says %q, and the earlier one has the last word", t.name, outcome)
		}
	}
}

// lagCreated reads an account as soon as it is made.
func lagCreated(c *probe) {
	made := c.another().create(0) // the emulators give the same ID again
	req := c.w.Request(0)
	c.lag(trail)
	reads := map[string]func() (*provider.Account, error){
		"Get": func() (*provider.Account, error) { return c.p.Get(c.context(), made.ID) },
		"Find": func() (*provider.Account, error) {
			return c.p.Find(c.context(), provider.Query{Username: req.Username})
		},
		"Find by reference": func() (*provider.Account, error) {
			return c.p.Find(c.context(), provider.Query{Reference: req.Reference})
		},
		"List": func() (*provider.Account, error) {
			if !c.has(provider.CapList) {
				return &provider.Account{ID: made.ID}, nil
			}
			all, err := list(c.context(), c.p, nil)
			for _, a := range all {
				if a.ID == made.ID {
					return a, nil
				}
			}
			return nil, err
		},
	}
	for name, read := range reads { // what they show now is what they show for a while
		if _, err := read(); err != nil && !errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrForbidden) && !errors.Is(err, provider.ErrUnsupported) {
			c.Errorf("%s in an empty system: %v", name, err)
		}
	}
	time.Sleep(time.Minute)
	a := c.create(0)
	if a.ID != made.ID {
		c.Fatalf("the account has another ID in each world: %s, %s", made.ID, a.ID)
	}
	for name, read := range reads {
		got, err := read()
		if errors.Is(err, provider.ErrUnsupported) {
			continue
		}
		c.see(err)
		if err != nil || got == nil || got.ID != a.ID {
			c.Errorf("%s right after Create: %v, %v", name, got, err)
		}
	}
	again, err := c.p.Create(c.context(), req)
	c.ok(err, "Create again")
	if again.Outcome != provider.OutcomeAlready {
		c.Errorf("Create again: outcome %q", again.Outcome)
	}
	c.only(req)
}

// lagTerminated removes an account and makes it again.
func lagTerminated(c *probe) {
	if !c.has(provider.CapTerminate) {
		return
	}
	c.lag(trail)
	a, other := c.create(0), c.create(1)
	time.Sleep(time.Minute)
	_, err := c.p.Get(c.context(), a.ID)
	c.ok(err, "Get")
	c.terminate(a)
	_, err = c.p.Get(c.context(), a.ID)
	c.is(err, provider.ErrNotFound, "Get of a removed account")
	_, err = c.p.Terminate(c.context(), a.ID)
	c.is(err, provider.ErrNotFound, "Terminate of a removed account")
	c.create(0)
	c.unchanged([]Truth{other, c.only(c.w.Request(0))}, "after all")
}

// lagLong has reads that trail longer than anybody looks: then nobody knows, and nobody says "already".
func lagLong(c *probe) {
	a := c.create(0)
	for _, t := range c.toggles() {
		if t.name == "plan" {
			continue
		}
		c.w.Faults.Clear()
		time.Sleep(2 * time.Minute) // what was not seen is forgotten
		c.lag(20 * time.Second)
		begun := time.Now()
		_, err := t.on(c.context(), a.ID)
		c.see(err)
		if err != nil && (!errors.Is(err, provider.ErrConflict) || !errors.Is(err, provider.ErrOutcomeUnknown)) {
			c.Errorf("%s, which is not seen in time: %v", t.name, err)
		}
		if took := time.Since(begun); err != nil && took < provider.DefaultReadLag {
			c.Errorf("%s: nobody looked longer than %v", t.name, took)
		}
		outcome, err := t.off(c.context(), a.ID)
		c.see(err)
		if on := t.is(c.truth(a.ID)); err == nil && (on || outcome == provider.OutcomeAlready) {
			c.Errorf("%s: the opposite says %q; the server has the earlier one: %v", t.name, outcome, on)
		}
	}
}

// lagNone: a server that shows changes at once costs no time, and so no look more.
func lagNone(c *probe) {
	a := c.create(0)
	for _, t := range c.toggles() {
		if t.name == "power" || c.w.Advance != nil {
			continue // machines take their time
		}
		for _, verb := range []func(context.Context, string) (provider.Outcome, error){t.on, t.on, t.off, t.off} {
			begun := time.Now()
			_, err := verb(c.context(), a.ID)
			c.see(err)
			if took := time.Since(begun); err == nil && took > 0 {
				c.Errorf("%s took %v", t.name, took)
			}
		}
	}
}
