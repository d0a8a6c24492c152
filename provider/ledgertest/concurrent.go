package ledgertest

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

const (
	programs = 4
	callers  = 2 // goroutines of each
)

// together runs a function in some goroutines of several programs, and returns when all have ended.
// The first error ends the others.
func (c *probe) together(do func(ctx context.Context, l provider.Ledger, n int) error) {
	c.Helper()
	ctx, fail := context.WithCancelCause(c.ctx)
	defer fail(nil)
	var group sync.WaitGroup
	for p := range programs {
		l := c.open()
		for n := range callers {
			group.Go(func() {
				if err := do(ctx, l, p*callers+n); err != nil {
					fail(err)
				}
			})
		}
	}
	group.Wait()
	c.succeeds(context.Cause(ctx), "one of several programs")
}

var concurrentChecks = []check{
	{"concurrent/one holder", func(c *probe) {
		var holders atomic.Int32
		var last atomic.Int64
		c.together(func(ctx context.Context, l provider.Ledger, n int) error {
			for range testsize.Pick(3, 50) {
				token, err := l.Acquire(ctx, account, time.Hour)
				for errors.Is(err, provider.ErrLeaseHeld) {
					runtime.Gosched()
					token, err = l.Acquire(ctx, account, time.Hour)
				}
				if err != nil {
					return err
				}
				if holders.Add(1) != 1 {
					return errors.New("two hold the same lease")
				}
				if before := last.Swap(token); before >= token {
					return errors.New("tokens do not rise")
				}
				runtime.Gosched()
				holders.Add(-1)
				if err := l.Release(ctx, account, token); err != nil {
					return err
				}
				if err := l.Put(ctx, full(strconv.Itoa(n)), token); !errors.Is(err, provider.ErrStale) {
					return errors.Join(errors.New("Put with the token of a lease that was released did not fail"), err)
				}
			}
			return nil
		})
	}},
	{"concurrent/counter", func(c *probe) {
		rounds := testsize.Pick(3, 50)
		first := bare("counter")
		first.Handle = "0"
		c.put(c.l, first, 0)
		c.together(func(ctx context.Context, l provider.Ledger, _ int) error {
			for done := 0; done < rounds; {
				e, err := l.Entry(ctx, first.LedgerKey)
				if err != nil {
					return err
				}
				n, err := strconv.Atoi(e.Handle)
				if err != nil {
					return err
				}
				e.Handle = strconv.Itoa(n + 1)
				switch err := l.Put(ctx, e, 0); {
				case err == nil:
					done++
				case !errors.Is(err, provider.ErrStale):
					return err
				}
			}
			return nil
		})
		if got, want := mustEntry(c, first.LedgerKey).Handle, strconv.Itoa(rounds*programs*callers); got != want {
			c.Errorf("counted to %s instead of %s: one Put has overwritten another", got, want)
		}
	}},
	{"concurrent/first", func(c *probe) {
		for round := range testsize.Pick(3, 30) {
			var won atomic.Int32
			c.together(func(ctx context.Context, l provider.Ledger, n int) error {
				err := l.Put(ctx, full(strconv.Itoa(round)), 0)
				if err == nil {
					won.Add(1)
				}
				if errors.Is(err, provider.ErrStale) {
					return nil
				}
				return err
			})
			if won.Load() != 1 {
				c.Errorf("%d of %d programs were the first to store an entry", won.Load(), programs*callers)
			}
		}
	}},
	{"concurrent/different entries", func(c *probe) {
		c.together(func(ctx context.Context, l provider.Ledger, n int) error {
			e := full(strconv.Itoa(n))
			for range testsize.Pick(3, 50) {
				if err := l.Put(ctx, e, 0); err != nil {
					return err
				}
			}
			return nil
		})
		open, err := c.l.Open(c.ctx, account)
		c.succeeds(err, "Open")
		if len(open) != programs*callers {
			c.Errorf("of %d entries, %d are there", programs*callers, len(open))
		}
		for _, e := range open {
			want := full(e.Subject)
			want.Revision, want.Stored = e.Revision, e.Stored
			c.same(e, want, "stored by one of several programs")
		}
	}},
}
