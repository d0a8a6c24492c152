// Package licenseservertest emulates a V2 License Server: a stateful server that answers the
// license API, the admin panel's API and the lead pages. Use it to test what you build on package
// licenseserver:
//
//	srv := licenseservertest.NewServer()
//	defer srv.Close()
//	client, err := licenseserver.New(srv.URL, provider.NewSecret(srv.Key))
//
// The license API requires the API key in [Server.Key]. How to sign in to the admin panel is
// undocumented, so its routes are behind a gate that a test configures; [Server.AdminHeader] passes
// it.
//
// Everything is deterministic: IDs, keys and tokens are the same in every run, and the clock can be
// replaced. [Server.Faults] makes the server misbehave. The only source of this API leaves much
// undescribed. There the emulator makes choices, which are all in choices.go.
package licenseservertest
