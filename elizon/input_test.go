package elizon_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

func TestNew(t *testing.T) {
	for _, test := range []struct {
		name, url string
		key       provider.Secret
		opts      []provider.Option
		fields    []string
	}{
		{"nothing", "", provider.Secret{}, nil, []string{"baseURL", "apiKey"}},
		{"plain http", "http://elizon.example.com", provider.NewSecret(serverKey), nil, []string{"baseURL"}},
		{"two lines", serverURL, provider.NewSecret("a\nb"), nil, []string{"apiKey"}},
		{"a space", serverURL, provider.NewSecret("a b"), nil, []string{"apiKey"}},
		{"not ASCII", serverURL, provider.NewSecret("schlüssel"), nil, []string{"apiKey"}},
		{"session of two lines", serverURL, provider.NewSecret(serverKey), []provider.Option{elizon.WithSessionToken(provider.NewSecret("a\r\nb"))}, []string{"WithSessionToken"}},
		{"client header", serverURL, provider.NewSecret(serverKey), []provider.Option{elizon.WithClientHeader("a\r\nX-Evil: 1")}, []string{"WithClientHeader"}},
		{"bearer of nothing", serverURL, provider.Secret{}, []provider.Option{elizon.WithBearer(), elizon.WithoutKey()}, []string{"WithBearer"}},
		{"key and none", serverURL, provider.NewSecret(serverKey), []provider.Option{elizon.WithoutKey()}, []string{"WithoutKey"}},
		{"option of another", serverURL, provider.NewSecret(serverKey), []provider.Option{provider.VendorOption("keyhelp", "WithScan", 1)}, []string{"keyhelp.WithScan"}},
	} {
		c, err := elizon.New(test.url, test.key, test.opts...)
		require.Nil(t, c, test.name)
		require.ErrorIs(t, err, provider.ErrInvalid, test.name)
		var fields []string
		for field := range clienttest.AsError(t, err).Fields {
			fields = append(fields, field)
		}
		require.ElementsMatch(t, test.fields, fields, test.name)
		if !test.key.IsZero() {
			require.NotContains(t, err.Error(), test.key.Reveal())
		}
	}
	for _, base := range []string{elizon.DefaultBaseURL, elizon.DefaultBaseURL + "/", elizon.DefaultBaseURL + "/api", elizon.DefaultBaseURL + "/api/", " " + elizon.DefaultBaseURL + " "} {
		c, err := elizon.New(base, provider.NewSecret(serverKey))
		require.NoError(t, err)
		require.Equal(t, "elizon client of https://elizon.app", c.String())
	}
}

// Credentials and the client's name are sent in the right headers.
func TestCredentials(t *testing.T) {
	for _, test := range []struct {
		name                     string
		key                      provider.Secret
		opts                     []provider.Option
		apiKey, bearer, platform string
	}{
		{"default", provider.NewSecret(serverKey), nil, serverKey, "", "api"},
		{"bearer", provider.NewSecret(serverKey), []provider.Option{elizon.WithBearer()}, "", "Bearer " + serverKey, "api"},
		{"session alone", provider.Secret{}, []provider.Option{elizon.WithSessionToken(provider.NewSecret(serverSession))}, "", "Bearer " + serverSession, "api"},
		{"both", provider.NewSecret(serverKey), []provider.Option{elizon.WithSessionToken(provider.NewSecret(serverSession))}, serverKey, "", "api"},
		{"desktop", provider.NewSecret(serverKey), []provider.Option{elizon.WithClientHeader("desktop")}, serverKey, "", "desktop"},
		{"nameless", provider.NewSecret(serverKey), []provider.Option{elizon.WithClientHeader("")}, serverKey, "", ""},
	} {
		tap := &clienttest.Tap{Base: serverURL, Answer: clienttest.Always(clienttest.OK(`{"success":true,"notifications":[]}`))}
		c, err := elizon.New(serverURL+"/api", test.key, append(test.opts, provider.WithHTTPClient(&http.Client{Transport: tap}))...)
		require.NoError(t, err)
		_, err = c.Services.Notifications(t.Context(), "srv_1")
		require.NoError(t, err, test.name)
		require.NoError(t, c.Do(t.Context(), &provider.Request{Method: "GET", Route: "/api/x/{id}", Args: []string{"1"}, Query: url.Values{"a": {"b"}}}, nil))
		sent := tap.Requests()
		for _, r := range sent {
			require.Equal(t, test.apiKey, r.Header.Get("X-Api-Key"), test.name)
			require.Equal(t, test.bearer, r.Header.Get("Authorization"), test.name)
			require.Equal(t, test.platform, r.Header.Get("X-Elizon-Client"), test.name)
			require.Equal(t, test.platform != "", len(r.Header["X-Elizon-Client"]) == 1, test.name)
		}
		require.Equal(t, []string{"GET /api/services/srv_1/notifications", "GET /api/x/1"}, tap.Lines())
		require.Equal(t, "a=b", sent[1].Query.Encode())
	}
	c, tap := tapped(t, clienttest.Always(clienttest.OK(`{}`)))
	require.NoError(t, c.DoSession(t.Context(), &provider.Request{Method: "GET", Route: "/api/auth/x"}, nil))
	require.Equal(t, "Bearer "+serverSession, tap.Requests()[0].Header.Get("Authorization"))
	require.Empty(t, tap.Requests()[0].Header.Get("X-Api-Key"))
	tap.Forget()
	vendor(t).Refused(t, tap, c.Do(t.Context(), &provider.Request{Route: "x"}, nil), "Method", "Route")
	vendor(t).Refused(t, tap, c.Do(t.Context(), nil, nil), "request")
}

