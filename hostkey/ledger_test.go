package hostkey_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/ordertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// remembering returns the adapter of a program with a ledger. Its orders settle in 15 minutes.
func remembering(t *testing.T, srv *hostkeytest.Server, book provider.Ledger, opts ...provider.Option) *hostkey.Provider {
	t.Helper()
	return adapterOver(t, srv, append(opts, provider.WithLedger(book), provider.WithSettleTime(15*time.Minute))...)
}

// untilReady creates again and again until the server is there.
func untilReady(t *testing.T, p *hostkey.Provider, req *provider.CreateRequest) {
	t.Helper()
	var last error
	for range 40 {
		made, err := p.Create(t.Context(), req)
		if last = err; err == nil && made.Outcome != provider.OutcomePending {
			return
		}
		time.Sleep(time.Minute)
	}
	require.FailNow(t, "it is never ready", "%v", last)
}

// landsLate loses the answer to the next order, which is carried out after d.
func landsLate(srv *hostkeytest.Server, d time.Duration) {
	srv.Faults.When(does("order_instance"), 1, faults.Fault{Kind: faults.Late, Delay: d})
}

// disguise has the customer of the one server remove what tells whose it is.
func disguise(srv *hostkeytest.Server) {
	srv.UpdateMachine(srv.Machines()[0].ID, func(m *hostkeytest.Machine) {
		m.Hostname = "customers-own"
		m.Tags = slices.DeleteFunc(m.Tags, func(t hostkeytest.Tag) bool { return t.Name == hostkey.ReferenceTag })
	})
}

func copyAnswer(w http.ResponseWriter, from *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), from.Header())
	_, _ = w.Write(from.Body.Bytes())
}

// paidFor returns how often the order 1 was paid for, once all is carried out.
func paidFor(srv *hostkeytest.Server) int {
	time.Sleep(time.Hour)
	return srv.PaidOrders()[hostnameOf("web1", "order-1")]
}

func entryOf(t *testing.T, book provider.Ledger, srv *hostkeytest.Server) *provider.LedgerEntry {
	t.Helper()
	entry, err := book.Entry(t.Context(), provider.LedgerKey{Account: "hostkey " + srv.URL, Verb: "create", Subject: "order-1"})
	require.NoError(t, err)
	require.NotNil(t, entry)
	return entry
}

// TestHandleOfAnEndedOrder: a server has ended, and the answer to its next order is lost. Who still waits with the
// handle of the first order does not have the second one forgotten, and so bought twice.
func TestHandleOfAnEndedOrder(t *testing.T) {
	for how, use := range map[string]func(*testing.T, *hostkey.Provider, string){
		"poll": func(t *testing.T, p *hostkey.Provider, old string) { _, _ = p.Poll(t.Context(), old) },
		"create": func(t *testing.T, p *hostkey.Provider, old string) {
			req := anOrder(1)
			req.Handle = old
			_, _ = p.Create(t.Context(), req)
		},
	} {
		t.Run(how, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				p, req := remembering(t, srv, ledger.NewMemory()), anOrder(1)
				made, err := p.Create(t.Context(), req)
				require.NoError(t, err)
				untilReady(t, p, req)
				srv.RemoveMachine(srv.Machines()[0].ID)
				landsLate(srv, 5*time.Minute)
				_, err = p.Create(t.Context(), req)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				time.Sleep(time.Second)
				use(t, p, made.Handle)
				time.Sleep(time.Second)
				untilReady(t, p, req)
				require.Equal(t, 2, paidFor(srv), "once in each life")
			})
		})
	}
}

