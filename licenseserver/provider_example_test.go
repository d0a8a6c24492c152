package licenseserver_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
)

// A license from its order to its end, through the portable contract. The plans are the caller's:
// the server has limits only.
func ExampleNewProvider() {
	server := licenseservertest.NewServer(licenseservertest.InMemory())
	client, err := licenseserver.New(server.URL, provider.NewSecret(server.Key),
		provider.WithHTTPClient(server.Client()), provider.WithRateLimit(0, 0), // the emulator needs no rate limit
		licenseserver.WithAdminCookie(server.AdminCookie.Name, provider.NewSecret(server.AdminCookie.Value)),
		licenseserver.WithScan(licenseserver.Scan{From: 1300}), // the lowest ID in your own records
		licenseserver.WithPlans(
			licenseserver.Plan{ID: "basic", MaxActivations: 1, MaxUsers: 5},
			licenseserver.Plan{ID: "pro", MaxActivations: 10, MaxUsers: 50, Months: 12},
		))
	if err != nil {
		fmt.Println(err)
		return
	}
	p := licenseserver.NewProvider(client)
	ctx := context.Background()

	created, err := p.Create(ctx, &provider.CreateRequest{Reference: "order-1042", Username: "example", Email: "max@example.com", Plan: "pro"})
	if err != nil {
		fmt.Println(err)
		return
	}
	license := created.Account.Native.(*licenseserver.License)
	fmt.Println(created.Outcome, "with", license.MaxActivations, "activations, key", license.Key)

	outcome, err := p.Suspend(ctx, created.Account.ID)
	fmt.Println(outcome, err)

	_, err = p.Terminate(ctx, created.Account.ID)
	fmt.Println("gone:", err == nil)
	_, err = p.Find(ctx, provider.Query{Reference: "order-1042"})
	fmt.Println("found:", !errors.Is(err, provider.ErrNotFound))
	// Output:
	// changed with 10 activations, key [redacted]
	// changed <nil>
	// gone: true
	// found: false
}
