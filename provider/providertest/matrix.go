package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// Promise 5, and all others while the network misbehaves.

// beyond are faults that the matrix tries in addition to the catalogue. Whether an answer of 403 is a
// refusal depends on whether {"error"} is the system's form.
var beyond = []faults.Fault{
	{Kind: faults.Status, StatusCode: http.StatusForbidden},
	{Kind: faults.Garbage, After: true, Body: `{}`},
}

// disturbance is what can happen to a call from one of its requests on.
type disturbance struct {
	// name of what happens, without the request that it happens to.
	name string
	// lost is set if an answer is lost or spoiled after the request was applied.
	lost bool
	// try runs the verb with the disturbance at request i.
	try func(c *probe, v verb, i int, row *row)
	// applies reports whether it can happen to request i; nil if to any.
	applies func(i int) bool
	// excuse is the exception of the harness that it falls under; "" for none.
	excuse string
}

// campaign disturbs every verb in the ways of one group.
type campaign struct {
	group string
	// once leaves it out for a Variant, but for the full run.
	once  bool
	verbs func(*probe) []verb
	// ways returns the disturbances of a verb. isolated runs a function in a world of its own.
	ways func(s *suite, v verb, requests int, isolated func(func(*probe))) []disturbance
	// also looks at the whole table.
	also func(*suite, tb, *table)
}

// matrix runs every verb with every fault at every request.
var matrix = campaign{
	group: "faults", verbs: (*probe).verbs,
	ways: func(_ *suite, v verb, _ int, _ func(func(*probe))) []disturbance { return disturbances(v) },
}

// try runs a campaign, one subtest a verb. The default run takes a sample: see sampled.
func (s *suite) try(t *testing.T, g campaign) {
	sums := &table{}
	var verbs []verb
	synctest.Test(t, func(t *testing.T) {
		if c := s.probe(t, s.tb(t, g.group)); c.w.Faults != nil {
			verbs = g.verbs(c)
		}
	})
	if g.once && s.h.Variant != nil && !testsize.Full() {
		return
	}
	if len(verbs) == 0 {
		t.Logf("%s: does not apply to %s: its requests cannot be disturbed", g.group, s.h.Name)
		return
	}
	t.Run(g.group, func(t *testing.T) {
		for _, v := range verbs {
			name := g.group + "/" + v.name
			if s.only != nil && !s.only(name) {
				continue
			}
			if !testsize.Full() && s.h.Variant != nil && !slices.Contains(s.h.Variant, v.capability) {
				continue
			}
			row := sums.row(v.name)
			t.Run(v.name, func(t *testing.T) {
				t.Parallel() // two processors halve the longest part of the suite
				s.column(t, g, name, v, row)
			})
		}
	})
	what := "everything at every request"
	if !testsize.Full() {
		what = fmt.Sprintf("a sample (%s=%d; all of it with %s=full)", testsize.SeedVariable, testsize.Seed(), testsize.Variable)
	}
	t.Logf("%s under %s, %s:\n%s", s.h.Name, g.group, what, sums)
	if g.also != nil {
		g.also(s, s.tb(t, g.group), sums)
	}
}

func (s *suite) column(t *testing.T, g campaign, name string, v verb, row *row) {
	out := &limited{tb: s.tb(t, name), left: 20}
	if !testsize.Full() {
		s = s.withoutDumps()
	}
	within := func(out tb, run func(c *probe)) {
		synctest.Test(t, func(t *testing.T) {
			c := s.probe(t, out)
			c.guard(func() {
				run(c)
				c.logs()
			})
		})
	}
	isolated := func(run func(c *probe)) { within(out, run) }
	isolated(func(c *probe) { row.requests = c.undisturbed(v) })
	ways, excused := divided(g.ways(s, v, row.requests, isolated))
	all := casesOf(v, ways, row.requests)
	for cases := range slices.Chunk(all, v.shared()) {
		isolated(func(p *probe) {
			for _, c := range cases {
				p.guard(func() { c.try(p, v, c.request, row) })
			}
		})
	}
	if row.duplicates+row.lost+row.wrong > 0 {
		out.tb.Errorf("%s: %d duplicates, %d lost, %d wrong answers of %d faults",
			v.name, row.duplicates, row.lost, row.wrong, row.tried)
	}
	if testsize.Full() {
		stillFail(out, v, row.requests, excused, within)
	}
}

