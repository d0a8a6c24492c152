package bulk_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/providertest"
)

func ordered(server, reference, username string, status provider.Status) bulk.Target {
	return bulk.Target{Server: server, Want: provider.Desired{
		Status: status, Create: &provider.CreateRequest{Reference: reference, Username: username},
	}}
}

// TestKeys: an ID and a reference that are spelled alike are two targets, and so are "a/b" of "c" and
// "b/c" of "a"; also for the next run, by the log.
func TestKeys(t *testing.T) {
	targets := []bulk.Target{
		{Server: "web1", ID: "1229"}, ordered("web1", "1229", "max", provider.StatusActive), ordered("web1", "", "1229", provider.StatusActive),
		{Server: "a/b", ID: "c"}, {Server: "a", ID: "b/c"},
		{Server: "a\x00b", ID: "c"}, {Server: "a", ID: "b\x00c"},
	}
	path := logPath(t)
	var worked []bulk.Key
	run := func(targets ...bulk.Target) {
		worked = nil
		_, err := collect(t.Context(), &bulk.Job{
			Verb: "touch", Targets: bulk.Targets(targets), Log: openLog(t, path), Total: 1, Destroys: true, MaxShare: 1,
			Open: func(string) (provider.Provider, error) { return providertest.NewMemory(nil), nil },
			Do: func(_ context.Context, _ provider.Provider, target bulk.Target) (provider.Outcome, error) {
				worked = append(worked, target.Key())
				return provider.OutcomeChanged, nil
			},
		})
		require.NoError(t, err)
	}
	for i, target := range targets {
		run(target)
		require.Equal(t, []bulk.Key{target.Key()}, worked, "%d is taken for another", i)
	}
	run(targets...)
	require.Empty(t, worked)
	path = logPath(t)
	run(targets...)
	require.Len(t, worked, len(targets))
	entries, err := bulk.ReadLog(path)
	require.NoError(t, err)
	for i := range entries {
		require.Contains(t, worked, entries[i].Key())
	}
	require.Equal(t, `reference "1229" of "web1"`, targets[1].Key().String())
}

// TestAmbiguous: who is named twice, or shares a name, is named in the refusal, and nothing is sent
// but the list.
func TestAmbiguous(t *testing.T) {
	m := providertest.NewMemory(nil)
	for n := range 10 {
		_, err := m.Create(t.Context(), m.World().Request(n))
		require.NoError(t, err)
	}
	first, second := m.Accounts()[0], m.Accounts()[1]
	byID := bulk.Target{Server: "web1", ID: first.ID, Want: provider.Desired{Status: provider.StatusActive}}
	for name, c := range map[string]struct {
		targets []bulk.Target
		listed  provider.Provider
		words   []string
		kind    error
	}{
		"an account by its ID and by its reference": {
			targets: []bulk.Target{byID, ordered("web1", m.World().Request(0).Reference, first.Username, provider.StatusSuspended)},
			words:   []string{`ID "` + first.ID + `"`, `reference "`, "are one account"}, kind: provider.ErrConflict,
		},
		"the same, and nothing is suspended": {
			targets: []bulk.Target{byID, ordered("web1", m.World().Request(0).Reference, first.Username, provider.StatusActive)},
			words:   []string{"are one account"}, kind: provider.ErrConflict,
		},
		"two orders for one user name": {
			targets: []bulk.Target{ordered("web1", "order-1", "max", provider.StatusActive), ordered("web1", "order-2", "MAX", provider.StatusActive)},
			words:   []string{`"order-1"`, `"order-2"`, `user name "max"`}, kind: provider.ErrInvalid,
		},
		"one order with two user names": {
			targets: []bulk.Target{ordered("web1", "order-1", "max", provider.StatusActive), ordered("web1", "order-1", "moritz", provider.StatusActive)},
			words:   []string{`"max"`, `"moritz"`, `reference "order-1"`}, kind: provider.ErrInvalid,
		},
		"a reference that two accounts have": {
			targets: []bulk.Target{ordered("web1", "order-1", "max", provider.StatusAbsent), ordered("web1", "order-2", "moritz", provider.StatusAbsent)},
			listed:  twins{m, first.ID, second.ID, "order-1"},
			words:   []string{`reference "order-1" of "web1"`, `"` + first.ID + `"`, `"` + second.ID + `"`}, kind: provider.ErrConflict,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m.Faults().Forget()
			before := m.Accounts()
			p := provider.Provider(m)
			if c.listed != nil {
				p = c.listed
			}
			results, err := collect(t.Context(), &bulk.Job{
				Verb: bulk.Ensure, Targets: bulk.Targets(c.targets), Open: func(string) (provider.Provider, error) { return p, nil },
			})
			require.Empty(t, results)
			require.ErrorIs(t, err, c.kind)
			for _, word := range c.words {
				require.ErrorContains(t, err, word)
			}
			require.Equal(t, before, m.Accounts())
			require.LessOrEqual(t, m.Faults().Count(), 1)
		})
	}
}

// twins lists two accounts with one reference.
type twins struct {
	*providertest.Memory
	one, two, reference string
}

func (p twins) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range p.Memory.List(ctx, opts) {
			if a != nil && (a.ID == p.one || a.ID == p.two) {
				a.Reference = p.reference
			}
			if !yield(a, err) {
				return
			}
		}
	}
}
