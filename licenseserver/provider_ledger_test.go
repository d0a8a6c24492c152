package licenseserver_test

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/ledger"
	"github.com/provkit/provkit/provider/ledgertest"
)

const settleTime = 2 * time.Minute

// settled calls Create again as long as it says that nobody knows yet.
func settled(t *testing.T, p *licenseserver.Provider, order *provider.CreateRequest) (*provider.Creation, error) {
	created, err := p.Create(t.Context(), order)
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		time.Sleep(settleTime) // in the bubble's time
		created, err = p.Create(t.Context(), order)
	}
	return created, err
}

// TestRestartsWithLedger: the program is killed at each request of a Create, before or after it was carried
// out, and another program with its ledger creates the order again: there is one license, and no key is
// lost. Only where no search leads to keys, the key whose answer the program did not live to read is.
func TestRestartsWithLedger(t *testing.T) {
	for name, opts := range map[string][]provider.Option{"documented": nil, "search": {searchable}} {
		for _, after := range []bool{false, true} {
			lost, points := 0, 0
			for done := false; !done; points++ {
				synctest.Test(t, func(t *testing.T) {
					srv := newServer()
					ctx, die := context.WithCancel(t.Context())
					defer die()
					orders := ledger.NewMemory()
					with := func(more ...provider.Option) *licenseserver.Provider {
						return providerOn(t, srv, append(append(more, provider.WithSettleTime(settleTime)), opts...)...)
					}
					order := orderOf(1)
					order.Options = map[string]string{"resource_ids": strconv.FormatInt(srv.Resources()[0].ID, 10)}
					_, err := with(dyingAt(srv, points, after, die), provider.WithLedger(ledgertest.Dying(ctx, orders))).Create(ctx, order)
					if done = err == nil; done {
						return
					}
					created, err := settled(t, with(provider.WithLedger(orders)), order)
					require.NoError(t, err, "%s, died at %d", name, points)
					require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"), "%s, died at %d", name, points)
					require.Equal(t, "basic", created.Account.Plan)
					id, _ := strconv.ParseInt(created.Account.ID, 10, 64)
					require.Equal(t, id, srv.Resources()[0].LicenseID, "died at %d", points)
					lost += len(srv.Licenses()) - 1
				})
			}
			t.Logf("%s, after %t: killed at %d points, %d keys lost", name, after, points-1, lost)
			require.Greater(t, points, 8)
			require.Equal(t, name == "documented" && after, lost == 1)
			require.LessOrEqual(t, lost, 1)
		}
	}
}

// TestProgramsOnOneLedger: several programs create the same order, and different ones, at once. One creates
// at a time, so that none has to give way to another.
func TestProgramsOnOneLedger(t *testing.T) {
	for seed := range uint64(24) {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			opts := []provider.Option{provider.WithLedger(ledger.NewMemory())}
			if seed%2 == 1 {
				opts = append(opts, searchable)
			}
			programs := 2 + int(seed/2)%2
			slowly(srv, seed)
			var group sync.WaitGroup
			ids := make([][2]string, programs)
			for i := range programs {
				p := providerOn(t, srv, opts...)
				for n, order := range []*provider.CreateRequest{orderOf(0), orderOf(1 + i)} {
					group.Go(func() {
						created, err := p.Create(t.Context(), order)
						require.NoError(t, err, "seed %d", seed)
						ids[i][n] = created.Account.ID
					})
				}
			}
			group.Wait()
			for i := range programs {
				require.Equal(t, []string{ids[i][0]}, marked(srv, "order-0"), "seed %d", seed)
				require.Equal(t, []string{ids[i][1]}, marked(srv, "order-"+strconv.Itoa(1+i)), "seed %d", seed)
			}
			require.Len(t, srv.Licenses(), programs+1, "seed %d", seed)
			generated := 0
			for _, r := range srv.Faults.Requests() {
				require.NotEqual(t, "/api/licenses/bulk-delete", r.Path, "seed %d: none is made to be removed", seed)
				if r.Path == "/api/generate-license-key" {
					generated++
				}
			}
			require.Equal(t, programs+1, generated, "seed %d", seed)
		})
	}
}

