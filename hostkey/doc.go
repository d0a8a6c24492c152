// Package hostkey is a client for HOSTKEY's InvAPI: servers, orders, billing and what
// belongs to them.
//
//	client, err := hostkey.New(hostkey.RegionCOM, apiKey)
//	server, err := client.Servers.Show(ctx, 55054)
//	ack, err := client.Servers.Reboot(ctx, server.ID, nil)
//	task, err := client.Tasks.Wait(ctx, ack.Callback, nil)
//
// # Modules and actions
//
// The API has a service for each of its modules, and a method for each action, named in
// its comment. All are form posts to /<module>.php. Client.Do reaches what has no method.
//
// # Signing in
//
// The client trades its key for a token, shares that among all calls, and renews it
// before its end. When the server has forgotten it, reads are sent once more with a new
// one; anything else fails with ErrTokenRejected and was not carried out. An account's
// key reaches everything and can spend money; a server's key reaches one server and no
// billing. An account without any server is let in by nobody: see ErrNoServers.
//
// # Orders
//
// Nothing in the API keeps a second request from buying a second time. What creates a
// charge (ClassOrder) is therefore sent once and never retried, whatever happens; an
// error that matches provider.ErrOutcomeUnknown means: look before ordering again.
//
// Client.Orders does the looking: it buys one server for one reference of the caller's,
// over lost answers and restarts of the program, and goes on from a handle, which is a
// string to keep:
//
//	placed, err := client.Orders.Place(ctx, &hostkey.OrderPlaceRequest{
//		Reference: "order-1042", Name: "web1",
//		Order: &hostkey.ServerOrderRequest{
//			Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSName: "Debian 12", RootPassword: password},
//		},
//		OnHandle: func(handle string) error { return os.WriteFile("order-1042", []byte(handle), 0o600) },
//	})
//	placed, err = client.Orders.Check(ctx, placed.Handle) // until placed.State is OrderReady
//
// NewProvider puts the account behind the portable contract, whose Create is that.
//
// # Tasks
//
// Most changes of a server go on in the background. Their answer names a task, which
// Tasks.Wait follows. A task's success is told once only; see ErrTaskGone.
//
// # Facts
//
// The vendor's reference lists actions without their fields. Where a comment says
// "undocumented", no source tells: such methods take a map of fields and answer with a
// Payload for the caller to decode. Every request has Extra for fields without a name of
// their own, and provider.CaptureResponse shows the answer itself.
package hostkey