// shared returns how many trials of a verb use one world. A read leaves the world as it found it,
// or its trial fails; to build a new world each time would be most of the work. (The bound keeps a
// world's log small.)
func (v verb) shared() int {
	if v.reads {
		return 32
	}
	return 1
}

// disturbances returns what can happen: one fault, an outage that begins with one, so that looking
// fails, too, two faults, and the end of the caller's context.
func disturbances(v verb) []disturbance {
	var all []disturbance
	for _, f := range append(faults.Catalogue(), beyond...) {
		name := f.String()
		if f.Body != "" {
			name += " " + f.Body
		}
		all = append(all, armed(name, f.After || f.Kind == faults.Truncate, func(in *faults.Injector, i int) { in.At(i, f) }))
	}
	for _, f := range []faults.Fault{
		{Kind: faults.Refuse}, {Kind: faults.Drop}, {Kind: faults.Drop, After: true}, {Kind: faults.Status, After: true},
		{Kind: faults.Garbage, After: true}, {Kind: faults.HTML, After: true},
	} {
		all = append(all, armed(f.String()+" and an outage behind it", f.After, func(in *faults.Injector, i int) {
			in.At(i, f)
			in.When(func(*http.Request) bool { return in.Count() > i+1 }, 0, faults.Fault{Kind: faults.Refuse})
		}))
	}
	if v.pairs {
		all = append(all, pairs()...)
	}
	all = append(all, disturbance{name: "refusal", try: func(c *probe, v verb, i int, row *row) {
		c.disturbed(v, fmt.Sprintf("refusal at request %d", i), func(in *faults.Injector) { in.At(i, c.refusal()) }, row)
	}})
	for _, after := range []bool{false, true} {
		f := faults.Fault{Kind: faults.Delay, Delay: patience, After: after}
		all = append(all, disturbance{name: "deadline in " + f.String(), lost: after, try: func(c *probe, v verb, i int, row *row) {
			c.expired(v, i, f, row)
		}})
	}
	return all
}

// pairs returns two faults in a row, of which the second meets the look that follows the first, and
// two with a request between them, of which the second meets what follows the look.
func pairs() []disturbance {
	kinds := []faults.Fault{{Kind: faults.Drop, After: true}, {Kind: faults.Status, After: true}}
	var all []disturbance
	for _, first := range kinds {
		for _, second := range kinds {
			for gap := 1; gap <= 2; gap++ {
				all = append(all, armed(fmt.Sprintf("%s and then, %d behind it, %s", first, gap, second), true,
					func(in *faults.Injector, i int) { in.At(i, first); in.At(i+gap, second) }))
			}
		}
	}
	return all
}

// armed returns a disturbance by the injector.
func armed(name string, lost bool, arm func(in *faults.Injector, i int)) disturbance {
	return disturbance{name: name, lost: lost, try: func(c *probe, v verb, i int, row *row) {
		c.disturbed(v, fmt.Sprintf("%s at request %d", name, i), func(in *faults.Injector) { arm(in, i) }, row)
	}}
}

// undisturbed runs the verb without faults and counts its requests.
func (c *probe) undisturbed(v verb) int {
	k := c.prepare(v)
	c.w.Faults.Forget()
	r := v.run(c.context(), c.p, k)
	n := c.w.Faults.Count()
	_ = c.pend(k, r)
	k.judge(r, c.w.Accounts(), &verdict{fail: func(_, what string) {
		c.Errorf("without any fault: %s", what)
	}})
	c.ok(r.err, "%s without any fault", v.name)
	if n == 0 {
		c.Errorf("%s sends no request", v.name)
	}
	return n
}

// disturbed runs the verb with a fault, judges its answer, and calls it again.
func (c *probe) disturbed(v verb, name string, arm func(*faults.Injector), row *row) {
	k := c.prepare(v)
	c.w.Faults.Forget()
	arm(c.w.Faults)
	start := time.Now()
	r := v.run(c.context(), c.p, k)
	took := time.Since(start)
	k.requests = c.w.Faults.Requests()
	c.w.Faults.Clear()
	c.finish(k, r, name, row)
	if limit := 15 * (row.requests + 5); len(k.requests) > limit {
		row.wrong++
		c.Errorf("%s, %s: %d requests", v.name, name, len(k.requests))
	}
	if took >= patience {
		row.wrong++
		c.Errorf("%s, %s: no end", v.name, name)
	}
}

