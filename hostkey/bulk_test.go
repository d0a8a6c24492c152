package hostkey_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

// TestBulkPaysOnce: a job of orders whose answers are lost, and which the vendor carries out a minute later, is
// run again and again with its log, by new programs. Neither the log nor its caller keeps handles: the
// ledger does.
func TestBulkPaysOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		const orders = 5
		book := filepath.Join(t.TempDir(), "ledger")
		var targets []bulk.Target
		for n := range orders {
			targets = append(targets, bulk.Target{Server: "dc1", Want: provider.Desired{Status: provider.StatusActive, Create: anOrder(n)}})
		}
		srv.Faults.When(does("order_instance"), orders, faults.Fault{Kind: faults.Late, Delay: time.Minute})
		dir := t.TempDir()
		active := 0
		for run := 0; active < orders; run++ {
			require.Less(t, run, 200, "it never ends")
			store, err := ledger.OpenFile(book)
			require.NoError(t, err)
			log, err := bulk.OpenLog(filepath.Join(dir, "log"))
			require.NoError(t, err)
			job := &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets(targets), Log: log, Open: func(string) (provider.Provider, error) {
				return adapterOver(t, srv, provider.WithLedger(store)), nil
			}}
			for result, err := range job.Run(t.Context()) {
				require.NoError(t, err)
				if result.Err == nil && result.Outcome != provider.OutcomePending {
					active++
				}
			}
			require.NoError(t, log.Close())
			require.NoError(t, store.Close())
			time.Sleep(20 * time.Second)
		}
		require.Len(t, srv.PaidOrders(), orders)
		for hostname, paid := range srv.PaidOrders() {
			require.Equal(t, 1, paid, hostname)
			require.True(t, strings.HasPrefix(hostname, "web"))
		}
		require.Len(t, srv.Machines(), orders)
	})
}
