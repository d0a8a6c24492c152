package bulk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/faults"
)

// TestResume kills a job again and again, in the middle of calls and of lines, until it gets
// through: every account is done in the end, and none is worked on again once the log knows it.
func TestResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		all := newServers(t, 3, 100)
		path := logPath(t)
		var mu sync.Mutex
		worked := map[string]int{} // successful calls an account
		targets := all.targets(100)
		runs := 0
		for done := false; !done; runs++ {
			require.Less(t, runs, 200, "it never ends")
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20+random.IntN(80))*time.Millisecond)
			job := &bulk.Job{
				Verb: "suspend slowly", Targets: bulk.Targets(targets), Open: all.open, PerServer: 2, Log: openLog(t, path),
				Do: func(ctx context.Context, p provider.Provider, target bulk.Target) (provider.Outcome, error) {
					time.Sleep(10 * time.Millisecond)
					outcome, err := p.Suspend(ctx, target.ID)
					if err == nil {
						mu.Lock()
						worked[target.String()]++
						mu.Unlock()
					}
					return outcome, err
				},
			}
			_, err := collect(ctx, job)
			cancel()
			done = err == nil
			// The kill comes in the middle of the last line.
			if text, err := os.ReadFile(path); err == nil && !done && len(text) > 20 {
				require.NoError(t, os.WriteFile(path, text[:len(text)-1-random.IntN(20)], 0o600))
			}
		}
		require.Equal(t, 300, all.suspended())
		require.Greater(t, runs, 3)
		twice := 0
		for _, n := range worked {
			twice += n - 1
		}
		require.Len(t, worked, 300)
		// Only the line that was cut is asked for again.
		require.LessOrEqual(t, twice, runs)
		require.Equal(t, 300, openLog(t, path).Len())
		t.Logf("%d runs, %d accounts, %d asked for again", runs, len(worked), twice)
	})
}

// TestFailuresAreTriedAgain: the next run does what failed, and only that.
func TestFailuresAreTriedAgain(t *testing.T) {
	all := newServers(t, 1, 20)
	path := logPath(t)
	targets := all.targets(5)
	bad := bulk.Target{Server: "web1", ID: "424242"}
	job := &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(append(targets, bad)), Open: all.open, Log: openLog(t, path)}
	results, err := collect(t.Context(), job)
	require.NoError(t, err)
	require.Len(t, results, 6)
	require.Equal(t, 1, failures(results))
	entries, err := bulk.ReadLog(path)
	require.NoError(t, err)
	for _, e := range entries {
		require.Equal(t, e.Error != "", e.Code == "not_found", e)
		require.Equal(t, e.Error == "", e.Code == "", e)
	}

	job.Log = openLog(t, path)
	require.Equal(t, 5, job.Log.Len())
	var progress bulk.JobProgress
	job.OnProgress = func(p bulk.JobProgress) { progress = p }
	results, err = collect(t.Context(), job)
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, bad, results[0].Target)
	require.Equal(t, bulk.JobProgress{Done: 1, Failed: 1, Skipped: 5, Total: 6}, bulk.JobProgress{Done: progress.Done, Failed: progress.Failed, Skipped: progress.Skipped, Total: progress.Total})
}

// TestLostAnswerInBulk: an unknown outcome is not done.
func TestLostAnswerInBulk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := newServers(t, 1, 10)
		path := logPath(t)
		all["web1"].Faults().When(nil, 0, faults.Fault{Kind: faults.Drop, After: true})
		job := &bulk.Job{Verb: "suspend", Targets: bulk.Targets(all.targets(2)), Open: all.open, Log: openLog(t, path), MaxShare: 1}
		results, err := collect(t.Context(), job)
		require.NoError(t, err)
		require.Equal(t, 2, failures(results))
		all["web1"].Faults().Clear()
		job.Log = openLog(t, path)
		require.Zero(t, job.Log.Len())
		results, err = collect(t.Context(), job)
		require.NoError(t, err)
		require.Len(t, results, 2)
		require.Zero(t, failures(results))
		require.Equal(t, 2, all.suspended())
	})
}

// TestLogFile: what a log holds, and which files are refused.
func TestLogFile(t *testing.T) {
	all := newServers(t, 1, 10)
	path := logPath(t)
	job := &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(all.targets(1)), Open: all.open, Log: openLog(t, path)}
	_, err := collect(t.Context(), job)
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	id := all.targets(1)[0].ID
	head, line, _ := strings.Cut(string(text), "\n")
	require.Equal(t, `{"log":"provkit bulk","version":2}`, head)
	require.Regexp(t, `^\{"at":"[^"]+","verb":"suspend","server":"web1","by":"id","account":"`+id+`","outcome":"changed"\}\n$`, line)

	job.Verb = bulk.Unsuspend
	_, err = collect(t.Context(), job)
	require.ErrorContains(t, err, `is the log of a job with the verb "suspend"`)

	for name, broken := range map[string]string{
		"something else": "hello\n", "another object": "{}\n", "two verbs": string(text) + strings.Replace(line, `"suspend"`, `"terminate"`, 1),
		"a line without end": strings.Repeat("x", 2<<20) + "\n",
	} {
		require.NoError(t, os.WriteFile(path, []byte(broken), 0o600))
		_, err := bulk.OpenLog(path)
		require.Error(t, err, name)
		kept, _ := os.ReadFile(path)
		require.Equal(t, broken, string(kept), "%s: the file is left alone", name)
	}
	require.NoError(t, os.WriteFile(path, append(text, text[:30]...), 0o600))
	require.Equal(t, 1, openLog(t, path).Len())
	kept, _ := os.ReadFile(path)
	require.Equal(t, string(text), string(kept), "what a kill left is removed")
}

// TestEnsureTellsWishesApart: another wanted state of the same account is other work.
func TestEnsureTellsWishesApart(t *testing.T) {
	all := newServers(t, 1, 10)
	log := openLog(t, logPath(t))
	for i, state := range []provider.Status{provider.StatusSuspended, provider.StatusActive, provider.StatusSuspended} {
		results, err := collect(t.Context(), &bulk.Job{
			Verb: bulk.Ensure, Open: all.open, Log: log,
			Targets: bulk.Targets([]bulk.Target{{Server: "web1", ID: all.targets(1)[0].ID, Want: provider.Desired{Status: state}}}),
		})
		require.NoError(t, err)
		require.Len(t, results, []int{1, 1, 0}[i], fmt.Sprint(i))
	}
}
