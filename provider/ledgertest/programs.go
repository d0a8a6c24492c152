package ledgertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

var programChecks = []check{
	{"programs/see each other", func(c *probe) {
		a, b := c.l, c.open()
		e := full("1")
		for i := range 6 {
			e.Handle = fmt.Sprint(i)
			want := c.put(a, e, 0)
			for _, l := range []provider.Ledger{a, b} { // who has read it once must still see the next one
				c.stored(l, want, "in another program")
				c.lists(l, account, "in another program", want)
			}
			a, b = b, a
		}
		c.succeeds(a.Remove(c.ctx, e.LedgerKey, e.Revision), "Remove")
		c.missing(b, e.LedgerKey, "removed by another program")
		c.lists(b, account, "removed by another program")
	}},
	{"programs/crash after every call", func(c *probe) {
		m := model{probe: c, entries: map[provider.LedgerKey]*provider.LedgerEntry{}}
		for step := range 12 {
			l := c.open()
			token := c.expired(l, account, 5*time.Millisecond) // nobody has released the one before
			if token <= m.token {
				c.Errorf("after a crash token %d follows %d", token, m.token)
			}
			m.token = token
			m.compare(c.open())
			m.change(c.open(), fmt.Sprint(step%4), step)
			m.compare(c.open())
			c.storage.Pass(10 * time.Millisecond)
		}
	}},
	{"programs/by chance", func(c *probe) {
		m := model{probe: c, entries: map[provider.LedgerKey]*provider.LedgerEntry{}}
		random := rand.New(rand.NewPCG(testsize.Seed(), 0))
		programs := []provider.Ledger{c.l, c.open(), c.open()}
		for range testsize.Pick(60, 2000) {
			n := random.IntN(len(programs))
			m.change(programs[n], fmt.Sprint(random.IntN(5)), random.IntN(12))
			if random.IntN(10) == 0 {
				programs[n] = c.open()
				m.compare(programs[n])
			}
		}
		m.compare(c.open())
	}},
	{"context/ended", func(c *probe) {
		stored := full("1")
		want := c.put(c.l, stored, 0)
		token := c.acquire(c.l, account, time.Hour)
		cancelled, cancel := context.WithCancel(c.ctx)
		cancel()
		late, cancel := context.WithDeadline(c.ctx, time.Now().Add(-time.Hour))
		defer cancel()
		for _, ctx := range []context.Context{cancelled, late} {
			new, next := full("2"), want.Clone()
			next.Handle = "next"
			before := next.Clone()
			_, nowErr := c.l.Now(ctx)
			_, acquireErr := c.l.Acquire(ctx, "free", time.Hour)
			_, entryErr := c.l.Entry(ctx, want.LedgerKey)
			_, openErr := c.l.Open(ctx, account)
			for method, err := range map[string]error{
				"Now": nowErr, "Acquire": acquireErr, "Entry": entryErr, "Open": openErr,
				"Extend": c.l.Extend(ctx, account, token, time.Millisecond), "Release": c.l.Release(ctx, account, token),
				"Put": c.l.Put(ctx, new, 0), "Put of what is there": c.l.Put(ctx, next, token),
				"Remove": c.l.Remove(ctx, want.LedgerKey, want.Revision),
			} {
				c.answers(err, ctx.Err(), method+" in a context that has ended")
			}
			c.same(next, before, "the given entry")
			c.missing(c.l, new.LedgerKey, "after Put in a context that had ended")
			c.stored(c.l, want, "after Put and Remove in a context that had ended")
			c.storage.Pass(5 * time.Millisecond)
			c.held(c.l, account, "after Extend and Release in a context that had ended")
			c.succeeds(c.l.Release(c.ctx, "free", c.acquire(c.l, "free", time.Hour)), "Release")
		}
		c.put(c.l, stored, token)
	}},
}

// model is what a ledger must hold.
type model struct {
	*probe
	entries map[provider.LedgerKey]*provider.LedgerEntry
	last    int64 // the largest revision
	token   int64
}

// change does something with an entry by one program. kind chooses what.
func (m *model) change(l provider.Ledger, subject string, kind int) {
	e := full(subject)
	old := m.entries[e.LedgerKey]
	e.State = []provider.LedgerState{provider.LedgerSent, provider.LedgerPlaced, provider.LedgerDone}[kind%3]
	e.Handle = fmt.Sprint(kind)
	switch {
	case kind%6 == 5:
		var revision int64
		if old != nil {
			revision = old.Revision
		}
		m.succeeds(l.Remove(m.ctx, e.LedgerKey, revision), "Remove")
		delete(m.entries, e.LedgerKey)
	case kind%6 == 4:
		e.Revision = m.last + 1
		m.refused(l, e, 0, provider.ErrStale, "with a revision that nothing has")
	default:
		if old != nil {
			e.Revision = old.Revision
		}
		m.entries[e.LedgerKey] = m.put(l, e, 0)
		m.last = max(m.last, e.Revision)
	}
}

// compare compares all that a program sees.
func (m *model) compare(l provider.Ledger) {
	var open []*provider.LedgerEntry
	for n := range 5 {
		e := m.entries[key(fmt.Sprint(n))]
		if e == nil {
			m.missing(l, key(fmt.Sprint(n)), "in another program")
			continue
		}
		m.stored(l, e, "in another program")
		if e.State != provider.LedgerDone {
			open = append(open, e)
		}
	}
	m.lists(l, account, "in another program", open...)
}
