package fleet_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// TestRepairRenamed: a customer who has given his account another name is not removed as an extra one while
// a wanted account that only its name tells is not found.
func TestRepairRenamed(t *testing.T) {
	active := func(id, name, reference string) *provider.Account {
		return &provider.Account{ID: id, Username: name, Reference: reference, Status: provider.StatusActive}
	}
	alice := fleet.Wanted{Server: "web1", Username: "alice", Status: provider.StatusActive}
	bob := fleet.Wanted{Server: "web1", Username: "bob", Status: provider.StatusActive}
	alices := fleet.Wanted{Server: "web1", Reference: "order-1", Username: "alice", Status: provider.StatusActive}
	for name, c := range map[string]struct {
		listed  []*provider.Account
		want    []fleet.Wanted
		removed []string
		left    []string
	}{
		"all are found": {
			[]*provider.Account{active("1", "alice", "order-1"), active("2", "bob", "order-2"), active("3", "gone", "order-3")},
			[]fleet.Wanted{alice, bob}, []string{"3"}, nil,
		},
		"one has another name": {
			[]*provider.Account{active("1", "alicia", "order-1"), active("2", "bob", "order-2"), active("3", "gone", "order-3")},
			[]fleet.Wanted{alice, bob}, nil, []string{
				"web1: alicia (1): extra (ours, order-1); may be alice under another name",
				"web1: gone (3): extra (ours, order-3); may be alice under another name", "web1: alice: missing",
			},
		},
		"the names of others do not matter": {
			[]*provider.Account{active("1", "alicia", "order-1"), active("2", "bob", "order-2"), active("3", "gone", "order-3")},
			[]fleet.Wanted{alices, bob}, []string{"3"}, nil,
		},
		"one is missing that has a reference": {
			[]*provider.Account{active("2", "bob", "order-2"), active("3", "gone", "order-3")},
			[]fleet.Wanted{alices, bob}, []string{"3"}, []string{"web1: alice: missing"},
		},
		"what has the name of one that was found": {
			[]*provider.Account{active("4", "alice", "order-4"), active("1", "alicia", "order-1"), active("2", "robert", "order-2")},
			[]fleet.Wanted{alices, bob}, nil, []string{
				"web1: robert (2): extra (ours, order-2); may be bob under another name",
				"web1: alice (4): extra (ours, order-4); may be bob under another name", "web1: bob: missing",
			},
		},
	} {
		f, panels := memories(t, 0)
		f.Servers()[0].Provider = doubled{panels[0], c.listed}
		var all []*fleet.Drift
		for d, err := range f.Reconcile(t.Context(), list(c.want...)) {
			require.NoError(t, err, name)
			all = append(all, d)
		}
		removed, left := repaired(t, f, all, &fleet.RepairOptions{TerminateExtra: true})
		require.Equal(t, c.removed, removed, name)
		require.Equal(t, c.left, left, name)
	}
}

// TestRepairPastOddRows: a wanted account that may be one that cannot be read is not found either.
func TestRepairPastOddRows(t *testing.T) {
	f, panels := memories(t, 2)
	f.Servers()[0].Provider = torn{panels[0], map[string]func(*provider.Account){
		panels[0].Accounts()[0].Username: func(a *provider.Account) { a.Username, a.Reference = "", "" },
	}}
	var all []*fleet.Drift
	for d := range f.Reconcile(t.Context(), list(fleet.Wanted{Server: "web1", Username: "alice", Status: provider.StatusActive})) {
		all = append(all, d)
	}
	require.Len(t, all, 2, "alice is not called missing")
	done, _ := repaired(t, f, all, &fleet.RepairOptions{TerminateExtra: true})
	require.Empty(t, done)
}

// repaired returns the IDs or names of what would be repaired, and what is left.
func repaired(t *testing.T, f *fleet.Fleet, all []*fleet.Drift, opts *fleet.RepairOptions) (done, left []string) {
	t.Helper()
	job, rest, err := f.Repair(all, opts)
	require.NoError(t, err)
	for target, err := range job.Targets {
		require.NoError(t, err)
		done = append(done, target.Key().Account)
	}
	for _, d := range rest {
		left = append(left, d.String())
	}
	return done, left
}

// TestRepairOrdersNobodyTwice: an order for an account that is there under another name is left, and the
// rest of the job is done.
func TestRepairOrdersNobodyTwice(t *testing.T) {
	f, panels := memories(t, 4)
	have := panels[0].Accounts()
	missing := func(id string) *fleet.Drift {
		return &fleet.Drift{Server: "web1", Kinds: []fleet.DriftKind{fleet.Missing}, Wanted: &fleet.Wanted{Server: "web1", ID: id, Status: provider.StatusActive}}
	}
	account := func(n int) *provider.Account {
		return &provider.Account{ID: have[n].ID, Username: have[n].Username, Reference: have[n].Reference, Status: provider.StatusActive}
	}
	extra := &fleet.Drift{Server: "web1", Kinds: []fleet.DriftKind{fleet.Extra}, Account: account(0)}
	wrong := &fleet.Drift{
		Server: "web1", Kinds: []fleet.DriftKind{fleet.WrongStatus}, Account: account(1),
		Wanted: &fleet.Wanted{Server: "web1", ID: have[1].ID, Status: provider.StatusSuspended},
	}
	other := &fleet.Drift{Server: "web1", Kinds: []fleet.DriftKind{fleet.Extra}, Account: account(2)}
	orders := map[string]*provider.CreateRequest{"900": panels[0].World().Request(900), "901": panels[0].World().Request(901), "902": panels[0].World().Request(902)}
	orders["900"].Reference = have[0].Reference // which was given another name
	orders["901"].Username = have[1].Username   // which another customer has taken
	all := []*fleet.Drift{missing("900"), missing("901"), missing("902"), extra, wrong, other}
	opts := &fleet.RepairOptions{
		TerminateExtra: true,
		Create:         func(w fleet.Wanted) (*provider.CreateRequest, error) { return orders[w.ID], nil },
	}
	done, left := repaired(t, f, all, opts)
	require.Equal(t, []string{orders["902"].Reference, have[1].ID, have[2].ID}, done)
	require.Equal(t, []string{
		"web1: 900: missing", "web1: 901: missing",
		"web1: " + have[0].Username + " (" + have[0].ID + "): extra (ours, " + have[0].Reference + "); may be 900 under another name",
	}, left)
	require.Nil(t, extra.MayBe, "the caller's own is not changed")

	job, _, err := f.Repair(all, opts)
	require.NoError(t, err)
	job.MaxShare = 1
	for result, err := range job.Run(t.Context()) {
		require.NoError(t, err)
		require.NoError(t, result.Err)
	}
	state := make(map[string]bool)
	for _, a := range panels[0].Accounts() {
		state[a.Username] = a.Suspended
	}
	require.Equal(t, map[string]bool{have[0].Username: false, have[1].Username: true, have[3].Username: false, orders["902"].Username: false}, state)
}
