// Package keyhelp is a client for the API v2 of KeyHelp panels, and puts a panel
// behind the portable contract of package provider.
//
//	client, err := keyhelp.New("https://panel.example.com", apiKey)
//	c, err := client.Clients.Create(ctx, &keyhelp.ClientCreateRequest{
//		LoginName: "example_com", Password: password, Email: "max@example.com",
//	})
//	p := keyhelp.NewProvider(client) // the same panel as a provider.Provider
//
// # Dialects
//
// The API is known in two dialects that share most paths and differ in names and
// shapes: the reference that this package was asked to implement
// (DialectDocumented), and what clients of running panels send (DialectLive). One
// set of Go types serves both. DialectAuto, the default, finds out at the first
// call. What one dialect lacks is refused with provider.ErrUnsupported before
// anything is sent.
//
// # Facts
//
// Every method names its endpoint. Where a comment says "undocumented", nobody
// knows; where it says "known from one client's helper only", the path was seen in
// a single public program. CaptureResponse and Client.Do reach what the types do
// not cover.
package keyhelp
