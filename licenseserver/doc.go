// Package licenseserver is a client for the V2 License Server and its admin panel.
//
//	client, err := licenseserver.New("https://license.example.com", apiKey,
//		licenseserver.WithAdminCookie("session", provider.Secret(os.Getenv("LICENSESERVER_COOKIE"))))
//	info, err := client.Licenses.Info(ctx, provider.Secret(os.Getenv("LICENSE_KEY")))
//
// Programs that run under a license keep a session open with StartSession, which
// sends heartbeats, survives the loss of the network and says when the license is
// lost:
//
//	session, err := client.StartSession(ctx, licenseserver.SessionOptions{
//		LicenseKey: provider.Secret(os.Getenv("LICENSE_KEY")), MachineID: "pc-1", Grace: time.Hour,
//		OnLost: func(err error) { log.Fatal(err) },
//	})
//	if err != nil {
//		return err
//	}
//	defer session.Close()
//
// # The portable contract
//
// NewProvider puts a client behind provider.Provider: an account is a license.
//
//	p := licenseserver.NewProvider(client)
//	created, err := p.Create(ctx, &provider.CreateRequest{
//		Reference: "order-1042", Username: "example", Email: "max@example.com", Plan: "pro",
//	})
//
// Plans are the caller's own (WithPlans). What no document tells is marked as
// unverified in its Description, and Provider says what it assumes.
//
// # Two services
//
// The license API wants an API key. The admin panel answers below the same host (or
// another, see WithAdminURL), and how one signs in to it is undocumented: the caller
// supplies it with WithAdminAuth, WithAdminCookie, WithAdminHeader, or a cookie jar in
// provider.WithHTTPClient. The API key is not sent to the panel, and the panel's
// credentials are not sent to the license API.
//
// # Facts
//
// Every method names its endpoint. Where a comment says "undocumented", no document
// tells; such answers come as a Payload for the caller to decode. CaptureResponse and
// Client.Do reach what the types do not cover.
//
// License keys are secrets of the customer: they are provider.Secret in all types, and
// logs name the route, never the path.
package licenseserver
