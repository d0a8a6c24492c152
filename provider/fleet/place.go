package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Strategy is how to choose one of several servers that fit.
type Strategy string

// The strategies.
const (
	// FirstFit takes the first server of the configuration that fits. It is the zero value.
	FirstFit Strategy = ""
	// LeastUsed takes the server with the smallest part of its capacity in use. Servers without a
	// capacity come after those with one, in order of their accounts.
	LeastUsed Strategy = "least used"
)

// PlaceRequest is what a new account needs.
type PlaceRequest struct {
	// Plan must be one of the server's ServerEntry.Plans; "" fits everywhere.
	Plan string
	// Kind limits the choice to servers of one kind; "" is all.
	Kind     string
	Strategy Strategy
	// MaxAge is how old the counts of accounts may be; 0 is a minute. Place adds what it has placed
	// since. The next count forgets a place if no account was made.
	MaxAge time.Duration
	// Timeout is how long one server may take to be checked and counted, so that a silent one, or
	// one whose list never ends, does not keep the others from being used; 0 is half a minute.
	Timeout time.Duration
}

// Placement is a server for a new account.
type Placement struct {
	Server *Server
	// Accounts is how many accounts the server has, without the new one.
	Accounts int
	// Skipped are the servers that were considered before it, and why they were not taken.
	Skipped []Skip
}

// Skip is a server that was not taken.
type Skip struct {
	Server, Reason string
	// Err is set if the server could not be asked.
	Err error
}

// count is what is known about the number of a server's accounts.
type count struct {
	accounts, placed int
	at               time.Time
	err              error
}

const (
	defaultMaxAge  = time.Minute
	defaultTimeout = 30 * time.Second
)

// Place chooses a server for a new account: one that is not closed, takes the plan, passes its
// Check and has room. It reserves nothing on the server, but counts what it has placed, so that
// calls at the same time never get more places than there are. It remembers a failed check for ten
// seconds at most. If no server fits, the error matches ErrQuota and says why for each server.
//
// Store the server's name with your order before you call Create: an order that is tried again must
// go to the same server, or there may be two accounts.
func (f *Fleet) Place(ctx context.Context, req *PlaceRequest) (*Placement, error) {
	if req == nil {
		req = &PlaceRequest{}
	}
	var problems provider.Problems
	if req.Strategy != FirstFit && req.Strategy != LeastUsed {
		problems.Add("Strategy", "%q is not a strategy", req.Strategy)
	}
	if req.MaxAge < 0 {
		problems.Add("MaxAge", "negative")
	}
	if req.Timeout < 0 {
		problems.Add("Timeout", "negative")
	}
	if err := problems.Err("fleet", "Place", "place account"); err != nil {
		return nil, err
	}
	for {
		best, skipped, err := f.choose(ctx, req)
		switch {
		case err != nil:
			return nil, err
		case best == nil:
			return nil, noPlace(skipped)
		case best.Server.reserve():
			best.Skipped = skipped
			return best, nil
		}
		// Another Place has taken the last place meanwhile.
	}
}

func (f *Fleet) choose(ctx context.Context, req *PlaceRequest) (best *Placement, skipped []Skip, err error) {
	var counts map[*Server]counted
	if req.Strategy == LeastUsed {
		counts = f.countAll(ctx, req) // all are needed, so they are counted at once
	}
	for _, s := range f.servers {
		if reason := s.unfit(req); reason != "" {
			skipped = append(skipped, Skip{Server: s.Name, Reason: reason})
			continue
		}
		c, known := counts[s]
		if !known {
			c.n, c.err = s.accounts(ctx, req)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		switch {
		case c.err != nil:
			skipped = append(skipped, Skip{Server: s.Name, Reason: words.Line(c.err.Error(), words.MaxText), Err: c.err})
			continue
		case s.Config.Capacity > 0 && c.n >= s.Config.Capacity:
			skipped = append(skipped, Skip{Server: s.Name, Reason: fmt.Sprintf("full: %d of %d accounts", c.n, s.Config.Capacity)})
			continue
		}
		candidate := &Placement{Server: s, Accounts: c.n}
		if best == nil || req.Strategy == LeastUsed && candidate.lighter(best) {
			best = candidate
		}
		if req.Strategy == FirstFit {
			break
		}
	}
	return best, skipped, nil
}

// counted is the number of a server's accounts, or why it is not known.
type counted struct {
	n   int
	err error
}

// countAll counts the accounts of all servers that fit, some servers at once.
func (f *Fleet) countAll(ctx context.Context, req *PlaceRequest) map[*Server]counted {
	counts := make(map[*Server]counted)
	var mu sync.Mutex
	var asking sync.WaitGroup
	turns := make(chan struct{}, defaultServers)
	for _, s := range f.servers {
		if s.unfit(req) != "" {
			continue
		}
		turns <- struct{}{}
		asking.Go(func() {
			defer func() { <-turns }()
			n, err := s.accounts(ctx, req)
			mu.Lock()
			defer mu.Unlock()
			counts[s] = counted{n, err}
		})
	}
	asking.Wait()
	return counts
}

// reserve counts one more account, unless the server is full.
func (s *Server) reserve() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Config.Capacity > 0 && s.count.accounts+s.count.placed >= s.Config.Capacity {
		return false
	}
	s.count.placed++
	return true
}

