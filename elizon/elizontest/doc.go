// Package elizontest emulates the elizon platform API: a stateful server with a catalogue, an
// account with a balance, and orders that lead from the cart through checkout and subscription to a
// service that is set up after a while. Use it to test what you build on package elizon:
//
//	srv := elizontest.NewServer()
//	defer srv.Close()
//	client, err := elizon.New(srv.URL, provider.NewSecret(srv.Key))
//
// All listed endpoints are routed. Those whose answers are undocumented, and that nothing else
// depends on, check the credential and then answer an error that names the row: see [Unmodelled].
//
// Everything is deterministic: IDs, keys and tokens are the same in every run, and the clock can be
// replaced ([WithClock]) or moved ([Server.Advance]). [Server.Faults] makes the server misbehave,
// and logs all requests. Undocumented behaviour is a choice of the emulator; all those choices are
// in choices.go.
package elizontest
