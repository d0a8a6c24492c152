// Package keyhelp is a client for the API v2 of KeyHelp panels, and implements the portable
// contract of package provider for them.
//
//	client, err := keyhelp.New("https://panel.example.com", apiKey)
//	c, err := client.Clients.Create(ctx, &keyhelp.ClientCreateRequest{
//		LoginName: "example_com", Password: password, Email: "max@example.com",
//	})
//	p := keyhelp.NewProvider(client) // the same panel as a provider.Provider
//
// # Dialects
//
// The API is known in two dialects that share most paths and differ in names and formats: the
// reference that this package was asked to implement (DialectDocumented), and what running panels
// speak, as the vendor's wiki and public programs show it (DialectLive). One set of Go types serves both. DialectAuto, the default,
// detects the dialect at the first call. Calls and fields that the dialect lacks are refused with
// provider.ErrUnsupported before anything is sent.
//
// # Facts
//
// The comment of every method names its endpoint. The vendor's wiki (wiki.keyhelp.de, books/api) counts as
// its documentation, public programs as evidence. "Undocumented" means that neither describes it;
// "known from one client's helper only" means that the path was seen in a single public program.
// Use CaptureResponse and Client.Do for what the types do not cover. Give a secret among Extra fields
// as a provider.Secret: its value is sent, and nothing prints it.
package keyhelp
