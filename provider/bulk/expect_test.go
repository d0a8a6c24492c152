package bulk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/providertest"
)

// A restored panel gave the ID of an order to another customer: neither verb touches him if the target
// says whose the account must be.
func TestExpectedReference(t *testing.T) {
	for _, verb := range []bulk.Verb{bulk.Suspend, bulk.Terminate} {
		m := providertest.NewMemory(nil)
		made, err := m.Create(t.Context(), m.World().Request(1))
		require.NoError(t, err)
		id := made.Account.ID
		run := func(order int) error {
			var failed error
			job := &bulk.Job{
				Verb: verb, MaxShare: 1, Open: func(string) (provider.Provider, error) { return m, nil },
				Targets: bulk.Targets([]bulk.Target{{Server: "web1", ID: id, Want: provider.Desired{Create: m.World().Request(order)}}}),
			}
			for result, err := range job.Run(t.Context()) {
				require.NoError(t, err)
				failed = result.Err
			}
			return failed
		}
		require.ErrorIs(t, run(0), provider.ErrAlreadyExists)
		require.Len(t, m.Accounts(), 1)
		require.False(t, m.Accounts()[0].Suspended)
		require.NoError(t, run(1))
		require.True(t, verb == bulk.Terminate && len(m.Accounts()) == 0 || verb == bulk.Suspend && m.Accounts()[0].Suspended)
	}
}
