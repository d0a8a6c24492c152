package ordertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
)

// Hostkey orders servers from HOSTKEY. One order of each world is refused.
func Hostkey(t *testing.T, c Campaign) {
	c.run(t, func(w *world) {
		all := HostkeyBehaviours()
		(&hostkeyWorld{world: w, behaviour: all[w.seed%uint64(len(all))]}).run()
	})
}

// Behaviour is a behaviour of HOSTKEY that has been seen.
type Behaviour struct {
	Name    string
	Options []hostkeytest.Option
}

// HostkeyBehaviours are all answers to an order, and the variants of what follows.
func HostkeyBehaviours() []Behaviour {
	var all []Behaviour
	for _, answer := range hostkeytest.OrderAnswers() {
		all = append(all, Behaviour{"answer " + string(answer), []hostkeytest.Option{hostkeytest.WithOrderAnswer(answer)}})
	}
	return append(all,
		Behaviour{"unpaid", []hostkeytest.Option{hostkeytest.WithUnpaidOrders()}},
		Behaviour{"unpaid, pending", []hostkeytest.Option{hostkeytest.WithUnpaidOrders(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerPending)}},
		Behaviour{"unpaid, no reference", []hostkeytest.Option{hostkeytest.WithUnpaidOrders(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}},
		Behaviour{"listed early", []hostkeytest.Option{hostkeytest.WithEarlyServers()}},
		Behaviour{"name comes late", []hostkeytest.Option{hostkeytest.WithHostnameLag(3 * time.Minute)}},
		Behaviour{"listed early, no reference", []hostkeytest.Option{hostkeytest.WithEarlyServers(), hostkeytest.WithOrderAnswer(hostkeytest.AnswerNoReference)}},
		Behaviour{"name comes late, invoice alone", []hostkeytest.Option{hostkeytest.WithHostnameLag(3 * time.Minute), hostkeytest.WithOrderAnswer(hostkeytest.AnswerInvoiceAlone)}},
	)
}

// Start starts the vendor, in memory.
func (b Behaviour) Start() *hostkeytest.Server {
	return hostkeytest.NewServer(append([]hostkeytest.Option{
		hostkeytest.InMemory(), hostkeytest.WithCredit("1000000.00"), hostkeytest.WithDeployTime(3 * time.Minute),
	}, b.Options...)...)
}

// HostkeyRequest says what a request to HOSTKEY is.
func HostkeyRequest(r *http.Request, body string) Request {
	form, _ := url.ParseQuery(body)
	form.Del("token")
	action := r.URL.Path + " " + form.Get("action")
	_, name, _ := strings.Cut(action, " ")
	return Request{
		Action: action, Asked: action + " " + form.Encode(), Order: slices.Contains([]string{"order_instance", "apply_credit", "generate_due_invoice"}, name),
		Read: slices.Contains([]string{"list", "show", "update_servers", "check"}, name) || strings.HasPrefix(name, "get_"),
	}
}

// hostkeyWorld is a world of HOSTKEY.
type hostkeyWorld struct {
	*world
	behaviour Behaviour
	srv       *hostkeytest.Server
	orders    map[string]*hostkeyOrder
}

// hostkeyOrder is what the programs and a person know of an order together.
type hostkeyOrder struct {
	refused  bool // as it will be
	ended    bool
	server   int64
	hostname string
	handle   string
	last     error
}

func (w *hostkeyWorld) run() {
	w.name, w.srv = w.behaviour.Name, w.behaviour.Start()
	network := &Network{
		Vendor: w.srv.Client().Transport, Know: HostkeyRequest, Late: 0.3, Junk: 0.02, Disturbed: 0.3, Mixed: w.chance(0.5),
		Sent: func(body string) { w.note("the vendor gets %s", body) },
	}
	if w.chance(0.5) {
		network.Lag = w.between(0, 30*time.Second)
	}
	w.jumps = 0.007
	w.connect(network)
	w.orders = make(map[string]*hostkeyOrder)
	for n := range eachWorld {
		o := &hostkeyOrder{refused: n == 3}
		w.orders[fmt.Sprintf("order-%d", n)] = o
	}
	w.all([]int{1, 2, 8}[w.below(3)], w.placing)
	w.network.Landed()
	time.Sleep(10 * time.Minute)
	w.check()
	if w.chance(0.25) && !w.Failed() {
		w.all(2, w.renewing(2))
		time.Sleep(33 * 24 * time.Hour)
		w.all(2, w.renewing(3))
		w.network.Landed()
		w.renewed(3)
	}
	w.close()
}

// all runs several programs at once, each in life after life until nothing is left to do.
func (w *hostkeyWorld) all(programs int, live func(context.Context, *hostkey.Client) (done bool)) {
	var group sync.WaitGroup
	for range programs {
		group.Go(func() {
			for done := false; !done; time.Sleep(w.between(0, time.Minute)) {
				died := w.life(func(ctx context.Context, options []provider.Option) {
					client, err := hostkey.New(w.srv.URL, provider.NewSecret(w.srv.Key), options...)
					require.NoError(w, err)
					done = live(ctx, client)
				})
				done = done && !died
			}
		})
	}
	group.Wait()
}

// placing is what a program does that places orders, several at once, the same as other programs and others.
func (w *hostkeyWorld) placing(ctx context.Context, client *hostkey.Client) (done bool) {
	for range 1 + w.below(3) {
		references := w.left()
		if len(references) == 0 {
			return true
		}
		var group sync.WaitGroup
		for range 1 + w.below(3) {
			reference, poll := references[w.below(len(references))], w.chance(0.25)
			group.Go(func() { w.place(ctx, client, reference, poll) })
		}
		group.Wait()
		if ctx.Err() != nil {
			return false
		}
		time.Sleep(w.between(0, 2*time.Minute))
	}
	return false
}

// left returns the references of the orders that have not ended.
func (w *hostkeyWorld) left() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for _, reference := range slices.Sorted(maps.Keys(w.orders)) {
		if !w.orders[reference].ended {
			left = append(left, reference)
		}
	}
	return left
}

