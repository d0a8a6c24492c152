package hostkey_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// adapterOver returns the adapter of an emulated vendor in memory.
func adapterOver(t testing.TB, srv *hostkeytest.Server, opts ...provider.Option) *hostkey.Provider {
	t.Helper()
	client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), spending(append([]provider.Option{provider.WithHTTPClient(srv.Client())}, opts...)...)...)
	require.NoError(t, err)
	return hostkey.NewProvider(client)
}

// spending adds what a client needs that orders: a ledger, or none. Orders settle in two minutes.
func spending(opts ...provider.Option) []provider.Option {
	if provider.NewOptions(opts...).Ledger == nil {
		opts = append(opts, provider.WithoutLedger())
	}
	return append([]provider.Option{provider.WithSettleTime(2 * time.Minute)}, opts...)
}

func anOrder(n int) *provider.CreateRequest {
	return &provider.CreateRequest{
		Reference: fmt.Sprintf("order-%d", n), Username: fmt.Sprintf("web%d", n), Password: provider.NewSecret("Some-Passw0rd"), Email: "a@example.com", Plan: "vm.pico",
		Options: map[string]string{"location": "NL", "os": "Debian 12"},
	}
}

func bubble(t *testing.T, run func(t *testing.T, srv *hostkeytest.Server), opts ...hostkeytest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		run(t, hostkeytest.NewServer(append([]hostkeytest.Option{hostkeytest.InMemory()}, opts...)...))
	})
}

// create buys a server and waits for it.
func create(t *testing.T, p provider.Provider, req *provider.CreateRequest) *provider.Account {
	t.Helper()
	made, err := p.Create(t.Context(), req)
	require.NoError(t, err)
	if made.Outcome != provider.OutcomePending {
		return made.Account
	}
	progress, err := provider.Wait(t.Context(), p, made.Handle, nil)
	require.NoError(t, err)
	return progress.Account
}

// theOrder is the number of the request that orders: it follows the sign-in and the reads of
// running deployments, servers and invoices.
const theOrder = 4

// orders counts the order_instance calls that reached the vendor.
func orders(srv *hostkeytest.Server) int {
	n := 0
	for _, r := range srv.Faults.Requests() {
		form, _ := url.ParseQuery(string(r.Body))
		if form.Get("action") == "order_instance" {
			n++
		}
	}
	return n
}

// TestCreateSendsTheOrder checks the order field by field.
func TestCreateSendsTheOrder(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		req := anOrder(1)
		maps.Copy(req.Options, map[string]string{
			"os": "240", "software": "10", "traffic_plan": "32", "period": "quarterly", "ssh_key": "ssh-ed25519 AAAA",
			"ipv4": "2", "ipv6": "true", "promocode": "SPRING",
		})
		req.Secrets = map[string]provider.Secret{"post_install_script": provider.NewSecret("#!/bin/sh\n")}
		_, err := adapterOver(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		for _, r := range srv.Faults.Requests() {
			form, err := url.ParseQuery(string(r.Body))
			require.NoError(t, err)
			if form.Get("action") != "order_instance" {
				continue
			}
			form.Del("token")
			require.Equal(t, url.Values{
				"action": {"order_instance"}, "preset": {"vm.pico"}, "location_name": {"NL"}, "os_id": {"240"}, "soft_id": {"10"}, "root_pass": {"Some-Passw0rd"},
				"hostname": {hostnameOf("web1", "order-1")}, "ssh_key": {"ssh-ed25519 AAAA"}, "post_install_script": {"#!/bin/sh\n"}, "traffic_plan": {"32"},
				"deploy_period": {"quarterly"}, "ipv4_amount": {"2"}, "ipv6": {"1"}, "promocode": {"SPRING"},
			}, form)
			return
		}
		t.Fatal("no order was sent")
	})
}

