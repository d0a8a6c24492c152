package elizon_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

// onEmulator returns a client of an emulated platform.
func onEmulator(t *testing.T, opts ...elizontest.Option) (*elizon.Client, *elizontest.Server) {
	t.Helper()
	srv := elizontest.NewServer(append([]elizontest.Option{elizontest.InMemory(), elizontest.WithPathPrefix("/v1")}, opts...)...)
	t.Cleanup(srv.Close)
	c, err := elizon.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(srv.Client()))
	require.NoError(t, err)
	return c, srv
}

// A service is ordered from the catalogue, runs, is suspended, renewed, cancelled and gone.
func TestLifeOfAService(t *testing.T) {
	for name, opts := range map[string][]elizontest.Option{
		"as documented": nil, "failures under 200": {elizontest.WithStatus200()}, "as the app reads it": {elizontest.WithListKeys("servers")},
		"as the reference says": {elizontest.WithListKeys("services")},
	} {
		t.Run(name, func(t *testing.T) {
			c, srv := onEmulator(t, opts...)
			ctx := t.Context()
			catalogue, err := c.Products.List(ctx, "de")
			require.NoError(t, err)
			product := catalogue.Categories[0].Products[0]
			cart := []elizon.CartLine{{LineID: "1", ProductID: product.ID, ProductName: product.Name, Quantity: 1, BillingCycle: 30, ItemType: elizon.ItemNew}}
			for location, err := range c.Products.Locations(ctx, product.ID) {
				require.NoError(t, err)
				cart[0].LocationID = location.ID
			}
			for template, err := range c.Products.Templates(ctx, product.ID) {
				require.NoError(t, err)
				cart[0].TemplateID = template.ID
			}
			sold, err := c.Cart.Validate(ctx, cart)
			require.NoError(t, err)
			require.Empty(t, sold)
			price, err := c.Cart.Calculate(ctx, &elizon.CartCalculateRequest{Items: cart, CountryCode: "DE"})
			require.NoError(t, err)
			require.Equal(t, 1, price.Total.Cmp("0"))
			data, err := c.Checkout.Bootstrap(ctx)
			require.NoError(t, err)
			req := &elizon.CheckoutOrderRequest{Items: cart, PaymentMethod: elizon.PayBalance}
			if len(data.Addresses) > 0 {
				req.BillingAddressID = data.Addresses[0].ID
			} else {
				req.BillingAddress = &elizon.BillingAddress{Street: "Examplestr. 1", Zip: "10115", City: "Berlin", CountryCode: "DE", Country: "Germany"}
			}
			ordered, err := c.Checkout.Order(ctx, req)
			require.NoError(t, err)
			require.Len(t, ordered.SubscriptionIDs, 1)

			id := ""
			for s, err := range c.Subscriptions.List(ctx) {
				require.NoError(t, err)
				if s.ID == ordered.SubscriptionIDs[0] {
					id = s.Service.ID
				}
			}
			found, err := c.Services.Get(ctx, id)
			require.NoError(t, err)
			require.Equal(t, elizon.StatusProvisioning, found.Status)
			srv.Advance(elizontest.ProvisioningTime)
			found, err = c.Services.Get(ctx, id)
			require.NoError(t, err)
			require.Equal(t, elizon.StatusRunning, found.Status)
			require.False(t, found.Suspended)
			_, err = c.Services.Update(ctx, id, &elizon.ServiceUpdateRequest{Name: new("shop")})
			require.NoError(t, err)
			invoice, err := c.Invoices.Get(ctx, ordered.InvoiceID)
			require.NoError(t, err)
			require.Equal(t, elizon.InvoicePaid, invoice.Status)
			require.Zero(t, invoice.Total.Cmp(price.Total))

			_, err = c.Services.Action(ctx, id, elizon.ActionSuspend)
			require.NoError(t, err)
			_, err = c.Services.Action(ctx, id, elizon.ActionRestart)
			require.ErrorIs(t, err, provider.ErrConflict)
			for s, err := range c.Services.List(ctx, nil) {
				require.NoError(t, err)
				require.Equal(t, s.ID == id, s.Suspended && s.Name == "shop")
			}
			_, err = c.Services.Action(ctx, id, elizon.ActionResume)
			require.NoError(t, err)
			live, err := c.Services.StatusBatch(ctx, id)
			require.NoError(t, err)
			require.NotEmpty(t, live[id].Status)
			cycles, err := c.Services.BillingCycles(ctx, id)
			require.NoError(t, err)
			require.True(t, slices.Contains(cycles, 30))
			renewal, err := c.Services.Renew(ctx, id, 30)
			require.NoError(t, err)
			require.Equal(t, ordered.SubscriptionIDs[0], renewal.SubscriptionID)
			require.True(t, renewal.NewPeriodEnd.After(renewal.CurrentPeriodEnd))

			_, err = c.Services.Subscription.Cancel(ctx, id, &elizon.SubscriptionCancelRequest{})
			require.NoError(t, err)
			subscription, err := c.Services.Subscription.Get(ctx, id)
			require.NoError(t, err)
			require.True(t, subscription.CancelAtPeriodEnd)
			_, err = c.Services.Subscription.SetInterval(ctx, id, 90)
			require.Error(t, err)
			_, err = c.Services.Subscription.Reactivate(ctx, id)
			require.NoError(t, err)
			_, err = c.Services.Subscription.SetInterval(ctx, id, 90)
			require.NoError(t, err)
			_, err = c.Services.Subscription.SetAutopay(ctx, id, &elizon.Autopay{AutoBilling: new(true)})
			require.NoError(t, err)

			_, err = c.Services.Delete(ctx, id)
			require.NoError(t, err)
			found, err = c.Services.Get(ctx, id)
			require.NoError(t, err)
			require.True(t, found.TerminationPending)
			srv.Advance(elizontest.TerminationTime)
			_, err = c.Services.Get(ctx, id)
			require.ErrorIs(t, err, provider.ErrNotFound)
		})
	}
}

