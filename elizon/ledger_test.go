package elizon_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

const settles = 15 * time.Minute

// remembering returns the adapter of a program with a ledger of its own, which may spend.
func remembering(t *testing.T, srv *elizontest.Server) *elizon.Provider {
	t.Helper()
	return rememberingIn(t, srv, ledger.NewMemory())
}

func rememberingIn(t *testing.T, srv *elizontest.Server, book provider.Ledger) *elizon.Provider {
	t.Helper()
	return serviceProvider(t, srv, provider.WithLedger(book), provider.WithSettleTime(settles), elizon.WithSpending(elizon.Spending{MaxRenewal: "600", MaxUpgrade: "600"}))
}

// untilReady creates again and again until the service is there.
func untilReady(t *testing.T, p *elizon.Provider, req *provider.CreateRequest) {
	t.Helper()
	var last error
	for range 60 {
		made, err := p.Create(t.Context(), req)
		if last = err; ready(made, err) {
			return
		}
		time.Sleep(time.Minute)
	}
	require.FailNow(t, "it is never ready", "%v", last)
}

// landsLate has the next checkout carried out after d. Until then it is answered with answer; "" is none.
func landsLate(srv *elizontest.Server, d time.Duration, answer string) {
	srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Late, Delay: d, Body: answer})
}

const accepted = `{"success":true,"orderId":"ord-77","invoiceId":"inv-77","processing":true}`

// TestHandleOfAnEndedOrder: a service has ended, and the answer to its next order is lost. Who still waits with the
// handle of the first order does not have the second one forgotten, and so bought twice.
func TestHandleOfAnEndedOrder(t *testing.T) {
	for how, use := range map[string]func(*testing.T, *elizon.Provider, string){
		"poll": func(t *testing.T, p *elizon.Provider, old string) { _, _ = p.Poll(t.Context(), old) },
		"create": func(t *testing.T, p *elizon.Provider, old string) {
			req := orderOf(1)
			req.Handle = old
			_, _ = p.Create(t.Context(), req)
		},
	} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				p, req := remembering(t, srv), orderOf(1)
				made, err := p.Create(t.Context(), req)
				require.NoError(t, err)
				untilReady(t, p, req)
				srv.RemoveService(srv.Services()[0].ID)
				time.Sleep(time.Hour)
				landsLate(srv, 5*time.Minute, "")
				_, err = p.Create(t.Context(), req)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				time.Sleep(time.Second)
				use(t, p, made.Handle)
				time.Sleep(time.Second)
				untilReady(t, p, req)
				time.Sleep(time.Hour)
				require.Equal(t, 2, srv.ChargesFor(req.Reference), "once in each life")
			})
		})
	}
}

// TestServiceLate: the service comes after the order has settled, and one list of subscriptions is older than the
// order. The order is not taken for ended.
func TestServiceLate(t *testing.T) {
	for how, look := range map[string]func(*testing.T, *elizon.Provider, string){
		"poll":   func(t *testing.T, p *elizon.Provider, handle string) { _, _ = p.Poll(t.Context(), handle) },
		"create": func(t *testing.T, p *elizon.Provider, _ string) { _, _ = p.Create(t.Context(), orderOf(1)) },
	} {
		t.Run(how, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory(), elizontest.WithServiceDelay(20*time.Minute))
				p, wrong := remembering(t, srv), false
				var before *httptest.ResponseRecorder // the subscriptions before the order
				lists := func(r *http.Request) bool {
					return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/subscriptions")
				}
				srv.Faults.When(lists, 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					now := httptest.NewRecorder()
					next.ServeHTTP(now, r)
					if before == nil {
						before = now
					}
					if wrong {
						wrong, now = false, before
					}
					maps.Copy(w.Header(), now.Header())
					_, _ = w.Write(now.Body.Bytes())
				}})
				made, err := p.Create(t.Context(), orderOf(1))
				require.NoError(t, err)
				time.Sleep(settles + time.Minute)
				wrong = true
				look(t, p, made.Handle)
				require.False(t, wrong, "the wrong answer was given")
				untilReady(t, p, orderOf(1))
				time.Sleep(time.Hour)
				require.Equal(t, 1, srv.ChargesFor("order-1"))
			})
		})
	}
}

// TestAcceptedRenewal: the platform accepts what renews or upgrades, and carries it out two hours later. It is
// not ordered again, and after the settle time a person is asked to look.
func TestAcceptedRenewal(t *testing.T) {
	for name, verb := range map[string]func(context.Context, *elizon.Provider, string) (provider.Outcome, error){
		"renew": func(ctx context.Context, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.Renew(ctx, id)
		},
		"upgrade": func(ctx context.Context, p *elizon.Provider, id string) (provider.Outcome, error) {
			return p.ChangePlan(ctx, id, "prod-vps-m")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := elizontest.NewServer(elizontest.InMemory())
				p, id := remembering(t, srv), srv.AddService(elizontest.Service{}).ID
				landsLate(srv, 2*time.Hour, accepted)
				outcome, err := verb(t.Context(), p, id)
				require.True(t, outcome == provider.OutcomePending || errors.Is(err, provider.ErrOutcomeUnknown), "%s, %v", outcome, err)
				for range 3 {
					time.Sleep(settles + time.Minute)
					_, err = verb(t.Context(), p, id)
					require.ErrorIs(t, err, provider.ErrConflict)
					require.ErrorContains(t, err, "ask the vendor")
				}
				time.Sleep(2 * time.Hour)
				_, err = verb(t.Context(), p, id)
				require.NoError(t, err)
				require.Len(t, srv.Charges(), 1)
				require.Equal(t, 1, checkouts(srv))
			})
		})
	}
}