// TestCreateRefuses: invalid orders are refused before any request, naming the portable field.
func TestCreateRefuses(t *testing.T) {
	srv := hostkeytest.NewServer(hostkeytest.InMemory())
	p := adapterOver(t, srv)
	for field, spoil := range map[string]func(*provider.CreateRequest){
		"Domain":                      func(r *provider.CreateRequest) { r.Domain = "example.com" },
		"Plan":                        func(r *provider.CreateRequest) { r.Plan = "" },
		"Username":                    func(r *provider.CreateRequest) { r.Username = "hostkey1" },
		"Password":                    func(r *provider.CreateRequest) { r.Password = provider.NewSecret("-Passw0rd-first") },
		"Name":                        func(r *provider.CreateRequest) { r.Name = "two\nlines" },
		"Handle":                      func(r *provider.CreateRequest) { r.Handle = "web2-aaaaaaaaaaaaa;r=order-2" },
		"Options.location":            func(r *provider.CreateRequest) { r.Options["location"] = "nl" },
		"Options.os":                  func(r *provider.CreateRequest) { delete(r.Options, "os") },
		"Options.traffic_plan":        func(r *provider.CreateRequest) { r.Options["traffic_plan"] = "-1" },
		"Options.period":              func(r *provider.CreateRequest) { r.Options["period"] = "weekly" },
		"Options.post_install_script": func(r *provider.CreateRequest) { r.Options["post_install_script"] = "#!/bin/sh\n" },
		"Secrets.post_install_script": func(r *provider.CreateRequest) {
			r.Secrets = map[string]provider.Secret{"post_install_script": provider.NewSecret(strings.Repeat("#", 1<<20))}
		},
		"Options.unheard_of":      func(r *provider.CreateRequest) { r.Options["unheard_of"] = "1" },
		"Reference":               func(r *provider.CreateRequest) { r.Reference = "" },
		"Email":                   func(r *provider.CreateRequest) { r.Email = "nobody" },
		"OnFailure":               func(r *provider.CreateRequest) { r.OnFailure = "panic" },
		"Options.ipv4":            func(r *provider.CreateRequest) { r.Options["ipv4"] = "-2" },
		"Options.pay_from_credit": func(r *provider.CreateRequest) { r.Options["pay_from_credit"] = "maybe" },
	} {
		req := anOrder(1)
		spoil(req)
		_, err := p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrInvalid, field)
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Fields, field)
		require.Len(t, e.Fields, 1, "%s: %v", field, e.Fields)
	}
	require.Zero(t, srv.Faults.Count())
}

// TestCreateWithoutTheAnswer: only the vendor knows of the order. A second Create, in any process
// and without a handle, buys nothing while the server is being deployed, and returns that server
// afterwards.
func TestCreateWithoutTheAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		srv.Faults.At(theOrder, faults.Fault{Kind: faults.Drop, After: true})
		made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		require.Nil(t, made.Account)
		for range 3 {
			again, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, again.Outcome)
		}
		// No other order begins either: its server could not be distinguished from this one's.
		other, err := adapterOver(t, srv).Create(t.Context(), anOrder(2))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, other.Outcome)
		require.Equal(t, 1, orders(srv))

		progress, err := provider.Wait(t.Context(), adapterOver(t, srv), made.Handle, nil)
		require.NoError(t, err)
		require.Equal(t, "order-1", progress.Account.Reference)
		require.Equal(t, "web1", progress.Account.Username)
		// The other one learns that it was not placed, and may be placed now.
		_, err = provider.Wait(t.Context(), adapterOver(t, srv), other.Handle, nil)
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.ErrorContains(t, err, "place it again")
		req := anOrder(2)
		req.Handle = other.Handle
		require.Equal(t, "web2", create(t, adapterOver(t, srv), req).Username)
		require.Equal(t, map[string]int{hostnameOf("web1", "order-1"): 1, hostnameOf("web2", "order-2"): 1}, srv.PaidOrders())
	})
}

// TestCreateLostBeforeTheVendor: with the handle, nothing is bought again while the vendor might
// still be working on the lost request.
func TestCreateLostBeforeTheVendor(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		srv.Faults.At(theOrder, faults.Fault{Kind: faults.Drop})
		made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.NotEmpty(t, made.Handle)
		req := anOrder(1)
		req.Handle = made.Handle
		made, err = adapterOver(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		require.Equal(t, 1, orders(srv))
		time.Sleep(3 * time.Minute)
		require.NotNil(t, create(t, adapterOver(t, srv), req))
		require.Equal(t, 2, orders(srv))
		require.Len(t, srv.Machines(), 1)
	})
}

