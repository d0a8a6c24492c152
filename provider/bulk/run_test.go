package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// TestVerbs: each verb reaches each account once, and failures stand beside successes.
func TestVerbs(t *testing.T) {
	all := newServers(t, 3, 10)
	job := &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(append(all.targets(2), bulk.Target{Server: "web2", ID: "999999"})), Open: all.open}
	results, err := collect(t.Context(), job)
	require.NoError(t, err)
	require.Len(t, results, 7)
	require.Equal(t, 1, failures(results))
	require.Equal(t, 6, all.suspended())
	for _, r := range results {
		if r.Target.ID == "999999" {
			require.ErrorIs(t, r.Err, provider.ErrNotFound)
			require.Empty(t, r.Outcome)
			continue
		}
		require.Equal(t, provider.OutcomeChanged, r.Outcome)
	}

	job.Verb, job.Targets = bulk.Unsuspend, bulk.Targets(all.targets(3))
	results, err = collect(t.Context(), job)
	require.NoError(t, err)
	require.Len(t, results, 9)
	require.Zero(t, all.suspended())

	job.Verb = bulk.Terminate
	results, err = collect(t.Context(), job)
	require.NoError(t, err)
	require.Zero(t, failures(results))
	require.Len(t, all["web1"].Accounts(), 7)
	// What is gone is done, whoever removed it.
	results, err = collect(t.Context(), job)
	require.NoError(t, err)
	require.Len(t, results, 9)
	for _, r := range results {
		require.Equal(t, provider.OutcomeAlready, r.Outcome)
	}
}

func TestEnsure(t *testing.T) {
	all := newServers(t, 2, 0)
	var targets []bulk.Target
	for name, m := range all {
		for n := range 5 {
			targets = append(targets, bulk.Target{Server: name, Want: provider.Desired{Status: provider.StatusActive, Create: m.World().Request(n)}})
		}
	}
	job := &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets(targets), Open: all.open}
	for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
		results, err := collect(t.Context(), job)
		require.NoError(t, err)
		require.Len(t, results, 10)
		for _, r := range results {
			require.NoError(t, r.Err)
			require.Equal(t, want, r.Outcome)
			require.NotNil(t, r.Ensured.Account)
		}
	}
	require.Len(t, all["web1"].Accounts(), 5)
	require.Len(t, all["web2"].Accounts(), 5)
}

// TestConcurrency: the limits are reached and not passed, a slow server does not hold up the
// others, and results come as they are.
func TestConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newServers(t, 4, 40)
		var total gauge
		each := map[string]*gauge{}
		for name := range all {
			each[name] = &gauge{}
		}
		job := &bulk.Job{
			Verb: "touch", Targets: bulk.Targets(all.targets(40)), Open: all.open, PerServer: 3, Total: 10,
			Do: func(_ context.Context, _ provider.Provider, target bulk.Target) (provider.Outcome, error) {
				total.enter()
				each[target.Server].enter()
				defer total.leave()
				defer each[target.Server].leave()
				wait := 100 * time.Millisecond
				if target.Server == "web1" {
					wait = time.Minute
				}
				time.Sleep(wait)
				return provider.OutcomeChanged, nil
			},
		}
		var order []string
		start := time.Now()
		for r, err := range job.Run(t.Context()) {
			require.NoError(t, err)
			require.NoError(t, r.Err)
			order = append(order, r.Target.Server)
		}
		require.Len(t, order, 160)
		require.EqualValues(t, 10, total.most.Load())
		for name, g := range each {
			require.EqualValues(t, 3, g.most.Load(), name)
		}
		// web1 alone takes 40/3 minutes; the others are done long before.
		require.Equal(t, 14*time.Minute, time.Since(start))
		for i, server := range order[:120] {
			require.NotEqual(t, "web1", server, "result %d", i)
		}
	})
}

// TestStreams: a verb that destroys nothing begins before the list has ended, and does not run
// ahead of the work for ever.
func TestStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var produced atomic.Int64
		all := newServers(t, 1, 0)
		job := &bulk.Job{
			Verb: "touch", Targets: endless("web1", &produced), Open: all.open,
			Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
				time.Sleep(time.Second)
				return provider.OutcomeAlready, nil
			},
		}
		n := 0
		for _, err := range job.Run(t.Context()) {
			require.NoError(t, err)
			if n++; n == 100 {
				break
			}
		}
		require.Equal(t, 100, n)
		require.Less(t, produced.Load(), int64(5000))
	})
}