// expired lets the caller's context end while request i is under way.
func (c *probe) expired(v verb, i int, f faults.Fault, row *row) {
	name := fmt.Sprintf("deadline in request %d, %s", i, f)
	k := c.prepare(v)
	c.w.Faults.Forget()
	c.w.Faults.At(i, f)
	const limit = 5 * time.Second
	ctx, cancel := context.WithTimeout(c.t.Context(), limit)
	defer cancel()
	var before atomic.Int64
	last := time.AfterFunc(limit-time.Nanosecond, func() { before.Store(int64(c.w.Faults.Count())) })
	start := time.Now()
	r := v.run(ctx, c.p, k)
	took, sent := time.Since(start), int(before.Load())
	last.Stop()
	if sent > i && ctx.Err() != nil {
		// Success may still be true, where requests run in parallel.
		if r.err != nil && !errors.Is(r.err, context.DeadlineExceeded) {
			row.wrong++
			c.Errorf("%s, %s: the error does not match context.DeadlineExceeded: %v", v.name, name, r.err)
		}
		if took > limit+time.Second {
			row.wrong++
			c.Errorf("%s, %s: took %v", v.name, name, took)
		}
		// The adapter no longer looks, not even in the background. (This hour is the bubble's.)
		time.Sleep(time.Hour)
		if more := c.w.Faults.Count() - sent; more > 0 {
			row.wrong++
			c.Errorf("%s, %s: %d requests after the deadline", v.name, name, more)
		}
	}
	k.requests = c.w.Faults.Requests()
	c.w.Faults.Clear()
	c.finish(k, r, name, row)
}

// finish judges the answer, and calls the verb again, without faults, as a restarted program would.
func (c *probe) finish(k *trial, r result, name string, row *row) {
	row.tried++
	c.see(r.err)
	_ = c.pend(k, r)
	found := &verdict{fail: func(kind, what string) {
		row.count(kind)
		c.Errorf("%s, %s: %s (it said: %v)", k.verb.name, name, what, r.err)
	}}
	k.judge(r, c.w.Accounts(), found)
	row.answer(r.err)

	p := c.w.Reopen()
	again := k.verb.run(c.context(), p, k)
	c.see(again.err)
	if again.err != nil && r.made != nil && r.made.Handle != "" {
		// Where the account does not show whose it is, the handle knows.
		k.invariants(c.w.Accounts(), found)
		k.handle = r.made.Handle
		again = k.verb.run(c.context(), c.w.Reopen(), k)
		c.see(again.err)
	}
	if errors.Is(again.err, provider.ErrOutcomeUnknown) && c.w.Settles > 0 {
		k.invariants(c.w.Accounts(), found)
		time.Sleep(c.w.Settles)
		again = k.verb.run(c.context(), c.w.Reopen(), k)
		c.see(again.err)
	}
	found.fail = func(kind, what string) {
		row.count(kind)
		c.Errorf("%s, %s, then again: %s (first: %v; then: %v)", k.verb.name, name, what, r.err, again.err)
	}
	if err := c.pend(k, again); errors.Is(err, provider.ErrNotFound) && c.w.Settles > 0 {
		again = k.verb.run(c.context(), c.w.Reopen(), k) // nothing came of the order
		c.see(again.err)
		_ = c.pend(k, again)
	}
	if k.healed(r, again, c.w.Accounts(), found) {
		row.healed++
	}
}

// pend waits for pending work of a call that succeeded, so that its result can be judged.
func (c *probe) pend(k *trial, r result) error {
	if r.outcome != provider.OutcomePending || r.err != nil {
		return nil //nolint:nilerr // there is nothing to wait for
	}
	handle := k.id
	if r.made != nil {
		handle = r.made.Handle
	}
	err := c.settle(c.p, handle)
	c.see(err)
	return err
}

// limited limits the messages about a broken adapter; the table counts all failures.
type limited struct {
	tb
	left int
}

func (l *limited) Errorf(format string, args ...any) {
	l.tb.Helper()
	switch l.left--; {
	case l.left > 0:
		l.tb.Errorf(format, args...)
	case l.left == 0:
		l.tb.Errorf("and more")
	}
}
