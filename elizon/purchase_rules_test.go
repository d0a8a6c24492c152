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
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// lost loses the answer of the next checkout, after or before it is carried out.
func lost(srv *elizontest.Server, after bool) {
	srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Drop, After: after})
}

// TestLostOrderSettles: an order whose answer is lost and whose effect is not visible is not sent
// again within two minutes.
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

		// The program that lost it knows about it even without its handle; another one learns of it
		// from the handle.
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

// TestLateOrder: the platform carries out an order after its answer was lost and a search found
// nothing.
func TestLateOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		lost(srv, false)
		req := orderOf(1)
		made, err := serviceProvider(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		late := srv.AddService(asOrdered) // the order is carried out now
		req.Handle = made.Handle
		made, err = serviceProvider(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		assert.Equal(t, late.ID, made.Account.ID)
		assert.Equal(t, req.Reference, made.Account.Reference)
		assert.Equal(t, req.Username, made.Account.Username)
		assert.Equal(t, 1, checkouts(srv))
	})
}

// TestAmbiguousOrder: if there are two new services, either may be the order's. A person has to
// adopt one; nothing is bought meanwhile, however long that takes.
func TestAmbiguousOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithProvisioning(0))
		old := srv.AddService(elizontest.Service{Name: "somebody-else", CreatedAt: srv.Now().Add(-48 * time.Hour)})
		srv.Faults.When(func(r *http.Request) bool {
			if isCheckout(r) {
				srv.AddService(elizontest.Service{}) // a person orders by hand at the same time
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

// TestOrderWindow: without a ledger and a handle, a young unmarked service may be this order. An older one, or
// one of another product, may not; and the window can be switched off.
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
		{name: "a ledger", opts: []provider.Option{provider.WithLedger(ledger.NewMemory())}},
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

// handlesOf returns a ledger that notes the handles that it is given.
func handlesOf(handles *[]string) provider.Ledger {
	return ledgertest.Watched(ledger.NewMemory(), func(e *provider.LedgerEntry) error {
		*handles = append(*handles, e.Handle)
		return nil
	})
}

// TestWrittenDownFirst: the ledger has the order before it is sent, and what was agreed. If it cannot have
// it, nothing is ordered.
func TestWrittenDownFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		var kept []*provider.LedgerEntry
		book := ledger.NewMemory()
		p := serviceProvider(t, srv, provider.WithLedger(ledgertest.Watched(book, func(e *provider.LedgerEntry) error {
			if len(kept) == 0 {
				assert.Zero(t, checkouts(srv))
			}
			kept = append(kept, e)
			return nil
		})))
		srv.SetBalance(0)
		_, err := p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrQuota, "not enough balance")
		require.Len(t, kept, 1)
		assert.Equal(t, provider.LedgerSent, kept[0].State)
		assert.Equal(t, map[string]string{"plan": "prod-vps-s", "username": "customer1", "max_price": orderOf(1).Options["max_price"]}, kept[0].Asked)
		_, err = book.Entry(t.Context(), kept[0].LedgerKey)
		require.ErrorIs(t, err, provider.ErrNotFound, "nothing was bought: it is forgotten")

		srv.SetBalance(elizontest.StartBalance)
		made, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		last := kept[len(kept)-1]
		assert.Equal(t, last.Handle, made.Handle, "the last one is the best one")
		assert.Contains(t, made.Handle, srv.Charges()[0].SubscriptionIDs[0])
		assert.NotEmpty(t, last.Learnt["trace"])

		full := serviceProvider(t, srv, provider.WithLedger(ledgertest.Watched(book, func(*provider.LedgerEntry) error { return errors.New("disk full") })))
		before := checkouts(srv)
		_, err = full.Create(t.Context(), orderOf(2))
		require.ErrorContains(t, err, "disk full")
		assert.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		assert.Equal(t, before, checkouts(srv))

		client, err := elizon.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(srv.Client()), elizon.WithSpending(elizon.Spending{MaxRenewal: "20", MaxUpgrade: "20"}))
		require.NoError(t, err)
		p = elizon.NewProvider(client)
		_, err = p.Create(t.Context(), orderOf(2))
		require.ErrorContains(t, err, "provider.WithLedger")
		_, err = p.Renew(t.Context(), "srv_1")
		require.ErrorContains(t, err, "provider.WithLedger")
		_, err = p.ChangePlan(t.Context(), "srv_1", "prod-vps-m")
		require.ErrorContains(t, err, "provider.WithLedger")
		assert.Equal(t, before, checkouts(srv))
	})
}

// TestBadHandles: an invalid handle, or another order's, is refused before any request.
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

