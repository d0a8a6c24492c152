package elizon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

// wares are ways in which the platform may behave.
func wares() []shop {
	return append(goods(),
		shop{name: "runs at once", options: []elizontest.Option{elizontest.WithProvisioning(0)}},
		shop{name: "an hour to set up", options: []elizontest.Option{elizontest.WithProvisioning(time.Hour)}},
		shop{name: "old list", options: []elizontest.Option{elizontest.WithListKeys("services")}},
		shop{name: "service late, old", options: []elizontest.Option{elizontest.WithServiceDelay(10 * time.Minute), elizontest.WithoutErrorCodes(), elizontest.WithStatus200()}},
		shop{name: "signed markers", client: []provider.Option{provider.WithMarkerKeys(provider.NewSecret("the marker key of this test"))}},
	)
}

// trouble is what happens in a world.
type trouble struct {
	shop     shop
	programs int
	file     bool    // a ledger in a file
	late     float64 // the share of checkouts that are carried out minutes later
	stale    float64 // the share of reads that show what was up to 30 s ago
	wrong    float64 // the share of lives in which two reads show what was before
	jumps    float64 // the share of requests at which the ledger's clock is set
	pages    float64 // the share of checkouts for which a person has to pay on a page
	dear     bool    // prices rise above the limit and fall again
	person   float64 // the share of checkouts beside which a person orders much the same
	handles  bool    // programs keep the handles, too
}

// maxPaid is what orderOf allows.
const maxPaid = elizontest.Cents(6_00)

func troubleOf(seed uint64) trouble {
	all, random := wares(), rand.New(rand.NewPCG(seed, 21))
	some := func(share float64) float64 { return share * float64(random.IntN(3)) / 2 }
	t := trouble{
		shop: all[seed%uint64(len(all))], programs: []int{1, 2, 8}[random.IntN(3)],
		late: some(0.3), stale: some(0.4), wrong: some(0.6), jumps: some(0.04), pages: some(0.06), person: some(0.4), handles: random.IntN(2) == 0,
	}
	if t.programs == 1 && random.IntN(2) == 0 {
		t.dear, t.late = true, 0 // what is late costs what it costs by then
	}
	if t.file = seed%16 == 7; t.file {
		t.jumps = 0 // its clock is the machine's
	}
	return t
}

// tally is what became of the orders of many worlds.
type tally struct {
	orders, lives, kills, requests, disturbed, late, old, jumps, beside, refused, decisions, twice, lost, stuck atomic.Int64
}

func (t *tally) cells() []int64 {
	var all []int64
	for _, n := range []*atomic.Int64{&t.orders, &t.lives, &t.kills, &t.requests, &t.disturbed, &t.late, &t.old, &t.jumps, &t.beside, &t.refused, &t.decisions, &t.twice, &t.lost, &t.stuck} {
		all = append(all, n.Load())
	}
	return all
}

// world is a platform and the programs that order there, with one ledger.
type world struct {
	trouble
	t       *testing.T
	seed    uint64
	tally   *tally
	srv     *elizontest.Server
	backend http.Handler
	past    past
	book    *ledger.Memory
	path    string
	skew    atomic.Int64

	mu      sync.Mutex
	random  *rand.Rand
	foreign []elizontest.Truth // what other people have ordered
	story   strings.Builder    // what happened, for worlds that fail
}

func (w *world) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(&w.story, "%s "+format+"\n", append([]any{time.Now().Format("02 15:04:05.000")}, args...)...)
}

func newWorld(t *testing.T, seed uint64, tally *tally, path string) *world {
	w := &world{trouble: troubleOf(seed), t: t, seed: seed, tally: tally, path: path, random: rand.New(rand.NewPCG(seed, 22))}
	w.srv, _ = w.shop.open()
	w.foreign = w.srv.Truths()
	w.srv.SetBalance(1_000_000_00)
	w.backend = behind(w.srv)
	w.book = ledger.NewMemory(ledger.WithClock(func() time.Time { return time.Now().Add(time.Duration(w.skew.Load())) }))
	return w
}

func (w *world) chance(share float64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.Float64() < share
}

func (w *world) between(from, to time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return from + time.Duration(w.random.Int64N(int64(to-from)))
}

