package elizon_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

// What the vendor's reference does not list works on the emulator: payment methods, floating IPs, IPv6
// addresses, web spaces.
func TestBeyondOnEmulator(t *testing.T) {
	c, srv := onEmulator(t)
	ctx := t.Context()
	service := srv.AddService(elizontest.Service{Name: "web"}).ID

	page, err := c.PaymentMethods.Add(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, page.Reveal())
	mandate := srv.SaveMandate()
	require.NoError(t, c.PaymentMethods.SetLabel(ctx, mandate, "office", false))
	require.NoError(t, c.PaymentMethods.SetDefault(ctx, mandate))
	saved, err := c.PaymentMethods.List(ctx)
	require.NoError(t, err)
	require.Equal(t, mandate, saved.DefaultMandateID)
	require.Equal(t, "office", saved.Methods[0].UserLabel)
	require.NoError(t, c.PaymentMethods.Delete(ctx, mandate))
	require.ErrorIs(t, c.PaymentMethods.Delete(ctx, mandate), provider.ErrNotFound)

	var offers []*elizon.FloatingIPOffer
	for offer, err := range c.FloatingIPs.Options(ctx) {
		require.NoError(t, err)
		offers = append(offers, offer)
	}
	require.Equal(t, &elizon.FloatingIPPrice{MonthlyPrice: "3", Available: true}, offers[0].IPv4)
	order := &elizon.FloatingIPOrderRequest{LocationID: offers[0].LocationID, Version: 4, BillingCycle: 30, PaymentMethod: elizon.PayBalance}
	ordered, err := c.FloatingIPs.Order(ctx, order)
	require.NoError(t, err)
	require.NoError(t, c.FloatingIPs.Assign(ctx, ordered.FloatingIP.ID, service))
	for own, err := range c.FloatingIPs.List(ctx) {
		require.NoError(t, err)
		require.Equal(t, []string{ordered.FloatingIP.Address, service, "web"}, []string{own.Address, own.ServiceID, own.ServiceName})
	}
	require.NoError(t, c.FloatingIPs.Unassign(ctx, ordered.FloatingIP.ID))
	require.NoError(t, c.FloatingIPs.Cancel(ctx, ordered.FloatingIP.ID))
	srv.SetBalance(0)
	_, err = c.FloatingIPs.Order(ctx, order)
	require.ErrorIs(t, err, provider.ErrQuota)

	ips, err := c.IPs.List(ctx)
	require.NoError(t, err)
	added := netip.MustParseAddr(ips.Subnets[0].Prefix).Next().Next()
	require.NoError(t, c.IPs.AddIPv6(ctx, service, added))
	ips, err = c.IPs.List(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{added.String(), "AAAA"}, []string{ips.Addresses[1].Address, ips.Addresses[1].Type})
	require.NoError(t, c.IPs.Remove(ctx, ips.Addresses[1].ID))
	require.ErrorIs(t, c.IPs.Remove(ctx, ips.Addresses[0].ID), provider.ErrConflict, "an IPv4 address stays")

	space := srv.AddService(elizontest.Service{ProductID: "prod-web-s", DomainName: "web.example", Usage: elizontest.Usage{DiskBytes: 1 << 30}}).ID
	hidden, err := c.Services.Hosting.Credentials(ctx, space, false)
	require.NoError(t, err)
	require.True(t, hidden.HasPassword)
	require.True(t, hidden.Password.IsZero())
	rotated, err := c.Services.Hosting.RotatePassword(ctx, space)
	require.NoError(t, err)
	shown, err := c.Services.Hosting.Credentials(ctx, space, true)
	require.NoError(t, err)
	require.Equal(t, rotated, shown)
	domains, err := c.Services.Hosting.Domains(ctx, space)
	require.NoError(t, err)
	require.JSONEq(t, `[{"name":"web.example"}]`, domains.Domains.Reveal())
	_, err = c.Services.Hosting.RefreshDomains(ctx, space)
	require.NoError(t, err)
	history, err := c.Services.Hosting.StorageHistory(ctx, space, 24)
	require.NoError(t, err)
	require.Equal(t, int64(1<<30), history.Points[0].Bytes)
	detail, err := c.Services.Get(ctx, space)
	require.NoError(t, err)
	require.Equal(t, &elizon.PleskStats{UsedDomains: 1, MaxDomains: 1, AvgStorageUsedGB: 1, StoragePerDomainGB: 10, MaxMailboxesPerDomain: 10}, detail.PleskStats)

	view, err := c.Services.View(ctx, service)
	require.NoError(t, err)
	require.Equal(t, "web", view.Identity.Name)
	result, err := c.Services.Dispatch(ctx, service, view.Actions[1].Key, nil)
	require.NoError(t, err)
	require.Equal(t, "STOPPED", result.Status)
}
