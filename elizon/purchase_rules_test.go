package elizon_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// lost loses the answer of the next checkout, after it was carried out or before.
func lost(srv *elizontest.Server, after bool) {
	srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Drop, After: after})
}

// TestPriceGuard: the limit is inclusive, and above it nothing is sent that spends money.
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

// TestPriceIsReadLast: a price that rises while the order is prepared is the one that
// counts, and the last call before the order reads it.
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

// TestTaxOfBillingAddress: the tax is that of the address on the invoice.
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
	var e *provider.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// TestLostOrderSettles: an order whose answer is lost and of which nothing shows is not
// sent again before two minutes have passed.
func TestLostOrderSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		lost(srv, false)
		p, req := serviceProvider(t, srv), orderOf(1)
		made, err := p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.NotNil(t, made)
		require.NotEmpty(t, made.Handle)
		require.Equal(t, "checkout", made.Steps[0].Name)
		require.Error(t, made.Steps[0].Err)
		assert.Equal(t, 1, checkouts(srv), "it is sent once in a call")

		// The program that lost it knows, without its handle too; another one by the handle.
		other := orderOf(1)
		other.Handle = made.Handle
		for range 2 {
			_, err = p.Create(t.Context(), req)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			again, err := serviceProvider(t, srv).Create(t.Context(), other)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			require.Equal(t, made.Handle, again.Handle, "the time counts from the order, not from the last look")
			progress, err := serviceProvider(t, srv).Poll(t.Context(), made.Handle)
			require.NoError(t, err)
			require.False(t, progress.Done)
			time.Sleep(50 * time.Second)
		}
		assert.Equal(t, 1, checkouts(srv))
		time.Sleep(30 * time.Second)
		_, err = serviceProvider(t, srv).Poll(t.Context(), made.Handle)
		require.ErrorIs(t, err, provider.ErrNotFound)
		made, err = serviceProvider(t, srv).Create(t.Context(), other)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		assert.Equal(t, 2, checkouts(srv))
		assert.Len(t, srv.Charges(), 1)
	})
}

// TestLateOrder: the platform carries out an order after its answer was lost, and after a
// look that found nothing.
func TestLateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		lost(srv, false)
		req := orderOf(1)
		made, err := serviceProvider(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		late := srv.AddService(elizontest.Service{}) // there it is
		req.Handle = made.Handle
		made, err = serviceProvider(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, late.ID, made.Account.ID)
		assert.Equal(t, req.Reference, made.Account.Reference)
		assert.Equal(t, req.Username, made.Account.Username)
		assert.Equal(t, 1, checkouts(srv))
	})
}

// TestAmbiguousOrder: of two new services nobody can tell which one is the order's. It
// takes a person, who adopts one; nothing is bought meanwhile, however long that takes.
func TestAmbiguousOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithProvisioning(0))
		old := srv.AddService(elizontest.Service{Name: foreignName, CreatedAt: srv.Now().Add(-48 * time.Hour)})
		srv.Faults.When(func(r *http.Request) bool {
			if isCheckout(r) {
				srv.AddService(elizontest.Service{}) // somebody orders by hand, right then
			}
			return false
		}, 0, faults.Fault{})
		lost(srv, true)
		req := orderOf(1)
		made, err := serviceProvider(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		for _, s := range srv.Services() {
			assert.Equal(t, s.ID != old.ID, strings.Contains(err.Error(), s.ID), "names the candidates, and nothing else: %v", err)
		}
		srv.Faults.Clear()
		req.Handle = made.Handle
		time.Sleep(time.Hour)
		_, err = serviceProvider(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Equal(t, 1, checkouts(srv))

		chosen := srv.Charges()[0].ServiceIDs[0]
		_, err = serviceProvider(t, srv).Adopt(t.Context(), chosen, req.Reference)
		require.NoError(t, err)
		made, err = serviceProvider(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, chosen, made.Account.ID)
		assert.Equal(t, req.Username, made.Account.Username)
		assert.Equal(t, 1, checkouts(srv))
	})
}

// TestOrderWindow: without a handle a young unmarked service may be this very order. One
// of another product, or an older one, may not; and the window can be switched off.
func TestOrderWindow(t *testing.T) {
	for _, test := range []struct {
		name    string
		product string
		age     time.Duration
		opts    []provider.Option
		refused bool
	}{
		{name: "young", refused: true},
		{name: "nearly a day", age: 24*time.Hour - time.Minute, refused: true},
		{name: "older", age: 24*time.Hour + time.Minute},
		{name: "another product", product: "prod-vps-m"},
		{name: "no window", opts: []provider.Option{elizon.WithOrderWindow(0)}},
		{name: "short window", age: 2 * time.Hour, opts: []provider.Option{elizon.WithOrderWindow(time.Hour)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				other := srv.AddService(elizontest.Service{ProductID: test.product, Name: "VPS by hand", CreatedAt: srv.Now().Add(-test.age)})
				made, err := serviceProvider(t, srv, test.opts...).Create(t.Context(), orderOf(1))
				if !test.refused {
					require.NoError(t, err)
					assert.Len(t, srv.Charges(), 1)
					return
				}
				require.ErrorIs(t, err, provider.ErrConflict)
				assert.Contains(t, err.Error(), other.ID)
				assert.Nil(t, made)
				assert.Zero(t, checkouts(srv))
			})
		})
	}
}