// Every method refuses nil requests, blank identifiers and negative numbers before it sends
// anything, and names the field.
func TestArguments(t *testing.T) {
	// These may be left out.
	free := []string{
		"Services.List 1", "Invoices.List 1", "Products.List 1", "Products.BySlug 2", "Products.Locations 1", "Health.Navigation 1", "Subdomains.Update 2",
		"Services.Usage.Bandwidth 2", "Services.Usage.Bandwidth 3", "Services.Usage.Traffic 2",
	}
	count := vendor(t).CheckArguments(t, func(m clienttest.Method, place int, want reflect.Type) []any {
		area, _, _ := strings.Cut(m.Op, ".")
		mine := []string{"Services", "Cart", "Checkout", "Subscriptions", "Products", "Coupons", "Invoices", "Balance", "Health", "Subdomains", "APIKeys", "Addresses", "Rewards"}
		if !slices.Contains(mine, area) || slices.Contains(free, m.Op+" "+string(rune('0'+place))) {
			return nil
		}
		switch want {
		case reflect.TypeFor[string]():
			return []any{"", " ", "a\nb", "a b"}
		case reflect.TypeFor[int64]():
			return []any{int64(-1)}
		case reflect.TypeFor[[]string]():
			return []any{[]string{}, []string{"a", ""}, []string{"a\x00"}}
		case reflect.TypeFor[elizon.EUR]():
			return []any{elizon.EUR(""), elizon.EUR("1,50"), elizon.EUR("1e3"), elizon.EUR("x")}
		case reflect.TypeFor[elizon.ServiceAction]():
			return []any{elizon.ServiceAction(""), elizon.ServiceAction(" ")}
		case reflect.TypeFor[[]elizon.CartLine]():
			return []any{nil, []elizon.CartLine{{}}}
		case reflect.TypeFor[io.Writer]():
			return []any{nil}
		}
		if want.Kind() == reflect.Pointer {
			return []any{nil}
		}
		return nil
	})
	t.Logf("%d wrong arguments refused", count)
	require.Greater(t, count, 250)
}

