package keyhelp_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
)

// A client talks to one panel, with typed calls. The panel of the examples is an emulator.
func ExampleNew() {
	panel := keyhelptest.NewServer()
	defer panel.Close()
	ctx := context.Background()

	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), provider.WithRateLimit(10, 20))
	if err != nil {
		fmt.Println(err)
		return
	}
	account, err := client.Clients.Create(ctx, &keyhelp.ClientCreateRequest{
		LoginName: "example_com", Password: provider.NewSecret("placeholder-Passw0rd"), Email: "max@example.com", DisplayName: "Max Mustermann",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	domain, err := client.Domains.Create(ctx, &keyhelp.DomainCreateRequest{ClientID: account.ID, Name: "example.com"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(account.LoginName, account.DisplayName, account.Locked)
	fmt.Println(domain.Name, domain.ClientID == account.ID)
	// Output:
	// example_com Max Mustermann false
	// example.com true
}

// A Provider implements the portable contract. Calling Create again is safe.
func ExampleNewProvider() {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live))
	defer panel.Close()
	ctx := context.Background()

	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key))
	if err != nil {
		fmt.Println(err)
		return
	}
	p := keyhelp.NewProvider(client)
	order := &provider.CreateRequest{
		Reference: "order-1042", Username: "example_com", Password: provider.NewSecret("placeholder-Passw0rd"),
		Email: "max@example.com", Name: "Max Mustermann", Domain: "example.com",
	}
	for range 2 {
		created, err := p.Create(ctx, order)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("create:", created.Outcome, created.Account.Username, created.Account.Status)
	}
	account, err := p.Find(ctx, provider.Query{Username: "example_com"})
	if err != nil {
		fmt.Println(err)
		return
	}
	outcome, err := p.Suspend(ctx, account.ID)
	fmt.Println("suspend:", outcome, err)
	outcome, err = p.Suspend(ctx, account.ID)
	fmt.Println("suspend:", outcome, err)
	// Output:
	// create: changed example_com active
	// create: already example_com active
	// suspend: changed <nil>
	// suspend: already <nil>
}

// A known dialect need not be detected, and the plans of a panel without a list of hosting plans
// can be given as an option.
func ExampleWithPlans() {
	panel := keyhelptest.NewServer(keyhelptest.WithoutPlans())
	defer panel.Close()
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key),
		keyhelp.WithDialect(keyhelp.DialectLive),
		keyhelp.WithPlans(
			keyhelp.HostingPlan{ID: 31, Name: "Basic", Resources: keyhelp.PlanResources{Domains: new(int64(3))}},
			keyhelp.HostingPlan{ID: 32, Name: "Pro"},
		))
	if err != nil {
		fmt.Println(err)
		return
	}
	plans, err := keyhelp.NewProvider(client).Plans(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, plan := range plans {
		fmt.Println(plan.ID, plan.Name)
	}
	// Output:
	// 31 Basic
	// 32 Pro
}

// With DialectAuto, the default, the client detects the panel's dialect.
func ExampleWithDialect() {
	for _, speaks := range []keyhelptest.Dialect{keyhelptest.Documented, keyhelptest.Live} {
		panel := keyhelptest.NewServer(keyhelptest.WithDialect(speaks))
		client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key), keyhelp.WithDialect(keyhelp.DialectAuto))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(client.Dialect(context.Background()))
		_, err = client.Clients.GetByName(context.Background(), "nobody")
		fmt.Println(errors.Is(err, provider.ErrUnsupported), errors.Is(err, provider.ErrNotFound))
		panel.Close()
	}
	// Output:
	// documented <nil>
	// true false
	// live <nil>
	// false true
}

// Errors match the sentinels of package provider, and contain what the panel answered.
func ExampleClient_errors() {
	panel := keyhelptest.NewServer()
	defer panel.Close()
	ctx := context.Background()
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Clients.Get(ctx, 4711)
	fmt.Println(errors.Is(err, provider.ErrNotFound))

	// Bad input is refused before anything is sent, ...
	_, err = client.Clients.Create(ctx, &keyhelp.ClientCreateRequest{LoginName: "example_com", Email: "max"})
	var e *provider.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.StatusCode, e.Fields["Email"])
	}

	// ... what only the panel can judge is refused by the panel.
	_, err = client.Clients.Create(ctx, &keyhelp.ClientCreateRequest{
		LoginName: "Not A Login", Password: provider.NewSecret("placeholder-Passw0rd"), Email: "max@example.com",
	})
	if errors.As(err, &e) {
		fmt.Println(e.Kind, e.StatusCode, e.Message)
	}
	// Output:
	// true
	// invalid request 0 "max" is not an e-mail address
	// invalid request 400 username: Invalid name.
}

// Do reaches endpoints that have no method yet.
func ExampleClient_Do() {
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Live))
	defer panel.Close()
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panel.Key))
	if err != nil {
		fmt.Println(err)
		return
	}
	var answer struct{ Response string }
	err = client.Do(context.Background(), &provider.Request{Method: "GET", Route: "/ping"}, &answer)
	fmt.Println(answer.Response, err)
	// Output: pong <nil>
}
