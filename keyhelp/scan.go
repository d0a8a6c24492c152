package keyhelp

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/provkit/provkit/provider"
)

// Scan bounds the search through IDs. The documented dialect can read a client or a
// domain by ID only; to find one by name the adapter reads IDs upwards, from where
// they begin and from the lowest one that it has seen.
type Scan struct {
	// ClientsFrom and DomainsFrom are where the panel's IDs begin, 1 by default.
	// Give the lowest ID that your own records hold: on a panel whose IDs begin
	// high, nothing is found without it.
	ClientsFrom, DomainsFrom int64
	// Gap is how many missing IDs in a row end the search, 200 by default: more
	// than accounts were ever removed in a row on the panel.
	Gap int64
	// Max is how many IDs are tried at most, 100,000 by default.
	Max int64
}

func (s Scan) withDefaults() Scan {
	s.ClientsFrom, s.DomainsFrom = max(s.ClientsFrom, 1), max(s.DomainsFrom, 1)
	if s.Gap == 0 {
		s.Gap = 200
	}
	if s.Max == 0 {
		s.Max = 100_000
	}
	return s
}

// probeWindow is how many IDs are read at once.
const probeWindow = 8

// prober reads things by rising ID. It is what the documented dialect leaves: it can
// read by ID and nothing else.
type prober[T any] struct {
	read     func(context.Context, int64) (*T, error)
	scan     Scan
	segments []segment
	window   int
}

// segment is a range of IDs to try; end 0 is open.
type segment struct{ from, end int64 }

type probed[T any] struct {
	thing *T
	err   error
}

// all yields what it finds in each segment until that ends or Scan.Gap IDs in a row
// are missing.
func (p prober[T]) all(ctx context.Context) iter.Seq2[*T, error] {
	window := int64(p.window)
	if window <= 0 || window > 64 {
		window = probeWindow
	}
	return func(yield func(*T, error) bool) {
		tried := int64(0)
		for _, segment := range p.segments {
			next := segment.from
			for missing := int64(0); missing < p.scan.Gap && tried < p.scan.Max; {
				size := min(window, p.scan.Gap-missing, p.scan.Max-tried)
				if segment.end > 0 {
					size = min(size, segment.end-next)
				}
				if size <= 0 {
					break
				}
				for _, r := range p.readWindow(ctx, next, size) {
					switch {
					case r.err == nil:
						missing = 0
						if !yield(r.thing, nil) {
							return
						}
					case errors.Is(r.err, provider.ErrNotFound):
						missing++
					default:
						yield(nil, r.err)
						return
					}
				}
				next, tried = next+size, tried+size
			}
		}
	}
}

func (p prober[T]) readWindow(ctx context.Context, from, size int64) []probed[T] {
	results := make([]probed[T], size)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			results[i].thing, results[i].err = p.read(ctx, from+int64(i))
		})
	}
	group.Wait()
	return results
}

// sightings remembers IDs that could be read: where to begin a search, and evidence
// that the key can read something.
type sightings struct {
	mu     sync.Mutex
	lowest int64
	recent []int64
}

const recentMax = 4

func (s *sightings) add(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lowest == 0 || id < s.lowest {
		s.lowest = id
	}
	if slices.Contains(s.recent, id) {
		return
	}
	s.recent = append(s.recent, id)
	if len(s.recent) > recentMax {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
}

// drop forgets that an ID could be read. It stays a good place to begin.
func (s *sightings) drop(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = slices.DeleteFunc(s.recent, func(known int64) bool { return known == id })
}

func (s *sightings) list() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recent)
}

// segments returns where to search: upwards from the lowest sighting, since what is
// looked for is most often newer, then from the configured place up to there.
func (s *sightings) segments(from int64) []segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.lowest == 0:
		return []segment{{from: from}}
	case s.lowest <= from:
		return []segment{{from: s.lowest}}
	}
	return []segment{{from: s.lowest}, {from: from, end: s.lowest}}
}
