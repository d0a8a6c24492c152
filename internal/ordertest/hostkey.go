package ordertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledgertest"
)

// Campaign is a number of orders and with which ledger they are placed.
type Campaign struct {
	Orders int
	// Seed is that of the first world, and every further one has the next.
	Seed  uint64
	Books Books
}

// eachWorld is how many orders a world has, of which one is refused by the vendor.
const eachWorld = 8

// Hostkey orders servers from HOSTKEY, in worlds of a few orders.
func Hostkey(t *testing.T, c Campaign) {
	var table Table
	all := HostkeyBehaviours()
	t.Run("worlds", func(t *testing.T) {
		for n := range uint64(c.Orders / eachWorld) {
			seed := c.Seed + n
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &hostkeyWorld{T: t, table: &table, behaviour: all[seed%uint64(len(all))]}
					w.run(seed, c.Books)
				})
			})
		}
	})
	t.Logf("orders at HOSTKEY:\n%s", &table)
	for _, column := range []string{Twice, Lost, Stuck} {
		require.Zero(t, table.Sum(column), column)
	}
	require.Positive(t, table.Sum(Orders))
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

// hostkeyWorld is a vendor with one account, and the programs that order there.
type hostkeyWorld struct {
	*testing.T
	behaviour Behaviour
	table     *Table
	srv       *hostkeytest.Server
	network   *Network
	wire      http.RoundTripper
	began     time.Time
	open      func() provider.Ledger

	mu     sync.Mutex
	ahead  time.Duration // the ledger's clock, of the true time
	orders map[string]*hostkeyOrder
	story  []string
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

// patience is how long an order may take before it counts as stuck.
const patience = 24 * time.Hour

func (w *hostkeyWorld) count(column string, n int) { w.table.Add(w.behaviour.Name, column, n) }

func (w *hostkeyWorld) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// jumps are those of the ledger's clock.
var jumps = []time.Duration{-365 * 24 * time.Hour, -time.Hour, -15 * time.Minute, -20 * time.Second, 20 * time.Second, 15 * time.Minute, time.Hour}

func (w *hostkeyWorld) jump(d time.Duration) {
	w.mu.Lock()
	w.ahead += d
	w.mu.Unlock()
	w.count(Jumps, 1)
	w.note("the ledger's clock jumps by %v", d)
}

// note keeps what happened for those who ask why.
func (w *hostkeyWorld) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.story = append(w.story, time.Since(w.began).String()+" "+fmt.Sprintf(format, args...))
}

// tell tells what happened that has to do with an order.
func (w *hostkeyWorld) tell(reference string, o *hostkeyOrder) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.story {
		if strings.Contains(line, reference) || strings.Contains(line, o.hostname) || strings.Contains(line, "jump") {
			w.Log(line)
		}
	}
}

func (w *hostkeyWorld) run(seed uint64, books Books) {
	random := rand.New(rand.NewPCG(seed, 2))
	w.srv = w.behaviour.Start()
	w.network = &Network{
		Vendor: w.srv.Client().Transport, Know: HostkeyRequest, Late: 0.3, Junk: 0.02, Disturbed: 0.3,
		Sent: func(body string) { w.note("the vendor gets %s", body) },
		Arrived: func(random *rand.Rand) {
			if !w.network.Timeless && random.IntN(150) == 0 { // a vendor that tells the time shows that the ledger's clock is wrong
				w.jump(jumps[random.IntN(len(jumps))])
			}
		},
	}
	if random.IntN(2) == 0 {
		w.network.Lag = rand1(random, 30*time.Second)
	}
	w.network.Timeless = random.IntN(8) == 0
	w.wire, w.began = w.network.Start(seed), time.Now()
	w.open = books(w.T, w.clock)
	w.orders = make(map[string]*hostkeyOrder)
	for n := range eachWorld {
		o := &hostkeyOrder{refused: n == 3}
		w.orders[fmt.Sprintf("order-%d", n)] = o
	}
	w.all(random, []int{1, 2, 8}[random.IntN(3)], w.placing)
	w.network.Landed()
	time.Sleep(10 * time.Minute)
	w.check()
	if random.IntN(4) == 0 && !w.Failed() {
		w.all(random, 2, w.renewing(2))
		time.Sleep(33 * 24 * time.Hour)
		w.all(random, 2, w.renewing(3))
		w.network.Landed()
		w.renewed(3)
	}
	requests, disturbed, late, junked := w.network.Counts()
	w.count(Requests, requests)
	w.count(Disturbed, disturbed)
	w.count(Late, late)
	w.count(Junk, junked)
}

