package hostkey_test

import (
	"fmt"
	"io"
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
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var markerKey, oldKey = provider.NewSecret("a marker key of thirty characters"), provider.NewSecret("the one before, as long as that")

func idOf(t *testing.T, account *provider.Account) int64 {
	t.Helper()
	id, err := strconv.ParseInt(account.ID, 10, 64)
	require.NoError(t, err)
	return id
}

func does(action string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.PostFormValue("action") == action }
}

// byHand orders a server as a person does who has no provkit.
func byHand(t *testing.T, srv *hostkeytest.Server) {
	t.Helper()
	_, err := adapterOver(t, srv).Client().Servers.OrderInstance(t.Context(), &hostkey.ServerOrderRequest{
		Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, Hostname: "hand.example.com", RootPassword: provider.NewSecret("Some-Passw0rd")},
	})
	require.NoError(t, err)
}

func answering(answer func(w http.ResponseWriter, r *http.Request, next http.Handler)) faults.Fault {
	return faults.Fault{Kind: faults.Custom, Answer: answer}
}

// TestNewcomersAreNotPaid: the answer to an order is lost, and an invoice for a server has appeared since.
// It may be a person's, and a person has to say so.
func TestNewcomersAreNotPaid(t *testing.T) {
	for name, arrives := range map[string]bool{"the order's own": true, "a person's": false} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				srv.Faults.When(does("order_instance"), 1, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					if arrives {
						next.ServeHTTP(httptest.NewRecorder(), r)
					} else {
						byHand(t, srv)
					}
					panic(http.ErrAbortHandler)
				}))
				req := anOrder(1)
				made, err := adapterOver(t, srv).Create(t.Context(), req)
				invoice := srv.Invoices()[0]
				for range 3 {
					require.ErrorIs(t, err, provider.ErrConflict)
					require.ErrorContains(t, err, strconv.FormatInt(invoice.ID, 10))
					require.NotEmpty(t, made.Handle)
					time.Sleep(5 * time.Minute)
					req.Handle = made.Handle
					made, err = adapterOver(t, srv).Create(t.Context(), req)
				}
				_, err = adapterOver(t, srv).Poll(t.Context(), made.Handle)
				require.ErrorIs(t, err, provider.ErrConflict)
				require.Equal(t, "1000.00", srv.Credit())
				require.Len(t, srv.Invoices(), 1)

				require.True(t, srv.PayInvoice(invoice.ID))
				for wait := 0; made.Outcome != provider.OutcomeChanged && made.Outcome != provider.OutcomeAlready; wait++ {
					require.Less(t, wait, 20, "%+v", made)
					time.Sleep(5 * time.Minute)
					req.Handle = made.Handle
					made, err = adapterOver(t, srv).Create(t.Context(), req)
					require.NoError(t, err)
				}
				require.Equal(t, 1, srv.PaidOrders()[hostnameOf("web1", "order-1")])
				bought := map[bool]int{true: 1, false: 2}[arrives]
				require.Len(t, srv.Machines(), bought)
			}, hostkeytest.WithUnpaidOrders())
		})
	}
}

// TestInvoiceNamesTheOrder: an invoice that names the order's host name is the order's, and is paid.
func TestInvoiceNamesTheOrder(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		byHand(t, srv)
		srv.Faults.When(does("order_instance"), 1, faults.Fault{Kind: faults.Drop, After: true})
		require.NotNil(t, create(t, adapterOver(t, srv), anOrder(1)))
		require.Equal(t, map[string]int{hostnameOf("web1", "order-1"): 1}, srv.PaidOrders())
		require.Equal(t, "996.00", srv.Credit())
	}, hostkeytest.WithUnpaidOrders(), hostkeytest.WithNamedInvoices())
}

// TestAnswerNamesAnothersInvoice: an answer to an order names an invoice for something else, which is not
// paid.
func TestAnswerNamesAnothersInvoice(t *testing.T) {
	for name, bill := range map[string]func(t *testing.T, client *hostkey.Client, server int64){
		"funds": func(t *testing.T, client *hostkey.Client, _ int64) {
			_, err := client.WHMCS.CreateAddFunds(t.Context(), &hostkey.FundsAddRequest{Amount: "50.00"})
			require.NoError(t, err)
		},
		"a renewal": func(t *testing.T, client *hostkey.Client, server int64) {
			_, err := client.WHMCS.GenerateDueInvoice(t.Context(), server)
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				other := srv.AddForeign("www.example.com")
				srv.Faults.When(does("order_instance"), 1, answering(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
					bill(t, adapterOver(t, srv).Client(), other)
					all := srv.Invoices()
					_, _ = fmt.Fprintf(w, `{"result":"OK","action":"order_instance","invoice":%d,"status":"Unpaid"}`, all[len(all)-1].ID)
				}))
				credit := srv.Credit()
				made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
				require.ErrorIs(t, err, provider.ErrConflict)
				require.ErrorContains(t, err, "not paid")
				require.NotEmpty(t, made.Handle)
				require.Equal(t, credit, srv.Credit())
			})
		})
	}
}

