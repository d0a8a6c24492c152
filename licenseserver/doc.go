// Package licenseserver is a client for the V2 License Server and its admin panel.
//
//	client, err := licenseserver.New("https://license.example.com", apiKey,
//		licenseserver.WithAdminCookie("session", provider.NewSecret(os.Getenv("LICENSESERVER_COOKIE"))))
//	info, err := client.Licenses.Info(ctx, provider.NewSecret(os.Getenv("LICENSE_KEY")))
//
// Programs that run under a license keep a session open with StartSession, which sends heartbeats,
// survives network outages and reports when the license is lost:
//
//	session, err := client.StartSession(ctx, licenseserver.SessionOptions{
//		LicenseKey: provider.NewSecret(os.Getenv("LICENSE_KEY")), MachineID: "pc-1", Grace: time.Hour,
//		OnLost: func(err error) { log.Fatal(err) },
//	})
//	if err != nil {
//		return err
//	}
//	defer session.Close()
//
// # The portable contract
//
// NewProvider returns a provider.Provider for a client: an account is a license.
//
//	p := licenseserver.NewProvider(client)
//	created, err := p.Create(ctx, &provider.CreateRequest{
//		Reference: "order-1042", Username: "example", Email: "max@example.com", Plan: "pro",
//	})
//
// Plans are the caller's own (WithPlans). Capabilities that rest on undocumented behavior are
// unverified in its Description, and the comment of Provider lists the assumptions.
//
// # Two services
//
// The license API requires an API key. The admin panel is on the same host (or another, see
// WithAdminURL), and how to sign in to it is undocumented: the caller supplies the credentials with
// WithAdminAuth, WithAdminCookie, WithAdminHeader, or a cookie jar in provider.WithHTTPClient. The
// API key is not sent to the panel, and the panel's credentials are not sent to the license API.
//
// # Facts
//
// The comment of every method names its endpoint. The sources are the server's reference and what can be
// read of the vendor's repository and of an older manual. "Undocumented" means that none describes it;
// undocumented answers are returned as a Payload, or in the field More, for the caller to decode. Use CaptureResponse
// and Client.Do for what the types do not cover. Give a secret among Extra fields as a provider.Secret:
// its value is sent, and nothing prints it.
//
// License keys are secrets of the customer: they are provider.Secret in all types, and logs name
// the route, never the path.
package licenseserver