// NameOf returns the user name of an order.
func NameOf(reference string) string { return "web-" + strings.TrimPrefix(reference, "order-") }

// HostkeyOrder returns the order of a reference.
func HostkeyOrder(reference string) *hostkey.OrderPlaceRequest {
	return &hostkey.OrderPlaceRequest{
		Reference: reference, Name: NameOf(reference), PayFromCredit: true,
		Order: &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Some-Passw0rd")}},
	}
}

func (w *hostkeyWorld) place(ctx context.Context, client *hostkey.Client, reference string, poll bool) {
	o, req := w.orders[reference], HostkeyOrder(reference)
	if o.refused {
		req.Order.Preset = "vm.of-yesterday"
	}
	w.mu.Lock()
	o.hostname = client.Orders.Hostname(req.Name, reference)
	stuck, handle := time.Since(w.began) > patience && !o.ended, o.handle
	o.ended = o.ended || stuck
	w.mu.Unlock()
	if stuck {
		w.count(Orders, 1)
		w.count(Stuck, 1)
		w.tell(reference, o.hostname, "jump")
		w.Errorf("%s is stuck: %v", reference, o.last)
		return
	}
	if poll && handle != "" {
		_, err := client.Orders.Check(ctx, handle)
		w.decide(err)
	}
	w.note("%p places %s", client, reference)
	placed, err := client.Orders.Place(ctx, req)
	if ctx.Err() != nil {
		w.note("%p is dead, and %s", client, reference)
		return
	}
	w.note("%p placed %s: %+v, %v", client, reference, placed, err)
	w.decide(err)
	w.mu.Lock()
	defer w.mu.Unlock()
	o.last = err
	if placed != nil {
		o.handle = placed.Handle
	}
	if err == nil && placed.State == hostkey.OrderUnclear {
		o.last = errors.New(placed.Message)
	}
	switch {
	case o.ended:
	case o.refused && errors.Is(err, provider.ErrInvalid):
		o.ended = true
		w.count(Orders, 1)
		w.count(Refused, 1)
	case err == nil && placed.State == hostkey.OrderReady:
		o.ended, o.server = true, placed.ServerID
		w.count(Orders, 1)
		if tag := placed.Server.Tag(hostkey.ReferenceTag).Value; tag != reference || placed.Server.Hostname() != o.hostname {
			w.Errorf("%s got server %d with the name %q and the reference %q", reference, placed.ServerID, placed.Server.Hostname(), tag)
		}
	}
}

