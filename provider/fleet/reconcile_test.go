package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

func list(all ...fleet.Wanted) iter.Seq2[fleet.Wanted, error] {
	return func(yield func(fleet.Wanted, error) bool) {
		for _, w := range all {
			if !yield(w, nil) {
				return
			}
		}
	}
}

// wanted is the truth as a list of wishes.
func wanted(panels []*providertest.Memory) []fleet.Wanted {
	var all []fleet.Wanted
	for i, m := range panels {
		for _, a := range m.Accounts() {
			all = append(all, fleet.Wanted{
				Server: []string{"web1", "web2", "web3"}[i], Reference: a.Reference, Username: a.Username, Plan: a.Plan, Status: provider.StatusActive,
			})
		}
	}
	return all
}

func drifts(t *testing.T, f *fleet.Fleet, all ...fleet.Wanted) map[string]*fleet.Drift {
	t.Helper()
	found := make(map[string]*fleet.Drift)
	for d, err := range f.Reconcile(t.Context(), list(all...)) {
		require.NoError(t, err)
		found[d.String()] = d
	}
	return found
}

// TestReconcile plants every kind of drift, finds exactly those, and repairs what may be repaired.
func TestReconcile(t *testing.T) {
	f, panels := memories(t, 20, 20, 0)
	want := wanted(panels)
	require.Empty(t, drifts(t, f, want...))

	one, two := panels[0].Accounts(), panels[1].Accounts()
	_, err := panels[0].Suspend(t.Context(), one[0].ID) // wrong status
	require.NoError(t, err)
	want[1].Status = provider.StatusSuspended // wrong status, the other way
	want[2].Plan = "large"                    // wrong plan
	want[3].Plan, want[3].Status = "large", provider.StatusSuspended
	_, err = panels[1].Terminate(t.Context(), two[0].ID) // missing
	require.NoError(t, err)
	foreign := panels[1].AddForeign("stranger") // extra, foreign
	taken := panels[1].AddForeign("wanted-name")
	want = append(want, fleet.Wanted{Server: "web2", Reference: "order-77", Username: "wanted-name", Status: provider.StatusActive})
	extra := want[21]
	want = slices.Delete(want, 21, 22) // extra, ours

	found := drifts(t, f, want...)
	require.ElementsMatch(t, []string{
		"web1: customer1000 (" + one[0].ID + "): wrong status: suspended, not active",
		"web1: customer1001 (" + one[1].ID + "): wrong status: active, not suspended",
		"web1: customer1002 (" + one[2].ID + "): wrong plan: small, not large",
		"web1: customer1003 (" + one[3].ID + "): wrong status: active, not suspended; wrong plan: small, not large",
		"web2: customer2000: missing",
		"web2: customer2001 (" + two[1].ID + "): extra (ours, " + extra.Reference + ")",
		"web2: stranger (" + foreign + "): extra (foreign)",
		`web2: wanted-name (` + taken + `): taken: it carries the reference "", not "order-77"`,
	}, slices.Collect(maps.Keys(found)))

	all := slices.Collect(maps.Values(found))
	job, left, err := f.Repair(all, &fleet.RepairOptions{DryRun: true, TerminateExtra: true})
	require.NoError(t, err)
	require.Len(t, left, 3, "missing, foreign and taken")
	before := [][]providertest.Truth{panels[0].Accounts(), panels[1].Accounts()}
	for r, err := range job.Run(t.Context()) {
		require.NoError(t, err)
		require.NoError(t, r.Err)
	}
	require.Equal(t, before, [][]providertest.Truth{panels[0].Accounts(), panels[1].Accounts()})

	order := func(w fleet.Wanted) (*provider.CreateRequest, error) {
		req := panels[1].World().Request(2000)
		require.Equal(t, req.Reference, w.Reference)
		return req, nil
	}
	job, left, err = f.Repair(all, &fleet.RepairOptions{Create: order, TerminateExtra: true})
	require.NoError(t, err)
	require.Len(t, left, 2)
	for r, err := range job.Run(t.Context()) {
		require.NoError(t, err)
		require.NoError(t, r.Err)
	}
	for r, err := range f.Adopt(all).Run(t.Context()) {
		require.NoError(t, err)
		require.NoError(t, r.Err)
		require.Equal(t, taken, r.Target.ID)
	}
	found = drifts(t, f, want...)
	require.Equal(t, []string{"web2: stranger (" + foreign + "): extra (foreign)"}, slices.Collect(maps.Keys(found)))
}

