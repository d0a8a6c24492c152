// Package hostkey is a client for HOSTKEY's InvAPI: servers, orders, billing and the rest.
//
//	client, err := hostkey.New(hostkey.RegionCOM, apiKey)
//	server, err := client.Servers.Show(ctx, 55054)
//	ack, err := client.Servers.Reboot(ctx, server.ID, nil)
//	task, err := client.Tasks.Wait(ctx, ack.Callback, nil)
//
// # Modules and actions
//
// The client has a service for each module of the API, with a method for each action; the method's
// comment names the action. All calls are form posts to /<module>.php. Client.Do calls actions that
// have no method.
//
// # Signing in
//
// The client trades its key for a token, shares it among all calls, and renews it before it
// expires. If the server has forgotten the token, reads are sent once more with a new one; anything
// else fails with ErrTokenRejected and was not carried out. An account's key reaches everything and
// can spend money; a server's key reaches one server and no billing. The vendor refuses sign-ins to
// an account without servers: see ErrNoServers.
//
// # Orders
//
// Nothing in the API prevents a second request from buying a second server. A call that creates a
// charge (ClassOrder) is therefore sent once and never retried, whatever happens. If its error
// matches provider.ErrOutcomeUnknown, look before you order again.
//
// Client.Orders does that: it buys one server for each of your references, even across lost answers
// and restarts of the program. It continues from what the ledger has (provider.WithLedger):
//
//	placed, err := client.Orders.Place(ctx, &hostkey.OrderPlaceRequest{
//		Reference: "order-1042", Name: "web1",
//		Order: &hostkey.ServerOrderRequest{
//			Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSName: "Debian 12", RootPassword: password},
//		},
//	})
//	placed, err = client.Orders.Check(ctx, placed.Handle) // until placed.State is OrderReady
//
// NewProvider puts the account behind the portable contract, whose Create uses Client.Orders.
//
// # Tasks
//
// Most changes of a server run in the background. Their answer names a task, and Tasks.Wait waits
// for it. The server reports a task's success only once; see ErrTaskGone.
//
// # Facts
//
// The vendor's reference lists actions without their fields. Where a comment says "undocumented",
// no source describes it: such methods take a map of fields and return a Payload for the caller to
// decode. Every request has Extra for further fields; give a secret among them as a provider.Secret:
// its value is sent, and nothing prints it. provider.CaptureResponse returns the raw answer.
package hostkey
