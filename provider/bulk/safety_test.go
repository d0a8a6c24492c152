package bulk_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// TestSafetyStop: 30 % pass and 31 % do not, for each verb that takes accounts out of service, and
// nothing is changed on any server then.
func TestSafetyStop(t *testing.T) {
	for _, verb := range []bulk.Verb{bulk.Suspend, bulk.Terminate, bulk.Ensure} {
		t.Run(string(verb), func(t *testing.T) {
			job := func(all servers, n int) *bulk.Job {
				targets := append(all.targets(1)[1:], all.targets(n)[:n]...) // one of web2, n of web1
				for i := range targets {
					targets[i].Want.Status = provider.StatusAbsent
				}
				return &bulk.Job{Verb: verb, Targets: bulk.Targets(targets), Open: all.open}
			}
			all := newServers(t, 2, 100)
			before := [][]any{{all["web1"].Accounts()}, {all["web2"].Accounts()}}
			all.forget()
			results, err := collect(t.Context(), job(all, 31))
			require.ErrorIs(t, err, bulk.ErrSafetyStop)
			require.Empty(t, results)
			var share *bulk.ShareError
			require.True(t, errors.As(err, &share))
			require.Equal(t, bulk.ShareError{Server: "web1", Count: 31, Of: 100, MaxShare: 0.3}, *share)
			require.EqualError(t, share, "bulk: 31 of the 100 accounts of web1 would go out of service, more than 30 %: check the list, or raise Job.MaxShare")
			require.Equal(t, before, [][]any{{all["web1"].Accounts()}, {all["web2"].Accounts()}})
			for _, m := range all {
				for _, r := range m.Faults().Requests() {
					require.Equal(t, "GET", r.Method)
				}
			}

			results, err = collect(t.Context(), job(all, 30))
			require.NoError(t, err)
			require.Len(t, results, 31)
			require.Zero(t, failures(results))
		})
	}
}

// TestSafetyStopCountsChangesOnly: whoever is suspended already is not counted, so a nightly job
// may name them all.
func TestSafetyStopCountsChangesOnly(t *testing.T) {
	all := newServers(t, 1, 10)
	for range 4 { // four nights with three more each
		n := min(all.suspended()+3, 10)
		results, err := collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(all.targets(n)), Open: all.open})
		require.NoError(t, err)
		require.Len(t, results, n)
	}
	require.Equal(t, 10, all.suspended())
	// To remove them is another matter.
	_, err := collect(t.Context(), &bulk.Job{Verb: bulk.Terminate, Targets: bulk.Targets(all.targets(4)), Open: all.open})
	require.ErrorIs(t, err, bulk.ErrSafetyStop)
}

// TestSafetyStopAcrossRuns: a job in many small runs with one log is one job.
func TestSafetyStopAcrossRuns(t *testing.T) {
	all := newServers(t, 1, 100)
	targets, path := all.targets(100), logPath(t)
	run := func(n int) error {
		_, err := collect(t.Context(), &bulk.Job{Verb: bulk.Terminate, Targets: bulk.Targets(targets[:n]), Open: all.open, Log: openLog(t, path)})
		return err
	}
	require.NoError(t, run(20))
	require.NoError(t, run(30))
	require.ErrorIs(t, run(31), bulk.ErrSafetyStop)
	require.Len(t, all["web1"].Accounts(), 70)
}

func TestSafetyStopSettings(t *testing.T) {
	hundred := newServers(t, 1, 100) // 0.29 of which is less than 29 in floating point
	_, err := collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(hundred.targets(29)), Open: hundred.open, MaxShare: 0.29})
	require.NoError(t, err)

	all := newServers(t, 1, 10)
	job := &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(all.targets(6)), Open: all.open, MaxShare: 0.5}
	_, err = collect(t.Context(), job)
	require.ErrorIs(t, err, bulk.ErrSafetyStop)
	job.MaxShare = 0.6
	_, err = collect(t.Context(), job)
	require.NoError(t, err)
	job.MaxShare, job.Targets = 1, bulk.Targets(all.targets(10))
	_, err = collect(t.Context(), job)
	require.NoError(t, err)

	// Of a small server one account is always allowed.
	small := newServers(t, 1, 2)
	_, err = collect(t.Context(), &bulk.Job{Verb: bulk.Terminate, Targets: bulk.Targets(small.targets(1)), Open: small.open})
	require.NoError(t, err)

	// Where nobody can count, the job is refused.
	hidden := newServers(t, 1, 10)
	job = &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(hidden.targets(1)), Open: func(string) (provider.Provider, error) {
		return struct{ provider.Provider }{hidden["web1"]}, nil
	}}
	_, err = collect(t.Context(), job)
	require.ErrorContains(t, err, "cannot list accounts")
	require.Zero(t, hidden.suspended())
	job.MaxShare = 1
	_, err = collect(t.Context(), job)
	require.NoError(t, err)
	require.Equal(t, 1, hidden.suspended())
}