// TestHandlesAreKeptFirst: the handle is out of the house before the order is, and if it
// cannot be kept nothing is ordered.
func TestHandlesAreKeptFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		var kept []string
		p := serviceProvider(t, srv, elizon.WithHandles(func(reference, handle string) error {
			assert.Equal(t, "order-1", reference)
			if len(kept) == 0 {
				assert.Zero(t, checkouts(srv))
			}
			kept = append(kept, handle)
			return nil
		}))
		srv.SetBalance(0)
		_, err := p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrQuota, "not enough balance")
		require.Len(t, kept, 2)
		assert.NotEmpty(t, kept[0])
		assert.Empty(t, kept[1], "nothing was bought: forget it")

		srv.SetBalance(elizontest.StartBalance)
		made, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		assert.Equal(t, kept[len(kept)-1], made.Handle, "the last one is the best one")
		assert.Contains(t, made.Handle, srv.Charges()[0].SubscriptionIDs[0])

		full := serviceProvider(t, srv, elizon.WithHandles(func(string, string) error { return errors.New("disk full") }))
		before := checkouts(srv)
		_, err = full.Create(t.Context(), orderOf(2))
		require.ErrorContains(t, err, "disk full")
		assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Equal(t, before, checkouts(srv))
	})
}

// TestBadHandles: what is no handle, or another order's, is refused before any request.
func TestBadHandles(t *testing.T) {
	srv := elizontest.NewServer(elizontest.InMemory())
	p := serviceProvider(t, srv)
	good := "order?p=prod-vps-s&r=order-1&t=1700000000&u=customer1"
	for _, handle := range []string{
		"order?", "order?%zz", "order?r=order-1", "order", "x?" + good, good + "&b=short", good + "&v=../1", good + "&s=%20", strings.Replace(good, "1700000000", "-5", 1),
		strings.Replace(good, "1700000000", "9999999999999999", 1), strings.Replace(good, "t=1700000000", "t=", 1), strings.Replace(good, "order-1", "order 1", 1),
		strings.Replace(good, "customer1", "../x", 1), strings.Replace(good, "customer1", "customer2", 1), strings.Replace(good, "order-1", "order-2", 1),
		good + "&b=" + strings.Repeat("x", 2<<20),
	} {
		req := orderOf(1)
		req.Handle = handle
		_, err := p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrInvalid, "%.100q", handle)
		require.Contains(t, fieldsOf(err), "Handle")
	}
	for _, handle := range []string{"", "order?", "order?r=order-1", "../1", good + "&b=short"} {
		_, err := p.Poll(t.Context(), handle)
		require.ErrorIs(t, err, provider.ErrInvalid, "%q", handle)
	}
	assert.Zero(t, srv.Faults.Count())
}

// TestRefusedOrders: what the platform refuses is not bought, and no handle remains.
func TestRefusedOrders(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(*elizontest.Server, *provider.CreateRequest)
		want    error
		field   string
	}{
		{"no such product", func(_ *elizontest.Server, r *provider.CreateRequest) { r.Plan = "prod-none" }, provider.ErrInvalid, "Plan"},
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

// TestUnattendedPayments: an order can be paid in all ways that need nobody.
func TestUnattendedPayments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		srv.EnableInvoicing(true)
		mandate := srv.SaveMandate()
		p := serviceProvider(t, srv)
		for i, options := range []map[string]string{{"payment": "guthaben"}, {"payment": "invoice"}, {"payment": "mollie_saved"}, {"payment": "mollie_saved", "mandate": mandate}} {
			req := orderOf(i)
			for name, value := range options {
				req.Options[name] = value
			}
			_, err := p.Create(t.Context(), req)
			require.NoError(t, err, "%v", options)
			assert.Equal(t, options["payment"], srv.Charges()[i].Method)
		}
		for _, options := range []map[string]string{{"payment": "mollie"}, {"payment": "sepa"}, {"mandate": mandate}, {"max_price": "1,50"}, {"max_price": "-1"}, {"template": "0"}} {
			req := orderOf(9)
			for name, value := range options {
				req.Options[name] = value
			}
			_, err := p.Create(t.Context(), req)
			require.ErrorIs(t, err, provider.ErrInvalid, "%v", options)
		}
		assert.Len(t, srv.Charges(), 4)
	})
}

// TestReferenceUnderAnotherName: a reference is bought once, whatever the name.
func TestReferenceUnderAnotherName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		p := serviceProvider(t, srv)
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		other := orderOf(1)
		other.Username = "another"
		for _, p := range []*elizon.Provider{p, serviceProvider(t, srv)} {
			made, err := p.Create(t.Context(), other)
			require.ErrorIs(t, err, provider.ErrAlreadyExists)
			assert.Nil(t, made)
		}
		assert.Len(t, srv.Charges(), 1)
	})
}

// TestServiceComesLater: an order whose subscription has no service yet is pending, and
// does not hold up the next one of the same program.
func TestServiceComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(time.Minute))
		p := serviceProvider(t, srv)
		var handles []string
		for n := range 3 {
			made, err := p.Create(t.Context(), orderOf(n))
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, made.Outcome)
			require.Nil(t, made.Account)
			handles = append(handles, made.Handle)
		}
		for n, handle := range handles {
			progress, err := provider.Wait(t.Context(), serviceProvider(t, srv), handle, nil)
			require.NoError(t, err)
			assert.Equal(t, orderOf(n).Reference, progress.Account.Reference)
			assert.Equal(t, []string{orderOf(n).Reference}, srv.Charges()[n].LineIDs)
			assert.Equal(t, srv.Charges()[n].ServiceIDs, []string{progress.Account.ID})
		}
		time.Sleep(2 * time.Minute)
		srv.RemoveService(srv.Charges()[0].ServiceIDs[0])
		_, err := serviceProvider(t, srv).Poll(t.Context(), handles[0])
		require.ErrorIs(t, err, provider.ErrNotFound, "what was ordered has ended")
	})
}
