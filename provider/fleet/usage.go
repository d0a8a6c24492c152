package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"github.com/provkit/provkit/provider"
)

// AccountUsage is what one account of one server uses.
type AccountUsage struct {
	Server string
	*provider.UsageReport
}

// UsageOptions are options of Usage. The zero value and nil ask 16 servers at once, of which two
// may return all their accounts in one answer.
type UsageOptions struct {
	// Servers is how many servers are asked at once; 0 is 16.
	Servers int
	// Whole is how many of these may be servers that return all their accounts in one answer
	// (provider.FleetUsageReader); 0 is 2. Such an answer is in memory until its last account was
	// yielded: some 4 KB an account, and twice that while it is read.
	Whole int
}

const (
	defaultServers = 16
	defaultWhole   = 2
)

// giveUp is after how many accounts in a row that could not be read because of the server Usage gives up on
// it.
const giveUp = 10

// Usage yields what all accounts of all servers use, in as few calls as each API allows, and in the
// order in which the answers come; each report has its own AsOf. The memory it needs depends on the
// size of the largest servers (see UsageOptions.Whole), not on the number of servers.
//
// An error with a report concerns that account. A *ServerError without a report concerns a server,
// whose other accounts are missing; the other servers go on. Any other error is the last value: bad
// options (ErrInvalid), or the end of the context.
func (f *Fleet) Usage(ctx context.Context, opts *UsageOptions) iter.Seq2[*AccountUsage, error] {
	var o UsageOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	if o.Servers < 0 {
		problems.Add("Servers", "negative")
	}
	if o.Whole < 0 {
		problems.Add("Whole", "negative")
	}
	invalid := problems.Err("fleet", "Usage", "read usage")
	return func(yield func(*AccountUsage, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		whole := make(chan struct{}, cmp.Or(o.Whole, defaultWhole))
		read := func(ctx context.Context, s *Server, emit func(*AccountUsage, error) bool) {
			usageOf(ctx, s, whole, emit)
		}
		reports := spread(ctx, slowestFirst(f.servers), cmp.Or(o.Servers, defaultServers), read)
		defer func() {
			cancel()
			for range reports { // until all servers have stopped
			}
		}()
		for r := range reports {
			if ctx.Err() != nil {
				break
			}
			if !yield(r.value, r.err) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// found is a value from a server, an error, or both.
type found[T any] struct {
	value *T
	err   error
}

// spread runs a function for each server, some at once, and passes on what they emit. It closes the
// channel when all have ended. They end with the context.
func spread[T any](
	ctx context.Context, servers []*Server, atOnce int, run func(ctx context.Context, s *Server, emit func(*T, error) bool),
) <-chan found[T] {
	out := make(chan found[T])
	next := make(chan *Server)
	go func() {
		defer close(next)
		for _, s := range servers {
			select {
			case next <- s:
			case <-ctx.Done():
				return
			}
		}
	}()
	var wg sync.WaitGroup
	for range min(atOnce, len(servers)) {
		wg.Go(func() {
			for s := range next {
				run(ctx, s, func(value *T, err error) bool {
					select {
					case out <- found[T]{value, err}:
						return true
					case <-ctx.Done():
						return false
					}
				})
			}
		})
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

// slowestFirst puts servers that are asked account by account before the others, which wait for
// each other.
func slowestFirst(servers []*Server) []*Server {
	var slow, quick []*Server
	for _, s := range servers {
		if _, ok := provider.As[provider.FleetUsageReader](s.Provider); ok {
			quick = append(quick, s)
		} else {
			slow = append(slow, s)
		}
	}
	return append(slow, quick...)
}

// usageOf reads one server: all accounts at once where the API can, otherwise one by one.
func usageOf(ctx context.Context, s *Server, whole chan struct{}, emit func(*AccountUsage, error) bool) {
	reader, ok := provider.As[provider.FleetUsageReader](s.Provider)
	if !ok {
		usageOfEach(ctx, s, emit)
		return
	}
	select {
	case whole <- struct{}{}:
		defer func() { <-whole }()
	case <-ctx.Done():
		return
	}
	for report, err := range reader.FleetUsage(ctx) {
		if report == nil {
			emit(nil, &ServerError{s.Name, err})
			return
		}
		if !emit(&AccountUsage{s.Name, report}, err) {
			return
		}
	}
}

// usageOfEach lists the accounts of a server and reads each of them.
func usageOfEach(ctx context.Context, s *Server, emit func(*AccountUsage, error) bool) {
	lister, lists := provider.As[provider.Lister](s.Provider)
	reader, reads := provider.As[provider.UsageReader](s.Provider)
	if !lists || !reads {
		emit(nil, &ServerError{s.Name, &provider.Error{
			Provider: s.Provider.Describe().Kind, Action: "read usage of all accounts", Kind: provider.ErrUnsupported,
			Message: "the system cannot report what its accounts use",
		}})
		return
	}
	missed := 0
	for account, err := range lister.List(ctx, nil) {
		if account == nil {
			emit(nil, &ServerError{s.Name, err})
			return
		}
		if err != nil { // it cannot be read in the list, and often not by itself either
			if !emit(&AccountUsage{s.Name, &provider.UsageReport{AccountID: account.ID, Username: account.Username}}, err) {
				return
			}
			continue
		}
		report, err := reader.Usage(ctx, account.ID)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			continue // it went away between the two calls
		case provider.ServerKind(err) != nil:
			missed++
		default:
			missed = 0
		}
		if err != nil {
			report = &provider.UsageReport{AccountID: account.ID, Username: account.Username}
		}
		if !emit(&AccountUsage{s.Name, report}, err) {
			return
		}
		if missed >= giveUp {
			err = fmt.Errorf("the other accounts were not tried, since %d in a row could not be read: %w", missed, err)
			emit(nil, &ServerError{s.Name, err})
			return
		}
	}
}