// decide is a person who is told that invoices may be an order's: they are, and are paid.
func (w *hostkeyWorld) decide(err error) {
	if errors.Is(err, provider.ErrConflict) {
		paid := HostkeyDecide(w.srv, err.Error())
		w.count(Payments, paid)
		w.count(Over, 1-min(paid, 1))
	}
}

// HostkeyDecide is a person who pays the invoices that an error names.
func HostkeyDecide(srv *hostkeytest.Server, text string) (payments int) {
	for _, invoice := range srv.Invoices() {
		if invoice.Status == hostkey.InvoiceUnpaid && strings.Contains(text, strconv.FormatInt(invoice.ID, 10)) && srv.PayInvoice(invoice.ID) {
			payments++
		}
	}
	return payments
}

// check counts what was paid twice or not at all.
func (w *hostkeyWorld) check() {
	paid, servers, expected := w.srv.PaidOrders(), make(map[string]int), 0
	for _, m := range w.srv.Machines() {
		servers[m.Hostname]++
	}
	for reference, o := range w.orders {
		want := 1
		if o.refused {
			want = 0
		}
		expected += want
		if paid[o.hostname] > want || servers[o.hostname] > want {
			w.count(Twice, 1)
		}
		if paid[o.hostname] < want || servers[o.hostname] < want {
			w.count(Lost, 1)
		}
		if paid[o.hostname] != want || servers[o.hostname] != want {
			w.tell(reference, o.hostname, "jump")
			w.Errorf("%s: %d paid orders, %d servers", reference, paid[o.hostname], servers[o.hostname])
		}
	}
	if n := len(w.srv.Machines()); n != expected {
		w.Errorf("%d servers, not %d", n, expected)
	}
}

// renewing is what a program does that renews all servers until each is paid for as many periods. Each is
// renewed until that has succeeded twice, whichever program does it.
func (w *hostkeyWorld) renewing(periods int) func(context.Context, *hostkey.Client) bool {
	succeeded := make(map[int64]int)
	return func(ctx context.Context, client *hostkey.Client) bool {
		p, done := hostkey.NewProvider(client), true
		for _, m := range w.srv.Machines() {
			w.mu.Lock()
			enough := succeeded[m.ID] > 1
			w.mu.Unlock()
			if enough {
				continue
			}
			outcome, err := p.Renew(ctx, strconv.FormatInt(m.ID, 10))
			if ctx.Err() != nil {
				return false
			}
			if err != nil {
				done = false
				continue
			}
			w.mu.Lock()
			succeeded[m.ID]++
			w.mu.Unlock()
			if now, _ := w.srv.Machine(m.ID); now.PaidPeriods < periods {
				w.Errorf("%v: server %d: outcome %q, and %d periods are paid, until %v", time.Now(), m.ID, outcome, now.PaidPeriods, now.NextDue)
			}
		}
		return done
	}
}

// renewed counts what was renewed twice or not at all.
func (w *hostkeyWorld) renewed(periods int) {
	for _, m := range w.srv.Machines() {
		w.count(Renewals, m.PaidPeriods-1)
		if m.PaidPeriods > periods {
			w.count(Twice, 1)
		}
		if m.PaidPeriods < periods {
			w.count(Lost, 1)
		}
		if m.PaidPeriods != periods {
			w.Errorf("server %d is paid for %d periods, not %d", m.ID, m.PaidPeriods, periods)
		}
	}
}
