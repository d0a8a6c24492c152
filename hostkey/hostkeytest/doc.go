// Package hostkeytest emulates HOSTKEY InvAPI: a stateful server that answers the form posts of all its modules. Use it
// to test what you build on package hostkey:
//
//	srv := hostkeytest.NewServer()
//	defer srv.Close()
//	client, err := hostkey.New(srv.URL, provider.Secret(srv.Key))
//
// It sells servers against invoices that are paid from a credit, and deploys them as tasks: an order is pending until
// the clock has moved on, see [WithClock] and [Server.Advance]. Behind the API a test reads the truth: [Server.Machines],
// [Server.Orders], [Server.PaidOrders].
//
// Everything is deterministic: IDs, keys and tokens are the same in every run. [Server.Faults] makes the server
// misbehave and keeps the journal of requests; [WithShapes] switches on the other shapes that its answers are known to
// have. Much of this API is undocumented: what no source tells is a choice of the emulator; those choices stand together
// in choices.go. Actions whose answer nobody knows check token, right and parameters, and then answer an error that
// names the action: see [NotModelled].
package hostkeytest
