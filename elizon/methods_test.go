package elizon_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

// The server of tests without sockets. Its prefix makes a client that loses it fail.
const (
	serverURL     = "https://elizon.example.com/prefix"
	serverKey     = "placeholder-key"
	serverSession = "placeholder-session"
)

// The secrets of the client, of samples and of answers. They contain characters that are escaped in
// JSON, HTML, URLs and Go; the first two must be valid in a header.
const (
	canaryKey     = `canary"Key\<>&+/=7f3a`
	canarySession = `canary"Session\<>&+/=5d5d`
	canarySecret  = `canary"Secret\w0rd<&>/+=7`
	canaryToken   = `canary.Token"<&>+/=9b1c`
)

// tapOptions send through a transport, without retries (or one failure would be several requests),
// and with a session for endpoints that refuse API keys.
func tapOptions(transport http.RoundTripper, opts ...provider.Option) []provider.Option {
	return append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: transport}),
		provider.WithRetry(provider.Retry{Attempts: 1}), elizon.WithSessionToken(provider.NewSecret(serverSession)),
	}, opts...)
}

// clientOver returns a client of the platform behind a transport.
func clientOver(t testing.TB, transport http.RoundTripper, opts ...provider.Option) *elizon.Client {
	t.Helper()
	client, err := elizon.New(serverURL, provider.NewSecret(serverKey), buying(tapOptions(transport, opts...)...)...)
	require.NoError(t, err)
	return client
}

// tapped returns a client whose server always answers alike, and a record of what it sends.
func tapped(t testing.TB, answer clienttest.Answer, opts ...provider.Option) (*elizon.Client, *clienttest.Tap) {
	t.Helper()
	tap := &clienttest.Tap{Base: serverURL, Answer: answer}
	return clientOver(t, tap, opts...), tap
}

// vendor describes this client to the checks of clienttest.
func vendor(t testing.TB) *clienttest.Vendor {
	t.Helper()
	rows, _ := inventory(t)
	return &clienttest.Vendor{
		Kind: elizon.Kind, Base: serverURL,
		Dial: func(t testing.TB, transport http.RoundTripper, opts ...provider.Option) any {
			return clientOver(t, transport, opts...)
		},
		Samples: samples,
		Args:    map[string]any{"Services.Usage.Traffic 2": "day"},
		Beside:  map[string]string{"Services.Action": "calls View, Dispatch and LegacyAction"},
		Names:   []string{"id"},
		Rows:    rows, Exchanges: exchanges(t),
		Canaries: []string{canaryKey, canarySession, canarySecret, canaryToken},
	}
}

// pricing are operations with the method of a change that change nothing.
var pricing = []string{
	"/api/services/status-batch", "/api/services/{id}/renew", "/api/cart/calculate", "/api/cart/upgrade", "/api/cart/validate",
	"/api/coupons/preview", "/api/netpoints/preview", "/api/affiliates/validate",
}

// inventory reads testdata/elizon/operations.tsv, and the credentials that each row needs.
func inventory(t testing.TB) (rows []clienttest.Row, auth map[string]string) {
	t.Helper()
	auth = make(map[string]string)
	for _, line := range operations(t) {
		require.Contains(t, []string{"public", "key", "session"}, line["auth"])
		row := clienttest.Row{Method: line["method"], Path: line["path"], Operations: strings.Split(line["operation"], ",")}
		row.Reads = row.Method == http.MethodGet && row.Path != "/api/auth/oauth/{provider}/callback" || slices.Contains(pricing, row.Path)
		auth[row.String()] = line["auth"]
		rows = append(rows, row)
	}
	return rows, auth
}

// operations reads the rows of the vendor's reference, and those beyond it that the client has.
func operations(t testing.TB) []map[string]string {
	t.Helper()
	listed := clienttest.Table(t, "../testdata/elizon/operations.tsv", columns)
	require.Len(t, listed, 222)
	return append(listed, slices.DeleteFunc(beyond(t), func(line map[string]string) bool { return line["operation"] == "-" })...)
}

// beyond reads the rows beyond the vendor's reference. Those with the operation "-" the emulator alone has.
func beyond(t testing.TB) []map[string]string {
	t.Helper()
	return clienttest.Table(t, "../testdata/elizon/beyond.tsv", columns)
}

