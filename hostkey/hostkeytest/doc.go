// Package hostkeytest emulates HOSTKEY InvAPI: a stateful server that answers the form posts of all
// its modules. Use it to test what you build on package hostkey:
//
//	srv := hostkeytest.NewServer()
//	defer srv.Close()
//	client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key))
//
// It sells servers for invoices that are paid from a credit, and deploys them as tasks: an order is
// pending until the clock has moved on, see [WithClock] and [Server.Advance]. Tests read the real
// state behind the API: [Server.Machines], [Server.Orders], [Server.PaidOrders].
//
// Everything is deterministic: IDs, keys and tokens are the same in every run. [Server.Faults]
// makes the server misbehave and keeps the journal of requests; [WithShapes] switches its answers
// to other shapes that have been seen. Much of this API is undocumented: where no source describes
// it, the emulator's behaviour is a choice, and choices.go lists those choices. Actions whose
// answer is unknown check token, rights and parameters, and then return an error that names the
// action: see [NotModelled].
package hostkeytest