// TestBrokenList: the work that was begun is told, then the list's error.
func TestBrokenList(t *testing.T) {
	broken := errors.New("line 3 is not CSV")
	all := newServers(t, 1, 5)
	list := func(yield func(bulk.Target, error) bool) {
		for _, target := range all.targets(2) {
			if !yield(target, nil) {
				return
			}
		}
		yield(bulk.Target{}, broken)
	}
	_, err := collect(t.Context(), &bulk.Job{Verb: bulk.Unsuspend, Targets: list, Open: all.open})
	require.ErrorIs(t, err, broken)
	all.forget()
	_, err = collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: list, Open: all.open})
	require.ErrorIs(t, err, broken)
	require.Zero(t, all.requests(), "a list that is not whole destroys nothing")
}

// TestGiveUp: a dead server costs a few calls, not one for each account, and does not hold up the
// others. So does one that refuses our key; what is wrong with one account each ends nothing.
func TestGiveUp(t *testing.T) {
	for _, test := range []struct {
		fault   faults.Fault
		code    string
		untried int
	}{
		{faults.Fault{Kind: faults.Refuse}, "unavailable", 55},
		{faults.Fault{Kind: faults.Drop, After: true}, "unavailable", 55}, // the outcome of the first ones is unknown
		{faults.Fault{Kind: faults.Status, StatusCode: http.StatusUnauthorized, Body: `{"problem":"no"}`}, "unauthorized", 55},
		{faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden, Body: `{"problem":"no"}`}, "forbidden", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			all := newServers(t, 2, 60)
			all["web1"].Faults().When(nil, 0, test.fault)
			job := &bulk.Job{Verb: bulk.Unsuspend, Targets: bulk.Targets(all.targets(60)), Open: all.open, GiveUp: 5, PerServer: 2}
			results, err := collect(t.Context(), job)
			require.NoError(t, err)
			require.Len(t, results, 120)
			require.Equal(t, 60, failures(results))
			untried := 0
			for _, r := range results {
				if r.Err != nil && strings.Contains(r.Err.Error(), "not tried, since") {
					untried++
					require.Equal(t, test.code, provider.Code(r.Err))
					require.Zero(t, r.Took)
				}
			}
			require.InDelta(t, test.untried, untried, 1, test.code)
		})
	}
}

// doubtful is a system whose "not found" may be the answer to an attempt before, and whose list contradicts
// itself.
type doubtful struct{ *providertest.Memory }

func (doubtful) Terminate(context.Context, string) (provider.Outcome, error) {
	return "", &provider.Error{Kind: provider.ErrNotFound, MaybeExecuted: true}
}

func (doubtful) List(context.Context, *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		yield(nil, &provider.Error{Kind: provider.ErrConflict})
	}
}

// TestDoubt: what may be there still is not done, and the server whose accounts cannot be counted is named.
func TestDoubt(t *testing.T) {
	all := newServers(t, 1, 5)
	job := &bulk.Job{Verb: bulk.Terminate, Targets: bulk.Targets(all.targets(1)), MaxShare: 1, Open: func(string) (provider.Provider, error) { return doubtful{all["web1"]}, nil }}
	results, err := collect(t.Context(), job)
	require.NoError(t, err)
	require.ErrorIs(t, results[0].Err, provider.ErrOutcomeUnknown)

	job.MaxShare = 0
	_, err = collect(t.Context(), job)
	require.ErrorIs(t, err, provider.ErrConflict)
	require.ErrorContains(t, err, "cannot count the accounts of web1")
}

func TestOpenFails(t *testing.T) {
	all := newServers(t, 1, 3)
	targets := append(all.targets(3), bulk.Target{Server: "web9", ID: "1"}, bulk.Target{Server: "web9", ID: "2"})
	results, err := collect(t.Context(), &bulk.Job{Verb: bulk.Unsuspend, Targets: bulk.Targets(targets), Open: all.open})
	require.NoError(t, err)
	require.Len(t, results, 5)
	require.Equal(t, 2, failures(results))
}

// TestContext: the end of the context ends the job, what was under way is told, and no goroutine is
// left (the bubble would not end).
func TestContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newServers(t, 1, 20)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		started := 0
		job := &bulk.Job{
			Verb: "wait", Targets: bulk.Targets(all.targets(20)), Open: all.open, PerServer: 2,
			Do: func(ctx context.Context, _ provider.Provider, _ bulk.Target) (provider.Outcome, error) {
				started++
				select {
				case <-ctx.Done():
					return "", ctx.Err()
				case <-time.After(time.Minute):
					return provider.OutcomeChanged, nil
				}
			},
			Total: 1, // so that started needs no lock
		}
		results, err := collect(ctx, job)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 2, started)
		require.Len(t, results, 2)
		require.ErrorIs(t, results[1].Err, context.DeadlineExceeded)
	})
}