// TestStaleDeployments: the list of deployments is older than the order, whose answer names only a server that
// nothing lists yet. It is not taken for an order that has ended.
func TestStaleDeployments(t *testing.T) {
	for _, lag := range []time.Duration{6 * time.Second, 30 * time.Second} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			p := remembering(t, srv, ledger.NewMemory())
			var old *httptest.ResponseRecorder
			var since time.Time
			srv.Faults.When(does("update_servers"), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				now := httptest.NewRecorder()
				next.ServeHTTP(now, r)
				if old == nil || time.Since(since) > lag {
					old, since = now, time.Now()
				}
				copyAnswer(w, old)
			}))
			for range 12 {
				_, err := p.Create(t.Context(), anOrder(1))
				require.NotErrorIs(t, err, provider.ErrNotFound)
				time.Sleep(2 * time.Second)
			}
			require.Equal(t, 1, paidFor(srv), "list of %s ago", lag)
		}, hostkeytest.WithOrderAnswer(hostkeytest.AnswerIDAlone))
	}
}

// TestLedgerKeepsWhenItWasSent: later calls do not lose when the order was sent, and what was done stays done.
func TestLedgerKeepsWhenItWasSent(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		book := ledger.NewMemory()
		began := time.Now()
		for n, want := range []provider.LedgerState{provider.LedgerPlaced, provider.LedgerPlaced, provider.LedgerDone, provider.LedgerDone} {
			_, err := remembering(t, srv, book).Create(t.Context(), anOrder(1))
			require.NoError(t, err)
			entry := entryOf(t, book, srv)
			require.Equal(t, want, entry.State, "call %d", n)
			require.WithinDuration(t, began, entry.SentAt, time.Minute, "call %d", n)
			time.Sleep(9 * time.Minute)
		}
	}, hostkeytest.WithDeployTime(10*time.Minute))
}

// TestTwoWrongAnswers: the customer has removed every mark, and two reads of one Create do not show the server that
// another one lists. It is not taken for gone.
func TestTwoWrongAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		book, req, wrong := ledger.NewMemory(), anOrder(1), false
		var before *httptest.ResponseRecorder // the deployments as they were at first
		shows, lists := 0, 0
		srv.Faults.When(does("show"), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if wrong {
				if shows++; shows == 2 {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, `{"result":-1,"error":"EQ/show: invalid server id"}`)
					return
				}
			}
			next.ServeHTTP(w, r)
		}))
		srv.Faults.When(does("update_servers"), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			now := httptest.NewRecorder()
			next.ServeHTTP(now, r)
			if before == nil {
				before = now
			}
			if wrong {
				if lists++; lists == 3 {
					now = before
				}
			}
			copyAnswer(w, now)
		}))
		untilReady(t, remembering(t, srv, book), req)
		disguise(srv)
		time.Sleep(time.Hour)
		wrong = true
		_, _ = remembering(t, srv, book).Create(t.Context(), req)
		require.GreaterOrEqual(t, shows, 2, "the wrong answer was given")
		require.Equal(t, 1, orders(srv))
	})
}

// TestLateRenewal: a renewal that came after its period had ended does not have the next ones come late too.
func TestLateRenewal(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		m := srv.AddMachine(hostkeytest.Machine{Hostname: "web1"})
		p, id := remembering(t, srv, ledger.NewMemory()), strconv.FormatInt(m.ID, 10)
		due := func() time.Time {
			now, _ := srv.Machine(m.ID)
			return now.NextDue
		}
		time.Sleep(time.Until(due()) + 24*time.Hour)
		for range 3 {
			before := due()
			_, err := p.Renew(t.Context(), id)
			require.NoError(t, err)
			require.True(t, due().After(before), "due %s, then %s", before, due())
			_, err = p.Renew(t.Context(), id)
			require.NoError(t, err)
			time.Sleep(time.Until(due()) - 3*24*time.Hour)
		}
	})
}

// TestDisguisedServerAndCrash: a Create of a finished order whose customer has removed every mark dies between any two
// requests. The ledger still knows that the order was done, and the next Create ends.
func TestDisguisedServerAndCrash(t *testing.T) {
	for at := range 14 {
		for _, after := range []bool{false, true} {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				book, req := ledger.NewMemory(), anOrder(1)
				untilReady(t, remembering(t, srv, book), req)
				disguise(srv)
				time.Sleep(time.Hour)
				ctx, cancel := context.WithCancel(t.Context())
				wire := &ordertest.Killer{Inner: srv.Client().Transport, At: at, After: after, Kill: cancel}
				_, _ = remembering(t, srv, ledgertest.Dying(ctx, book), provider.WithHTTPClient(&http.Client{Transport: wire})).Create(ctx, req)
				cancel()
				untilReady(t, remembering(t, srv, book), req)
				require.Equal(t, 1, orders(srv), "it died at %d", at)
			})
		}
	}
}