const columns = "category\tmethod\tpath\tauth\tpermission\tpurpose\tcertainty\tsource\toperation"

// exchanges returns all fixtures except failures with the status of a success, and requests to a
// path that no row has.
func exchanges(t testing.TB) []fixture.Exchange {
	t.Helper()
	var all []fixture.Exchange
	for _, file := range []string{"services", "orders", "account", "beyond"} {
		read, err := fixture.Load("../testdata/elizon/" + file + ".jsonl")
		require.NoError(t, err)
		all = append(all, read...)
	}
	return slices.DeleteFunc(all, func(e fixture.Exchange) bool {
		return strings.Contains(string(e.Response.Bytes()), `"success": false`) || strings.HasSuffix(e.Name, ", another place")
	})
}

// line returns a cart line that can be ordered.
func line() elizon.CartLine {
	return elizon.CartLine{LineID: "line-1", ProductID: "prd_1", ProductName: "KVM S", Quantity: 1, BillingCycle: 30, ItemType: elizon.ItemNew}
}

// samples returns valid arguments by type.
func samples() []any {
	secret := map[string]any{"password": canarySecret}
	console := &elizon.ConsoleAccess{
		Type:      elizon.ConsoleTerminal,
		StreamURL: provider.NewSecret(serverURL + "/api/services/17/console/stream?ticket=" + url.QueryEscape(canarySecret)),
		// A path below the origin works too.
		CommandURL: provider.NewSecret("/prefix/api/services/17/console/command?ticket=" + url.QueryEscape(canarySecret)),
	}
	return append([]any{
		int64(365), []string{"17", "18"}, secret, url.Values{"action": {"list"}}, elizon.EUR("12.99"), []elizon.CartLine{line()},
		time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC), elizon.ActionStart, console, netip.MustParseAddr("2001:db8::5"),
		&elizon.FloatingIPOrderRequest{LocationID: "loc_1", Version: 4, BillingCycle: 30, PaymentMethod: elizon.PayBalance},
		&elizon.ServiceListOptions{View: "compact"},
		&elizon.ServiceCreateRequest{Name: "web", ProductID: "prd_1", ProviderID: "prv_1", Extra: secret},
		&elizon.ServiceUpdateRequest{Name: new("web")},
		&elizon.ServiceReinstallRequest{TemplateID: 9000, Extra: secret},
		&elizon.ConsoleCommandRequest{Command: canarySecret},
		&elizon.FirewallRule{Direction: "in", Protocol: "tcp", Port: "22", Source: "*", Action: "accept"},
		&elizon.FirewallUpdateRequest{Source: new("192.0.2.0/24")},
		&elizon.Autopay{AutoBilling: new(false)},
		&elizon.SubscriptionCancelRequest{},
		&elizon.SubscriptionExtendRequest{WithBonus: true},
		&elizon.ServiceDowngradeRequest{ResourceChanges: map[string]any{"memory": 1024}},
		&elizon.CartCalculateRequest{Items: []elizon.CartLine{line()}},
		&elizon.CartUpgradeRequest{ServiceID: "srv_1", ResourceChanges: map[string]any{"memory": 4096}},
		&elizon.CheckoutOrderRequest{Items: []elizon.CartLine{line()}, PaymentMethod: elizon.PayBalance, OfferToken: provider.NewSecret(canarySecret)},
		&elizon.SubscriptionCreateRequest{ProductID: "prd_1", ProviderID: "prv_1", BillingCycleDays: 30},
		&elizon.CouponPreviewRequest{Code: "SPRING", Items: []elizon.CartLine{line()}},
		&elizon.InvoiceListOptions{Status: elizon.InvoicePending},
		&elizon.InvoicePayRequest{PaymentMethod: elizon.PayBalance},
		&elizon.AutoTopUpCreateRequest{Amount: "25", DayOfMonth: 1},
		&elizon.AutoTopUpUpdateRequest{Active: new(false)},
		&elizon.BalanceTopUpRequest{Amount: "25"},
		&elizon.SubdomainCreateRequest{DomainID: "dom_1", Name: "web1", Type: elizon.RecordA, ServiceID: "srv_1"},
		&elizon.APIKeyCreateRequest{Name: "billing"},
		&elizon.AddressRequest{Default: new(true)},
	}, moreSamples()...)
}