// TestRepairStops: a wanted list that lacks half a server's accounts does not remove them.
func TestRepairStops(t *testing.T) {
	f, panels := memories(t, 20, 20)
	want := wanted(panels)[:30]
	all := slices.Collect(maps.Values(drifts(t, f, want...)))
	require.Len(t, all, 10)
	job, left, err := f.Repair(all, &fleet.RepairOptions{TerminateExtra: true})
	require.NoError(t, err)
	require.Empty(t, left)
	var stopped error
	for _, err := range job.Run(t.Context()) {
		stopped = err
	}
	require.ErrorIs(t, stopped, bulk.ErrSafetyStop)
	require.Len(t, panels[1].Accounts(), 20)
	_, left, err = f.Repair(all, nil)
	require.NoError(t, err)
	require.Len(t, left, 10, "extra accounts stay unless it is told to remove them")
	gone := []*fleet.Drift{{Server: "web1", Kinds: []fleet.DriftKind{fleet.Missing}, Wanted: &want[0]}}
	_, left, err = f.Repair(gone, &fleet.RepairOptions{Create: func(fleet.Wanted) (*provider.CreateRequest, error) { return nil, nil }})
	require.NoError(t, err)
	require.Equal(t, gone, left)
	broken := errors.New("no such product")
	_, _, err = f.Repair([]*fleet.Drift{{Server: "web1", Kinds: []fleet.DriftKind{fleet.Missing}, Wanted: &want[0]}},
		&fleet.RepairOptions{Create: func(fleet.Wanted) (*provider.CreateRequest, error) { return nil, broken }})
	require.ErrorIs(t, err, broken)
}

// shy shows no references in its list.
type shy struct{ *providertest.Memory }

