// Package keyhelptest emulates a KeyHelp panel: a stateful server that answers the API in the
// live dialect (what the vendor's wiki shows, and what public programs send to running panels and read)
// or, [WithDialect], in the documented one (the German reference that names login_name, is_locked and
// /statistics). Use it to test what you build on package keyhelp:
//
//	srv := keyhelptest.NewServer()
//	defer srv.Close()
//	client, err := keyhelp.New(srv.URL, provider.NewSecret(srv.Key))
//
// Everything is deterministic: IDs, keys and tokens are the same in every run, and the clock can be
// replaced. [Server.Faults] makes the panel misbehave. Behavior that no source describes is a
// choice of the emulator; these choices are all in choices.go.
package keyhelptest
