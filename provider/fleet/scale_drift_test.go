package fleet_test

import (
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// drifting is what some accounts of each server are instead of as wanted: how one is held, if it
// is, and how it is wanted, if it is.
type drifting struct {
	count        int
	held, wanted bool
	change       func(h *held, w *fleet.Wanted)
	kinds        []fleet.DriftKind
}

// driftings are fifty a server: each kind, and each way to come by it.
var driftings = []drifting{
	{10, false, true, nil, []fleet.DriftKind{fleet.Missing}},
	{10, true, false, nil, []fleet.DriftKind{fleet.Extra}},
	{5, true, false, func(h *held, _ *fleet.Wanted) { h.reference = "" }, []fleet.DriftKind{fleet.Extra}},
	{5, true, true, func(h *held, _ *fleet.Wanted) { h.suspended = true }, []fleet.DriftKind{fleet.WrongStatus}},
	{5, true, true, func(_ *held, w *fleet.Wanted) { w.Status = provider.StatusSuspended }, []fleet.DriftKind{fleet.WrongStatus}},
	{7, true, true, func(h *held, _ *fleet.Wanted) { h.plan = "large" }, []fleet.DriftKind{fleet.WrongPlan}},
	{3, true, true, func(h *held, _ *fleet.Wanted) { h.plan, h.suspended = "large", true }, []fleet.DriftKind{fleet.WrongStatus, fleet.WrongPlan}},
	{3, true, true, func(h *held, _ *fleet.Wanted) { h.reference = "another-" + h.reference }, []fleet.DriftKind{fleet.Taken}},
	{2, true, true, func(h *held, _ *fleet.Wanted) { h.reference = "" }, []fleet.DriftKind{fleet.Taken}},
}

const driftsPerServer = 50

// planted is one server's accounts, the wanted ones, and the drifts by user name.
func planted(server int) (accounts []held, wanted []fleet.Wanted, drifts map[string][]fleet.DriftKind) {
	var plan []*drifting
	for i := range driftings {
		for range driftings[i].count {
			plan = append(plan, &driftings[i])
		}
	}
	drifts = make(map[string][]fleet.DriftKind)
	step := perServer / driftsPerServer
	for n := 0; len(accounts) < perServer; n++ {
		h := held{reference: reference(server, n), username: username(server, n), plan: "small"}
		w := fleet.Wanted{Reference: h.reference, Username: h.username, Status: provider.StatusActive, Plan: "small"}
		d := &drifting{held: true, wanted: true}
		if n%step == step/2 && n/step < len(plan) {
			d = plan[n/step]
			drifts[h.username] = d.kinds
		}
		if d.change != nil {
			d.change(&h, &w)
		}
		if d.held {
			accounts = append(accounts, h)
		}
		if d.wanted {
			wanted = append(wanted, w)
		}
	}
	return accounts, wanted, drifts
}

// TestScale is what a hosting business does with twenty servers of 5,000 accounts (500 by default):
// whatever changes nothing first, then what does. The estate is made once, and lives in a bubble,
// so that no time limit of a client can end while a busy machine works.
func TestScale(t *testing.T) { synctest.Test(t, scale) }

func scale(t *testing.T) {
	var wanted [][]fleet.Wanted
	drifts := make(map[string][]fleet.DriftKind)
	ids := make(map[string]string) // by user name, as Usage tells them
	e := newEstate(t, func(server int) []held {
		accounts, wants, all := planted(server)
		wanted = append(wanted, wants)
		maps.Copy(drifts, all)
		for _, a := range accounts {
			ids[a.username] = ""
		}
		return accounts
	})
	t.Logf("%d servers with %d accounts each", len(e.servers), perServer)
	list := func(yield func(fleet.Wanted, error) bool) {
		for i, s := range e.servers {
			for _, w := range wanted[i] {
				w.Server, w.Plan = s.name, s.plans[w.Plan]
				if !yield(w, nil) {
					return
				}
			}
		}
	}
	scaleUsage(t, e, ids)
	scaleReconcile(t, e, list, drifts)
	clean := make([][]bulk.Target, len(e.servers)) // the accounts of each server that are as wanted
	for i, s := range e.servers {
		for _, w := range wanted[i] {
			if drifts[w.Username] == nil {
				clean[i] = append(clean[i], bulk.Target{Server: s.name, ID: ids[w.Username]})
			}
		}
		require.Greater(t, len(clean[i]), perServer/2, s.name)
	}
	scaleSafety(t, e, clean)
	scaleBulk(t, e, clean)
}

// scaleReconcile finds the planted drifts, all of them and nothing else.
func scaleReconcile(t *testing.T, e *estate, list iter.Seq2[fleet.Wanted, error], planted map[string][]fleet.DriftKind) {
	e.forget()
	found := make(map[string][]fleet.DriftKind)
	ours, foreign := 0, 0
	for d, err := range e.fleet.Reconcile(t.Context(), list) {
		require.NoError(t, err)
		name := ""
		if d.Wanted != nil {
			name = d.Wanted.Username
		} else {
			name = d.Account.Username
		}
		require.Equal(t, e.servers[number(t, name)].name, d.Server)
		require.NotContains(t, found, name, "it comes twice")
		found[name] = d.Kinds
		if d.Is(fleet.Extra) && d.Ours() {
			ours++
		} else if d.Is(fleet.Extra) {
			foreign++
		}
	}
	require.Len(t, found, driftsPerServer*len(e.servers))
	require.Equal(t, planted, found)
	require.Equal(t, 10*len(e.servers), ours)
	require.Equal(t, 5*len(e.servers), foreign)
	e.untouched(t)
	e.report(t, "reconcile")
	t.Logf("reconcile: exactly the %d planted drifts among %d accounts", len(found), perServer*len(e.servers))
}

// scaleSafety: a list that would remove 31 % of one server is refused as a whole, before the first
// call that changes anything.
func scaleSafety(t *testing.T, e *estate, clean [][]bulk.Target) {
	const unlucky = 12 // a KeyHelp panel in the middle
	var targets []bulk.Target
	for i, of := range clean {
		n := 1
		if i == unlucky {
			n = perServer * 31 / 100
		}
		targets = append(targets, of[:n]...)
	}
	e.forget()
	job := &bulk.Job{Verb: bulk.Terminate, Targets: bulk.Targets(targets), Open: e.fleet.Provider}
	var stopped error
	for result, err := range job.Run(t.Context()) {
		require.Nil(t, result)
		stopped = err
	}
	require.ErrorIs(t, stopped, bulk.ErrSafetyStop)
	var share *bulk.ShareError
	require.ErrorAs(t, stopped, &share)
	require.Equal(t, bulk.ShareError{Server: e.servers[unlucky].name, Count: perServer * 31 / 100, Of: perServer, MaxShare: bulk.DefaultMaxShare}, *share)
	e.untouched(t)
	e.report(t, "safety stop")
	t.Logf("safety stop: %v", stopped)
}

// scaleBulk suspends a tenth of all accounts. The program is killed in the middle and started
// again.
func scaleBulk(t *testing.T, e *estate, clean [][]bulk.Target) {
	var targets []bulk.Target
	for _, of := range clean {
		targets = append(targets, of[:perServer/10]...)
	}
	require.Len(t, targets, len(e.servers)*perServer/10)
	before := e.suspended()
	e.forget()
	path := filepath.Join(t.TempDir(), "first.jsonl")
	run := func(path string, until int) (results int) {
		log, err := bulk.OpenLog(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, log.Close()) }()
		job := &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(targets), Open: e.fleet.Provider, Log: log}
		for result, err := range job.Run(t.Context()) {
			require.NoError(t, err)
			if results == until { // what is still under way has no line, and the last one is cut
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(path+".killed", text[:len(text)-7], 0o600))
				break
			}
			require.NoError(t, result.Err)
			results++
		}
		return results
	}
	first := run(path, len(targets)/2)
	require.Equal(t, len(targets)/2, first)
	second := run(path+".killed", -1)

	e.harvest()
	suspensions := 0
	for _, s := range e.servers {
		suspensions += s.suspensions
	}
	require.Equal(t, before+len(targets), e.suspended(), "by the servers' own account")
	require.Equal(t, len(targets), suspensions, "each was suspended once")
	require.Equal(t, len(targets)-first, second)
	log, err := bulk.OpenLog(path + ".killed")
	require.NoError(t, err)
	require.Equal(t, len(targets), log.Len())
	require.NoError(t, log.Close())
	e.report(t, "bulk")
	t.Logf("bulk: %d suspended: %d before the kill, %d after, %d calls that suspend", len(targets), first, second, suspensions)
}

// suspended counts what the servers themselves have out of service.
func (e *estate) suspended() int {
	names := make(map[string]bool)
	for _, s := range e.servers {
		for _, name := range s.suspended() {
			names[fmt.Sprint(s.name, "/", name)] = true
		}
	}
	return len(names)
}
