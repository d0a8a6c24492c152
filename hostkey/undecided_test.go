package hostkey_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
)

// undecided returns the entry of the ledger that an error leaves to a person, and wants that nothing was taken for
// gone.
func undecided(t *testing.T, err error, names int64) provider.LedgerKey {
	t.Helper()
	require.ErrorIs(t, err, provider.ErrConflict)
	require.NotErrorIs(t, err, provider.ErrNotFound)
	require.ErrorContains(t, err, strconv.FormatInt(names, 10))
	require.ErrorContains(t, err, "ledger.Abandon")
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.NotNil(t, e.Undecided)
	return *e.Undecided
}

// rewriting changes the answers to an action.
func rewriting(srv *hostkeytest.Server, action string, change func(string) string) {
	srv.Faults.When(does(action), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		now := httptest.NewRecorder()
		next.ServeHTTP(now, r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, change(now.Body.String()))
	}))
}

// becomes has the vendor show the invoices of one state in another one.
func becomes(srv *hostkeytest.Server, was, status string) {
	for _, action := range []string{"get_invoice", "get_invoices"} {
		rewriting(srv, action, func(text string) string {
			return strings.ReplaceAll(text, `"status":"`+was+`"`, `"status":"`+status+`"`)
		})
	}
}

var numberOfServer = regexp.MustCompile(`"inv_id":"?\d+"?`)

// TestFailedDeployment: a deployment fails, whatever was heard of the order before. Its invoice is paid, and the order
// is not bought again before a person has said so, or the vendor has paid it back.
func TestFailedDeployment(t *testing.T) {
	for name, test := range map[string]struct {
		fault  faults.Fault // of the order
		answer hostkeytest.OrderAnswer
		hidden bool // the invoice does not name the server that was not made
		shapes []hostkeytest.Shape
	}{
		"lost answer":                       {fault: faults.Fault{Kind: faults.Drop, After: true}},
		"lost answer, nameless invoice":     {fault: faults.Fault{Kind: faults.Drop, After: true}, hidden: true},
		"invoice alone":                     {answer: hostkeytest.AnswerInvoiceAlone},
		"invoice alone, nameless invoice":   {answer: hostkeytest.AnswerInvoiceAlone, hidden: true},
		"invoice alone, nothing deploys":    {answer: hostkeytest.AnswerInvoiceAlone, shapes: []hostkeytest.Shape{hostkeytest.ShapeNoDeployKeys}},
		"full answer":                       {},
		"no reference in it":                {answer: hostkeytest.AnswerNoReference},
		"error that names the invoice only": {answer: hostkeytest.AnswerErrorInvoice},
	} {
		for _, ends := range []string{"abandoned", "Refunded"} {
			t.Run(name+", "+ends, func(t *testing.T) {
				bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
					book, req := ledger.NewMemory(), anOrder(1)
					srv.FailDeploys(1)
					if test.answer != "" {
						srv.SetOrderAnswer(test.answer)
					}
					if test.fault.Kind != "" {
						srv.Faults.When(does("order_instance"), 1, test.fault)
					}
					if test.hidden {
						rewriting(srv, "get_invoice", func(text string) string { return numberOfServer.ReplaceAllString(text, `"inv_id":0`) })
					}
					made, _ := remembering(t, srv, book).Create(t.Context(), req)
					invoice := srv.Invoices()[0].ID
					var key provider.LedgerKey
					for range 2 {
						time.Sleep(2 * time.Hour)
						_, err := remembering(t, srv, book).Create(t.Context(), req)
						key = undecided(t, err, invoice)
						_, err = remembering(t, srv, book).Poll(t.Context(), made.Handle)
						require.Equal(t, key, undecided(t, err, invoice))
						_, err = provider.Wait(t.Context(), remembering(t, srv, book), made.Handle, nil)
						undecided(t, err, invoice)
					}
					require.Equal(t, 1, orders(srv))
					srv.Faults.Clear()
					if ends == "abandoned" {
						require.NoError(t, ledger.Abandon(t.Context(), book, key, "the vendor has paid it back by hand"))
					} else {
						becomes(srv, "Paid", ends)
						_, err := remembering(t, srv, book).Create(t.Context(), req)
						if err != nil { // it says once that nothing comes of it
							require.ErrorIs(t, err, provider.ErrNotFound)
							require.ErrorContains(t, err, "refunded")
						}
						srv.Faults.Clear()
					}
					srv.SetOrderAnswer(hostkeytest.AnswerFull)
					untilReady(t, remembering(t, srv, book), req)
					require.Equal(t, 2, orders(srv))
				}, hostkeytest.WithDeployTime(10*time.Minute), hostkeytest.WithShapes(test.shapes...))
			})
		}
	}
}

// TestStrangersInvoicesDoNotConflict: an order was lost and not carried out, while a person has bought a server by
// hand, and another one was renewed and then ended. That explains their invoices, and the order is bought.
func TestStrangersInvoicesDoNotConflict(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p, other := remembering(t, srv, ledger.NewMemory()), srv.AddMachine(hostkeytest.Machine{Hostname: "www.example.com"})
		srv.Faults.When(does("order_instance"), 1, faults.Fault{Kind: faults.Drop})
		_, err := p.Create(t.Context(), anOrder(1))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		byHand(t, srv)
		_, err = p.Renew(t.Context(), strconv.FormatInt(other.ID, 10))
		require.NoError(t, err)
		require.True(t, srv.RemoveMachine(other.ID))
		time.Sleep(20 * time.Minute)
		untilReady(t, p, anOrder(1))
		require.Equal(t, 1, paidFor(srv))
	})
}