// TestLostAnswerSettles: an order whose answer was lost is looked for until it has settled, by the server's
// clock, also by another program; if it lands late it is found, and else another key is generated.
func TestLostAnswerSettles(t *testing.T) {
	for name, lands := range map[string]bool{"lands late": true, "never lands": false} {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			orders := ledger.NewMemory()
			ahead := 6 * time.Hour
			dated := provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
				resp, err := srv.Client().Transport.RoundTrip(req)
				if err == nil {
					resp.Header.Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
				}
				return resp, err
			})})
			open := func() *licenseserver.Provider {
				return providerOn(t, srv, searchable, dated, provider.WithLedger(orders), provider.WithSettleTime(settleTime))
			}
			srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Drop})
			began := time.Now()
			for range 3 {
				_, err := open().Create(t.Context(), orderOf(1))
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
				require.Empty(t, srv.Licenses(), name)
				time.Sleep(settleTime / 4)
			}
			_, err := open().Create(t.Context(), orderOf(1))
			require.ErrorContains(t, err, "try again after "+began.Add(ahead+settleTime).UTC().Format(time.RFC3339), name)
			entry, err := orders.Entry(t.Context(), keyOf(srv, "order-1"))
			require.NoError(t, err)
			require.WithinDuration(t, began.Add(ahead), entry.SentAt, 2*time.Second)
			require.Equal(t, provider.LedgerSent, entry.State)
			require.Equal(t, map[string]string{"highest": "0"}, entry.Learnt)
			var late licenseservertest.License
			if lands {
				late = srv.AddLicense(licenseservertest.License{})
			} else {
				time.Sleep(settleTime / 4)
			}
			created, err := open().Create(t.Context(), orderOf(1))
			require.NoError(t, err, name)
			require.Len(t, srv.Licenses(), 1, name)
			if lands {
				require.Equal(t, idOf(late), created.Account.ID)
			}
			entry, err = orders.Entry(t.Context(), keyOf(srv, "order-1"))
			require.NoError(t, err)
			require.Equal(t, []any{provider.LedgerDone, "", map[string]string{"account": created.Account.ID}, map[string]string{"username": "customer1", "plan": "basic"}},
				[]any{entry.State, entry.Handle, entry.Learnt, entry.Asked})
		})
	}
}

// TestTwoLostAnswers: two orders have lost their answers. Which of the two new keys is whose does not matter,
// but a third one is nobody's.
func TestTwoLostAnswers(t *testing.T) {
	for name, persons := range map[string]int{"theirs": 0, "and a person's": 1} {
		srv := newServer()
		p := providerOn(t, srv, searchable, provider.WithLedger(ledger.NewMemory()))
		lost := faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusBadGateway) }}
		srv.Faults.When(to("/generate-license-key"), 2, lost)
		for n := range 2 {
			_, err := p.Create(t.Context(), orderOf(n))
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		}
		for range 2 + persons { // both land
			srv.AddLicense(licenseservertest.License{})
		}
		for n := range 2 {
			_, err := p.Create(t.Context(), orderOf(n))
			if persons == 0 {
				require.NoError(t, err, name)
				require.Len(t, marked(srv, "order-"+strconv.Itoa(n)), 1, name)
				continue
			}
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown, name)
			require.ErrorContains(t, err, "licenses "+idOf(srv.Licenses()[0])+" and ", name)
		}
		require.Len(t, srv.Licenses(), 2+persons, name)
	}
}

// TestKeyOfAnotherOrder: a key that another order has generated and not marked yet is not taken for one whose
// answer was lost.
func TestKeyOfAnotherOrder(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv, searchable, provider.WithLedger(ledger.NewMemory()))
	srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Drop})
	_, err := p.Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	srv.Faults.When(to("/register-device"), 1, faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden, Body: `{"error": "Forbidden", "code": "FORBIDDEN", "status": 403}`})
	_, err = p.Create(t.Context(), orderOf(2))
	require.ErrorIs(t, err, provider.ErrForbidden)
	_, err = p.Create(t.Context(), orderOf(1))
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	created, err := p.Create(t.Context(), orderOf(2))
	require.NoError(t, err)
	require.Len(t, srv.Licenses(), 1)
	require.Equal(t, []string{created.Account.ID}, marked(srv, "order-2"))
}