// TestOrdersNeedProof: a server that answers "not found" to everything, or to what it is asked of
// invoices, says nothing of an order.
func TestOrdersNeedProof(t *testing.T) {
	invoices := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/whmcs.php") }
	for name, test := range map[string]struct {
		denied func(*http.Request) bool
		wait   time.Duration
		option hostkeytest.Option
	}{
		"deploying": {nil, 0, hostkeytest.WithDeployTime(time.Minute)},
		"complete":  {nil, 5 * time.Minute, hostkeytest.WithDeployTime(time.Minute)},
		"lost":      {nil, 5 * time.Minute, hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)},
		"unpaid":    {nil, 0, hostkeytest.WithUnpaidOrders()},
		"invoices":  {invoices, 0, hostkeytest.WithUnpaidOrders()},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				var handles []string
				p := adapterOver(t, srv, provider.WithLedger(handlesOf(&handles)))
				req := anOrder(1)
				req.Options["pay_from_credit"] = "false"
				_, err := p.Create(t.Context(), req)
				require.NoError(t, err)
				time.Sleep(test.wait)
				srv.Faults.When(test.denied, 0, faults.Fault{Kind: faults.Status, StatusCode: 404, Body: `{"error":"not found"}`})
				for _, handle := range handles {
					placed, err := adapterOver(t, srv).Client().Orders.Check(t.Context(), handle)
					require.NotErrorIs(t, err, provider.ErrNotFound, handle)
					require.NotEqual(t, hostkey.OrderReady, placed.State)
					req.Handle = handle
					_, err = adapterOver(t, srv).Create(t.Context(), req)
					require.NotErrorIs(t, err, provider.ErrNotFound, handle)
				}
				require.Equal(t, 1, orders(srv))
			})
		})
	}
}

// TestRenewSpendsOnce: an answer is lost, and nothing is to be seen of what was asked. It is asked once
// in a call, whatever is in front of the vendor.
func TestRenewSpendsOnce(t *testing.T) {
	for _, action := range []string{"generate_due_invoice", "apply_credit"} {
		for _, fault := range []faults.Fault{
			{Kind: faults.Drop}, {Kind: faults.Status, StatusCode: 429}, {Kind: faults.HTML, StatusCode: 403},
			{Kind: faults.Status, StatusCode: 429, Body: `{"code":-1,"message":"slower"}`},
		} {
			bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
				p := adapterOver(t, srv)
				account := create(t, p, anOrder(1))
				is := func(r *http.Request) bool { return r.PostFormValue("action") == action }
				sent := 0
				srv.Faults.When(func(r *http.Request) bool {
					if is(r) {
						sent++
					}
					return is(r)
				}, 0, fault)
				_, err := p.Renew(t.Context(), account.ID)
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown, "%s, %s", action, fault)
				require.Equal(t, 1, sent, "%s, %s", action, fault)
				srv.Faults.Clear()
				time.Sleep(2 * time.Minute)
				_, err = p.Renew(t.Context(), account.ID)
				require.NoError(t, err)
				require.Equal(t, 2, srv.Machines()[0].PaidPeriods)
			})
		}
	}
}

// TestCreateUnpaid: an order that the credit does not cover waits for its payment, if the caller
// wants that, and is never ordered again.
func TestCreateUnpaid(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		req := anOrder(1)
		req.Options["pay_from_credit"] = "false"
		made, err := adapterOver(t, srv).Create(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, made.Outcome)
		_, err = provider.Wait(t.Context(), adapterOver(t, srv), made.Handle, nil)
		require.ErrorIs(t, err, provider.ErrConflict, "nobody pays while it waits")
		require.ErrorContains(t, err, "invoice 603548 is not paid")
		require.Equal(t, "1000.00", srv.Credit())
		require.True(t, srv.PayInvoice(srv.Invoices()[0].ID))
		_, err = provider.Wait(t.Context(), adapterOver(t, srv), made.Handle, nil)
		require.NoError(t, err)
		require.Len(t, srv.Machines(), 1)
		require.Equal(t, 1, orders(srv))
	}, hostkeytest.WithUnpaidOrders())

	bubble(t, func(t *testing.T, srv *hostkeytest.Server) { // paid from credit by default
		require.NotNil(t, create(t, adapterOver(t, srv), anOrder(1)))
		require.Equal(t, "996.00", srv.Credit())
	}, hostkeytest.WithUnpaidOrders())

	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
		require.ErrorIs(t, err, provider.ErrQuota)
		require.Nil(t, made)
	}, hostkeytest.WithCredit("3.99"))
}

