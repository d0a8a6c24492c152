//go:build unix

package sqlledger_test

import (
	"testing"
	"time"

	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// TestCampaign: the orders of several programs with one database are paid for once, whatever happens. The
// clock of the database is one that jumps: in a bubble, its own would stand still.
func TestCampaign(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s system) {
		campaign := ordertest.Campaign{
			Orders: ordertest.Size(16, 80, 3_000), Seed: 1000 * testsize.Seed(),
			Books: func(t *testing.T, clock func() time.Time) func() provider.Ledger {
				how := s.empty(t)
				open := func() provider.Ledger {
					l := mustOpen(t, how)
					l.SetClock(func(time.Time) time.Time { return clock() })
					return l
				}
				if s.name == "SQLite" {
					return open
				}
				pool := struct{ provider.Ledger }{open()} // which no program closes: connecting takes most of the time
				return func() provider.Ledger { return pool }
			},
		}
		t.Run("HOSTKEY", func(t *testing.T) { ordertest.Hostkey(t, campaign) })
		t.Run("elizon", func(t *testing.T) { ordertest.Elizon(t, campaign) })
	})
}