// behind is a server as a handler, so that each program has faults of its own.
func behind(srv *elizontest.Server) http.Handler {
	inner := srv.Client().Transport
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := r.Clone(r.Context())
		out.URL.Scheme, out.URL.Host, out.RequestURI = "https", strings.TrimPrefix(srv.URL, "https://"), ""
		resp, err := inner.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
}

// deliver has the server carry out a checkout later, and loses its answer.
func (w *world) deliver(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	late := r.Clone(context.WithoutCancel(r.Context()))
	late.Body = io.NopCloser(bytes.NewReader(body))
	w.tally.late.Add(1)
	time.AfterFunc(w.between(5*time.Second, 10*time.Minute), func() {
		w.tell("a checkout is carried out")
		next.ServeHTTP(httptest.NewRecorder(), late)
	})
	panic(http.ErrAbortHandler)
}

// byPage has a person pay on a page, whatever way to pay was asked for.
func byPage(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, _ := io.ReadAll(r.Body)
	body = bytes.Replace(body, []byte(`"guthaben"`), []byte(`"mollie"`), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	next.ServeHTTP(w, r)
}

// beside has a person order much the same in this moment.
func (w *world) beside(r *http.Request) bool {
	if !isCheckout(r) || !w.chance(w.person) {
		return false
	}
	service, cycle := asOrdered, int64(30)
	switch int(w.between(0, 4)) {
	case 0:
		service.TemplateID = 102
	case 1:
		service.LocationID = "loc-vie"
	case 2:
		service.ProductID = "prod-vps-m"
	case 3:
		cycle = 90
	}
	added := w.srv.AddService(service)
	w.srv.UpdateSubscription(added.SubscriptionID, func(s *elizontest.Subscription) { s.CycleDays = cycle })
	his := w.truth(added.ID)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.foreign = append(w.foreign, his)
	w.tally.beside.Add(1)
	return false
}

// past is what the platform has answered to reads.
type past struct {
	mu      sync.Mutex
	answers map[string][]kept
}

type kept struct {
	at   time.Time
	resp http.Response
	body []byte
}

func (k kept) response(r *http.Request) *http.Response {
	resp := k.resp
	resp.Header, resp.Body, resp.Request = resp.Header.Clone(), io.NopCloser(bytes.NewReader(k.body)), r
	return &resp
}

// keep notes what was answered, and returns what was within the last 30 s, the newest last, or the last of all.
func (p *past) keep(path string, now *kept) []kept {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.answers[path]
	for len(old) > 1 && time.Since(old[0].at) > 30*time.Second {
		old = old[1:]
	}
	if p.answers == nil {
		p.answers = make(map[string][]kept)
	}
	if p.answers[path] = old; now != nil {
		p.answers[path] = append(slices.Clip(old), *now)
	}
	return old
}

// view is how one life of a program sees the platform: some reads show what was before.
type view struct {
	w     *world
	inner http.RoundTripper
	wrong [2]int // the reads with the previous answer
	reads int
}

func (v *view) RoundTrip(r *http.Request) (*http.Response, error) {
	v.w.jump()
	resp, err := v.inner.RoundTrip(r)
	if r.Method != http.MethodGet || err != nil {
		return resp, err
	}
	v.w.mu.Lock()
	n := v.reads
	v.reads++
	v.w.mu.Unlock()
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), iotest.ErrReader(err)))
		return resp, nil
	}
	var own *kept
	if resp.StatusCode == http.StatusOK && json.Valid(body) {
		own = &kept{time.Now(), *resp, body}
	}
	old := v.w.past.keep(r.URL.RequestURI(), own)
	if len(old) > 0 {
		last := old[len(old)-1]
		switch recent := slices.DeleteFunc(slices.Clone(old), func(k kept) bool { return time.Since(k.at) > 30*time.Second }); {
		case slices.Contains(v.wrong[:], n):
			v.w.tally.old.Add(1)
			return last.response(r), nil
		case len(recent) > 0 && v.w.chance(v.w.stale):
			v.w.tally.old.Add(1)
			return recent[v.w.between(0, time.Duration(len(recent)))].response(r), nil
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// jump sets the ledger's clock at some moments, up to an hour ahead and a year back.
func (w *world) jump() {
	if !w.chance(w.jumps) {
		return
	}
	w.tally.jumps.Add(1)
	to := w.between(-time.Hour, time.Hour)
	if w.chance(0.3) {
		to = w.between(-365*24*time.Hour, 0)
	}
	w.skew.Store(int64(to))
}

// open opens the ledger as one more program does.
func (w *world) open() (provider.Ledger, func()) {
	if !w.file {
		return w.book, func() {}
	}
	file, err := ledger.OpenFile(w.path)
	if err != nil {
		w.t.Error(err)
		return w.book, func() {}
	}
	return file, func() { _ = file.Close() }
}

// life is one life of a program, in which a third of its requests are disturbed, and which may end at any of
// them.
func (w *world) life(do func(context.Context, *elizon.Provider) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	book, closed := w.open()
	defer closed()
	in := new(faults.Injector)
	in.When(w.beside, 0, faults.Fault{})
	in.When(func(r *http.Request) bool { return isCheckout(r) && w.chance(w.late) }, 0, faults.Fault{Kind: faults.Custom, Answer: w.deliver})
	in.When(func(r *http.Request) bool { return isCheckout(r) && w.chance(w.pages) }, 0, faults.Fault{Kind: faults.Custom, Answer: byPage})
	w.mu.Lock()
	in.Random(w.random.Uint64(), 0.3)
	at, after, wrong := -1, w.random.IntN(2) == 0, [2]int{-1, -1}
	if w.random.IntN(4) == 0 {
		at = w.random.IntN(16)
	}
	if w.random.Float64() < w.wrong {
		wrong = [2]int{w.random.IntN(10), w.random.IntN(10)}
	}
	w.mu.Unlock()
	wire := &killer{inner: &view{w: w, inner: in.Transport(w.backend), wrong: wrong}, at: at, after: after, kill: cancel}
	opts := append([]provider.Option{
		provider.WithHTTPClient(&http.Client{Transport: wire}), provider.WithLedger(ledgertest.Watched(ledgertest.Dying(ctx, book), func(e *provider.LedgerEntry) error {
			w.tell("put %s %s %s %v", e.Subject, e.State, e.Handle, e.Learnt)
			return nil
		})),
		provider.WithSettleTime(provider.DefaultSettleTime), someSpending,
	}, w.shop.client...)
	err := do(ctx, serviceProvider(w.t, w.srv, opts...))
	w.tally.lives.Add(1)
	w.tally.requests.Add(int64(wire.count))
	for _, request := range in.Requests() {
		if request.Fault != nil {
			w.tally.disturbed.Add(1)
		}
	}
	if ctx.Err() != nil {
		w.tally.kills.Add(1)
		return context.Canceled
	}
	return err
}

var toPay = regexp.MustCompile(`invoice "([^"]+)"`)

// decide is what a person does about an ErrConflict: he pays the invoice that it names, or finds out whose
// each service is, and says so.
func (w *world) decide(conflict error) {
	w.tally.decisions.Add(1)
	if invoice := toPay.FindStringSubmatch(conflict.Error()); invoice != nil {
		time.Sleep(w.between(time.Second, 2*time.Hour))
		w.srv.CompletePayment(invoice[1])
		return
	}
	p := serviceProvider(w.t, w.srv, w.shop.client...)
	for _, s := range w.srv.Truths() {
		if strings.HasPrefix(s.LineID, "order-") && strings.Contains(conflict.Error(), s.ServiceID) && w.reference(s) == "" {
			_, err := p.Adopt(context.Background(), s.ServiceID, s.LineID)
			if err != nil && !errors.Is(err, provider.ErrNotFound) {
				w.t.Errorf("world %d: a person cannot adopt: %v", w.seed, err)
			}
		}
	}
}

func (w *world) markers() provider.Markers {
	return provider.NewOptions(w.shop.client...).Markers(elizon.Kind)
}

func (w *world) reference(s elizontest.Truth) string {
	_, reference, _ := w.markers().Read(s.Name, s.ServiceID)
	return reference
}

func (w *world) pause() { time.Sleep(w.between(time.Second, 3*time.Minute)) }

// until repeats a job, life after life, until it is done.
func (w *world) until(what string, job func(context.Context, *elizon.Provider) (bool, error)) {
	var last error
	for begun := time.Now(); time.Since(begun) < 24*time.Hour; {
		done := false
		w.tell("begin %s", what)
		last = w.life(func(ctx context.Context, p *elizon.Provider) (err error) {
			done, err = job(ctx, p)
			return err
		})
		w.tell("end %s: %v", what, last)
		switch {
		case errors.Is(last, context.Canceled):
			done = false
		case errors.Is(last, provider.ErrConflict):
			w.decide(last)
		case errors.Is(last, provider.ErrQuota):
			w.tally.refused.Add(1)
			w.srv.SetPrice("prod-vps-s", 4_00)
		}
		if done && last == nil {
			return
		}
		if w.dear && w.chance(0.3) {
			w.srv.SetPrice("prod-vps-s", elizontest.Cents(w.between(4_00, 6_00))) // 5.05 is above the limit with tax
		}
		if w.pause(); w.chance(0.05) {
			time.Sleep(w.between(0, 2*time.Hour)) // a program that is started again in the evening
		}
	}
	w.tally.stuck.Add(1)
	w.t.Errorf("world %d (%s): %s is stuck: %v", w.seed, w.shop.name, what, last)
}

// place orders with all programs at once. Each order is the business of one, two or all of them.
func (w *world) place(orders int) {
	var group sync.WaitGroup
	for program := range w.programs {
		group.Go(func() {
			random := rand.New(rand.NewPCG(w.seed, uint64(program)))
			for _, i := range random.Perm(orders) {
				if i%w.programs != program && random.IntN(w.programs) > 1 {
					continue
				}
				handle := ""
				w.until(orderOf(i+1).Reference, func(ctx context.Context, p *elizon.Provider) (bool, error) {
					req := orderOf(i + 1)
					if w.handles {
						req.Handle = handle
					}
					if handle != "" && w.chance(0.3) {
						progress, err := p.Poll(ctx, handle)
						if !errors.Is(err, provider.ErrNotFound) {
							return err == nil && progress.Done, err
						}
					}
					made, err := p.Create(ctx, req)
					if made != nil && made.Handle != "" && ctx.Err() == nil {
						handle = made.Handle
					}
					return ready(made, err), err
				})
			}
		})
	}
	group.Wait()
}

// extend has all programs renew a service and change the plan of another, in two periods.
func (w *world) extend(renewed, upgraded string) {
	first, upgrades := w.truth(renewed), w.truth(upgraded).Charges
	for period := 1; period <= 2; period++ {
		var group sync.WaitGroup
		for range w.programs {
			group.Go(func() {
				for range 2 { // also by a program that has forgotten that it was done
					w.until("renewal", func(ctx context.Context, p *elizon.Provider) (bool, error) {
						_, err := p.Renew(ctx, renewed)
						return err == nil, err
					})
					if period > 1 {
						continue // the platform renews what nobody does
					}
					w.until("upgrade", func(ctx context.Context, p *elizon.Provider) (bool, error) {
						outcome, err := p.ChangePlan(ctx, upgraded, "prod-vps-m")
						return err == nil && outcome != provider.OutcomePending, err
					})
				}
			})
		}
		group.Wait()
		time.Sleep(time.Hour)
		w.paid("renewal", w.truth(renewed).Charges, first.Charges+period)
		if period == 1 {
			w.paid("upgrade", w.truth(upgraded).Charges, upgrades+1)
		}
		time.Sleep(time.Until(first.PeriodEnd.Add(time.Hour))) // the next period has begun
	}
}

func (w *world) truth(service string) elizontest.Truth {
	for _, s := range w.srv.Truths() {
		if s.ServiceID == service {
			return s
		}
	}
	w.t.Fatalf("world %d: service %s is gone", w.seed, service)
	return elizontest.Truth{}
}

func (w *world) paid(what string, got, want int) {
	w.tally.orders.Add(1)
	switch {
	case got > want:
		w.tally.twice.Add(1)
	case got < want:
		w.tally.lost.Add(1)
	default:
		return
	}
	w.t.Errorf("world %d (%s): %s is paid %d times instead of %d", w.seed, w.shop.name, what, got, want)
}

// check counts what was paid twice or lost.
func (w *world) check(orders int) {
	w.tally.orders.Add(int64(orders))
	carried, truths := make(map[string]int), w.srv.Truths()
	for _, s := range truths {
		if n := slices.IndexFunc(w.foreign, func(f elizontest.Truth) bool { return f.ServiceID == s.ServiceID }); n >= 0 {
			require.Equal(w.t, w.foreign[n], s, "world %d: what is somebody else's", w.seed)
			continue
		}
		reference := w.reference(s)
		if carried[reference]++; reference != s.LineID {
			w.t.Errorf("world %d (%s): what %s paid for carries %q", w.seed, w.shop.name, s.LineID, s.Name)
		}
	}
	for i := 1; i <= orders; i++ {
		switch reference := orderOf(i).Reference; {
		case w.srv.ChargesFor(reference) > 1:
			w.tally.twice.Add(1)
			w.t.Errorf("world %d (%s): %s is paid %d times", w.seed, w.shop.name, reference, w.srv.ChargesFor(reference))
		case w.srv.ChargesFor(reference) == 0, carried[reference] != 1:
			w.tally.lost.Add(1)
			w.t.Errorf("world %d (%s): %s is lost: paid %d times, carried by %d services", w.seed, w.shop.name, reference, w.srv.ChargesFor(reference), carried[reference])
		}
	}
	if charges, services := len(w.srv.Charges()), len(truths)-len(w.foreign); charges != orders || services != orders {
		w.t.Errorf("world %d (%s): %d charges, %d services for %d orders", w.seed, w.shop.name, charges, services, orders)
	}
	if w.dear {
		for _, charge := range w.srv.Charges() {
			require.LessOrEqual(w.t, charge.Amount, maxPaid, "world %d: order %v", w.seed, charge.LineIDs)
		}
	}
}

// TestCampaign places orders in many worlds: a third of all requests fail in some way, programs die, two or
// eight of them share a ledger and some orders, orders are carried out minutes after they were sent, reads
// show what was, the ledger's clock jumps, prices rise, some orders a person has to pay for, and a person
// orders beside them. Each order is bought once, each period and each upgrade is paid once.
func TestCampaign(t *testing.T) {
	const each = 8
	orders := testsize.Pick(200, 5_000)
	if testsize.All() {
		orders = 10_000
	}
	kinds := wares()
	rows := make([]tally, len(kinds))
	t.Run("worlds", func(t *testing.T) {
		for n := range orders / each {
			seed := testsize.Seed()*1_000_000 + uint64(n)
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				row := &rows[seed%uint64(len(kinds))]
				path := filepath.Join(t.TempDir(), "orders")
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, seed, row, path)
					w.place(each)
					time.Sleep(time.Hour) // what is late has come
					w.check(each)
					w.extend(w.srv.Charges()[0].ServiceIDs[0], w.srv.Charges()[1].ServiceIDs[0])
					if t.Failed() {
						story := w.story.String()
						t.Logf("the end of the story of world %d, %+v:\n%s", seed, w.trouble, story[max(0, len(story)-40_000):])
					}
				})
			})
		}
	})
	var table strings.Builder
	line := "%-28s" + strings.Repeat(" %9v", 14) + "\n"
	fmt.Fprintf(&table, line, "shop", "orders", "lives", "kills", "requests", "disturbed", "late", "old reads", "jumps", "beside", "refused", "decisions", "twice", "lost", "stuck")
	sum := make([]int64, 14)
	for i := range kinds {
		cells := []any{kinds[i].name}
		for k, n := range rows[i].cells() {
			sum[k] += n
			cells = append(cells, n)
		}
		fmt.Fprintf(&table, line, cells...)
	}
	cells := []any{"all"}
	for _, n := range sum {
		cells = append(cells, n)
	}
	fmt.Fprintf(&table, line, cells...)
	t.Logf("campaign:\n%s", table.String())
	require.Equal(t, []int64{0, 0, 0}, sum[11:])
	require.NotContains(t, sum[:11], int64(0), "something did not happen")
}
