package elizon_test

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// isCheckout matches the request that spends money.
func isCheckout(r *http.Request) bool { return r.URL.Path == "/api/checkout" }

func checkouts(srv *elizontest.Server) int {
	n := 0
	for _, r := range srv.Faults.Requests() {
		if strings.HasSuffix(r.Path, "/api/checkout") {
			n++
		}
	}
	return n
}

// TestPriceGuard: the limit is inclusive, and above it no request that spends money is sent.
func TestPriceGuard(t *testing.T) {
	for _, test := range []struct {
		name, limit, coupon string
		days                string
		bought              bool
	}{
		{name: "at the limit", limit: "5.94", bought: true},
		{name: "a cent above", limit: "5.93"},
		{name: "without the tax it would do", limit: "4.99"},
		{name: "whole euros", limit: "6", bought: true},
		{name: "nothing", limit: "0"},
		{name: "the coupon makes it cheaper", limit: "5.50", coupon: "SPAR10", bought: true},
		{name: "a longer cycle is dearer", limit: "5.94", days: "90"},
		{name: "a shorter cycle is cheaper", limit: "1.50", days: "7", bought: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithProvisioning(0))
				req := orderOf(1)
				req.Options = map[string]string{"max_price": test.limit}
				if test.coupon != "" {
					req.Options["coupon"] = test.coupon
				}
				if test.days != "" {
					req.Options["billing_cycle"] = test.days
				}
				made, err := serviceProvider(t, srv).Create(t.Context(), req)
				if test.bought {
					require.NoError(t, err)
					assert.Equal(t, provider.OutcomeChanged, made.Outcome)
					assert.Len(t, srv.Charges(), 1)
					return
				}
				require.ErrorIs(t, err, provider.ErrQuota)
				assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
				assert.Contains(t, err.Error(), "at most "+test.limit+" EUR")
				assert.Nil(t, made)
				assert.Zero(t, checkouts(srv))
				assert.Equal(t, elizontest.StartBalance, srv.Balance())
			})
		})
	}
}

// TestPriceIsReadLast: a price that rises while the order is prepared is the one that counts, and
// the last call before the order reads it.
func TestPriceIsReadLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		srv.Faults.When(func(r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/api/cart/validate") {
				srv.SetPrice("prod-vps-s", 9_00)
			}
			return false
		}, 0, faults.Fault{})
		_, err := serviceProvider(t, srv).Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrQuota)
		srv.Faults.Clear()
		srv.SetPrice("prod-vps-s", 4_99)
		_, err = serviceProvider(t, srv).Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		var paths []string
		for _, r := range srv.Faults.Requests() {
			paths = append(paths, r.Path)
		}
		joined := strings.Join(paths, " ")
		assert.Contains(t, joined, "/api/cart/calculate /api/checkout")
	})
}

// TestTaxOfBillingAddress: the address on the invoice determines the tax.
func TestTaxOfBillingAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		p := serviceProvider(t, srv)
		text := func(s string) *string { return &s }
		address, err := p.Client().Addresses.Create(t.Context(), &elizon.AddressRequest{
			Label: text("Vienna"), FirstName: text("Max"), LastName: text("Mustermann"), Street: text("Beispielgasse 1"), Zip: text("1010"), City: text("Wien"),
			CountryCode: text("AT"), Country: text("Austria"),
		})
		require.NoError(t, err)
		req := orderOf(1)
		req.Options["billing_address"], req.Options["max_price"] = address.ID, "5.98"
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrQuota, "5.99 with 20 percent")
		req.Options["max_price"] = "5.99"
		_, err = p.Create(t.Context(), req)
		require.NoError(t, err)
		assert.EqualValues(t, 5_99, srv.Charges()[0].Amount)
		req = orderOf(2)
		req.Options["billing_address"] = "nosuchaddress"
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrInvalid)
		assert.Contains(t, fieldsOf(err), "Options.billing_address")
	})
}

func fieldsOf(err error) map[string]string {
	if e, ok := errors.AsType[*provider.Error](err); ok {
		return e.Fields
	}
	return nil
}

// TestRefusedOrders: an order that the platform refuses buys nothing and leaves no handle.
func TestRefusedOrders(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*elizontest.Server, *provider.CreateRequest)
		want    error
		field   string
	}{
		{"no such product", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Plan = "prod-none" }, provider.ErrInvalid, "Plan"},
		{"domain", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Domain = "example.com" }, provider.ErrInvalid, "Domain"},
		{"sold out", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Plan = "prod-vps-xl" }, provider.ErrConflict, ""},
		{"cycle", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Options["billing_cycle"] = "31" }, provider.ErrInvalid, "Options.billing_cycle"},
		{"coupon", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Options["coupon"] = "NONE" }, provider.ErrInvalid, ""},
		{"location", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Options["location"] = "loc-moon" }, provider.ErrInvalid, ""},
		{"balance", func(s *elizontest.Server, _ *provider.CreateRequest) { s.SetBalance(5_00) }, provider.ErrQuota, ""},
		{"invoice is not switched on", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Options["payment"] = "invoice" }, provider.ErrInvalid, ""},
		{"another checkout", func(s *elizontest.Server, _ *provider.CreateRequest) { s.HoldCheckout(true) }, provider.ErrConflict, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, req := elizontest.NewServer(elizontest.InMemory()), orderOf(1)
				req.Options["max_price"] = "100"
				test.prepare(srv, req)
				made, err := serviceProvider(t, srv).Create(t.Context(), req)
				require.ErrorIs(t, err, test.want)
				assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
				assert.Nil(t, made)
				if test.field != "" {
					assert.Contains(t, fieldsOf(err), test.field)
				}
				assert.Empty(t, srv.Charges())
			})
		})
	}
}

// TestUnattendedPayments: an order can be paid by every method that works without a person.
func TestUnattendedPayments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		srv.EnableInvoicing(true)
		mandate := srv.SaveMandate()
		p := serviceProvider(t, srv)
		for i, options := range []map[string]string{{"payment": "guthaben"}, {"payment": "invoice"}, {"payment": "mollie_saved"}, {"payment": "mollie_saved", "mandate": mandate}} {
			req := orderOf(i)
			maps.Copy(req.Options, options)
			_, err := p.Create(t.Context(), req)
			require.NoError(t, err, "%v", options)
			assert.Equal(t, options["payment"], srv.Charges()[i].Method)
		}
		for _, options := range []map[string]string{{"payment": "mollie"}, {"payment": "sepa"}, {"mandate": mandate}, {"max_price": "1,50"}, {"max_price": "-1"}, {"template": "0"}} {
			req := orderOf(9)
			maps.Copy(req.Options, options)
			_, err := p.Create(t.Context(), req)
			require.ErrorIs(t, err, provider.ErrInvalid, "%v", options)
		}
		assert.Len(t, srv.Charges(), 4)
	})
}