// TestOwnInvoiceWithoutHandle: the client that placed an order knows its unpaid invoice without the handle.
func TestOwnInvoiceWithoutHandle(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p, req := adapterOver(t, srv), anOrder(1)
		req.Options["pay_from_credit"] = "false"
		for range 3 {
			made, err := p.Create(t.Context(), req)
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, made.Outcome)
		}
		require.Equal(t, 1, orders(srv))
	}, hostkeytest.WithUnpaidOrders())
}

// TestDisguisedServer: a customer renames his server so that it looks like another order's. It is not
// bought again, and it is found.
func TestDisguisedServer(t *testing.T) {
	for _, name := range []string{"web9-aaaaaaaaaaaaa", "web9-aaaaaaaaaaaaaaaa", "auto-configuration"} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			signed := provider.WithMarkerKeys(markerKey)
			account := create(t, adapterOver(t, srv, signed), anOrder(1))
			require.True(t, srv.UpdateMachine(idOf(t, account), func(m *hostkeytest.Machine) { m.Hostname = name }))
			made, err := adapterOver(t, srv, signed).Create(t.Context(), anOrder(1))
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeAlready, made.Outcome)
			require.Equal(t, account.ID, made.Account.ID)
			require.Equal(t, 1, orders(srv))
			found, err := adapterOver(t, srv, signed).Find(t.Context(), provider.Query{Reference: "order-1"})
			require.NoError(t, err)
			require.Equal(t, account.ID, found.ID)
		})
	}
}

// TestUnlistedServerIsNotGone: a server that is listed and "not found" when it is read may be the order's.
func TestUnlistedServerIsNotGone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		account := create(t, adapterOver(t, srv), anOrder(1))
		require.True(t, srv.UpdateMachine(idOf(t, account), func(m *hostkeytest.Machine) { m.Hostname = "www.example.com" }))
		deny(srv, does("show"), provider.ErrNotFound)
		made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		progress, err := adapterOver(t, srv).Poll(t.Context(), made.Handle)
		require.ErrorIs(t, err, provider.ErrNotFound, "nothing was sent")
		require.Nil(t, progress)
		require.Equal(t, 1, orders(srv))
	})
}

// TestTwoForOne: of two servers with one reference nobody can say which one is meant.
func TestTwoForOne(t *testing.T) {
	for _, second := range []string{"www.example.com", "the order's", "web7-aaaaaaaaaaaaa"} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			p := adapterOver(t, srv)
			account := create(t, p, anOrder(1))
			if second == "the order's" {
				second = hostnameOf("web1", "order-1")
			}
			other := srv.AddForeign("twin.example.com")
			outcome, err := p.Adopt(t.Context(), strconv.FormatInt(other, 10), "order-1")
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeAdopted, outcome)
			require.True(t, srv.UpdateMachine(other, func(m *hostkeytest.Machine) { m.Hostname = second }))
			if second == "web7-aaaaaaaaaaaaa" { // both look like others'
				require.True(t, srv.UpdateMachine(idOf(t, account), func(m *hostkeytest.Machine) { m.Hostname = "web8-aaaaaaaaaaaaa" }))
			}
			for name, verb := range map[string]func() error{
				"Find": func() error {
					_, err := adapterOver(t, srv).Find(t.Context(), provider.Query{Reference: "order-1"})
					return err
				},
				"Create": func() error {
					_, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
					return err
				},
				"Ensure": func() error {
					_, err := provider.Ensure(t.Context(), adapterOver(t, srv), provider.Desired{Status: provider.StatusActive, Create: anOrder(1)})
					return err
				},
			} {
				require.ErrorIs(t, verb(), provider.ErrConflict, "%s, %s", name, second)
			}
			require.Equal(t, 1, orders(srv))
		})
	}
}