// TestCreateFailedDeploy: an order that is paid and never deployed is an error that says so, and
// does not lead to a second payment.
func TestCreateFailedDeploy(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		srv.FailDeploys(1)
		p := adapterOver(t, srv)
		made, err := p.Create(t.Context(), anOrder(1))
		require.NoError(t, err)
		_, err = provider.Wait(t.Context(), p, made.Handle, nil)
		require.ErrorIs(t, err, hostkey.ErrTaskFailed)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "may be paid: ask the vendor before ordering again")
		req := anOrder(1)
		req.Handle = made.Handle
		_, err = adapterOver(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, hostkey.ErrTaskFailed)
		require.Equal(t, 1, orders(srv))

		// Another key of the account cannot read the handle, and does not buy either.
		srv.Key = srv.AddKey(hostkeytest.Key{Name: "second"})
		_, err = adapterOver(t, srv).Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "may be paid: ask the vendor before ordering again")
		require.Equal(t, 1, orders(srv))
	})
}

// TestRenamedServer: a renamed server is recognized by its tag, so that it is not bought again.
func TestRenamedServer(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		account := create(t, adapterOver(t, srv), anOrder(1))
		id, err := strconv.ParseInt(account.ID, 10, 64)
		require.NoError(t, err)
		require.True(t, srv.UpdateMachine(id, func(m *hostkeytest.Machine) { m.Hostname = "www.customer.example" }))
		made, err := adapterOver(t, srv).Create(t.Context(), anOrder(1))
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeAlready, made.Outcome)
		require.Equal(t, account.ID, made.Account.ID)
		require.Equal(t, 1, orders(srv))
		found, err := adapterOver(t, srv).Find(t.Context(), provider.Query{Reference: "order-1"})
		require.NoError(t, err)
		require.Equal(t, account.ID, found.ID)
	})
}

// TestForeignServerIsNotTaken: an invoice for another order's server is an error, whatever the
// handle says.
func TestForeignServerIsNotTaken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		foreign := srv.AddForeign("customer.example")
		p := adapterOver(t, srv)
		handle := fmt.Sprintf("%s;r=order-1;s=%d", hostnameOf("web1", "order-1"), foreign)
		placed, err := p.Client().Orders.Check(t.Context(), handle)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "is not this order's")
		require.Nil(t, placed.Server)
		machine, _ := srv.Machine(foreign)
		for _, tag := range machine.Tags {
			require.NotEqual(t, hostkey.ReferenceTag, tag.Name)
		}
		// Even the beginning of the name must not be another order's.
		create(t, p, anOrder(3))
		req := anOrder(4)
		req.Username = "web3"
		_, err = p.Create(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrAlreadyExists)
	})
}

// TestTerminateTakesItsTime: Terminate is pending until the vendor has carried out the
// cancellation.
func TestTerminateTakesItsTime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p := adapterOver(t, srv)
		account := create(t, p, anOrder(1))
		for range 2 { // a second request is not sent
			outcome, err := adapterOver(t, srv).Terminate(t.Context(), account.ID)
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, outcome)
		}
		outcome, err := p.Terminate(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomePending, outcome)
		_, err = provider.Wait(t.Context(), p, account.ID, nil)
		require.ErrorIs(t, err, provider.ErrNotFound)
		require.Empty(t, srv.Machines())
		_, err = p.Terminate(t.Context(), account.ID)
		require.ErrorIs(t, err, provider.ErrNotFound)
	})
}

// TestCancelBecomesTerminate: a scheduled end does not prevent an immediate one.
func TestCancelBecomesTerminate(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		p := adapterOver(t, srv)
		account := create(t, p, anOrder(1))
		outcome, err := p.Cancel(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		outcome, err = p.Terminate(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		require.Empty(t, srv.Machines())
	}, hostkeytest.WithCancelDelay(0))
}

// TestSuspensionRefused: if a customer's key may not suspend, the error is the vendor's, and
// WithSuspendByPower is the alternative.
func TestSuspensionRefused(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		account := create(t, adapterOver(t, srv), anOrder(1))
		_, err := adapterOver(t, srv).Suspend(t.Context(), account.ID)
		require.ErrorIs(t, err, provider.ErrForbidden)
		byPower := adapterOver(t, srv, hostkey.WithSuspendByPower("eth0"))
		require.Equal(t, provider.Emulated, byPower.Describe().Capabilities[provider.CapSuspend].Level)
		id, _ := strconv.ParseInt(account.ID, 10, 64)
		outcome, err := byPower.Suspend(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		machine, _ := srv.Machine(id)
		require.False(t, machine.PoweredOn)
		require.True(t, machine.PortOff)
		outcome, err = byPower.Unsuspend(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		machine, _ = srv.Machine(id)
		require.True(t, machine.PoweredOn)
		require.False(t, machine.PortOff)
		// A server that its owner switched off is not suspended.
		_, err = byPower.Power(t.Context(), account.ID, provider.PowerOff)
		require.NoError(t, err)
		got, err := byPower.Get(t.Context(), account.ID)
		require.NoError(t, err)
		require.Equal(t, provider.StatusActive, got.Status)
	}, hostkeytest.WithSuspensionRefused())
}