func (s shy) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range s.Memory.List(ctx, opts) {
			if a != nil {
				a.Reference = ""
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// TestReconcileAsksForReferences: where a list shows none, the account is read.
func TestReconcileAsksForReferences(t *testing.T) {
	f, panels := memories(t, 5)
	f.Servers()[0].Provider = shy{panels[0]}
	require.Empty(t, drifts(t, f, wanted(panels)...))
	panels[0].AddForeign("wanted-name")
	found := drifts(t, f, append(wanted(panels)[:5], fleet.Wanted{Server: "web1", Reference: "order-77", Username: "wanted-name", Status: provider.StatusActive})...)
	require.Len(t, found, 1)
	for _, d := range found {
		require.True(t, d.Is(fleet.Taken))
		require.False(t, d.Ours())
	}
}

// TestReconcileReadsReferences: where a list shows no references, "ours or foreign" and what is
// wanted by reference alone need a look at each account.
func TestReconcileReadsReferences(t *testing.T) {
	f, panels := memories(t, 5)
	f.Servers()[0].Provider = shy{panels[0]}
	panels[0].AddForeign("stranger")
	want := wanted(panels)[:5]
	extra := want[4]
	want = want[:4]
	for i := range want {
		want[i].Username = ""
	}
	found := drifts(t, f, want...)
	require.Len(t, found, 2, "%v", slices.Collect(maps.Keys(found)))
	for _, d := range found {
		require.True(t, d.Is(fleet.Extra))
		require.Equal(t, d.Account.Username == extra.Username, d.Ours())
	}
}

// doubled lists accounts in an order of its own, some of them more than once.
type doubled struct {
	*providertest.Memory
	accounts []*provider.Account
}

func (d doubled) List(context.Context, *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for _, a := range d.accounts {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func (d doubled) Get(ctx context.Context, id string) (*provider.Account, error) {
	for _, a := range d.accounts {
		if a.ID == id {
			return a, nil
		}
	}
	return d.Memory.Get(ctx, id)
}

// TestReconcileDuplicates: two accounts of one order are told, and not repaired; and what has the
// name of a wanted account is extra when that is there under another name, in whichever order they
// come.
func TestReconcileDuplicates(t *testing.T) {
	f, panels := memories(t, 0)
	active := func(id, name, reference string) *provider.Account {
		return &provider.Account{ID: id, Username: name, Reference: reference, Status: provider.StatusActive}
	}
	accounts := []*provider.Account{active("1", "alice", "order-9"), active("2", "bob", "order-1"), active("3", "carol", "order-1")}
	want := fleet.Wanted{Server: "web1", Reference: "order-1", Username: "alice", Status: provider.StatusActive}
	for i := range 4 {
		if want.Status = provider.StatusActive; i >= 2 { // neither is suspended
			want.Status = provider.StatusSuspended
		}
		f.Servers()[0].Provider = doubled{panels[0], accounts}
		found := drifts(t, f, want)
		require.Len(t, found, 3)
		var all []*fleet.Drift
		for _, d := range found {
			require.Equal(t, d.Account.ID == "1", d.Is(fleet.Extra))
			require.Equal(t, d.Account.ID != "1", d.Is(fleet.Duplicate))
			all = append(all, d)
		}
		_, left, err := f.Repair(all, nil)
		require.NoError(t, err)
		require.Len(t, left, 3)
		slices.Reverse(accounts)
	}
}

// TestReconcileTampered: a customer who claims another's reference is neither taken for that one nor
// touched, and hides nobody; one who is wanted by his ID is suspended whatever he did to his marker.
func TestReconcileTampered(t *testing.T) {
	f, panels := memories(t, 0)
	const problem = "it has several markers"
	forger := &provider.Account{
		ID: "1", Username: "mallory", Status: provider.StatusActive,
		Marker: provider.Marker{Tampered: problem, Claims: []string{"order-7", "order-1"}},
	}
	genuine := &provider.Account{ID: "2", Username: "alice", Reference: "order-1", Status: provider.StatusActive}
	debtor := fleet.Wanted{Server: "web1", Reference: "order-1", Username: "alice", Status: provider.StatusSuspended}
	for name, c := range map[string]struct {
		listed []*provider.Account
		want   []fleet.Wanted
		drifts []string
		repair []string // the IDs of what Repair changes
	}{
		"beside the genuine one": {
			[]*provider.Account{forger, genuine}, []fleet.Wanted{debtor},
			[]string{"web1: mallory (1): tampered: " + problem, "web1: alice (2): wrong status: active, not suspended"}, []string{"2"},
		},
		"behind it": {
			[]*provider.Account{genuine, forger}, []fleet.Wanted{debtor},
			[]string{"web1: mallory (1): tampered: " + problem, "web1: alice (2): wrong status: active, not suspended"}, []string{"2"},
		},
		"alone":     {[]*provider.Account{forger}, []fleet.Wanted{debtor}, []string{"web1: mallory (1): tampered: " + problem}, nil},
		"of nobody": {[]*provider.Account{forger}, nil, []string{"web1: mallory (1): tampered: " + problem}, nil},
		"by his ID, without a marker": {
			[]*provider.Account{{ID: "1", Username: "mallory", Status: provider.StatusActive}},
			[]fleet.Wanted{{Server: "web1", ID: "1", Reference: "order-66", Username: "mallory", Status: provider.StatusSuspended}},
			[]string{`web1: mallory (1): taken: it carries the reference "", not "order-66"; wrong status: active, not suspended`}, []string{"1"},
		},
		"of another who has his ID": {
			[]*provider.Account{{ID: "1", Username: "bob", Status: provider.StatusActive}},
			[]fleet.Wanted{{Server: "web1", ID: "1", Reference: "order-66", Username: "mallory", Status: provider.StatusSuspended}},
			[]string{`web1: bob (1): taken: it carries the reference "", not "order-66"`}, nil,
		},
		"by his ID": {
			[]*provider.Account{forger}, []fleet.Wanted{{Server: "web1", ID: "1", Reference: "order-66", Status: provider.StatusSuspended}},
			[]string{"web1: mallory (1): tampered: " + problem + "; wrong status: active, not suspended"}, []string{"1"},
		},
	} {
		f.Servers()[0].Provider = doubled{panels[0], c.listed}
		var found []string
		var all []*fleet.Drift
		for text, d := range drifts(t, f, c.want...) {
			found, all = append(found, text), append(all, d)
			require.False(t, d.Is(fleet.Tampered) && d.Ours(), name)
		}
		require.ElementsMatch(t, c.drifts, found, name)
		job, left, err := f.Repair(all, &fleet.RepairOptions{
			TerminateExtra: true,
			Create:         func(fleet.Wanted) (*provider.CreateRequest, error) { panic("nobody is missing") },
		})
		require.NoError(t, err, name)
		var repaired []string
		for target, err := range job.Targets {
			require.NoError(t, err)
			repaired = append(repaired, target.ID)
		}
		require.ElementsMatch(t, c.repair, repaired, name)
		require.Len(t, left, len(all)-len(c.repair), name)
	}
}

func TestReconcileByID(t *testing.T) {
	f, panels := memories(t, 3)
	a := panels[0].Accounts()
	require.Len(t, drifts(t, f, fleet.Wanted{Server: "web1", ID: a[0].ID, Status: provider.StatusActive}), 2)
	found := drifts(t, f, fleet.Wanted{Server: "web1", ID: a[0].ID, Reference: "another", Status: provider.StatusActive},
		fleet.Wanted{Server: "web1", ID: "no-such-id", Status: provider.StatusActive})
	require.Len(t, found, 4, "%v", found)
	require.Contains(t, found, `web1: no-such-id: missing`)
}

// TestReconcileTrouble: mistakes in the list are told before any server is asked; a dead server is
// told of and its accounts are not called missing.
func TestReconcileTrouble(t *testing.T) {
	f, panels := memories(t, 2, 2)
	for _, m := range panels {
		m.Faults().Forget()
	}
	for _, bad := range []fleet.Wanted{
		{Server: "web9", Username: "a", Status: provider.StatusActive}, {Server: "web1", Status: provider.StatusActive},
		{Server: "web1", Username: "a"}, {Server: "web1", Username: "a", Status: provider.StatusAbsent},
	} {
		for d, err := range f.Reconcile(t.Context(), list(bad)) {
			require.Nil(t, d)
			require.ErrorIs(t, err, provider.ErrInvalid)
		}
	}
	twice := fleet.Wanted{Server: "web1", Reference: "order-1", Status: provider.StatusActive}
	for _, err := range f.Reconcile(t.Context(), list(twice, twice)) {
		require.ErrorContains(t, err, "is wanted twice")
	}
	broken := errors.New("line 2 is not CSV")
	for _, err := range f.Reconcile(t.Context(), func(yield func(fleet.Wanted, error) bool) { yield(fleet.Wanted{}, broken) }) {
		require.ErrorIs(t, err, broken)
	}
	require.Zero(t, panels[0].Faults().Count()+panels[1].Faults().Count())

	panels[1].Faults().When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: 403})
	n := 0
	for d, err := range f.Reconcile(t.Context(), list(wanted(panels)...)) {
		n++
		require.Nil(t, d)
		var server *fleet.ServerError
		require.ErrorAs(t, err, &server)
		require.Equal(t, "web2", server.Server)
	}
	require.Equal(t, 1, n)
}

// BenchmarkReconcile is what comparing costs for each account, the list apart.
func BenchmarkReconcile(b *testing.B) {
	const accounts = 1000
	f, panels := memories(b, 0)
	var held []*provider.Account
	var want []fleet.Wanted
	for n := range accounts {
		name, reference := fmt.Sprintf("customer%d", n), fmt.Sprintf("order-%d", n)
		held = append(held, &provider.Account{ID: fmt.Sprint(n), Username: name, Reference: reference, Status: provider.StatusActive, Plan: "small"})
		want = append(want, fleet.Wanted{Server: "web1", Username: name, Reference: reference, Status: provider.StatusActive, Plan: "small"})
	}
	f.Servers()[0].Provider = doubled{panels[0], held}
	b.ReportAllocs()
	for b.Loop() {
		for d, err := range f.Reconcile(b.Context(), list(want...)) {
			b.Fatal(d, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/accounts, "ns/account")
}

// torn lists accounts of which something cannot be read: those in torn come with an error, and keep
// only what the functions leave of them.
type torn struct {
	*providertest.Memory
	torn map[string]func(*provider.Account)
}

var errTorn = &provider.Error{Kind: provider.ErrProtocol, Message: "row 1 of the list cannot be read"}

func (s torn) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range s.Memory.List(ctx, opts) {
			if a != nil && s.torn[a.Username] != nil {
				s.torn[a.Username](a)
				err = errTorn
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// FleetUsage hides the method of Memory, so that the list is used.
func (s torn) FleetUsage() {}

// TestReconcilePastOddRows: an account that the list shows with an error is reported with it; the
// others are compared, and a wanted account that it may be is not called missing.
func TestReconcilePastOddRows(t *testing.T) {
	f, panels := memories(t, 4)
	want := wanted(panels)
	all := panels[0].Accounts()
	f.Servers()[0].Provider = torn{panels[0], map[string]func(*provider.Account){
		all[0].Username: func(*provider.Account) {},
		all[1].Username: func(a *provider.Account) { a.Username, a.Reference = "", "" },
	}}
	missing := fleet.Wanted{Server: "web1", Reference: "order-999", Username: "never-made", Status: provider.StatusActive}
	byID := fleet.Wanted{Server: "web1", ID: "999", Status: provider.StatusActive}
	byReference := fleet.Wanted{Server: "web1", Reference: "order-998", Status: provider.StatusActive}
	var odd, gone []string
	for d, err := range f.Reconcile(t.Context(), list(append(want, missing, byID, byReference)...)) {
		require.NotNil(t, d)
		if err != nil {
			require.ErrorIs(t, err, provider.ErrProtocol)
			require.Empty(t, d.Kinds)
			require.True(t, strings.HasSuffix(d.String(), ": cannot be compared"), "%v", d)
			odd = append(odd, d.Account.ID)
			continue
		}
		require.True(t, d.Is(fleet.Missing), "%v", d)
		gone = append(gone, d.Wanted.ID)
	}
	require.ElementsMatch(t, []string{all[0].ID, all[1].ID}, odd)
	require.Equal(t, []string{"999"}, gone, "the others may be the account without a name")
}

// TestUsagePastOddRows: such an account is an error beside its report, and counts as an account.
func TestUsagePastOddRows(t *testing.T) {
	f, panels := memories(t, 4)
	name := panels[0].Accounts()[1].Username
	f.Servers()[0].Provider = torn{panels[0], map[string]func(*provider.Account){name: func(*provider.Account) {}}}
	var odd []string
	n := 0
	for report, err := range f.Usage(t.Context(), nil) {
		require.NotNil(t, report, "%v", err)
		if n++; err != nil {
			odd = append(odd, report.Username)
		}
	}
	require.Equal(t, 4, n)
	require.Equal(t, []string{name}, odd)
}