func noPlace(skipped []Skip) error {
	err := &provider.Error{Provider: "fleet", Action: "place account", Kind: provider.ErrQuota, Message: "no server fits"}
	var causes []error
	between := words.Own(": ")
	for _, s := range skipped {
		err.Message += words.Say(between+"%s: %s", s.Server, s.Reason)
		causes, between = append(causes, s.Err), "; "
	}
	err.Err = errors.Join(causes...)
	return err
}

// unfit returns why a server does not fit, whatever accounts it has; "" if it may fit.
func (s *Server) unfit(req *PlaceRequest) string {
	switch {
	case s.Config.Closed:
		return "closed"
	case req.Kind != "" && s.Provider.Describe().Kind != req.Kind:
		return "of another kind"
	case req.Plan != "" && len(s.Config.Plans) > 0 && !slices.Contains(s.Config.Plans, req.Plan):
		return fmt.Sprintf("does not take plan %q", req.Plan)
	}
	return ""
}

func (p *Placement) lighter(than *Placement) bool {
	a, b := p.Server.Config.Capacity, than.Server.Config.Capacity
	switch {
	case a > 0 && b > 0:
		return p.Accounts*b < than.Accounts*a
	case a > 0 || b > 0:
		return a > 0
	}
	return p.Accounts < than.Accounts
}

// failureAge is how long a failed check is remembered at most: a server that is back should soon be
// considered again.
const failureAge = 10 * time.Second

func (c *count) keeps(maxAge time.Duration) time.Duration {
	if c.err != nil {
		return min(maxAge, failureAge)
	}
	return maxAge
}

// accounts checks a server and counts its accounts, or returns the last count if it is new enough.
// A server that cannot list its accounts has as many as were placed on it.
func (s *Server) accounts(ctx context.Context, req *PlaceRequest) (int, error) {
	maxAge := cmp.Or(req.MaxAge, defaultMaxAge)
	for waited := false; ; waited = true {
		s.mu.Lock()
		// A count that this call has waited for is new enough, however small MaxAge is.
		if c := s.count; !c.at.IsZero() && (waited || time.Since(c.at) < c.keeps(maxAge)) {
			s.mu.Unlock()
			return c.accounts + c.placed, c.err
		}
		if s.asking == nil {
			s.asking = make(chan struct{})
			s.mu.Unlock()
			return s.askAnew(ctx, cmp.Or(req.Timeout, defaultTimeout))
		}
		asking := s.asking
		s.mu.Unlock()
		select {
		case <-asking:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// askAnew asks the server, while other calls that need the same wait.
func (s *Server) askAnew(ctx context.Context, timeout time.Duration) (int, error) {
	fresh := count{at: time.Now()}
	answered := false
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if answered {
			s.count = fresh
		} else {
			s.count.at = time.Time{} // one of the waiting calls asks then, instead of using the old count
		}
		close(s.asking)
		s.asking = nil
	}()
	limited, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("checking and counting it took longer than %v", timeout))
	defer cancel()
	fresh.accounts, fresh.err = s.ask(limited)
	if fresh.err != nil && limited.Err() != nil {
		fresh.err = fmt.Errorf("%w: %w", context.Cause(limited), fresh.err)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err() // this says nothing about the server
	}
	if fresh.err == nil && !s.lists() {
		s.mu.Lock()
		fresh.placed = s.count.placed
		s.mu.Unlock()
	}
	answered = true
	return fresh.accounts + fresh.placed, fresh.err
}

func (s *Server) lists() bool {
	_, ok := provider.As[provider.Lister](s.Provider)
	return ok
}

func (s *Server) ask(ctx context.Context) (n int, err error) {
	if _, err := s.Provider.Check(ctx); err != nil {
		return 0, fmt.Errorf("its check failed: %w", err)
	}
	lister, ok := provider.As[provider.Lister](s.Provider)
	if !ok {
		return 0, nil
	}
	for account, err := range lister.List(ctx, nil) {
		if account == nil {
			return 0, fmt.Errorf("its accounts cannot be counted: %w", err)
		}
		n++
	}
	return n, nil
}
