package ordertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/elizon/elizontest"
	"github.com/provkit/provkit/provider"
)

// Elizon orders services from elizon, renews one, and changes the plan of another. Prices rise, some orders a
// person has to pay for, and a person orders beside them.
func Elizon(t *testing.T, c Campaign) *Table {
	return c.run(t, func(w *world) {
		all := MoreShops()
		(&elizonWorld{world: w, shop: all[w.seed%uint64(len(all))]}).run()
	})
}

// elizonWorld is a world of elizon.
type elizonWorld struct {
	*world
	shop     Shop
	srv      *elizontest.Server
	programs int
	pages    float64 // the share of checkouts for which a person has to pay on a page
	person   float64 // the share of checkouts beside which a person orders much the same
	dear     bool    // prices rise above the limit and fall again
	handles  bool    // programs keep the handles, too

	foreign []elizontest.Truth // what other people have ordered
}

// maxPaid is what ElizonOrder allows.
const maxPaid = elizontest.Cents(6_00)

func (w *elizonWorld) run() {
	some := func(share float64) float64 { return share * float64(w.below(3)) / 2 }
	w.name, w.programs = w.shop.Name, []int{1, 2, 8}[w.below(3)]
	w.pages, w.person, w.handles, w.jumps = some(0.12), some(0.4), w.chance(0.5), some(0.04)
	network := &Network{
		Vendor: w, Know: elizonRequest, Late: some(0.3), Junk: some(0.04), Disturbed: 0.3, Mixed: w.chance(0.5),
		Lag: time.Duration(some(float64(30 * time.Second))), Sent: func(string) { w.note("a checkout is carried out") },
	}
	if w.programs == 1 && w.chance(0.5) {
		w.dear, network.Late = true, 0 // what is late costs what it costs by then
	}
	w.srv, _ = w.shop.Open()
	w.foreign = w.srv.Truths()
	w.srv.SetBalance(1_000_000_00)
	w.connect(network)
	w.place()
	network.Landed()
	time.Sleep(time.Hour)
	w.check()
	w.extend(w.srv.Charges()[0].ServiceIDs[0], w.srv.Charges()[1].ServiceIDs[0])
	w.close()
	if w.Failed() {
		w.Logf("%s, %d programs, lag %v, mixed: %v, late %v, junk %v, dear: %v", w.name, w.programs, network.Lag, network.Mixed, network.Late, network.Junk, w.dear)
		w.tell("")
	}
}

func isCheckout(r *http.Request) bool { return r.URL.Path == "/api/checkout" }

func elizonRequest(r *http.Request, _ string) Request {
	asked := r.Method + " " + r.URL.RequestURI()
	return Request{Action: asked, Asked: asked, Read: r.Method == http.MethodGet, Order: isCheckout(r)}
}

// RoundTrip is the platform as it carries out a request: a person may have to pay, or order beside it.
func (w *elizonWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	if isCheckout(r) && w.chance(w.person) {
		w.beside()
	}
	if isCheckout(r) && w.chance(w.pages) {
		PayByPage(r)
	}
	return w.srv.Client().Transport.RoundTrip(r)
}