// TestContextEndsWithTheList: a job that was cut short is never taken for one that is done, however
// slowly its list comes.
func TestContextEndsWithTheList(t *testing.T) {
	all := newServers(t, 1, 20)
	for range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		job := &bulk.Job{
			Verb: "touch", Targets: bulk.Targets(all.targets(20)), Open: all.open, Total: 1,
			Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
				return provider.OutcomeAlready, nil
			},
		}
		results, counted := 0, 0
		job.OnProgress = func(p bulk.JobProgress) { counted = p.Done }
		var ended error
		for _, err := range job.Run(ctx) {
			if err != nil {
				ended = err
				break
			}
			if results++; results == 1 {
				cancel()
			}
		}
		cancel()
		require.Equal(t, results, counted)
		if results < 20 {
			require.ErrorIs(t, ended, context.Canceled, "%d results", results)
		}
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newServers(t, 1, 100)
		var last bulk.JobProgress
		count := 0
		job := &bulk.Job{
			Verb: "touch", Targets: bulk.Targets(all.targets(100)), Open: all.open, PerServer: 1, Expect: 100,
			Do: func(_ context.Context, _ provider.Provider, target bulk.Target) (provider.Outcome, error) {
				time.Sleep(time.Second)
				if target.ID == all["web1"].Accounts()[7].ID {
					return "", errors.New("no")
				}
				return provider.OutcomeChanged, nil
			},
			OnProgress: func(p bulk.JobProgress) {
				count++
				require.Equal(t, count, p.Done)
				require.Equal(t, 100, p.Total)
				require.Equal(t, time.Duration(count)*time.Second, p.Elapsed)
				require.InDelta(t, 1, p.Rate, 0.2)
				require.InDelta(t, float64(100-count), p.Remaining.Seconds(), 0.2*float64(100-count)+0.1)
				last = p
			},
		}
		_, err := collect(t.Context(), job)
		require.NoError(t, err)
		require.Equal(t, 100, last.Done)
		require.Equal(t, 1, last.Failed)
		require.Zero(t, last.Remaining)
	})
}

// TestInput: bad jobs and bad targets are refused by name, before any call.
func TestInput(t *testing.T) {
	all := newServers(t, 1, 3)
	good := bulk.Targets(all.targets(1))
	do := func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) { return "", nil }
	all.forget()
	for field, job := range map[string]*bulk.Job{
		"Verb":      {Targets: good, Open: all.open, Do: do},
		"Targets":   {Verb: bulk.Suspend, Open: all.open},
		"Open":      {Verb: bulk.Suspend, Targets: good},
		"Do":        {Verb: "mine", Targets: good, Open: all.open},
		"PerServer": {Verb: bulk.Suspend, Targets: good, Open: all.open, PerServer: -1},
		"Total":     {Verb: bulk.Suspend, Targets: good, Open: all.open, Total: -1},
		"MaxShare":  {Verb: bulk.Suspend, Targets: good, Open: all.open, MaxShare: 1.5},
		"ID":        {Verb: bulk.Suspend, Targets: bulk.Targets([]bulk.Target{{Server: "web1"}}), Open: all.open},
		"Server":    {Verb: bulk.Terminate, Targets: bulk.Targets([]bulk.Target{{ID: "1"}}), Open: all.open},
		"Want":      {Verb: bulk.Ensure, Targets: bulk.Targets([]bulk.Target{{Server: "web1"}}), Open: all.open},
	} {
		_, err := collect(t.Context(), job)
		require.ErrorIs(t, err, provider.ErrInvalid, field)
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Fields, field)
	}
	require.Zero(t, all.requests())
	_, err := collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: good, Open: all.open, Do: do})
	require.ErrorContains(t, err, "Do")
}

func ExampleJob() {
	fleet := map[string]provider.Provider{} // by name, from your table of servers
	job := &bulk.Job{
		Verb:    bulk.Suspend,
		Targets: bulk.Targets(nil),
		Open: func(name string) (provider.Provider, error) {
			if p := fleet[name]; p != nil {
				return p, nil
			}
			return nil, fmt.Errorf("no server %q", name)
		},
	}
	failed := 0
	for result, err := range job.Run(context.Background()) {
		if err != nil {
			fmt.Println("stopped:", err)
			return
		}
		if result.Err != nil {
			failed++
		}
	}
	fmt.Println(failed, "failed")
	// Output: 0 failed
}
