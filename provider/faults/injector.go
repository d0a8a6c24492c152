package faults

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
)

// Injector chooses the faults of requests, and logs all requests. The zero value is ready and
// injects nothing. It is safe for concurrent use.
//
// A request meets one fault at most: the one of [Injector.At] for its number, or the one of the
// first [Injector.When] that matches, or the one that [Injector.Random] draws.
type Injector struct {
	mu     sync.Mutex
	count  int // never reset: At counts from here
	at     map[int]Fault
	rules  []*rule
	dice   *rand.Rand
	share  float64
	random []Fault
	log    []*entry
	keep   int // Keep
	seen   func(Request)
	past   memory // for Stale
}

type rule struct {
	match  func(*http.Request) bool
	fault  Fault
	always bool
	left   int
}

// At injects f into the n-th request from now on; 0 is the next. A later call for the same request
// replaces an earlier one.
func (in *Injector) At(n int, f Fault) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.at == nil {
		in.at = make(map[int]Fault)
	}
	in.at[in.count+n] = f
}

// When injects f into requests that match accepts: into so many of them, or into all if times <= 0.
// A nil match accepts every request. match gets the request as a server sees it (path and query in
// URL, no scheme), with its own copy of the body: the first MiB.
func (in *Injector) When(match func(*http.Request) bool, times int, f Fault) {
	if match == nil {
		match = func(*http.Request) bool { return true }
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.rules = append(in.rules, &rule{match: match, fault: f, always: times <= 0, left: times})
}

// Random injects one of fs (default: the [Catalogue]) into a part of the requests, from 0 (none) to
// 1 (all). The choice depends only on the seed and the number of earlier requests, so that a run
// can be repeated. A later call replaces an earlier one.
func (in *Injector) Random(seed uint64, share float64, fs ...Fault) {
	if len(fs) == 0 {
		fs = Catalogue()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.dice = rand.New(rand.NewPCG(seed, 0x6661756c7473))
	in.share = share
	in.random = slices.Clone(fs)
}

// Clear removes all faults. The log stays.
func (in *Injector) Clear() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.at, in.rules, in.dice, in.random, in.share = nil, nil, nil, nil, 0
	in.past.clear()
}

// admit logs a request when it arrives, and chooses its fault.
func (in *Injector) admit(r *http.Request, body *intake) (*entry, *Fault) {
	in.mu.Lock()
	index := in.count
	in.count++
	drawn := in.draw()
	fixed, isFixed := in.at[index]
	delete(in.at, index)
	rules := slices.Clone(in.rules)
	e := newEntry(r)
	in.log = append(in.log, e)
	in.trim()
	in.mu.Unlock()

	f := drawn
	if isFixed {
		f = &fixed
	} else if ruled := in.rule(rules, r, body); ruled != nil {
		f = ruled
	}
	if f != nil {
		in.note(e, func(logged *Request) { logged.Fault = copyOf(f) })
	}
	return e, f
}

// draw rolls the same number of dice for every request, so that the fault depends only on the
// request's number.
func (in *Injector) draw() *Fault {
	if in.dice == nil {
		return nil
	}
	hit, which := in.dice.Float64() < in.share, in.dice.IntN(len(in.random))
	if !hit {
		return nil
	}
	return copyOf(&in.random[which])
}

// rule tries the rules without the lock: match may wait for the body, and may use the Injector.
func (in *Injector) rule(rules []*rule, r *http.Request, body *intake) *Fault {
	for _, candidate := range rules {
		in.mu.Lock()
		spent := !candidate.always && candidate.left <= 0
		in.mu.Unlock()
		if spent {
			continue
		}
		probe := r.WithContext(r.Context())
		probe.Body = body.copy()
		if candidate.match(probe) && in.take(candidate) {
			return copyOf(&candidate.fault)
		}
	}
	return nil
}

// take uses up one of the rule's times, unless another request has taken the last.
func (in *Injector) take(candidate *rule) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if candidate.always {
		return true
	}
	if candidate.left <= 0 {
		return false
	}
	candidate.left--
	return true
}

func copyOf(f *Fault) *Fault {
	c := *f
	return &c
}