// PayByPage changes a checkout so that a person has to pay on a page, whatever way to pay was asked for.
func PayByPage(r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	body = bytes.Replace(body, []byte(`"guthaben"`), []byte(`"mollie"`), 1)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// beside has a person order much the same as ElizonOrder.
func (w *elizonWorld) beside() {
	service, cycle := elizontest.Service{LocationID: "loc-fra", TemplateID: 101}, int64(30)
	switch w.below(4) {
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
	w.count(Beside, 1)
}

// provider returns that of a program, or of a person who needs no ledger.
func (w *elizonWorld) provider(options ...provider.Option) *elizon.Provider {
	options = append(options, elizon.WithSpending(elizon.Spending{MaxRenewal: "6", MaxUpgrade: "6"}))
	client, err := elizon.New(w.srv.URL, provider.NewSecret(w.srv.Key), append(options, w.shop.Client...)...)
	require.NoError(w, err)
	return elizon.NewProvider(client)
}

var toPay = regexp.MustCompile(`invoice "([^"]+)"`)

// decide is what a person does about an ErrConflict: he pays the invoice that it names, or finds out whose
// each service is, and says so.
func (w *elizonWorld) decide(conflict error) {
	if invoice := toPay.FindStringSubmatch(conflict.Error()); invoice != nil {
		time.Sleep(w.between(time.Second, 2*time.Hour))
		if w.srv.CompletePayment(invoice[1]) {
			w.count(Payments, 1)
		} else {
			w.count(Over, 1)
		}
		return
	}
	adopted := 0
	p := w.provider(provider.WithHTTPClient(w.srv.Client()), provider.WithoutLedger())
	for _, s := range w.srv.Truths() {
		if strings.HasPrefix(s.LineID, "order-") && strings.Contains(conflict.Error(), s.ServiceID) && w.reference(s) == "" {
			_, err := p.Adopt(context.Background(), s.ServiceID, s.LineID)
			switch {
			case err == nil:
				adopted++
			case !errors.Is(err, provider.ErrNotFound):
				w.Errorf("a person cannot adopt: %v", err)
			}
		}
	}
	switch {
	case adopted > 0:
		w.count(Adoptions, adopted)
	case strings.Contains(conflict.Error(), "does not show it"):
		w.count(Unshown, 1)
	default:
		w.count(Over, 1)
	}
}

func (w *elizonWorld) reference(s elizontest.Truth) string {
	_, reference, _ := provider.NewOptions(w.shop.Client...).Markers(elizon.Kind).Read(s.Name, s.ServiceID)
	return reference
}

// until repeats a job, life after life, until it is done.
func (w *elizonWorld) until(what string, job func(context.Context, *elizon.Provider) (done bool, err error)) {
	var last error
	for begun := time.Now(); time.Since(begun) < patience; {
		var done bool
		w.note("begin %s", what)
		died := w.life(func(ctx context.Context, options []provider.Option) { done, last = job(ctx, w.provider(options...)) })
		w.note("end %s: %v, %v, %v", what, died, done, last)
		switch {
		case died:
		case errors.Is(last, provider.ErrConflict):
			w.decide(last)
		case errors.Is(last, provider.ErrQuota):
			w.count(Refused, 1)
			w.srv.SetPrice("prod-vps-s", 4_00)
		case done && last == nil:
			return
		}
		if w.dear && w.chance(0.3) {
			w.srv.SetPrice("prod-vps-s", elizontest.Cents(w.between(4_00, 6_00))) // 5.05 is above the limit with tax
		}
		time.Sleep(w.between(time.Second, 3*time.Minute))
		if w.chance(0.05) {
			time.Sleep(w.between(0, 2*time.Hour)) // a program that is started again in the evening
		}
	}
	w.count(Stuck, 1)
	w.Errorf("%s is stuck: %v", what, last)
}

// place orders with all programs at once. Each order is the business of one, two or all of them.
func (w *elizonWorld) place() {
	var group sync.WaitGroup
	for program := range w.programs {
		group.Go(func() {
			for _, i := range draw(w.world, func(r *rand.Rand) []int { return r.Perm(eachWorld) }) {
				if i%w.programs != program && w.below(w.programs) > 1 {
					continue
				}
				handle := ""
				w.until(ElizonOrder(i+1).Reference, func(ctx context.Context, p *elizon.Provider) (bool, error) {
					req := ElizonOrder(i + 1)
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
					return err == nil && made.Outcome != provider.OutcomePending, err
				})
			}
		})
	}
	group.Wait()
}

// extend has all programs renew a service and change the plan of another, in two periods.
func (w *elizonWorld) extend(renewed, upgraded string) {
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

func (w *elizonWorld) truth(service string) elizontest.Truth {
	for _, s := range w.srv.Truths() {
		if s.ServiceID == service {
			return s
		}
	}
	w.Fatalf("service %s is gone", service)
	return elizontest.Truth{}
}

func (w *elizonWorld) paid(what string, got, want int) {
	w.count(Renewals, 1)
	switch {
	case got > want:
		w.count(Twice, 1)
	case got < want:
		w.count(Lost, 1)
	default:
		return
	}
	w.Errorf("%s is paid %d times instead of %d", what, got, want)
}

// check counts what was paid twice or lost.
func (w *elizonWorld) check() {
	w.count(Orders, eachWorld)
	carried, truths := make(map[string]int), w.srv.Truths()
	for _, s := range truths {
		if n := slices.IndexFunc(w.foreign, func(f elizontest.Truth) bool { return f.ServiceID == s.ServiceID }); n >= 0 {
			require.Equal(w, w.foreign[n], s, "what is somebody else's")
			continue
		}
		reference := w.reference(s)
		if carried[reference]++; reference != s.LineID {
			w.Errorf("what %s paid for carries %q", s.LineID, s.Name)
		}
	}
	for i := 1; i <= eachWorld; i++ {
		reference := ElizonOrder(i).Reference
		paid := w.srv.ChargesFor(reference)
		switch {
		case paid > 1:
			w.count(Twice, 1)
		case paid == 0, carried[reference] != 1:
			w.count(Lost, 1)
		default:
			continue
		}
		w.Errorf("%s is paid %d times, and carried by %d services", reference, paid, carried[reference])
	}
	if charges, services := len(w.srv.Charges()), len(truths)-len(w.foreign); charges != eachWorld || services != eachWorld {
		w.Errorf("%d charges, %d services for %d orders", charges, services, eachWorld)
	}
	if w.dear {
		for _, charge := range w.srv.Charges() {
			require.LessOrEqual(w, charge.Amount, maxPaid, "order %v", charge.LineIDs)
		}
	}
}