// TestPlanAgain: an upgrade that was paid on a page and changed back, without a call that saw it, can be bought again.
func TestPlanAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := elizontest.NewServer(elizontest.InMemory())
		p, id := remembering(t, srv), srv.AddService(elizontest.Service{}).ID
		srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Custom, Answer: byPage})
		_, err := p.ChangePlan(t.Context(), id, "prod-vps-m")
		require.ErrorIs(t, err, provider.ErrConflict)
		require.True(t, srv.CompletePayment(srv.Invoices()[0].ID))
		time.Sleep(time.Hour)
		for _, plan := range []string{"prod-vps-s", "prod-vps-m"} {
			_, err = p.ChangePlan(t.Context(), id, plan)
			require.NoError(t, err)
			time.Sleep(30 * 24 * time.Hour)
		}
		require.Equal(t, "prod-vps-m", srv.Truths()[0].ProductID)
	})
}

// TestAcceptedAndNeverCarriedOut: an order that the platform accepted, and of which nothing is seen for long, is a
// case for a person, and is not ordered again before that person has decided: either a service is the order's, or
// nothing came of it.
func TestAcceptedAndNeverCarriedOut(t *testing.T) {
	for name, decide := range map[string]struct {
		do    func(*testing.T, *elizontest.Server, *elizon.Provider, provider.Ledger, provider.LedgerKey)
		sends int
	}{
		"nothing came of it": {func(t *testing.T, _ *elizontest.Server, _ *elizon.Provider, book provider.Ledger, key provider.LedgerKey) {
			require.NoError(t, ledger.Abandon(t.Context(), book, key, "ticket 4711: cancelled by the vendor"))
		}, 2},
		"a service is the order's": {func(t *testing.T, srv *elizontest.Server, p *elizon.Provider, _ provider.Ledger, _ provider.LedgerKey) {
			_, err := p.Adopt(t.Context(), srv.AddService(elizontest.Service{Name: orderOf(1).Username}).ID, "order-1")
			require.NoError(t, err)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, book := elizontest.NewServer(elizontest.InMemory()), ledger.NewMemory()
				p := rememberingIn(t, srv, book)
				landsLate(srv, 1000*time.Hour, accepted)
				made, err := p.Create(t.Context(), orderOf(1))
				require.NoError(t, err)
				require.Equal(t, provider.OutcomePending, made.Outcome)
				time.Sleep(3 * settles)
				_, err = p.Create(t.Context(), orderOf(1))
				require.NoError(t, err)
				for range 2 {
					time.Sleep(settles + time.Minute)
					_, err = p.Create(t.Context(), orderOf(1))
					require.ErrorIs(t, err, provider.ErrConflict)
					require.ErrorContains(t, err, "ask the vendor")
					_, err = p.Poll(t.Context(), made.Handle)
					require.ErrorIs(t, err, provider.ErrConflict)
				}
				require.Equal(t, 1, checkouts(srv))
				var e *provider.Error
				require.ErrorAs(t, err, &e)
				require.Equal(t, &provider.LedgerKey{Account: "elizon " + srv.URL, Verb: "create", Subject: "order-1"}, e.Undecided)
				require.ErrorContains(t, err, "ledger.Abandon")
				decide.do(t, srv, p, book, *e.Undecided)
				untilReady(t, p, orderOf(1))
				require.Equal(t, decide.sends, checkouts(srv))
				require.Len(t, srv.Services(), 1)
			})
		})
	}
}

// TestInvoiceToPayIsGone: the invoice that a person had to pay is not found any more. A person decides, and may have it
// ordered anew.
func TestInvoiceToPayIsGone(t *testing.T) {
	for name, verb := range map[string]func(context.Context, *elizon.Provider, string) error{
		"create": func(ctx context.Context, p *elizon.Provider, _ string) error {
			_, err := p.Create(ctx, orderOf(1))
			return err
		},
		"renew": func(ctx context.Context, p *elizon.Provider, id string) error {
			_, err := p.Renew(ctx, id)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv, book := elizontest.NewServer(elizontest.InMemory()), ledger.NewMemory()
				p, id := rememberingIn(t, srv, book), srv.AddService(elizontest.Service{}).ID
				srv.Faults.When(isCheckout, 1, faults.Fault{Kind: faults.Custom, Answer: byPage})
				err := verb(t.Context(), p, id)
				require.ErrorIs(t, err, provider.ErrConflict)
				invoice := srv.Invoices()[0].ID
				missing := faults.Fault{Kind: faults.Status, StatusCode: http.StatusNotFound, Body: `{"success":false,"error":{"code":"INVOICE_NOT_FOUND","message":"Invoice not found"}}`}
				srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/invoices/"+invoice) }, 0, missing)
				var e *provider.Error
				for range 2 {
					err = verb(t.Context(), p, id)
					require.ErrorIs(t, err, provider.ErrConflict)
					require.NotErrorIs(t, err, provider.ErrNotFound)
					require.ErrorContains(t, err, invoice)
					require.ErrorAs(t, err, &e)
					require.NotNil(t, e.Undecided)
					time.Sleep(settles)
				}
				require.Equal(t, 1, checkouts(srv))
				require.NoError(t, ledger.Abandon(t.Context(), book, *e.Undecided, "ticket 4711"))
				require.NoError(t, verb(t.Context(), p, id))
				require.Equal(t, 2, checkouts(srv))
			})
		})
	}
}