// TestKeysAreSealed: the file of a ledger has no license key in it, at no time; and who has the API key goes
// on with it. With another API key the search finds it.
func TestKeysAreSealed(t *testing.T) {
	for _, regenerated := range []bool{false, true} {
		srv := newServer()
		path := filepath.Join(t.TempDir(), "orders")
		open := func() *licenseserver.Provider {
			orders, err := ledger.OpenFile(path)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, orders.Close()) })
			return providerOn(t, srv, searchable, provider.WithLedger(orders))
		}
		clear := func() {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Contains(t, string(text), `order-1`)
			for _, l := range srv.Licenses() {
				require.NotContains(t, string(text), l.Key)
				require.NotContains(t, string(text), strings.ReplaceAll(l.Key, "-", ""))
			}
			require.NotContains(t, string(text), srv.Key)
		}
		srv.Faults.When(to("/register-device"), 1, faults.Fault{Kind: faults.Status, StatusCode: http.StatusForbidden, Body: `{"error": "Forbidden", "code": "FORBIDDEN", "status": 403}`})
		_, err := open().Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrForbidden)
		require.Len(t, srv.Licenses(), 1)
		clear()
		entry := entryOf(t, path, srv)
		require.Equal(t, []any{provider.LedgerPlaced, idOf(srv.Licenses()[0])}, []any{entry.State, entry.Learnt["account"]}, "people find it, too")
		if regenerated {
			srv.Key = srv.RegenerateKey()
		}
		created, err := open().Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"))
		require.Len(t, srv.Licenses(), 1)
		clear()
	}
}

// TestColdProgramSeesNoMarker: the list of another license, without a marker, is the answer about the
// license of an order. A program that has not read it before would sell it again; the ledger knows better.
func TestColdProgramSeesNoMarker(t *testing.T) {
	for strays := 1; strays <= 5; strays++ {
		srv := newServer()
		orders := provider.WithLedger(ledger.NewMemory())
		other := srv.AddLicense(licenseservertest.License{})
		mine, err := providerOn(t, srv, orders).Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		answeredAs(srv, strays, mine.Account.ID, idOf(other))
		again, err := providerOn(t, srv, orders).Create(t.Context(), orderOf(1))
		if err != nil {
			require.ErrorIs(t, err, provider.ErrConflict)
			require.ErrorContains(t, err, "license "+mine.Account.ID)
		} else {
			require.Equal(t, []any{provider.OutcomeAlready, mine.Account.ID}, []any{again.Outcome, again.Account.ID})
		}
		require.Len(t, srv.Licenses(), 2, "%d strays", strays)
		srv.Faults.Clear()
		again, err = providerOn(t, srv, orders).Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.Equal(t, []any{provider.OutcomeAlready, mine.Account.ID}, []any{again.Outcome, again.Account.ID})
	}
}

// TestSoldByTheLedger: what became of the license of an order since decides whether it is the order's.
func TestSoldByTheLedger(t *testing.T) {
	anew := func(srv *licenseservertest.Server, l licenseservertest.License) {
		require.True(t, srv.RemoveLicense(l.ID))
		srv.AddLicense(l)
	}
	for name, test := range map[string]struct {
		search bool
		change func(srv *licenseservertest.Server, l licenseservertest.License)
		err    error // of the next Create
		cold   error // of that of another program
		again  bool  // it is another license
		marked bool  // with the order's own marker, whatever its name
	}{
		"another name": {change: func(srv *licenseservertest.Server, l licenseservertest.License) {
			srv.Activate(licenseservertest.Device{LicenseID: l.ID, HardwareHash: srv.Devices(l.ID)[0].HardwareHash, MachineName: "boss [ref:order-7]"})
		}},
		"no marker":                {search: true, marked: true, change: anew},
		"no marker, and no search": {change: anew, marked: true, cold: provider.ErrConflict}, // its key is known to the program that made it
		"another year's": {search: true, err: provider.ErrConflict, change: func(srv *licenseservertest.Server, l licenseservertest.License) {
			l.ValidFrom = l.ValidFrom.AddDate(1, 0, 0)
			anew(srv, l)
		}},
		"removed": {again: true, marked: true, change: func(srv *licenseservertest.Server, l licenseservertest.License) { srv.RemoveLicense(l.ID) }},
		"restored": {again: true, change: func(srv *licenseservertest.Server, l licenseservertest.License) {
			l.Key = "WXYZ-WXYZ-WXYZ-WXYZ"
			anew(srv, l)
			srv.AddDevice(licenseservertest.Device{LicenseID: l.ID, HardwareHash: "provkit:" + l.Key + "#order-5~", MachineName: "customer5 [ref:order-5]"})
		}, marked: true},
	} {
		for _, cold := range []bool{false, true} {
			srv := newServer()
			book := ledger.NewMemory()
			opts := []provider.Option{provider.WithLedger(book)}
			if test.search {
				opts = append(opts, searchable)
			}
			p := providerOn(t, srv, opts...)
			first, err := p.Create(t.Context(), orderOf(1))
			require.NoError(t, err, name)
			test.change(srv, srv.Licenses()[0])
			before := len(srv.Licenses())
			if cold {
				p = providerOn(t, srv, opts...)
				test.err = cmp.Or(test.err, test.cold)
			}
			second, err := p.Create(t.Context(), orderOf(1))
			switch {
			case test.err != nil:
				require.ErrorIs(t, err, test.err, name)
				require.ErrorContains(t, err, "license "+first.Account.ID, name)
				require.Len(t, srv.Licenses(), before, name)

				var e *provider.Error
				require.ErrorAs(t, err, &e, name)
				require.Equal(t, keyOf(srv, "order-1"), *e.Undecided, name)
				require.ErrorContains(t, err, "ledger.Abandon", name)
				require.NoError(t, ledger.Abandon(t.Context(), book, *e.Undecided, "it is another order's"), name)
				for range 2 {
					_, err = p.Create(t.Context(), orderOf(1))
					require.NoError(t, err, name)
					require.Len(t, srv.Licenses(), before+1, name)
				}
				continue
			case test.again:
				require.NoError(t, err, name)
				require.Len(t, srv.Licenses(), before+1, name)
			default:
				require.NoError(t, err, name)
				require.Equal(t, first.Account.ID, second.Account.ID, name)
				require.Equal(t, provider.OutcomeAlready, second.Steps[0].Outcome, name)
				require.Len(t, srv.Licenses(), before, name)
			}
			if test.marked {
				require.Equal(t, []string{second.Account.ID}, marked(srv, "order-1"), name)
			}
			id, _ := strconv.ParseInt(second.Account.ID, 10, 64)
			for _, d := range srv.Devices(id) {
				require.False(t, d.Active, name)
			}
			third, err := p.Create(t.Context(), orderOf(1))
			require.NoError(t, err, name)
			require.Equal(t, second.Account.ID, third.Account.ID, name)
		}
	}
}

