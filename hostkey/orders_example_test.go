package hostkey_test

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// One reference, one server: the second call buys nothing.
func ExampleOrdersService_Place() {
	portal := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithDeployTime(0))
	client, err := hostkey.New(portal.URL, provider.NewSecret(portal.Key), provider.WithHTTPClient(portal.Client()), provider.WithLedger(ledger.NewMemory()))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	request := &hostkey.OrderPlaceRequest{
		Reference: "order-1042", Name: "web1",
		Order: &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Placeholder-1")}},
	}
	for range 2 {
		placed, err := client.Orders.Place(ctx, request)
		if err == nil && placed.State != hostkey.OrderReady {
			placed, err = client.Orders.Check(ctx, placed.Handle)
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(placed.Hostname, placed.State)
	}
	fmt.Println(len(portal.Machines()), "server, credit", portal.Credit())
	// Output:
	// web1-vgcy5fzgcwqzx ready
	// web1-vgcy5fzgcwqzx ready
	// 1 server, credit 996.00
}
