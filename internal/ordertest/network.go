package ordertest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/provkit/provkit/provider/faults"
)

// Request is what a network knows of a request.
type Request struct {
	// Action is the same for all questions of a kind, and Asked for those whose answer is the same,
	// whoever asks.
	Action, Asked string
	// Read only asks. Order is what may be carried out late.
	Read, Order bool
}

// Network is between the programs and a vendor that is emulated in memory. It is made in a bubble.
type Network struct {
	// Vendor reaches the emulator, and Know says what a request is.
	Vendor http.RoundTripper
	Know   func(r *http.Request, body string) Request
	// Lag is how old all answers to reads are, as far as there were some, or, if they are Mixed, how old each may be.
	Lag   time.Duration
	Mixed bool
	// Late, Junk and Disturbed are shares: of the orders that are carried out Soonest to Latest after they
	// were sent, and whose answer is lost; of the reads that get the last answer to a question of their kind;
	// of the requests that meet a fault of the catalogue.
	Late, Junk, Disturbed float64
	// Timeless vendors do not say what time it is.
	Timeless bool
	// Arrived is called for each request.
	Arrived func()
	// Sent is called for each order that the vendor carries out.
	Sent func(body string)

	faults  faults.Injector
	mu      sync.Mutex
	random  *rand.Rand
	junk    bool
	answers map[string][]*answer // by what was asked
	last    map[string]*answer   // by the kind of question
	late    int
	junked  int
	landing sync.WaitGroup
}

// When late orders land.
const (
	Soonest = 5 * time.Second
	Latest  = 600 * time.Second
)

// slowest is how long a request and its answer take at most, each.
const slowest = 100 * time.Millisecond

type answer struct {
	at     time.Time
	status int
	header http.Header
	body   []byte
}

// Start begins to disturb, as the seed has it, and returns what the programs send their requests through.
func (n *Network) Start(seed uint64) http.RoundTripper {
	n.random = rand.New(rand.NewPCG(seed, 1))
	n.answers, n.last = make(map[string][]*answer), make(map[string]*answer)
	n.faults.Random(seed, n.Disturbed, faults.Catalogue()...)
	return n.faults.Transport(n)
}

// Landed waits for the orders that are late.
func (n *Network) Landed() { n.landing.Wait() }

// Counts returns the number of requests, and of those that were disturbed, carried out late, or answered
// with another answer.
func (n *Network) Counts() (requests, disturbed, late, junked int) {
	for _, r := range n.faults.Requests() {
		if requests++; r.Fault != nil {
			disturbed++
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return requests, disturbed, n.late, n.junked
}

// ServeHTTP implements http.Handler.
func (n *Network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	known := n.Know(r, string(body))
	n.mu.Lock()
	there, back := rand1(n.random, slowest), rand1(n.random, slowest)
	late, after := known.Order && n.random.Float64() < n.Late, Soonest+rand1(n.random, Latest-Soonest)
	limit := n.Junk
	if n.junk { // they come in pairs
		limit = 0.5
	}
	junk := known.Read && n.random.Float64() < limit
	if known.Read {
		n.junk = junk
	}
	if late {
		n.late++
	}
	n.mu.Unlock()
	n.Arrived()
	if late {
		n.landing.Go(func() {
			time.Sleep(after)
			n.send(r, body, known)
		})
		panic(http.ErrAbortHandler)
	}
	time.Sleep(there)
	a := n.send(r, body, known)
	if known.Read {
		a = n.old(known, a, junk)
	}
	time.Sleep(back)
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// rand1 returns a length of time up to a limit.
func rand1(random *rand.Rand, limit time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(limit)))
}

// send has the vendor carry a request out, also for a program that has died meanwhile.
func (n *Network) send(r *http.Request, body []byte, known Request) *answer {
	if known.Order {
		n.Sent(string(body))
	}
	out := r.Clone(context.WithoutCancel(r.Context()))
	out.RequestURI, out.URL.Scheme, out.URL.Host = "", "https", r.Host
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := n.Vendor.RoundTrip(out)
	if err != nil {
		panic(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := &answer{at: time.Now(), status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		panic(err)
	}
	if a.header.Del("Date"); !n.Timeless {
		a.header.Set("Date", a.at.UTC().Format(http.TimeFormat))
	}
	return a
}

// old returns the oldest answer to a question that is not too old, or the last one to another question.
func (n *Network) old(known Request, fresh *answer, junk bool) *answer {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := append(n.answers[known.Asked], fresh)
	for fresh.at.Sub(all[0].at) > n.Lag {
		all = all[1:]
	}
	n.answers[known.Asked] = all
	shown, other := all[0], n.last[known.Action]
	if n.Mixed {
		shown = all[n.random.IntN(len(all))]
	}
	n.last[known.Action] = fresh
	if junk && other != nil {
		n.junked++
		return other
	}
	return shown
}
