package keyhelp_test

import (
	"testing"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// The examples of the reference are sent and understood, field by field.
func TestReplayDocumented(t *testing.T) {
	account := keyhelp.ClientAccount{
		ID: 42, LoginName: "example_com", Email: "user@example.com", DisplayName: "Max Mustermann", CreatedAt: utc("2024-01-20 10:30:00"),
	}
	whole := account
	whole.HostingPlanID, whole.UpdatedAt = 5, utc("2024-01-20 10:30:00")
	plan := func(id int64, name string, disk, traffic, domains, databases, emails int64) *keyhelp.HostingPlan {
		return &keyhelp.HostingPlan{ID: id, Name: name, Resources: keyhelp.PlanResources{
			DiskSpace: new(disk), Traffic: new(traffic), Domains: new(domains), Databases: new(databases), EmailAccounts: new(emails),
		}}
	}
	update := func(req *keyhelp.ClientUpdateRequest) func(*testing.T, *keyhelp.Client) {
		return done(func(t *testing.T, c *keyhelp.Client) error { return c.Clients.Update(t.Context(), 42, req) })
	}
	getClient := func(id int64) func(*testing.T, *keyhelp.Client) (*keyhelp.ClientAccount, error) {
		return func(t *testing.T, c *keyhelp.Client) (*keyhelp.ClientAccount, error) {
			return c.Clients.Get(t.Context(), id)
		}
	}
	getDomain := func(id int64) func(*testing.T, *keyhelp.Client) (*keyhelp.Domain, error) {
		return func(t *testing.T, c *keyhelp.Client) (*keyhelp.Domain, error) { return c.Domains.Get(t.Context(), id) }
	}
	stats := func(id int64) func(*testing.T, *keyhelp.Client) (*keyhelp.ClientStats, error) {
		return func(t *testing.T, c *keyhelp.Client) (*keyhelp.ClientStats, error) {
			return c.Clients.Stats(t.Context(), id)
		}
	}
	session := func(id int64) func(*testing.T, *keyhelp.Client) (*keyhelp.Session, error) {
		return func(t *testing.T, c *keyhelp.Client) (*keyhelp.Session, error) {
			return c.Sessions.Create(t.Context(), id)
		}
	}
	version := func(t *testing.T, c *keyhelp.Client) (*keyhelp.Version, error) { return c.Server.Version(t.Context()) }
	plans := func(t *testing.T, c *keyhelp.Client) ([]*keyhelp.HostingPlan, error) {
		return gather(c.HostingPlans.List(t.Context(), nil))
	}
	// The URL is below the panel's root, not below the API.
	const login = panelURL + "/login?token=placeholder-token"
	replays{
		"Clients.Create": equal(&account, func(t *testing.T, c *keyhelp.Client) (*keyhelp.ClientAccount, error) {
			return c.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{
				LoginName: "example_com", Password: provider.NewSecret(placeholderPassword), Email: "user@example.com", DisplayName: "Max Mustermann", HostingPlanID: 5,
			})
		}),
		"Clients.Create, cURL and Guzzle example": equal(&keyhelp.ClientAccount{
			ID: 43, LoginName: "testuser", Email: "test@example.com", DisplayName: "Test User", CreatedAt: utc("2024-01-20 10:30:00"),
		}, func(t *testing.T, c *keyhelp.Client) (*keyhelp.ClientAccount, error) {
			return c.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{
				LoginName: "testuser", Password: provider.NewSecret(placeholderPassword), Email: "test@example.com", DisplayName: "Test User",
			})
		}),
		"Clients.Get": equal(&whole, getClient(42)),
		"Clients.Get, other figures": equal(&keyhelp.ClientAccount{
			ID: 17, LoginName: "muster_shop", Email: "post@shop.example", DisplayName: "Erika Muster", HostingPlanID: 2,
			CreatedAt: utc("2025-03-04 08:15:00"), UpdatedAt: utc("2025-03-04 08:15:00"),
		}, getClient(17)),
		"Clients.Update, password": update(&keyhelp.ClientUpdateRequest{Password: new(provider.NewSecret("placeholder-NewPassw0rd"))}),
		"Clients.Update, lock":     update(&keyhelp.ClientUpdateRequest{Locked: new(true)}),
		"Clients.Update, unlock":   update(&keyhelp.ClientUpdateRequest{Locked: new(false)}),
		"Clients.Delete":           done(func(t *testing.T, c *keyhelp.Client) error { return c.Clients.Delete(t.Context(), 42) }),
		"Domains.Create": equal(&keyhelp.Domain{
			ID: 123, ClientID: 42, Name: "example.com", DocumentRoot: "/home/example_com/www", CreatedAt: utc("2024-01-20 10:30:00"),
		}, func(t *testing.T, c *keyhelp.Client) (*keyhelp.Domain, error) {
			return c.Domains.Create(t.Context(), &keyhelp.DomainCreateRequest{ClientID: 42, Name: "example.com"})
		}),
		"Domains.Get": equal(&keyhelp.Domain{
			ID: 123, ClientID: 42, Name: "example.com", DocumentRoot: "/home/example_com/www", PHPVersion: "8.2",
			CreatedAt: utc("2024-01-20 10:30:00"), UpdatedAt: utc("2024-01-20 10:30:00"),
		}, getDomain(123)),
		"Domains.Get, other figures": equal(&keyhelp.Domain{
			ID: 55, ClientID: 17, Name: "shop.example", DocumentRoot: "/home/muster_shop/www", PHPVersion: "8.3",
			CreatedAt: utc("2025-03-04 08:16:00"), UpdatedAt: utc("2025-03-04 08:16:00"),
		}, getDomain(55)),
		"Clients.Stats": equal(&keyhelp.ClientStats{
			Disk: figure(2415919104, n(5368709120)), Traffic: figure(16106127360, n(107374182400)),
			Domains: figure(3, nil), Databases: figure(2, nil), EmailAccounts: figure(5, nil),
		}, stats(42)),
		"Clients.Stats, other figures": equal(&keyhelp.ClientStats{
			Disk: figure(1048576, n(10737418240)), Traffic: figure(524288, n(107374182400)),
			Domains: figure(2, nil), Databases: figure(1, nil), EmailAccounts: figure(4, nil),
		}, stats(17)),
		"Sessions.Create": equal(&keyhelp.Session{
			URL: provider.NewSecret(login), Token: provider.NewSecret("placeholder-token"), ExpiresAt: utc("2024-01-20 10:35:00"),
		}, session(42)),
		"Sessions.Create, other figures": equal(&keyhelp.Session{
			URL: provider.NewSecret(login), Token: provider.NewSecret("placeholder-token"), ExpiresAt: utc("2025-03-04 08:25:00"),
		}, session(17)),
		"Server.Version":                equal(&keyhelp.Version{Version: "24.3.1", Build: "3456"}, version),
		"Server.Version, other figures": equal(&keyhelp.Version{Version: "25.1", Build: "4001"}, version),
		"Server.Ping":                   done(func(t *testing.T, c *keyhelp.Client) error { return c.Server.Ping(t.Context()) }),
		"HostingPlans.List": equal([]*keyhelp.HostingPlan{
			plan(1, "Basic Plan", 5368709120, 107374182400, 3, 5, 10),
			plan(2, "Pro Plan", 21474836480, 429496729600, 10, 20, 50),
		}, plans),
		"HostingPlans.List, other figures": equal([]*keyhelp.HostingPlan{plan(2, "Starter", 10737418240, 107374182400, 2, 2, 5)}, plans),
		"error 404": fails(provider.Error{
			Op: "HostingPlans.List", Action: "list hosting plans", Kind: provider.ErrNotFound, StatusCode: 404, Message: "Endpoint not found",
		}, func(t *testing.T, c *keyhelp.Client) error { _, err := plans(t, c); return err }),
		"error 401": fails(provider.Error{
			Op: "Clients.Get", Action: "get client 42", Kind: provider.ErrUnauthorized, StatusCode: 401, Message: "Invalid API key",
		}, func(t *testing.T, c *keyhelp.Client) error { _, err := c.Clients.Get(t.Context(), 42); return err }),
		"error 400": fails(provider.Error{
			Op: "Clients.Create", Action: `create client "example_com"`, Kind: provider.ErrInvalid, StatusCode: 400, Message: "Validation failed",
			Fields: map[string]string{"login_name": "This field is required", "email": "Invalid email format"},
		}, func(t *testing.T, c *keyhelp.Client) error {
			_, err := c.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{
				LoginName: "example_com", Password: provider.NewSecret(placeholderPassword), Email: "user@example.com",
			})
			return err
		}),
		"error 400, one field": fails(provider.Error{
			Op: "Clients.Update", Action: "update client 42", Kind: provider.ErrInvalid, StatusCode: 400, Message: "Validation failed",
			Fields: map[string]string{"email": "Invalid email format"},
		}, func(t *testing.T, c *keyhelp.Client) error {
			return c.Clients.Update(t.Context(), 42, &keyhelp.ClientUpdateRequest{Email: new("user@example.com")})
		}),
		"error 500": fails(provider.Error{
			Op: "Clients.Get", Action: "get client 42", Kind: provider.ErrUnavailable, StatusCode: 500, Message: "Internal server error",
		}, func(t *testing.T, c *keyhelp.Client) error { _, err := c.Clients.Get(t.Context(), 42); return err }),
	}.run(t, keyhelp.DialectDocumented)
}
