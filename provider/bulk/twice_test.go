package bulk_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// TestListedTwice: an account that stands in the list twice is worked on once, and wishes that
// contradict each other are refused before any call.
func TestListedTwice(t *testing.T) {
	all := newServers(t, 2, 20)
	once := all.targets(3)
	all.forget()
	results, err := collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(append(once, once...)), Open: all.open})
	require.NoError(t, err)
	require.Len(t, results, 6)
	for _, r := range results {
		require.Equal(t, provider.OutcomeChanged, r.Outcome)
	}
	synctest.Test(t, func(t *testing.T) {
		var now gauge
		results, err := collect(t.Context(), &bulk.Job{
			Verb: "touch", Targets: bulk.Targets([]bulk.Target{once[0], once[0], once[0]}), Open: all.open,
			Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
				now.enter()
				defer now.leave()
				time.Sleep(time.Second)
				return provider.OutcomeChanged, nil
			},
		})
		require.NoError(t, err)
		require.NotEmpty(t, results)
		require.EqualValues(t, 1, now.most.Load())
	})
	results, err = collect(t.Context(), &bulk.Job{
		Verb: "touch", Targets: bulk.Targets([]bulk.Target{{Server: "web1"}, {Server: "web1"}}), Open: all.open, Log: openLog(t, logPath(t)),
		Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
			return provider.OutcomeChanged, nil
		},
	})
	require.NoError(t, err)
	require.Len(t, results, 2, "without a name nobody knows whether they are the same")

	all.forget()
	active, gone := once[0], once[0]
	active.Want.Status, gone.Want.Status = provider.StatusActive, provider.StatusAbsent
	_, err = collect(t.Context(), &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets([]bulk.Target{active, gone}), Open: all.open})
	require.ErrorIs(t, err, provider.ErrInvalid)
	require.ErrorContains(t, err, `should be both "active" and "absent"`)
	gone.Want.ID = "another"
	_, err = collect(t.Context(), &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets([]bulk.Target{gone}), Open: all.open})
	require.ErrorContains(t, err, "Want.ID")
	require.Zero(t, all.requests())
}

// TestPanickingLoop: a loop that panics leaves no call behind (the bubble would not end).
func TestPanickingLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newServers(t, 1, 20)
		require.Panics(t, func() {
			job := &bulk.Job{Verb: bulk.Unsuspend, Targets: bulk.Targets(all.targets(20)), Open: all.open}
			for range job.Run(t.Context()) {
				panic("the caller's")
			}
		})
	})
}