// slow is a ledger that takes its time for the first Put.
type slow struct {
	provider.Ledger
	first time.Duration
}

func (s *slow) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	time.Sleep(s.first)
	s.first = 0
	return s.Ledger.Put(ctx, entry, token)
}

// TestSlowLedger: what is written down says when the order was sent, so nothing is sent when writing takes too long.
func TestSlowLedger(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		book := ledger.NewMemory()
		landsLate(srv, 5*time.Minute)
		_, err := remembering(t, srv, &slow{Ledger: book, first: 14 * time.Minute}).Create(t.Context(), anOrder(1))
		require.Error(t, err)
		require.Zero(t, orders(srv))
		time.Sleep(90 * time.Second)
		untilReady(t, remembering(t, srv, book), anOrder(1))
		require.Equal(t, 1, paidFor(srv))
	})
}

// TestCancelledInvoice: nothing comes of an order whose invoice was cancelled. That is said once, and the next Create
// orders anew.
func TestCancelledInvoice(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p, req := remembering(t, srv, ledger.NewMemory()), anOrder(1)
		req.Options["pay_from_credit"] = "false"
		made, err := p.Create(t.Context(), req)
		require.NoError(t, err)
		_, err = p.Poll(t.Context(), made.Handle)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "pay_from_credit=true")

		srv.Faults.When(does("get_invoice"), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			now := httptest.NewRecorder()
			next.ServeHTTP(now, r)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, strings.ReplaceAll(now.Body.String(), `"Unpaid"`, `"Cancelled"`))
		}))
		time.Sleep(24 * time.Hour)
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.ErrorContains(t, err, "was cancelled")
		require.Equal(t, 1, orders(srv))

		srv.Faults.Clear()
		delete(req.Options, "pay_from_credit")
		untilReady(t, p, req)
		require.Equal(t, 2, orders(srv))
		require.Equal(t, 1, paidFor(srv))
	}, hostkeytest.WithUnpaidOrders())
}

// taken is a ledger whose leases another program takes over.
type taken struct{ provider.Ledger }

func (taken) Extend(context.Context, string, int64, time.Duration) error { return provider.ErrStale }

// TestLeaseLost: when another program takes over the lease, the error is no cancellation, which nobody asked for,
// but says whether something may have been paid.
func TestLeaseLost(t *testing.T) {
	renew := func(t *testing.T, p *hostkey.Provider, id string) error {
		_, err := p.Renew(t.Context(), id)
		return err
	}
	create := func(t *testing.T, p *hostkey.Provider, _ string) error {
		_, err := p.Create(t.Context(), anOrder(1))
		return err
	}
	for _, test := range []struct {
		verb   func(*testing.T, *hostkey.Provider, string) error
		action string // takes longer than the lease
		want   error
	}{
		{renew, "generate_due_invoice", provider.ErrOutcomeUnknown},
		{renew, "apply_credit", provider.ErrOutcomeUnknown},
		{create, "update_servers", provider.ErrUnavailable},
		{create, "order_instance", provider.ErrOutcomeUnknown},
	} {
		t.Run(test.action, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				m := srv.AddMachine(hostkeytest.Machine{Hostname: "web7"})
				srv.Faults.When(does(test.action), 1, faults.Fault{Kind: faults.Delay, Delay: 8 * time.Second})
				err := test.verb(t, remembering(t, srv, taken{ledger.NewMemory()}), strconv.FormatInt(m.ID, 10))
				require.ErrorIs(t, err, test.want)
				require.NotErrorIs(t, err, context.Canceled)
				require.ErrorContains(t, err, "another program")
			})
		})
	}
}