// TestKeyChangesMeanwhile: the marker key is changed, or the first one set, while an order is carried out.
func TestKeyChangesMeanwhile(t *testing.T) {
	for name, before := range map[string][]provider.Option{"none before": nil, "another before": {provider.WithMarkerKeys(oldKey)}} {
		for _, handle := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, handle %v", name, handle), func(t *testing.T) {
				bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
					made, err := adapterOver(t, srv, before...).Create(t.Context(), anOrder(1))
					require.NoError(t, err)
					was := provider.Secret{}
					if before != nil {
						was = oldKey
					}
					p, req := adapterOver(t, srv, provider.WithMarkerKeys(markerKey, was)), anOrder(1)
					if handle {
						req.Handle = made.Handle
					}
					account := create(t, p, req)
					require.Equal(t, "order-1", account.Reference)
					require.False(t, account.Marker.Outdated, "it is marked with today's key")
					require.Equal(t, 1, orders(srv))
					strict := adapterOver(t, srv, provider.WithMarkerKeys(markerKey))
					found, err := strict.Find(t.Context(), provider.Query{Reference: "order-1"})
					require.NoError(t, err)
					require.Equal(t, account.ID, found.ID)
				})
			})
		}
	}
}

// TestFindGoesOn: a server that cannot be read hides no other one, and what is not found may be hidden in it.
func TestFindGoesOn(t *testing.T) {
	for name, spoil := range map[string]func(srv *hostkeytest.Server, odd int64){
		"in the list": func(srv *hostkeytest.Server, odd int64) {
			srv.Faults.When(does("list"), 0, answering(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				answer := httptest.NewRecorder()
				next.ServeHTTP(answer, r)
				id := strconv.FormatInt(odd, 10)
				_, _ = io.WriteString(w, strings.NewReplacer(`"id":"`+id+`"`, `"id":null`, `"id":`+id, `"id":null`).Replace(answer.Body.String()))
			}))
		},
		"by itself": func(srv *hostkeytest.Server, odd int64) {
			id := strconv.FormatInt(odd, 10)
			srv.Faults.When(func(r *http.Request) bool { return does("show")(r) && r.PostFormValue("id") == id }, 0,
				faults.Fault{Kind: faults.Status, StatusCode: http.StatusOK, Body: `{"result":"OK","server_data":{"id":["canary"]}}`})
		},
		"not found": func(srv *hostkeytest.Server, odd int64) {
			id := strconv.FormatInt(odd, 10)
			deny(srv, func(r *http.Request) bool { return does("show")(r) && r.PostFormValue("id") == id }, provider.ErrNotFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				odd := srv.AddForeign("odd.example.com")
				account := create(t, adapterOver(t, srv), anOrder(1))
				require.True(t, srv.UpdateMachine(idOf(t, account), func(m *hostkeytest.Machine) { m.Hostname = "www.example.com" }))
				spoil(srv, odd)
				found, err := adapterOver(t, srv).Find(t.Context(), provider.Query{Reference: "order-1"})
				require.NoError(t, err)
				require.Equal(t, account.ID, found.ID)
				_, err = adapterOver(t, srv).Find(t.Context(), provider.Query{Reference: "order-2"})
				require.Error(t, err)
				require.NotErrorIs(t, err, provider.ErrNotFound)
				require.NotContains(t, err.Error(), "canary")
				made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
				if name != "in the list" { // it may be a second one
					return
				}
				require.NoError(t, err)
				require.Equal(t, provider.OutcomeAlready, made.Outcome)
			})
		})
	}
}

// TestAdoptWritesOneTag: of two tags with a reference one is left.
func TestAdoptWritesOneTag(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p := adapterOver(t, srv, provider.WithMarkerKeys(markerKey))
		account := create(t, p, anOrder(1))
		isMarker := func(tag hostkeytest.Tag) bool { return tag.Name == hostkey.ReferenceTag }
		require.True(t, srv.UpdateMachine(idOf(t, account), func(m *hostkeytest.Machine) {
			m.Tags = append(m.Tags, m.Tags[slices.IndexFunc(m.Tags, isMarker)])
		}))
		read, err := p.Get(t.Context(), account.ID)
		require.NoError(t, err)
		require.Empty(t, read.Reference)
		require.NotEmpty(t, read.Marker.Tampered)
		outcome, err := p.Adopt(t.Context(), account.ID, "order-1")
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAdopted, outcome)
		machine, _ := srv.Machine(idOf(t, account))
		require.Len(t, slices.DeleteFunc(machine.Tags, func(tag hostkeytest.Tag) bool { return !isMarker(tag) }), 1)
	})
}