// TestOrdersNeedProof: a server that answers "not found" to everything, or to one path, says nothing
// of an order, whether its answer was lost, its service is awaited or it is complete.
func TestOrdersNeedProof(t *testing.T) {
	all := func(*http.Request) bool { return true }
	under := func(path string) func(*http.Request) bool {
		return func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, path) }
	}
	for name, test := range map[string]struct {
		denied func(*http.Request) bool
		wait   time.Duration
		lost   bool
	}{
		"lost, all":               {all, 3 * time.Minute, true},
		"new, all":                {all, 0, false},
		"complete, all":           {all, 3 * time.Minute, false},
		"complete, services":      {under("/api/services"), 3 * time.Minute, false},
		"complete, subscriptions": {under("/api/subscriptions"), 3 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(40*time.Second))
				if test.lost {
					lost(srv, true)
					srv.Faults.When(func(*http.Request) bool { return len(srv.Charges()) > 0 }, 0, faults.Fault{Kind: faults.Status, StatusCode: 500})
				}
				made, _ := serviceProvider(t, srv).Create(t.Context(), orderOf(1))
				srv.Faults.Clear()
				time.Sleep(test.wait)
				handles := []string{made.Handle}
				if test.wait > 0 {
					_, err := serviceProvider(t, srv, provider.WithLedger(handlesOf(&handles))).Create(t.Context(), func() *provider.CreateRequest { req := orderOf(1); req.Handle = made.Handle; return req }())
					require.NoError(t, err)
				}
				srv.Faults.When(test.denied, 0, faults.Fault{Kind: faults.Status, StatusCode: 404, Body: `{"error":"not found"}`})
				for _, handle := range handles {
					_, err := serviceProvider(t, srv).Poll(t.Context(), handle)
					require.NotErrorIs(t, err, provider.ErrNotFound, handle)
					req := orderOf(1)
					req.Handle = handle
					_, err = serviceProvider(t, srv).Create(t.Context(), req)
					require.NotErrorIs(t, err, provider.ErrNotFound, handle)
				}
				require.NotEmpty(t, srv.Faults.Requests())
				assert.Len(t, srv.Charges(), 1)
			})
		})
	}
}

// TestUnusualIDs: whatever ID a checkout's answer names, the order continues from its handle, in the
// same program and in another one, and nothing is bought again.
func TestUnusualIDs(t *testing.T) {
	for _, id := range []string{`"sub 1"`, `"a&b=c;\u0000\n"`, `""`, `" "`, `null`, `"` + strings.Repeat("x", 2<<20) + `"`} {
		t.Run(id[:min(len(id), 20)], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(40*time.Second))
				p, req := serviceProvider(t, srv), orderOf(1)
				srv.Faults.When(isCheckout, 1, faults.Fault{
					Kind: faults.Garbage, After: true, Body: `{"success":true,"subscriptionIds":[` + id + `],"invoiceId":"i"}`,
				})
				made, err := p.Create(t.Context(), req)
				require.NoError(t, err)
				require.Equal(t, provider.OutcomePending, made.Outcome)
				_, err = p.Create(t.Context(), req)
				require.NoError(t, err, "without the handle")
				req.Handle = made.Handle
				_, err = serviceProvider(t, srv).Create(t.Context(), req)
				require.NoError(t, err, "after a restart")
				assert.Len(t, srv.Charges(), 1)
			})
		})
	}
}

// TestOldHandles: handles that earlier versions wrote are read, and written the same way.
func TestOldHandles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		for _, handle := range []string{
			"order?b=AAAAAAAABBBBBBBB&p=prod-vps-s&r=order-1&t=1700000000&u=customer1", "order?a=1&b=&p=prod-vps-s&r=order-1&t=1700000000&u=customer1",
			"order?p=prod-vps-s&r=order-1&s=sub-1&t=1700000000&u=customer1&v=svc-1", "order?p=prod-vps-s&r=order-1&u=customer1&v=svc-1",
		} {
			srv.Faults.When(nil, 0, faults.Fault{Kind: faults.Refuse}) // the platform cannot be reached
			req := orderOf(1)
			req.Handle = handle
			made, err := serviceProvider(t, srv).Create(t.Context(), req)
			require.Error(t, err)
			require.Equal(t, handle, made.Handle)
		}
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

// TestServiceComesLater: an order whose subscription has no service yet is pending, and does not
// block the next one of the same program.
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

// TestHandlesWithoutALedger: one program takes what another has paid for and not marked yet, and stores a handle
// that leads there. Once the marker of the other one's order is on it, that handle is forgotten and the order is
// placed anew, where it was stuck for ever.
func TestHandlesWithoutALedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, foreign := ordertest.Shop{}.Open()
		create := func(req *provider.CreateRequest) error {
			made, err := serviceProvider(t, srv, elizon.WithOrderWindow(0)).Create(t.Context(), req)
			require.NotNil(t, made)
			req.Handle = made.Handle
			return err
		}
		first, second := orderOf(1), orderOf(2)
		lost(srv, false)
		require.ErrorIs(t, create(first), provider.ErrOutcomeUnknown)
		renames := func(r *http.Request) bool { return r.Method == http.MethodPatch }
		srv.Faults.When(renames, 0, faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden})
		require.Error(t, create(second))
		require.Error(t, create(first))
		taken := srv.Charges()[0].SubscriptionIDs[0]
		require.Contains(t, second.Handle, taken)
		require.Contains(t, first.Handle, taken, "both handles lead there")
		srv.Faults.Clear()

		time.Sleep(3 * time.Minute)
		for range 2 {
			for n, req := range []*provider.CreateRequest{second, first} {
				require.NoError(t, create(req), n)
			}
			time.Sleep(time.Minute)
		}
		checkPurchases(t, srv, foreign, 2)
	})
}

// TestOldSubscriptions: one list from before an order does not end it.
func TestOldSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(time.Hour))
		p := serviceProvider(t, srv)
		made, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		time.Sleep(20 * time.Minute)
		for range 2 {
			lists := func(r *http.Request) bool { return r.URL.Path == "/api/user/subscriptions" }
			srv.Faults.When(lists, 1, faults.Fault{Kind: faults.Garbage, Body: `{"success":true,"subscriptions":[]}`})
			progress, err := p.Poll(t.Context(), made.Handle)
			require.NoError(t, err)
			require.False(t, progress.Done)
			_, err = p.Create(t.Context(), orderOf(1))
			require.NoError(t, err)
		}
		require.Len(t, srv.Charges(), 1)
	})
}
