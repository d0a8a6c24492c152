package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// Strategy is how a server is chosen among those that fit.
type Strategy string

// The strategies.
const (
	// FirstFit takes the first server of the configuration. The zero value.
	FirstFit Strategy = ""
	// LeastUsed takes the one with the smallest part of its capacity in use; servers
	// without a capacity come after those with one, by their number of accounts.
	LeastUsed Strategy = "least used"
)

// PlaceRequest says what a new account needs.
type PlaceRequest struct {
	// Plan has to be among ServerEntry.Plans of the server; "" fits everywhere.
	Plan string
	// Kind limits the choice to servers of one kind; "" is all.
	Kind     string
	Strategy Strategy
	// MaxAge is how old the counts may be on which the choice rests; 0 is a minute.
	// What Place itself has placed since is added. An account that is not made by the
	// time of the next count is forgotten then.
	MaxAge time.Duration
}

// Placement is a server for a new account.
type Placement struct {
	Server *Server
	// Accounts that the server has, the new one not included.
	Accounts int
	// Skipped tells why the servers before it were not taken.
	Skipped []Skip
}

// Skip is a server that was not taken.
type Skip struct {
	Server, Reason string
	// Err is set when the server could not be asked.
	Err error
}

// count is how many accounts a server has, as far as is known.
type count struct {
	accounts, placed int
	at               time.Time
	err              error
}

const defaultMaxAge = time.Minute

// Place chooses a server for a new account: one that is not closed, takes the plan,
// passes its Check and has room. It reserves nothing on the server, but counts what it
// has placed, so that as many calls at once as there is room for get a place each, and
// no more. A check that failed is remembered for ten seconds at most. If no server fits, the
// error matches ErrQuota and tells why of each.
//
// Write the server's name into your order before you call Create: an order that is
// tried again must go to the same server, or there may be two accounts.
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
		// Another Place has taken the last room meanwhile.
	}
}

func (f *Fleet) choose(ctx context.Context, req *PlaceRequest) (best *Placement, skipped []Skip, err error) {
	var counts map[*Server]counted
	if req.Strategy == LeastUsed {
		counts = f.countAll(ctx, req) // all of them are asked anyway, so at once
	}
	for _, s := range f.servers {
		if reason := s.unfit(req); reason != "" {
			skipped = append(skipped, Skip{Server: s.Name, Reason: reason})
			continue
		}
		c, known := counts[s]
		if !known {
			c.n, c.err = s.accounts(ctx, req.MaxAge)
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		switch {
		case c.err != nil:
			skipped = append(skipped, Skip{Server: s.Name, Reason: c.err.Error(), Err: c.err})
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

// counted is the number of accounts of a server, or why it is not known.
type counted struct {
	n   int
	err error
}

// countAll asks all servers that fit, some at once.
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
			n, err := s.accounts(ctx, req.MaxAge)
			mu.Lock()
			defer mu.Unlock()
			counts[s] = counted{n, err}
		})
	}
	asking.Wait()
	return counts
}

// reserve counts one more account, unless the server is full by now.
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
	reasons := make([]string, len(skipped))
	var causes []error
	for i, s := range skipped {
		reasons[i] = s.Server + ": " + s.Reason
		causes = append(causes, s.Err)
	}
	return &provider.Error{
		Provider: "fleet", Action: "place account", Kind: provider.ErrQuota,
		Message: "no server takes it: " + strings.Join(reasons, "; "), Err: errors.Join(causes...),
	}
}

// unfit tells why a server is out of the question whatever it holds.
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

// failureAge is how long a failed check is believed at most: it should cost a moment, and
// not keep a server that is back out of the choice.
const failureAge = 10 * time.Second

func (c *count) keeps(maxAge time.Duration) time.Duration {
	if c.err != nil {
		return min(maxAge, failureAge)
	}
	return maxAge
}

// accounts checks a server and counts its accounts, or returns what it knew a moment
// ago. A server that cannot list is taken as having as many as were placed.
func (s *Server) accounts(ctx context.Context, maxAge time.Duration) (int, error) {
	if maxAge == 0 {
		maxAge = defaultMaxAge
	}
	for waited := false; ; waited = true {
		s.mu.Lock()
		// What one has waited for is new enough, however little MaxAge is.
		if c := s.count; !c.at.IsZero() && (waited || time.Since(c.at) < c.keeps(maxAge)) {
			s.mu.Unlock()
			return c.accounts + c.placed, c.err
		}
		if s.asking == nil {
			s.asking = make(chan struct{})
			s.mu.Unlock()
			return s.askAnew(ctx)
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

// askAnew asks, while others wait who would ask for the same.
func (s *Server) askAnew(ctx context.Context) (int, error) {
	fresh := count{at: time.Now()}
	answered := false
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if answered {
			s.count = fresh
		} else {
			s.count.at = time.Time{} // so that whoever waits asks, and does not take what is old
		}
		close(s.asking)
		s.asking = nil
	}()
	fresh.accounts, fresh.err = s.ask(ctx)
	if ctx.Err() != nil {
		return 0, ctx.Err() // it says nothing about the server
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
	for _, err := range lister.List(ctx, nil) {
		if err != nil {
			return 0, fmt.Errorf("its accounts cannot be counted: %w", err)
		}
		n++
	}
	return n, nil
}