// The emulator has all endpoints of this client, with the same methods, and those that only programs with
// the vendor's SDK use.
func TestEmulatorRoutes(t *testing.T) {
	rows, _ := inventory(t)
	var want []string
	for _, r := range rows {
		want = append(want, r.Method+" "+r.Path)
	}
	for _, line := range beyond(t) {
		if line["operation"] == "-" {
			want = append(want, line["method"]+" "+line["path"])
		}
	}
	require.ElementsMatch(t, want, append(elizontest.Routes(), elizontest.BeyondRoutes()...))
}

// Every code that the emulator can answer is known, and none that is in no registry of the vendor's.
func TestErrorCodes(t *testing.T) {
	codes := elizontest.ErrorCodes()
	require.Greater(t, len(codes), 80)
	for _, code := range codes {
		require.True(t, elizon.KnownCode(code), code)
	}
	for _, code := range []string{
		"alreadyExists", "apiKeyExpired", "autoTopUpNotFound", "businessNotVerified", "couponInvalid", "endpointGone", "endpointNotFound", "fundNotFound",
		"invalidCode", "invalidCredentials", "invoiceNotPayable", "limitReached", "maximumRunTimeExceeded", "methodNotAllowed", "registrationClosed",
		"routeCannotBeUsedWithApiKey", "upgradeNotPossible", "volumeNotFound",
	} {
		require.NotContains(t, codes, code)
		require.False(t, elizon.KnownCode(code), code)
	}
}

// 1,000 services are listed page by page from a server that allows few requests per window.
func TestListUnderRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := onEmulator(t, elizontest.WithSeedServices(1000), elizontest.WithRateLimit(3, 30*time.Second))
		begun, seen := time.Now(), make(map[string]bool)
		for s, err := range c.Services.List(t.Context(), &elizon.ServiceListOptions{PerPage: 100}) {
			require.NoError(t, err)
			seen[s.ID] = true
		}
		require.Len(t, seen, 1000)
		require.GreaterOrEqual(t, time.Since(begun), 90*time.Second)
		t.Logf("10 pages at 3 in 30 s: %v", time.Since(begun))
	})
}

// gameServer adds a service whose console is a terminal.
func gameServer(t *testing.T, srv *elizontest.Server) string {
	t.Helper()
	categories := srv.Categories()
	for _, p := range srv.Products() {
		if i := slices.IndexFunc(categories, func(c elizontest.Category) bool { return c.Key == p.CategoryKey }); categories[i].ProviderType == "PTERODACTYL" {
			return srv.AddService(elizontest.Service{ProductID: p.ID}).ID
		}
	}
	t.Fatal("no product is a game server")
	return ""
}

// The emulator's console works at whatever URL it names.
func TestConsoleOnEmulator(t *testing.T) {
	for _, opts := range [][]elizontest.Option{nil, {elizontest.WithAbsoluteConsoleURLs()}} {
		c, srv := onEmulator(t, opts...)
		console, err := c.Services.Console.Open(t.Context(), gameServer(t, srv))
		require.NoError(t, err)
		require.Equal(t, elizon.ConsoleTerminal, console.Type)
		_, err = c.Services.Console.CommandTo(t.Context(), console, &elizon.ConsoleCommandRequest{Command: "say hi"})
		require.NoError(t, err)
		var types []string
		for e, err := range c.Services.Console.StreamFrom(t.Context(), console) {
			require.NoError(t, err)
			types = append(types, e.Type)
		}
		require.Contains(t, types, elizon.EventConnected)
		require.Contains(t, types, elizon.EventOutput)
	}
}

// A stream over a real connection shows events while it is open, and is left when the caller leaves
// it.
func TestOpenStream(t *testing.T) {
	srv := elizontest.NewServer()
	defer srv.Close()
	srv.HoldStreams(true)
	id := gameServer(t, srv)
	c, err := elizon.New(srv.URL, provider.NewSecret(srv.Key))
	require.NoError(t, err)
	for e, err := range c.Services.Console.Stream(t.Context(), id) {
		require.NoError(t, err)
		require.Equal(t, elizon.EventConnected, e.Type)
		break
	}
	sent := 0
	for e, err := range c.Services.Console.Stream(t.Context(), id) {
		require.NoError(t, err)
		if e.Type == elizon.EventOutput && strings.Contains(e.Output, "list players") {
			break
		}
		if sent++; sent == 1 {
			_, err = c.Services.Console.Command(t.Context(), id, &elizon.ConsoleCommandRequest{Command: "list players"})
			require.NoError(t, err)
		}
	}
}