// TestCheckTellsKeysApart: Check distinguishes an account's key, a server's key, and an account
// without servers.
func TestCheckTellsKeysApart(t *testing.T) {
	srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithMachines(2))
	report, err := adapterOver(t, srv).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "servers: 2, credit: 1000.00 EUR", report.Step(provider.CheckRights).Detail)
	srv.Key = srv.AddKey(hostkeytest.Key{Name: "one", ServerID: srv.Machines()[0].ID})
	report, err = adapterOver(t, srv).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, provider.CheckWarning, report.Step(provider.CheckRights).State)
	require.Contains(t, report.Step(provider.CheckRights).Detail, "one server's key")

	empty := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithEmptyAccountRefused())
	report, err = adapterOver(t, empty).Check(t.Context())
	require.NoError(t, err, "the key is good")
	require.Equal(t, "the API key is accepted (the account has no servers)", report.Step(provider.CheckCredentials).Detail)
	require.Contains(t, report.Step(provider.CheckRights).Detail, "order the first one in the panel")
}

// TestDriver: what a row of plain configuration may contain, and all mistakes at once.
func TestDriver(t *testing.T) {
	p, err := hostkey.Driver.Open(provider.ServerConfig{Kind: hostkey.Kind, Secret: provider.NewSecret("0a1b-2c3d"), Options: map[string]string{"suspension": "power", "suspension_port": "eth0"}})
	require.NoError(t, err)
	require.Equal(t, provider.Emulated, p.Describe().Capabilities[provider.CapSuspend].Level)
	require.Equal(t, "hostkey client of "+hostkey.RegionCOM, p.(*hostkey.Provider).Client().String())
	_, err = hostkey.Driver.Open(provider.ServerConfig{
		Kind: hostkey.Kind, URL: "http://invapi.hostkey.com", Username: "me", Options: map[string]string{"suspension": "hope", "suspension_port": "eth0", "colour": "red"},
	})
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, provider.ErrInvalid)
	for _, field := range []string{"url", "secret", "username", "options.suspension", "options.suspension_port", "options.colour"} {
		require.Contains(t, e.Fields, field)
	}
}

// TestPlaceIsWrittenDownFirst: nothing is bought before the ledger has it, and nothing at all if it cannot
// have it.
func TestPlaceIsWrittenDownFirst(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		put := func(*provider.LedgerEntry) error { return context.DeadlineExceeded }
		book := ledgertest.Watched(ledger.NewMemory(), func(e *provider.LedgerEntry) error { return put(e) })
		client := adapterOver(t, srv, provider.WithLedger(book)).Client()
		req := &hostkey.OrderPlaceRequest{
			Reference: "order-1", Name: "web1",
			Order: &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Some-Passw0rd")}},
		}
		_, err := client.Orders.Place(t.Context(), req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "not sent")
		require.Zero(t, orders(srv))
		var before []string
		put = func(e *provider.LedgerEntry) error {
			before = append(before, fmt.Sprint(orders(srv), " ", e.State, " ", e.Asked))
			return nil
		}
		placed, err := client.Orders.Place(t.Context(), req)
		require.NoError(t, err)
		require.Equal(t, hostkey.OrderDeploying, placed.State)
		require.Equal(t, []string{"0 sent map[plan:vm.pico username:web1]", "1 placed map[plan:vm.pico username:web1]"}, before)

		client, err = hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(srv.Client()))
		require.NoError(t, err)
		_, err = client.Orders.Place(t.Context(), req)
		require.ErrorIs(t, err, provider.ErrInvalid)
		require.ErrorContains(t, err, "provider.WithLedger")
		_, err = hostkey.NewProvider(client).Create(t.Context(), anOrder(1))
		require.ErrorContains(t, err, "WithLedger")
		_, err = hostkey.NewProvider(client).Renew(t.Context(), "55054")
		require.ErrorContains(t, err, "WithLedger")
	})
}

// handlesOf returns a ledger that notes the handles that it is given.
func handlesOf(handles *[]string) provider.Ledger {
	return ledgertest.Watched(ledger.NewMemory(), func(e *provider.LedgerEntry) error {
		*handles = append(*handles, e.Handle)
		return nil
	})
}