// TestLedgerFails: without the intent nothing is generated; what could not be written down afterwards has
// happened all the same.
func TestLedgerFails(t *testing.T) {
	for at := range 4 {
		srv := newServer()
		orders := ledger.NewMemory()
		count := 0
		failing := ledgertest.Watched(orders, func(*provider.LedgerEntry) error {
			if count++; count > at {
				return errors.New("the disk is full")
			}
			return nil
		})
		created, err := providerOn(t, srv, searchable, provider.WithLedger(failing)).Create(t.Context(), orderOf(1))
		if at == 0 {
			require.ErrorIs(t, err, provider.ErrUnavailable)
			require.EqualError(t, err, `licenseserver: create account "customer1": not sent: the ledger: the disk is full`)
			require.Empty(t, srv.Licenses())
		} else {
			require.NoError(t, err)
		}
		again, err := providerOn(t, srv, searchable, provider.WithLedger(orders)).Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		if at > 0 {
			require.Equal(t, []any{provider.OutcomeAlready, created.Account.ID}, []any{again.Outcome, again.Account.ID})
		}
		require.Len(t, srv.Licenses(), 1)
		entry, err := orders.Entry(t.Context(), keyOf(srv, "order-1"))
		require.NoError(t, err)
		require.Equal(t, provider.LedgerDone, entry.State)
	}
}

func idOf(l licenseservertest.License) string { return strconv.FormatInt(l.ID, 10) }

func entryOf(t *testing.T, path string, srv *licenseservertest.Server) *provider.LedgerEntry {
	orders, err := ledger.OpenFile(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, orders.Close()) }()
	entry, err := orders.Entry(t.Context(), keyOf(srv, "order-1"))
	require.NoError(t, err)
	return entry
}

func keyOf(srv *licenseservertest.Server, reference string) provider.LedgerKey {
	return provider.LedgerKey{Account: "licenseserver " + srv.URL, Verb: "create", Subject: reference}
}

