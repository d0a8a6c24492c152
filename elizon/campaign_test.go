package elizon_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/internal/testsize"
)

// TestCampaign: whatever happens, each order is bought once, and each period and each upgrade paid once.
func TestCampaign(t *testing.T) {
	seed := 1_000_000 * testsize.Seed()
	t.Run("memory", func(t *testing.T) {
		all := ordertest.Elizon(t, ordertest.Campaign{Orders: ordertest.Size(96, 4_000, 9_000), Seed: seed, Books: ordertest.Memory})
		for _, column := range []string{ordertest.Kills, ordertest.Late, ordertest.Junk, ordertest.Jumps, ordertest.Beside, ordertest.Refused, ordertest.Payments} {
			require.Positive(t, all.Sum(column), "%s: it did not happen", column)
		}
	})
	t.Run("file", func(t *testing.T) {
		ordertest.Elizon(t, ordertest.Campaign{Orders: ordertest.Size(8, 200, 1_000), Seed: seed, Books: ordertest.File})
	})
}
