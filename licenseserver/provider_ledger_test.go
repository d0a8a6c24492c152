package licenseserver_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

const settleTime = 2 * time.Minute

// settled calls Create again as long as it says that nobody knows yet.
func settled(t *testing.T, p *licenseserver.Provider, order *provider.CreateRequest) (*provider.Creation, error) {
	created, err := p.Create(t.Context(), order)
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		time.Sleep(settleTime) // in the bubble's time
		created, err = p.Create(t.Context(), order)
	}
	return created, err
}

// TestRestartsWithLedger: the program is killed at each request of a Create, before or after it was carried
// out, and another program with its ledger creates the order again: there is one license, and no key is
// lost. Only where no search leads to keys, the key whose answer the program did not live to read is.
func TestRestartsWithLedger(t *testing.T) {
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		for _, after := range []bool{false, true} {
			lost, points := 0, 0
			for done := false; !done; points++ {
				synctest.Test(t, func(t *testing.T) {
					srv := newServer()
					ctx, die := context.WithCancel(t.Context())
					defer die()
					orders := ledger.NewMemory()
					with := func(more ...provider.Option) *licenseserver.Provider {
						return providerOn(t, srv, append(append(more, provider.WithSettleTime(settleTime)), opts...)...)
					}
					order := orderOf(1)
					order.Options = map[string]string{"resource_ids": strconv.FormatInt(srv.Resources()[0].ID, 10)}
					_, err := with(dyingAt(srv, points, after, die), provider.WithLedger(ledgertest.Dying(ctx, orders))).Create(ctx, order)
					if done = err == nil; done {
						return
					}
					created, err := settled(t, with(provider.WithLedger(orders)), order)
					require.NoError(t, err, "%s, died at %d", name, points)
					require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"), "%s, died at %d", name, points)
					require.Equal(t, "basic", created.Account.Plan)
					id, _ := strconv.ParseInt(created.Account.ID, 10, 64)
					require.Equal(t, id, srv.Resources()[0].LicenseID, "died at %d", points)
					lost += len(srv.Licenses()) - 1
				})
			}
			t.Logf("%s, after %t: killed at %d points, %d keys lost", name, after, points-1, lost)
			require.Greater(t, points, 8)
			require.Equal(t, name == "documented" && after, lost == 1)
			require.LessOrEqual(t, lost, 1)
		}
	}
}
