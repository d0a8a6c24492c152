package hostkey_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// hostnameOf returns the host name of an order that was placed without a marker key.
func hostnameOf(name, reference string) string {
	client, err := hostkey.New(hostkey.RegionCOM, provider.NewSecret("0a1b-2c3d"))
	if err != nil {
		panic(err)
	}
	return client.Orders.Hostname(name, reference)
}

// program is one run of a program that places an order: a client of its own, and what the runs before it
// have left in the ledger. After its end it stores nothing.
func program(t *testing.T, srv *hostkeytest.Server, book provider.Ledger, reference string, at int, after bool) (placed *hostkey.PlacedOrder, requests int, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wire := &ordertest.Killer{Inner: srv.Client().Transport, At: at, After: after, Kill: cancel}
	client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(&http.Client{Transport: wire}),
		provider.WithLedger(ledgertest.Dying(ctx, book)), provider.WithSettleTime(2*time.Minute))
	require.NoError(t, err)
	placed, err = client.Orders.Place(ctx, ordertest.HostkeyOrder(reference))
	if ctx.Err() != nil {
		return nil, wire.Requests(), context.Canceled
	}
	return placed, wire.Requests(), err
}

// TestOrderCrashPoints kills the program at each of its requests, before and after it was carried
// out, for every behaviour of the vendor. The next run continues from the ledger. In the end there
// is one paid server.
func TestOrderCrashPoints(t *testing.T) {
	points := 0
	for _, v := range ordertest.HostkeyBehaviours() {
		t.Run(v.Name, func(t *testing.T) {
			for at := 0; ; at++ {
				reached := false
				for _, after := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						srv := v.Start()
						book := ledger.NewMemory()
						_, requests, _ := program(t, srv, book, "order-1", at, after)
						reached = reached || requests > at
						finish(t, srv, book, "order-1")
						checkOrders(t, srv, "order-1")
					})
					points++
				}
				if !reached {
					break
				}
			}
		})
	}
	t.Logf("%d crash points", points)
}

// finish places the order in run after run until its server exists.
func finish(t *testing.T, srv *hostkeytest.Server, book provider.Ledger, reference string) {
	t.Helper()
	for range 60 {
		placed, _, err := program(t, srv, book, reference, -1, false)
		if errors.Is(err, provider.ErrConflict) {
			require.Positive(t, ordertest.HostkeyDecide(srv, err.Error()), "an invoice that a person can pay: %v", err)
		}
		if err == nil && placed.State == hostkey.OrderReady {
			require.Equal(t, hostnameOf(ordertest.NameOf(reference), reference), placed.Server.Hostname())
			require.Equal(t, reference, placed.Server.Tag(hostkey.ReferenceTag).Value)
			return
		}
		time.Sleep(time.Minute)
	}
	t.Fatalf("order %s is never ready", reference)
}

// checkOrders requires one paid order and one server for each reference.
func checkOrders(t *testing.T, srv *hostkeytest.Server, references ...string) {
	t.Helper()
	paid := srv.PaidOrders()
	servers := make(map[string]int)
	for _, m := range srv.Machines() {
		servers[m.Hostname]++
	}
	for _, reference := range references {
		hostname := hostnameOf(ordertest.NameOf(reference), reference)
		require.Equal(t, []int{1, 1}, []int{paid[hostname], servers[hostname]}, "%s: paid orders, servers", reference)
	}
	require.Len(t, srv.Machines(), len(references), "servers without an order")
}

// TestServerToCome: the server of an order does not exist yet, and the list of deployments does not have it: the
// order goes on. If nothing comes of it in an hour, a person must decide, and it is not bought again.
func TestServerToCome(t *testing.T) {
	for _, fails := range []int{0, 1} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			srv.FailDeploys(fails)
			srv.Faults.When(func(r *http.Request) bool { return r.PostFormValue("action") == "update_servers" }, 0, faults.Fault{
				Kind: faults.Garbage, Body: `{"result":"OK","servers":[],"deploy_keys":[],"billing_servers":[]}`,
			})
			book := ledger.NewMemory()
			for range 6 {
				placed, _, err := program(t, srv, book, "order-1", -1, false)
				require.NoError(t, err)
				require.Equal(t, hostkey.OrderDeploying, placed.State)
				time.Sleep(9 * time.Minute)
			}
			time.Sleep(10 * time.Minute)
			placed, _, err := program(t, srv, book, "order-1", -1, false)
			if fails > 0 {
				require.ErrorIs(t, err, provider.ErrConflict)
				require.ErrorContains(t, err, "ask the vendor")
			} else {
				require.NoError(t, err)
				require.Equal(t, hostkey.OrderReady, placed.State)
			}
			require.Len(t, srv.Orders(), 1)
		}, hostkeytest.WithOrderAnswer(hostkeytest.AnswerIDAlone), hostkeytest.WithDeployTime(time.Hour))
	}
}
