package elizon_test

import (
	"context"
	"iter"
	"net/netip"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// beyondReplays are those of what the vendor's reference does not list.
func beyondReplays() map[string]replay {
	floating := &elizon.FloatingIP{
		ID: "fip_1", Address: "192.0.2.50", Version: 4, Status: "ACTIVE", LocationID: "loc_1", LocationName: "Frankfurt", ServiceID: "srv_1", ServiceName: "web",
		MonthlyPrice: "3.5", NextBillingAt: at("2026-09-01T00:00:00Z"), SubscriptionStatus: "ACTIVE", CreatedAt: at("2026-08-01T00:00:00Z"),
	}
	order := func(version int64, payment elizon.PaymentMethod) func(ctx context.Context, c *client) (*elizon.OrderedFloatingIP, error) {
		return func(ctx context.Context, c *client) (*elizon.OrderedFloatingIP, error) {
			return c.FloatingIPs.Order(ctx, &elizon.FloatingIPOrderRequest{LocationID: "loc_1", Version: version, BillingCycle: 30, PaymentMethod: payment})
		}
	}
	panel := elizon.HostingCredentials{PanelURL: "https://panel.example.com", Login: "ada", HasPassword: true, Password: provider.NewSecret("placeholder-password")}
	revealed := panel
	revealed.Email = "ada@example.com"
	return map[string]replay{
		"Services.View": clienttest.Equal(&elizon.ServiceView{
			Enabled: true, ProviderType: "PROXMOX", Layout: raw(`{"id": "vm"}`), Tabs: raw("[]"), Fields: raw("[]"), OverviewFields: raw("[]"), Widgets: raw("[]"),
			Identity: elizon.ServiceIdentity{
				Name: "web", DisplayName: "Web server", Status: "RUNNING", PrimaryIPv4: "192.0.2.10", ProductName: "KVM S", Node: "fra-1", Region: "FRA",
			},
			Actions: []elizon.ViewAction{
				{Key: "power-on", Method: "start", Visible: true, More: map[string]payload{
					"labelKey": raw(`"start"`), "icon": raw(`"play"`), "tier": raw("1"), "visibleWhen": raw(`{"type": "always"}`),
				}},
				{Key: "rescue", Disabled: true},
			},
		}, func(ctx context.Context, c *client) (*elizon.ServiceView, error) {
			return c.Services.View(ctx, "srv_1")
		}),
		"Services.Dispatch": clienttest.Equal(&elizon.ActionResult{
			Message: "started", Status: "RUNNING", Data: raw(`{"url": "https://example.com"}`), More: map[string]payload{"job": raw("7")},
		}, func(ctx context.Context, c *client) (*elizon.ActionResult, error) {
			return c.Services.Dispatch(ctx, "srv_1", "rescue", object{"mode": "full"})
		}),
		"Services.Dispatch, refused": fails(provider.Error{
			Op: "Services.Dispatch", Action: `act on service "srv_1"`, Kind: provider.ErrInvalid, StatusCode: 400, Code: elizon.CodeInvalidAction, Message: "Invalid action",
		}, func(ctx context.Context, c *client) error {
			_, err := c.Services.Dispatch(ctx, "srv_1", "explode", nil)
			return err
		}),
		"Services.Hosting.Credentials": clienttest.Equal(&revealed, func(ctx context.Context, c *client) (*elizon.HostingCredentials, error) {
			return c.Services.Hosting.Credentials(ctx, "srv_1", true)
		}),
		"Services.Hosting.Credentials, not revealed": clienttest.Equal(&elizon.HostingCredentials{}, func(ctx context.Context, c *client) (*elizon.HostingCredentials, error) {
			return c.Services.Hosting.Credentials(ctx, "srv_1", false)
		}),
		"Services.Hosting.RotatePassword": clienttest.Equal(&panel, func(ctx context.Context, c *client) (*elizon.HostingCredentials, error) {
			return c.Services.Hosting.RotatePassword(ctx, "srv_1")
		}),
		"Services.Hosting.Domains": clienttest.Equal(&elizon.HostedDomains{
			Domains: raw(`[{"name": "example.com"}]`), LastSync: at("2026-08-01T00:00:00Z"), MaxDomains: 3, StoragePerDomainGB: 10.5, MaxMailboxesPerDomain: 20,
			DNSManagement: 1,
		}, func(ctx context.Context, c *client) (*elizon.HostedDomains, error) {
			return c.Services.Hosting.Domains(ctx, "srv_1")
		}),
		"Services.Hosting.RefreshDomains": clienttest.Equal(&elizon.HostedDomains{Domains: raw("[]")}, func(ctx context.Context, c *client) (*elizon.HostedDomains, error) {
			return c.Services.Hosting.RefreshDomains(ctx, "srv_1")
		}),
		"Services.Hosting.StorageHistory": clienttest.Equal(&elizon.StorageHistory{
			ServiceID: "srv_1", Points: []elizon.StoragePoint{{At: at("2026-08-01T00:00:00Z"), Bytes: 5 << 30, GB: 5}},
		}, func(ctx context.Context, c *client) (*elizon.StorageHistory, error) {
			return c.Services.Hosting.StorageHistory(ctx, "srv_1", 72)
		}),
		"IPs.AddIPv6": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.IPs.AddIPv6(ctx, "srv_1", netip.MustParseAddr("2001:db8::5"))
		}),
		"IPs.Remove": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.IPs.Remove(ctx, "ip_2") }),
		"FloatingIPs.List": clienttest.Listed([]*elizon.FloatingIP{floating}, func(ctx context.Context, c *client) iter.Seq2[*elizon.FloatingIP, error] {
			return c.FloatingIPs.List(ctx)
		}),
		"FloatingIPs.Options": clienttest.Listed([]*elizon.FloatingIPOffer{{
			LocationID: "loc_1", Name: "Frankfurt", City: "Frankfurt", CountryCode: "DE", IPv4: &elizon.FloatingIPPrice{MonthlyPrice: "3.5", Available: true},
		}}, func(ctx context.Context, c *client) iter.Seq2[*elizon.FloatingIPOffer, error] {
			return c.FloatingIPs.Options(ctx)
		}),
		"FloatingIPs.Order":            clienttest.Equal(&elizon.OrderedFloatingIP{FloatingIP: floating}, order(4, elizon.PayBalance)),
		"FloatingIPs.Order, on a page": clienttest.Equal(&elizon.OrderedFloatingIP{CheckoutURL: provider.NewSecret("https://pay.example.com/placeholder")}, order(6, elizon.PayMollie)),
		"FloatingIPs.Assign":           clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.FloatingIPs.Assign(ctx, "fip_1", "srv_1") }),
		"FloatingIPs.Unassign":         clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.FloatingIPs.Unassign(ctx, "fip_1") }),
		"FloatingIPs.Cancel":           clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.FloatingIPs.Cancel(ctx, "fip_1") }),
		"PaymentMethods.List": clienttest.Equal(&elizon.SavedPaymentMethods{
			Methods: []elizon.SavedPaymentMethod{{
				MandateID: "mdt_1", Label: "Visa 4242", UserLabel: "office", Method: "creditcard", Brand: "Visa", Last4: "4242", Default: true,
				CreatedAt: at("2026-08-01T00:00:00Z"),
			}},
			CanManage: true, CanAddMore: true, DefaultMandateID: "mdt_1", Max: 5,
		}, func(ctx context.Context, c *client) (*elizon.SavedPaymentMethods, error) {
			return c.PaymentMethods.List(ctx)
		}),
		"PaymentMethods.Add": clienttest.Equal(provider.NewSecret("https://pay.example.com/placeholder"), func(ctx context.Context, c *client) (provider.Secret, error) {
			return c.PaymentMethods.Add(ctx)
		}),
		"PaymentMethods.SetDefault": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.PaymentMethods.SetDefault(ctx, "mdt_2") }),
		"PaymentMethods.SetLabel": clienttest.Succeeds(func(ctx context.Context, c *client) error {
			return c.PaymentMethods.SetLabel(ctx, "mdt_2", "office", false)
		}),
		"PaymentMethods.Delete": clienttest.Succeeds(func(ctx context.Context, c *client) error { return c.PaymentMethods.Delete(ctx, "mdt_2") }),
	}
}
