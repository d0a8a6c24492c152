package elizon_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

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