// TestProgramsThatDie: programs with one ledger create orders, the same and different ones, and die, while a
// third of the requests is disturbed and keys are generated minutes after they were asked for. Each order
// has one license in the end, and no key is left behind.
func TestProgramsThatDie(t *testing.T) {
	var deaths, late atomic.Int64
	for seed := range uint64(testsize.Pick(6, 150)) {
		synctest.Test(t, func(t *testing.T) {
			const orders, programs = 4, 3
			srv := newServer(licenseservertest.WithSeedLicenses(2))
			before := len(srv.Licenses())
			var mu sync.Mutex
			random := rand.New(rand.NewPCG(seed, 1))
			book := ledger.NewMemory()
			srv.Faults.When(to("/generate-license-key"), 0, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				mu.Lock()
				fate, after := random.IntN(8), time.Duration(1+random.IntN(100))*time.Second
				mu.Unlock()
				switch fate {
				case 0: // lost
				case 1:
					late.Add(1)
					time.AfterFunc(after, func() { srv.AddLicense(licenseservertest.License{}) })
				case 2:
					srv.AddLicense(licenseservertest.License{})
				default:
					next.ServeHTTP(w, r)
					return
				}
				w.WriteHeader(http.StatusBadGateway)
			}})
			srv.Faults.Random(seed, 0.3, faults.Catalogue()...)
			var group sync.WaitGroup
			for program := range programs {
				own := rand.New(rand.NewPCG(seed, uint64(10+program)))
				group.Go(func() {
					for round := range 12 {
						ctx, die := context.WithCancel(t.Context())
						view, opts := provider.Ledger(book), []provider.Option{searchable, provider.WithSettleTime(settleTime)}
						if own.IntN(2) == 0 && round < 8 {
							view = ledgertest.Dying(ctx, book)
							opts = append(opts, dyingAt(srv, own.IntN(40), own.IntN(2) == 0, die))
						}
						p := providerOn(t, srv, append(opts, provider.WithLedger(view))...)
						for _, n := range own.Perm(orders) {
							_, _ = p.Create(ctx, orderOf(n))
						}
						if ctx.Err() != nil {
							deaths.Add(1)
						}
						die()
						time.Sleep(time.Duration(own.IntN(90)) * time.Second)
					}
				})
			}
			group.Wait()
			srv.Faults.Clear()
			time.Sleep(settleTime)
			p := providerOn(t, srv, searchable, provider.WithSettleTime(settleTime), provider.WithLedger(book))
			for n := range orders {
				created, err := settled(t, p, orderOf(n))
				require.NoError(t, err, "seed %d", seed)
				require.Equal(t, []string{created.Account.ID}, marked(srv, "order-"+strconv.Itoa(n)), "seed %d", seed)
			}
			require.Len(t, srv.Licenses(), before+orders, "seed %d", seed)
			open, err := book.Open(t.Context(), keyOf(srv, "").Account)
			require.NoError(t, err)
			require.Empty(t, open, "seed %d", seed)
		})
	}
	t.Logf("%d deaths, %d late", deaths.Load(), late.Load())
	require.Positive(t, deaths.Load())
	require.Positive(t, late.Load())
}

// expiring is a ledger whose leases end before their program does.
type expiring struct{ provider.Ledger }

func (expiring) Extend(context.Context, string, int64, time.Duration) error { return provider.ErrStale }

// TestLeaseThatEnds: a Create whose lease ends stops, and says why; the next one goes on.
func TestLeaseThatEnds(t *testing.T) {
	for path, kind := range map[string]error{"/generate-license-key": provider.ErrOutcomeUnknown, licenseservertest.SearchPath: provider.ErrUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			orders := ledger.NewMemory()
			srv.Faults.When(to(path), 1, faults.Fault{Kind: faults.Delay, Delay: time.Minute, After: true})
			_, err := providerOn(t, srv, searchable, provider.WithLedger(expiring{orders})).Create(t.Context(), orderOf(1))
			require.ErrorIs(t, err, kind, path)
			require.NotErrorIs(t, err, context.Canceled, path)
			require.ErrorContains(t, err, `licenseserver: create account "customer1": another program may order by now`)
			created, err := settled(t, providerOn(t, srv, searchable, provider.WithLedger(orders)), orderOf(1))
			require.NoError(t, err, path)
			require.Len(t, srv.Licenses(), 1)
			require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"))
		})
	}
}

// TestStrangeNewLicense: after a lost answer there is a new license that this order would not have generated. A person
// decides; once the order is abandoned it generates another one.
func TestStrangeNewLicense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, book := newServer(), ledger.NewMemory()
		p := providerOn(t, srv, searchable, provider.WithLedger(book), provider.WithSettleTime(settleTime))
		_, err := p.Create(t.Context(), orderOf(2))
		require.NoError(t, err)
		srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Drop})
		_, err = p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		strange := srv.AddLicense(licenseservertest.License{MaxUsers: 77})
		time.Sleep(settleTime)
		_, err = p.Create(t.Context(), orderOf(1))
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "license "+idOf(strange)+" is new and nobody's")
		var e *provider.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, keyOf(srv, "order-1"), *e.Undecided)
		require.NoError(t, ledger.Abandon(t.Context(), book, *e.Undecided, "it is a person's"))
		made, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.NotEqual(t, idOf(strange), made.Account.ID)
		require.Len(t, srv.Licenses(), 3)
	})
}