// all runs several programs at once, each in life after life until nothing is left to do.
func (w *hostkeyWorld) all(random *rand.Rand, programs int, live func(ctx context.Context, random *rand.Rand, client *hostkey.Client) (done bool)) {
	var group sync.WaitGroup
	for range programs {
		own := rand.New(rand.NewPCG(random.Uint64(), 3))
		group.Go(func() {
			for !w.life(own, live) {
				time.Sleep(rand1(own, time.Minute))
			}
		})
	}
	group.Wait()
}

// life is one run of a program, with a client of its own. After its end it stores nothing.
func (w *hostkeyWorld) life(random *rand.Rand, live func(ctx context.Context, random *rand.Rand, client *hostkey.Client) bool) (done bool) {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	wire := &Killer{Inner: w.wire, At: -1, After: random.IntN(2) == 0, Kill: end}
	if random.IntN(3) == 0 {
		wire.At = random.IntN(25)
	}
	options := []provider.Option{provider.WithHTTPClient(&http.Client{Transport: wire}), provider.WithLedger(ledgertest.Dying(ctx, w.open()))}
	if random.IntN(2) == 0 {
		options = append(options, provider.WithReadLag(w.network.Lag))
	}
	client, err := hostkey.New(w.srv.URL, provider.NewSecret(w.srv.Key), options...)
	require.NoError(w, err)
	w.count(Lives, 1)
	done = live(ctx, random, client)
	if ctx.Err() != nil {
		w.count(Kills, 1)
		return false
	}
	return done
}

// placing is what a program does that places orders, several at once, the same as other programs and others.
func (w *hostkeyWorld) placing(ctx context.Context, random *rand.Rand, client *hostkey.Client) (done bool) {
	for range 1 + random.IntN(3) {
		references := w.left()
		if len(references) == 0 {
			return true
		}
		random.Shuffle(len(references), func(i, k int) { references[i], references[k] = references[k], references[i] })
		var group sync.WaitGroup
		for _, reference := range references[:1+random.IntN(min(3, len(references)))] {
			poll := random.IntN(4) == 0
			group.Go(func() { w.place(ctx, client, reference, poll) })
		}
		group.Wait()
		if ctx.Err() != nil {
			return false
		}
		time.Sleep(rand1(random, 2*time.Minute))
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
		w.tell(reference, o)
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
		w.count(Decisions, HostkeyDecide(w.srv, err.Error()))
	}
}

// HostkeyDecide is a person who pays the invoices that an error names.
func HostkeyDecide(srv *hostkeytest.Server, text string) (decisions int) {
	for _, invoice := range srv.Invoices() {
		if invoice.Status == hostkey.InvoiceUnpaid && strings.Contains(text, strconv.FormatInt(invoice.ID, 10)) && srv.PayInvoice(invoice.ID) {
			decisions++
		}
	}
	return decisions
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
			w.tell(reference, o)
			w.Errorf("%s: %d paid orders, %d servers", reference, paid[o.hostname], servers[o.hostname])
		}
	}
	if n := len(w.srv.Machines()); n != expected {
		w.Errorf("%d servers, not %d", n, expected)
	}
}

// renewing is what a program does that renews all servers until each is paid for as many periods. Each is
// renewed until that has succeeded twice, whichever program does it.
func (w *hostkeyWorld) renewing(periods int) func(context.Context, *rand.Rand, *hostkey.Client) bool {
	succeeded := make(map[int64]int)
	return func(ctx context.Context, _ *rand.Rand, client *hostkey.Client) bool {
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
