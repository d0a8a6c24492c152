package providertest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var contextChecks = []check{
	{name: "ended before", run: contextBefore},
	{name: "cancelled during", applies: needFaults, run: contextDuring},
}

// everything returns all declared verbs, with Create.
func (c *probe) everything() []call {
	return append(slices.Concat(c.reads(), c.calls()), call{
		"Create", provider.CapCreate, true, func(ctx context.Context, p provider.Provider, _ string) error {
			_, err := p.Create(ctx, c.w.Request(2))
			return err
		},
	})
}

func contextBefore(c *probe) {
	a := c.create(0)
	before := c.w.Accounts()
	ctx, cancel := context.WithCancel(c.context())
	cancel()
	for _, call := range c.everything() {
		if c.w.Faults != nil {
			c.w.Faults.Forget()
		}
		err := c.see(call.run(ctx, c.p, a.ID))
		if !errors.Is(err, context.Canceled) {
			c.Errorf("%s with an ended context: %v", call.name, err)
		}
		if errors.Is(err, provider.ErrOutcomeUnknown) {
			c.Errorf("%s with an ended context says that something may have happened: %v", call.name, err)
		}
		if c.w.Faults != nil && c.w.Faults.Count() > 0 {
			c.Errorf("%s with an ended context sent %d requests", call.name, c.w.Faults.Count())
		}
	}
	c.unchanged(before, "after calls with an ended context")
}

func contextDuring(c *probe) {
	a := c.create(0)
	before := c.w.Accounts()
	for _, call := range c.everything() {
		c.w.Faults.Forget()
		c.w.Faults.When(nil, 0, faults.Fault{Kind: faults.Delay, Delay: time.Hour})
		ctx, cancel := context.WithCancel(c.context())
		start := time.Now()
		// A verb may send several requests at once, but none after the context has ended.
		sent := 0
		timer := time.AfterFunc(time.Second, func() {
			sent = c.w.Faults.Count()
			cancel()
		})
		err := c.see(call.run(ctx, c.p, a.ID))
		timer.Stop()
		cancel()
		c.w.Faults.Clear()
		if !errors.Is(err, context.Canceled) {
			c.Errorf("%s, cancelled after a second: %v", call.name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			c.Errorf("%s, cancelled after a second, took %v", call.name, took)
		}
		if more := c.w.Faults.Count() - sent; more > 0 {
			c.Errorf("%s sent %d requests after it was cancelled", call.name, more)
		}
	}
	c.unchanged(before, "after cancelled calls")
}
