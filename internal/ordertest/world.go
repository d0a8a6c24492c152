package ordertest

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
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

// Size is a number of orders: by default a sample, with PROVKIT_TESTS=full more of them, and with "all" all of them.
func Size(sample, full, all int) int {
	if testsize.All() {
		return all
	}
	return testsize.Pick(sample, full)
}

// eachWorld is how many orders a world has.
const eachWorld = 8

// patience is how long an order may take before it counts as stuck.
const patience = 24 * time.Hour

// run has everything happen in worlds of a few orders, and counts it.
func (c Campaign) run(t *testing.T, live func(*world)) *Table {
	table := new(Table)
	t.Run("worlds", func(t *testing.T) {
		for n := range uint64(c.Orders / eachWorld) {
			seed := c.Seed + n
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := &world{T: t, seed: seed, table: table, random: rand.New(rand.NewPCG(seed, 2)), began: time.Now()}
					w.open = c.Books(t, w.clock)
					live(w)
				})
			})
		}
	})
	t.Logf("orders:\n%s", table)
	for _, column := range []string{Twice, Lost, Stuck} {
		require.Zero(t, table.Sum(column), column)
	}
	require.Positive(t, table.Sum(Orders))
	return table
}

// world is a vendor with one account, and the programs that order there with one ledger.
type world struct {
	*testing.T
	seed    uint64
	name    string // of the row of the table
	table   *Table
	network *Network
	jumps   float64 // the share of requests at which the ledger's clock jumps
	wire    http.RoundTripper
	began   time.Time
	open    func() provider.Ledger

	mu     sync.Mutex
	random *rand.Rand
	ahead  time.Duration // the ledger's clock, of the true time
	story  []string
}

// connect puts a network between the programs and the vendor.
func (w *world) connect(n *Network) {
	w.network = n
	if n.Timeless = w.chance(0.125); n.Timeless { // a vendor that tells the time shows that the ledger's clock is wrong
		w.jumps = 0
	}
	n.Arrived = func() {
		if w.chance(w.jumps) {
			w.jump(jumps[w.below(len(jumps))])
		}
	}
	w.wire = n.Start(w.seed)
}

// close counts what has happened on the network.
func (w *world) close() {
	requests, disturbed, late, junked := w.network.Counts()
	w.count(Requests, requests)
	w.count(Disturbed, disturbed)
	w.count(Late, late)
	w.count(Junk, junked)
}

func (w *world) count(column string, n int) { w.table.Add(w.name, column, n) }

// draw returns what chance has it.
func draw[T any](w *world, by func(*rand.Rand) T) T {
	w.mu.Lock()
	defer w.mu.Unlock()
	return by(w.random)
}

func (w *world) chance(share float64) bool { return draw(w, (*rand.Rand).Float64) < share }

func (w *world) below(n int) int {
	return draw(w, func(r *rand.Rand) int { return r.IntN(n) })
}

func (w *world) between(from, to time.Duration) time.Duration {
	return from + draw(w, func(r *rand.Rand) time.Duration { return rand1(r, to-from) })
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// jumps are those of the ledger's clock.
var jumps = []time.Duration{-365 * 24 * time.Hour, -time.Hour, -15 * time.Minute, -20 * time.Second, 20 * time.Second, 15 * time.Minute, time.Hour}

func (w *world) jump(d time.Duration) {
	w.mu.Lock()
	w.ahead += d
	w.mu.Unlock()
	w.count(Jumps, 1)
	w.note("the ledger's clock jumps by %v", d)
}

// note keeps what happened for those who ask why.
func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.story = append(w.story, time.Since(w.began).String()+" "+fmt.Sprintf(format, args...))
}

// tell tells what happened that has to do with one of some words.
func (w *world) tell(words ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.story {
		for _, word := range words {
			if strings.Contains(line, word) {
				w.Log(line)
				break
			}
		}
	}
}

// life is one run of a program, which may die at any of its requests. After that it stores nothing.
func (w *world) life(run func(context.Context, []provider.Option)) (died bool) {
	ctx, end := context.WithCancel(context.Background())
	defer end()
	book := w.open()
	if closer, ok := book.(io.Closer); ok {
		defer func() { require.NoError(w, closer.Close()) }()
	}
	book = ledgertest.Watched(ledgertest.Dying(ctx, book), func(e *provider.LedgerEntry) error {
		w.note("put %s %s %s %s %v", e.Verb, e.Subject, e.State, e.Handle, e.Learnt)
		return nil
	})
	wire := &Killer{Inner: w.wire, At: -1, After: w.chance(0.5), Kill: end}
	if w.chance(0.3) {
		wire.At = w.below(1 + w.below(25)) // some lives are short
	}
	options := []provider.Option{provider.WithHTTPClient(&http.Client{Transport: wire}), provider.WithLedger(book)}
	if w.chance(0.5) {
		options = append(options, provider.WithReadLag(w.network.Lag))
	}
	w.count(Lives, 1)
	run(ctx, options)
	if ctx.Err() != nil {
		w.count(Kills, 1)
		return true
	}
	return false
}