// TestLostInACrash: the order never arrives, and the program crashes. The next one has the ledger alone, and
// does not buy again before the order has settled.
func TestLostInACrash(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		book := ledger.NewMemory()
		srv.Faults.At(theOrder, faults.Fault{Kind: faults.Drop})
		_, err := adapterOver(t, srv, provider.WithLedger(book)).Create(t.Context(), anOrder(1))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		for _, sent := range []int{1, 2} {
			made, err := adapterOver(t, srv, provider.WithLedger(book)).Create(t.Context(), anOrder(1))
			require.NoError(t, err)
			require.Equal(t, provider.OutcomePending, made.Outcome)
			require.Equal(t, sent, orders(srv))
			time.Sleep(2 * time.Minute)
		}
		require.Len(t, srv.PaidOrders(), 1)
	})
}

// TestHandlesHaveNoKey: the key of a deployment opens its result to anybody, so no handle has it;
// and after a restart the order is followed all the same.
func TestHandlesHaveNoKey(t *testing.T) {
	for _, answer := range []hostkeytest.OrderAnswer{hostkeytest.AnswerFull, hostkeytest.AnswerErrorInvoice, hostkeytest.AnswerInvoiceAlone} {
		bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
			var handles []string
			keep := provider.WithLedger(handlesOf(&handles))
			made, err := adapterOver(t, srv, keep).Create(t.Context(), anOrder(1))
			if answer != hostkeytest.AnswerErrorInvoice {
				require.NoError(t, err)
			}
			require.NotNil(t, made)
			for wait := range 40 { // each look is that of a new program
				handles = append(handles, made.Handle)
				req := anOrder(1)
				req.Handle = handles[len(handles)-1]
				if made, err = adapterOver(t, srv, keep).Create(t.Context(), req); err == nil && made.Handle == "" {
					break
				}
				require.NotNil(t, made, "%v", err)
				require.Less(t, wait, 39, "it is never ready")
				if wait%2 == 1 { // and now and then with another key of the account
					srv.Key = srv.AddKey(hostkeytest.Key{Name: "key " + strconv.Itoa(wait)})
				}
				time.Sleep(time.Minute)
			}
			require.Equal(t, 1, orders(srv))
			key := srv.Orders()[0].Callback
			require.NotEmpty(t, key)
			require.NotContains(t, strings.Join(handles, "\n"), key)
		}, hostkeytest.WithOrderAnswer(answer))
	}
}

// TestOldHandles: handles that earlier programs stored are read, and written without the key that
// they had.
func TestOldHandles(t *testing.T) {
	bubble(t, func(t *testing.T, srv *hostkeytest.Server) {
		const key = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"
		order := hostnameOf("web1", "order-1") + ";r=order-1"
		for _, handle := range []string{
			order + fmt.Sprintf(";b=55053.603547.%d", time.Now().Unix()), order + ";i=603548", order + ";c=" + key, order + ";s=55054;i=603548;c=" + key,
		} {
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // nothing is learned of it
			placed, err := adapterOver(t, srv).Client().Orders.Check(ctx, handle)
			require.ErrorIs(t, err, context.Canceled)
			require.NotContains(t, placed.Handle, key)
			old, _, _ := strings.Cut(handle, "c="+key)
			require.Contains(t, placed.Handle, old)
			again, err := adapterOver(t, srv).Client().Orders.Check(ctx, placed.Handle)
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, placed.Handle, again.Handle)
		}
	})
}

// FuzzHandle: no text is taken for the handle of a server that does not exist.
func FuzzHandle(f *testing.F) {
	good := hostnameOf("web1", "order-1")
	f.Add(good + ";r=order-1;s=55054;i=603548;c=a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6")
	f.Add(good + ";r=order-1;b=55053.603547.1767225600")
	f.Add(good + ";r=order-2;s=0;i=-1;b=..")
	srv := hostkeytest.NewServer(hostkeytest.InMemory())
	client := adapterOver(f, srv, provider.WithRetry(provider.Retry{Attempts: 1}), provider.WithReadLag(0)).Client()
	f.Fuzz(func(t *testing.T, handle string) {
		placed, err := client.Orders.Check(t.Context(), handle)
		if err == nil {
			require.NotEqual(t, hostkey.OrderReady, placed.State, "there is no server")
			require.True(t, strings.HasPrefix(handle, placed.Hostname))
		}
	})
}
