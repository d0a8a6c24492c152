package fleet

import (
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/provkit/provkit/provider"
)

// AccountUsage is what one account of one server uses.
type AccountUsage struct {
	Server string
	*provider.UsageReport
}

// UsageOptions shape Usage. The zero value, and nil, ask 16 servers at once.
type UsageOptions struct {
	// Servers is how many servers are asked at once; 0 is 16.
	Servers int
}

const defaultServers = 16

// Usage yields what all accounts of all servers use, in as few calls as each API
// allows and in the order in which the answers come; each report has its own AsOf. No
// more than a page of each server that is being asked is in memory.
//
// An error beside a report concerns that account. A *ServerError without one concerns
// that server, whose other accounts are missing then; the others go on. Any other error
// is the end: that of the context.
func (f *Fleet) Usage(ctx context.Context, opts *UsageOptions) iter.Seq2[*AccountUsage, error] {
	return func(yield func(*AccountUsage, error) bool) {
		servers := defaultServers
		if opts != nil && opts.Servers != 0 {
			servers = opts.Servers
		}
		if servers < 0 {
			yield(nil, provider.Problems{"Servers": "negative"}.Err("fleet", "Usage", "read usage"))
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		reports := spread(ctx, f.servers, servers, usageOf)
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

// usageOf reads one server: all accounts at once where the API can, one by one else.
func usageOf(ctx context.Context, s *Server, emit func(*AccountUsage, error) bool) {
	if reader, ok := provider.As[provider.FleetUsageReader](s.Provider); ok {
		for report, err := range reader.FleetUsage(ctx) {
			if report == nil {
				emit(nil, &ServerError{s.Name, err})
				return
			}
			if !emit(&AccountUsage{s.Name, report}, err) {
				return
			}
		}
		return
	}
	lister, lists := provider.As[provider.Lister](s.Provider)
	reader, reads := provider.As[provider.UsageReader](s.Provider)
	if !lists || !reads {
		emit(nil, &ServerError{s.Name, &provider.Error{
			Provider: s.Provider.Describe().Kind, Action: "read usage", Kind: provider.ErrUnsupported, Message: "it cannot tell what its accounts use",
		}})
		return
	}
	for account, err := range lister.List(ctx, nil) {
		if err != nil {
			emit(nil, &ServerError{s.Name, err})
			return
		}
		report, err := reader.Usage(ctx, account.ID)
		switch {
		case err != nil && errors.Is(err, provider.ErrNotFound):
			continue // it went away between the two calls
		case err != nil:
			report = &provider.UsageReport{AccountID: account.ID, Username: account.Username}
		}
		if !emit(&AccountUsage{s.Name, report}, err) {
			return
		}
	}
}