// TestInvoicesOfAnotherTime: a person orders by hand when an order that was lost has settled for days. What he has not
// paid, and what he has ended again, does not keep the order from being bought.
func TestInvoicesOfAnotherTime(t *testing.T) {
	for _, paid := range []bool{true, false} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			p := remembering(t, srv, ledger.NewMemory())
			srv.Faults.When(does("order_instance"), 1, faults.Fault{Kind: faults.Drop})
			_, err := p.Create(t.Context(), anOrder(1))
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
			time.Sleep(10 * 24 * time.Hour)
			srv.SetUnpaidOrders(!paid)
			byHand(t, srv)
			time.Sleep(time.Hour)
			for _, m := range srv.Machines() {
				require.True(t, srv.RemoveMachine(m.ID))
			}
			srv.SetUnpaidOrders(false)
			untilReady(t, p, anOrder(1))
			require.Equal(t, 1, paidFor(srv))
		})
	}
}

// TestOrdersInvoiceIsGone: the invoice of an order is not found any more. If there is a server it is the order's, and
// else a person decides.
func TestOrdersInvoiceIsGone(t *testing.T) {
	for _, paid := range []bool{false, true} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			p, req := remembering(t, srv, ledger.NewMemory()), anOrder(1)
			req.Options["pay_from_credit"] = "false"
			made, err := p.Create(t.Context(), req)
			require.NoError(t, err)
			invoice := srv.Invoices()[0].ID
			if paid {
				require.True(t, srv.PayInvoice(invoice))
				time.Sleep(time.Hour)
			}
			rewriting(srv, "get_invoice", func(string) string { return `{"result":"error","message":"Invoice ID Not Found"}` })
			if paid {
				untilReady(t, p, req)
			} else {
				for range 2 {
					_, err = p.Create(t.Context(), req)
					undecided(t, err, invoice)
					_, err = p.Poll(t.Context(), made.Handle)
					undecided(t, err, invoice)
					time.Sleep(time.Hour)
				}
			}
			require.Equal(t, 1, orders(srv))
		}, hostkeytest.WithUnpaidOrders(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerInvoiceAlone))
	}
}

// TestRefundedInvoice: the vendor has paid an order back. As long as there is a server the order is done all the same;
// without one nothing comes of it, which is said once, and the next Create orders anew.
func TestRefundedInvoice(t *testing.T) {
	for was, ready := range map[string]bool{"Paid": true, "Unpaid": false} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			p, req := remembering(t, srv, ledger.NewMemory()), anOrder(1)
			if !ready {
				srv.SetUnpaidOrders(true)
				req.Options["pay_from_credit"] = "false"
			}
			made, err := p.Create(t.Context(), req)
			require.NoError(t, err)
			time.Sleep(30 * time.Minute)
			becomes(srv, was, "Refunded")
			_, err = p.Create(t.Context(), req)
			if ready {
				require.NoError(t, err)
				progress, err := provider.Wait(t.Context(), p, made.Handle, nil)
				require.NoError(t, err)
				require.True(t, progress.Done)
				outcome, err := p.Renew(t.Context(), strconv.FormatInt(srv.Machines()[0].ID, 10))
				require.NoError(t, err)
				require.Equal(t, provider.OutcomeChanged, outcome)
				require.Equal(t, 1, orders(srv))
				return
			}
			require.ErrorIs(t, err, provider.ErrNotFound)
			require.ErrorContains(t, err, "was refunded")
			_, err = provider.Wait(t.Context(), p, made.Handle, nil)
			require.ErrorIs(t, err, provider.ErrNotFound)
			srv.Faults.Clear()
			srv.SetUnpaidOrders(false)
			untilReady(t, p, req)
			require.Equal(t, 2, orders(srv))
			require.Equal(t, 1, paidFor(srv))
		}, hostkeytest.WithOrderAnswer(hostkeytest.AnswerInvoiceAlone))
	}
}

// TestRenewNotFound: the invoice that a renewal is about to pay, or the billing record, is not found from some call on.
// That does not say that the server is gone, and once they are there again the period is paid once.
func TestRenewNotFound(t *testing.T) {
	for _, action := range []string{"get_invoice", "apply_credit", "get_billing_data"} {
		for nth := range 3 {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				m := srv.AddMachine(hostkeytest.Machine{Hostname: "web1"})
				p, id, n := remembering(t, srv, ledger.NewMemory()), strconv.FormatInt(m.ID, 10), 0
				srv.Faults.When(does(action), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					if n++; n-1 >= nth {
						w.Header().Set("Content-Type", "application/json")
						_, _ = io.WriteString(w, `{"result":"error","message":"Invoice ID Not Found"}`)
						return
					}
					next.ServeHTTP(w, r)
				}))
				_, err := p.Renew(t.Context(), id)
				require.NotErrorIs(t, err, provider.ErrNotFound, "the server is there")
				if nth == 0 && action != "get_billing_data" {
					require.ErrorIs(t, err, provider.ErrConflict)
					require.ErrorContains(t, err, strconv.FormatInt(srv.Invoices()[0].ID, 10))
				}
				srv.Faults.Clear()
				for range 3 {
					time.Sleep(20 * time.Minute)
					_, err = p.Renew(t.Context(), id)
				}
				require.NoError(t, err)
				now, _ := srv.Machine(m.ID)
				require.Equal(t, 2, now.PaidPeriods, "%s %d", action, nth)
			})
		}
	}
}
