//go:build unix

package sqlledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// TestCampaign: the orders of several programs with one SQLite file are paid for once, whatever happens.
// PostgreSQL has no part in it: its clock stands still in a bubble, so that the lease of a program that has
// died would never end.
func TestCampaign(t *testing.T) {
	ordertest.Hostkey(t, ordertest.Campaign{
		Orders: testsize.Pick(16, 400), Seed: 1000 * testsize.Seed(), Books: func(t *testing.T, _ func() time.Time) func() provider.Ledger {
			path := filepath.Join(ordertest.Folder(t), "orders.db")
			return func() provider.Ledger { return mustOpen(t, "sqlite "+path) }
		},
	})
}
