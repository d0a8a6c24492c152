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

// UsageOptions shape Usage. The zero value, and nil, ask 16 servers at once, and two of
// those that tell of all their accounts at once.
type UsageOptions struct {
	// Servers is how many servers are asked at once; 0 is 16.
	Servers int
	// Whole is how many of them may be servers that tell of all their accounts at once
	// (provider.FleetUsageReader); 0 is 2. Such an answer is in memory as a whole until
	// its last account was yielded: some 4 KB an account, and twice that while it is read.
	Whole int
}

const (
	defaultServers = 16
	defaultWhole   = 2
)

// giveUp is after how many accounts in a row that could not be read for want of an
// answer a server is taken for dead.
const giveUp = 10

// Usage yields what all accounts of all servers use, in as few calls as each API
// allows and in the order in which the answers come; each report has its own AsOf. What
// is in memory depends on the size of the largest servers (see UsageOptions.Whole), and
// not on their number.
//
// An error beside a report concerns that account. A *ServerError without one concerns
// that server, whose other accounts are missing then; the others go on. Any other error
// is the end: bad options (ErrInvalid), or that of the context.
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
		reports := spread(ctx, slowestFirst(f.servers), cmp.Or(o.Servers, defaultServers), func(ctx context.Context, s *Server, emit func(*AccountUsage, error) bool) {
			usageOf(ctx, s, whole, emit)
		})
		defer func() {
			cancel()
			for range reports { // until all have seen it
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

// found is a value from one of the servers, or an error, or both.
type found[T any] struct {
	value *T
	err   error
}

// spread runs a function over the servers, some at once, and passes on what each emits.
// The channel is closed when all have ended, which they do when the context does.
func spread[T any](ctx context.Context, servers []*Server, atOnce int, run func(ctx context.Context, s *Server, emit func(*T, error) bool)) <-chan found[T] {
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

// slowestFirst puts servers that are asked account by account before the others, which
// wait for each other.
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

// usageOf reads one server: all accounts at once where the API can, one by one else.
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
			Provider: s.Provider.Describe().Kind, Action: "read usage", Kind: provider.ErrUnsupported, Message: "it cannot tell what its accounts use",
		}})
		return
	}
	missed := 0
	for account, err := range lister.List(ctx, nil) {
		if err != nil {
			emit(nil, &ServerError{s.Name, err})
			return
		}
		report, err := reader.Usage(ctx, account.ID)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			continue // it went away between the two calls
		case errors.Is(err, provider.ErrUnavailable):
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
			emit(nil, &ServerError{s.Name, fmt.Errorf("the rest was not tried: %d accounts in a row could not be read: %w", missed, err)})
			return
		}
	}
}