// Missing and wrong fields of requests are refused.
func TestBadInput(t *testing.T) {
	v := vendor(t)
	c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success":true}`)))
	ctx := t.Context()
	with := func(change func(l *elizon.CartLine)) []elizon.CartLine {
		l := line()
		change(&l)
		return []elizon.CartLine{l}
	}
	second := func(_ any, err error) error { return err }
	for _, test := range []struct {
		err    error
		fields []string
	}{
		{second(c.Services.Create(ctx, &elizon.ServiceCreateRequest{Name: " "})), []string{"Name", "ProductID", "ProviderID"}},
		{second(c.Services.Update(ctx, "srv_1", &elizon.ServiceUpdateRequest{})), []string{"request"}},
		{second(c.Services.Reinstall(ctx, "srv_1", &elizon.ServiceReinstallRequest{})), []string{"request"}},
		{second(c.Services.Reinstall(ctx, "", &elizon.ServiceReinstallRequest{TemplateID: -1})), []string{"id", "TemplateID"}},
		{second(c.Services.Upgrade(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.ApplyDowngrade(ctx, "srv_1", &elizon.ServiceDowngradeRequest{ResourceChanges: object{}})), []string{"ResourceChanges"}},
		{second(c.Services.Renew(ctx, "srv_1", 0)), []string{"billingCycleDays"}},
		{second(c.Services.StatusBatch(ctx)), []string{"ids"}},
		{second(c.Services.StatusBatch(ctx, "a", " ")), []string{"ids[1]"}},
		{second(c.Services.Get(ctx, "..")), []string{"id"}},
		{second(c.Services.Backups.Restore(ctx, " ", "", nil)), []string{"id", "backupId"}},
		{second(c.Services.Subscription.SetInterval(ctx, "srv_1", 31)), []string{"billingCycleDays"}},
		{second(c.Services.Subscription.SetAutopay(ctx, "srv_1", &elizon.Autopay{})), []string{"request"}},
		{second(c.Services.Subscription.SetBillingAddress(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.Subscription.Cancel(ctx, "srv_1", &elizon.SubscriptionCancelRequest{Mode: elizon.CancelSpecially, Reason: "short"})), []string{"Reason"}},
		{second(c.Services.Subscription.Extend(ctx, "srv_1", &elizon.SubscriptionExtendRequest{ExtensionDays: -1})), []string{"ExtensionDays"}},
		{second(c.Services.Firewall.Create(ctx, "srv_1", &elizon.FirewallRule{Source: "everywhere"})), []string{"Direction", "Protocol", "Port", "Action", "Source"}},
		{second(c.Services.Firewall.Update(ctx, "srv_1", "fw_1", &elizon.FirewallUpdateRequest{Source: new("192.0.2.0/33")})), []string{"Source"}},
		{second(c.Services.IPs.Cancel(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.IPs.UndoCancel(ctx, "srv_1", nil, nil)), []string{"query"}},
		{second(c.Services.Settings.Act(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.Settings.Replace(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.Settings.Update(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.Files.Act(ctx, "srv_1", nil, nil)), []string{"query"}},
		{second(c.Services.Game.SetStartupVariables(ctx, "srv_1", nil)), []string{"fields"}},
		{second(c.Services.Usage.Traffic(ctx, "srv_1", "year")), []string{"timeframe"}},
		{second(c.Services.Console.Command(ctx, "srv_1", &elizon.ConsoleCommandRequest{})), []string{"Command"}},
		{second(c.Cart.Validate(ctx, []elizon.CartLine{{}})), []string{
			"Items[0].LineID", "Items[0].ProductID", "Items[0].ProductName", "Items[0].Quantity", "Items[0].BillingCycle", "Items[0].ItemType",
		}},
		{second(c.Cart.Calculate(ctx, &elizon.CartCalculateRequest{Items: with(func(l *elizon.CartLine) { l.Quantity, l.AdditionalIPv4 = -1, -1 })})), []string{"Items[0].Quantity", "Items[0].AdditionalIPv4"}},
		{second(c.Cart.Calculate(ctx, &elizon.CartCalculateRequest{Items: with(func(l *elizon.CartLine) { l.SetupFee = "1,50" })})), []string{"Items[0].SetupFee"}},
		{c.IPs.AddIPv6(ctx, "", netip.MustParseAddr("192.0.2.1")), []string{"serviceID", "address"}},
		{c.IPs.AddIPv6(ctx, "srv_1", netip.MustParseAddr("fe80::1%eth0")), []string{"address"}},
		{second(c.FloatingIPs.Order(ctx, &elizon.FloatingIPOrderRequest{Version: 5, BillingCycle: -1})), []string{"LocationID", "PaymentMethod", "Version", "BillingCycle"}},
		{second(c.Services.Hosting.StorageHistory(ctx, "srv_1", -1)), []string{"hours"}},
		{second(c.Services.Action(ctx, "srv_1", "")), []string{"action"}},
		{second(c.Cart.Upgrade(ctx, &elizon.CartUpgradeRequest{})), []string{"ServiceID", "ResourceChanges"}},
		{second(c.Checkout.Order(ctx, &elizon.CheckoutOrderRequest{})), []string{"Items", "PaymentMethod"}},
		{second(c.Checkout.Order(ctx, &elizon.CheckoutOrderRequest{
			Items: with(func(l *elizon.CartLine) { l.ItemType = elizon.ItemRenewal }), PaymentMethod: elizon.PayBalance, BillingAddressID: "adr_1",
			BillingAddress: &elizon.BillingAddress{Street: "x"}, NetPointsRedeemEUR: "-1",
		})), []string{
			"Items[0].ServiceID", "BillingAddress", "BillingAddress.Zip", "BillingAddress.City", "BillingAddress.CountryCode", "BillingAddress.Country", "NetPointsRedeemEUR",
		}},
		{second(c.Checkout.Order(ctx, &elizon.CheckoutOrderRequest{
			Items: append(with(func(l *elizon.CartLine) { l.ItemType = elizon.ItemDomain }), line()), PaymentMethod: elizon.PayBalance,
		})), []string{"Items[0].ItemType"}},
		{second(c.Subscriptions.Create(ctx, &elizon.SubscriptionCreateRequest{BillingCycleDays: -1})), []string{"ProductID", "ProviderID", "BillingCycleDays"}},
		{second(c.Coupons.Preview(ctx, &elizon.CouponPreviewRequest{})), []string{"Code", "Items"}},
		{second(c.Invoices.Pay(ctx, "inv_1", &elizon.InvoicePayRequest{AmountFromBalance: "-0.01", NetPointsRedeemEUR: "x"})), []string{"PaymentMethod", "AmountFromBalance", "NetPointsRedeemEUR"}},
		{second(c.Balance.CreateAutoTopUp(ctx, &elizon.AutoTopUpCreateRequest{Amount: "0", DayOfMonth: 29})), []string{"Amount", "DayOfMonth"}},
		{second(c.Balance.UpdateAutoTopUp(ctx, "top_1", &elizon.AutoTopUpUpdateRequest{Amount: "-1"})), []string{"Amount"}},
		{second(c.Balance.TopUp(ctx, &elizon.BalanceTopUpRequest{})), []string{"Amount"}},
		{c.Subdomains.Create(ctx, &elizon.SubdomainCreateRequest{Name: "a-b", Type: "TXT"}), []string{"DomainID", "ServiceID", "Name", "Type"}},
		{c.Subdomains.Create(ctx, &elizon.SubdomainCreateRequest{DomainID: "d", ServiceID: "s", Name: "a", Type: elizon.RecordCNAME}), []string{"Value"}},
		{c.Subdomains.Create(ctx, &elizon.SubdomainCreateRequest{DomainID: "d", ServiceID: "s", Name: "a", Type: elizon.RecordSRV, Port: 70000}), []string{"Port"}},
		{second(c.APIKeys.Create(ctx, &elizon.APIKeyCreateRequest{Name: strings.Repeat("ü", 101)})), []string{"Name"}},
		{second(c.Addresses.Update(ctx, "", &elizon.AddressRequest{})), []string{"id", "request"}},
	} {
		v.Refused(t, tap, test.err, test.fields...)
	}
	for _, err := range c.Services.List(ctx, &elizon.ServiceListOptions{PerPage: -1}) {
		v.Refused(t, tap, err, "PerPage")
	}
	for _, err := range c.Invoices.List(ctx, &elizon.InvoiceListOptions{PerPage: -1}) {
		v.Refused(t, tap, err, "PerPage")
	}
	require.Empty(t, tap.Requests())
}

// Identifiers are escaped, and no part of them leaves its placeholder.
func TestEscaping(t *testing.T) {
	c, tap := tapped(t, clienttest.Always(clienttest.OK(`{"success":true}`)))
	_, err := c.Services.Backups.Delete(t.Context(), "a/b?c#d", "ü%2F")
	require.NoError(t, err)
	require.Equal(t, []string{"DELETE /api/services/a%2Fb%3Fc%23d/backups/%C3%BC%252F"}, tap.Lines())
	_, err = c.Services.Backups.Delete(t.Context(), "a/../b", "x")
	require.ErrorIs(t, err, provider.ErrInvalid)
}

// No redirect of a change is followed, none to another origin, and reads do not send the key there.
func TestRedirects(t *testing.T) {
	moved := clienttest.Always(clienttest.Reply{Status: 307, Header: http.Header{"Location": {"https://www.elizon.example.com/prefix/api/checkout"}}})
	c, tap := tapped(t, moved)
	_, err := c.Checkout.Order(t.Context(), simple())
	require.ErrorContains(t, err, "redirects to www.elizon.example.com")
	require.Len(t, tap.Requests(), 1)
	tap.Forget()
	_, err = c.Services.Get(t.Context(), "srv_1")
	require.ErrorContains(t, err, "configure that URL")
	require.Len(t, tap.Requests(), 1)
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	v := vendor(t)
	tap := v.Tap(v.Good())
	for _, m := range v.Methods(t, tap) {
		require.ErrorIs(t, m.Call(ctx, m.Args(t)...).Err, context.Canceled, m.Op)
	}
	require.Empty(t, tap.Requests())
}
