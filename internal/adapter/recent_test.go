package adapter_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/provider"
)

// switching is the change of a panel's client to on or off.
func switching(p *panel, on bool, concerns string) adapter.Change[int64, record] {
	return adapter.Change[int64, record]{
		Verb: "switch account", Already: func(r *record) bool { return r.on == on }, Do: p.send(nil), Concerns: concerns,
	}
}

// TestNotFromAnOlderRead: a record that does not show yet what this program has sent is waited for, and
// when it never shows that, what concerns the same is sent and not believed.
func TestNotFromAnOlderRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, test := range map[string]struct {
			reads    []any // of the second verb
			concerns string
			after    time.Duration
			want     provider.Outcome
			sent     int
			took     time.Duration
		}{
			"never shown":            {[]any{off}, "power", 0, provider.OutcomeChanged, 1, 0},
			"shown by now":           {[]any{on, off}, "power", 0, provider.OutcomeChanged, 1, 0},
			"about something else":   {[]any{off}, "plan", 0, provider.OutcomeAlready, 0, 0},
			"forgotten in the end":   {[]any{off}, "power", 2 * time.Minute, provider.OutcomeAlready, 0, 0},
			"remembered for a while": {[]any{off}, "power", 30 * time.Second, provider.OutcomeChanged, 1, 0},
		} {
			p := &panel{reads: []any{off}}
			a := p.accounts(5 * time.Second)
			_, err := a.Change(t.Context(), "7", switching(p, true, "power"))
			require.ErrorIs(t, err, provider.ErrConflict, name)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
			require.ErrorContains(t, err, "does not show it after 5s", name)
			time.Sleep(test.after)
			begun := time.Now()
			p.reads, p.sent = test.reads, 0
			outcome, err := a.Change(t.Context(), "7", switching(p, false, test.concerns))
			require.NoError(t, err, name)
			require.Equal(t, test.want, outcome, name)
			require.Equal(t, test.sent, p.sent, name)
			require.Equal(t, test.took, time.Since(begun), name)
		}
	})
}

// TestOtherGoroutine: a verb that reads while the opposite is under way waits until that shows.
func TestOtherGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, p := time.Now(), &panel{}
		a := p.accounts(5 * time.Second)
		state := off
		a.Read = func(context.Context, int64) (*record, error) {
			if time.Since(begun) >= time.Second {
				return state, nil
			}
			return off, nil
		}
		to := func(r *record) adapter.Change[int64, record] {
			c := switching(p, r.on, "power")
			c.Do = func(context.Context, int64, *record) error { p.sent++; state = r; return nil }
			return c
		}
		go func() { _, _ = a.Change(t.Context(), "7", to(on)) }()
		time.Sleep(100 * time.Millisecond)
		outcome, err := a.Change(t.Context(), "7", to(off))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		require.Equal(t, 2, p.sent)
		require.Equal(t, off, state)
		synctest.Wait()
	})
}

// TestRefusedIsNotRemembered: what was not done makes no record look old.
func TestRefusedIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &panel{reads: []any{off}}
		a, begun := p.accounts(5*time.Second), time.Now()
		change := switching(p, true, "power")
		change.Do = p.send(refused)
		_, err := a.Change(t.Context(), "7", change)
		require.ErrorIs(t, err, provider.ErrInvalid)
		outcome, err := a.Change(t.Context(), "7", switching(p, false, "power"))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, outcome)
		require.Zero(t, time.Since(begun))
	})
}

// TestMade: what this program has made is looked for again as long as reads may trail, and nothing else.
func TestMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &panel{reads: []any{gone, gone, on}}
		a, begun := p.accounts(5*time.Second), time.Now()
		a.Made(7, &provider.Account{ID: "7", Username: "alice", Reference: "order-1"})
		require.True(t, a.Fresh())
		_, err := a.Get(t.Context(), "7")
		require.NoError(t, err)
		require.Equal(t, 300*time.Millisecond, time.Since(begun))

		p.reads, begun = []any{gone}, time.Now()
		_, err = a.Get(t.Context(), "8")
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.Zero(t, time.Since(begun), "nobody made account 8")
		for q, took := range map[provider.Query]time.Duration{
			{Username: "bob"}: 0, {Username: "Alice", Reference: "order-2"}: 0, {Domain: "example.com"}: 0, {Username: "Alice"}: 4900 * time.Millisecond,
		} {
			begun = time.Now()
			if took > 0 {
				a.Made(7, &provider.Account{ID: "7", Username: "alice", Reference: "order-1"})
				time.Sleep(100 * time.Millisecond)
				begun = time.Now()
			}
			_, err := a.Find(t.Context(), q, func(context.Context) (*provider.Account, error) { return nil, nil })
			require.ErrorIs(t, err, provider.ErrNotFound)
			require.Equal(t, took, time.Since(begun), "%+v", q)
		}
		time.Sleep(time.Second)
		require.False(t, a.Fresh())
	})
}

// TestRemovedIsNobodys: an account whose removal was sent is not what a Create has made before.
func TestRemovedIsNobodys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours := &record{id: 7, reference: "order-1"}
		p := &panel{reads: []any{ours}}
		a := p.accounts(5 * time.Second)
		require.NoError(t, a.Owned("order-1")(ours))
		_, err := a.Remove(t.Context(), "7", adapter.Removal[int64, record]{Do: func(context.Context, int64) error { return nil }})
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.ErrorIs(t, a.Owned("order-1")(ours), provider.ErrConflict)
		time.Sleep(2 * time.Minute)
		require.NoError(t, a.Owned("order-1")(ours))
	})
}

// TestInterrupted: a verb whose context ends after the server has accepted a change may have made it,
// whatever the call was that ended; one that sent nothing has not.
func TestInterrupted(t *testing.T) {
	for _, changed := range []bool{true, false} {
		ctx, cancel := context.WithCancel(t.Context())
		act := func(ctx context.Context) error {
			if changed {
				touched.Note(ctx)
			}
			cancel()
			return &provider.Error{Err: ctx.Err()}
		}
		_, err := adapter.Verb(ctx, new(panel).accounts(0), "switch account", "7", nil,
			func(ctx context.Context, _ int64) (int, error) { return 0, act(ctx) })
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, changed, errors.Is(err, provider.ErrOutcomeUnknown))

		steps := &adapter.Steps{Kind: "panel", Action: "create account", Undo: func(context.Context) error { panic("undone") }, Certain: true, Policy: provider.OnFailureUndo}
		steps.Step(ctx, "client", func(ctx context.Context) (provider.Outcome, error) { _ = act(ctx); return provider.OutcomeChanged, nil })
		steps.Step(ctx, "domain", func(ctx context.Context) (provider.Outcome, error) { return "", &provider.Error{Err: ctx.Err()} })
		if !changed {
			continue
		}
		made, err := steps.Result(ctx)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.ErrorIs(t, made.Steps[1].Err, provider.ErrOutcomeUnknown)
	}
}

// TestWorkMayNotShowYet: what was begun a moment ago is not done because the record shows nothing of it.
func TestWorkMayNotShowYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := (&panel{reads: []any{off}}).accounts(5 * time.Second)
		a.Begin(7, adapter.Work[record]{Until: time.Now().Add(5 * time.Second)})
		for _, done := range []bool{false, true} {
			progress, err := a.Poll(t.Context(), "7")
			require.NoError(t, err)
			require.Equal(t, done, progress.Done)
			time.Sleep(5 * time.Second)
		}
	})
}
