package adapter

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/provkit/provkit/provider"
)

// probeWindow is how many IDs are read at once unless the Prober says otherwise.
const probeWindow = 8

// Segment is a range of IDs to try, from From up to but without End; an End of 0 is
// open.
type Segment struct{ From, End int64 }

// Prober reads things by rising ID. It is what an API leaves that can read by ID and
// has neither a list nor a search.
type Prober[T any] struct {
	// Read reads one thing; provider.ErrNotFound is a gap in the IDs. An error beside a thing concerns
	// that thing only.
	Read func(context.Context, int64) (*T, error)
	// Segments are searched in their order.
	Segments []Segment
	// Gap is how many missing IDs in a row end a segment, behind Highest, Max how many IDs are tried
	// in all.
	Gap, Max int64
	// Window is how many IDs are read at once; anything but 1 to 64 is 8.
	Window int
	// Highest is the highest ID that could be read before.
	Highest int64
	// Nearby is how many missing IDs behind the last thing are read once more: the newest thing is there, if
	// a wrong "not found" hid it.
	Nearby int64
}

// Scan bounds a search through IDs: see Prober.
type Scan struct{ From, Gap, Max int64 }

// OrDefaults is the scan with defaults for what is 0: IDs begin at 1, and 100,000 are tried.
func (s Scan) OrDefaults(gap int64) Scan {
	return Scan{From: max(s.From, 1), Gap: cmp.Or(s.Gap, gap), Max: cmp.Or(s.Max, 100_000)}
}

// Probe searches a scan, beginning at what was seen.
func Probe[T any](s Scan, seen *Sightings, read func(context.Context, int64) (*T, error)) Prober[T] {
	return Prober[T]{Read: read, Segments: seen.Segments(s.From), Gap: s.Gap, Max: s.Max, Highest: seen.Highest()}
}

type probed[T any] struct {
	thing *T
	err   error
}

// All yields what it finds, in the order of the segments and their IDs, and ends at the
// first error that stands alone, other than provider.ErrNotFound. "Not found" is not believed at once where
// something exists behind it, or did, or close before it: it names nobody, so it may be the answer to another
// request.
func (p Prober[T]) All(ctx context.Context) iter.Seq2[*T, error] {
	window := int64(p.Window)
	if window <= 0 || window > 64 {
		window = probeWindow
	}
	return func(yield func(*T, error) bool) {
		tried := int64(0)
		for _, segment := range p.Segments {
			next := segment.From
			var holes []int64 // since the last one that exists
			last := segment.From - 1
			if segment.End == 0 || p.Highest < segment.End {
				last = max(last, p.Highest) // there may be more behind any gap before what was seen
			}
			found := func(id int64, r probed[T]) bool {
				last = max(last, id)
				return yield(r.thing, r.err) && (r.err == nil || r.thing != nil)
			}
			// again asks for holes once more.
			again := func(holes []int64) bool {
				for some := range slices.Chunk(holes, int(window)) {
					for i, r := range p.read(ctx, some) {
						if r.missing() {
							continue
						}
						if !found(some[i], r) {
							return false
						}
					}
				}
				return true
			}
			for {
				size := min(window, p.Gap-(next-1-last), p.Max-tried)
				if segment.End > 0 {
					size = min(size, segment.End-next)
				}
				if size <= 0 {
					known, _ := slices.BinarySearch(holes, max(p.Highest, last+p.Nearby)+1)
					before := last
					if !again(holes[:known]) {
						return
					}
					if holes = holes[known:]; last == before {
						break
					}
					continue
				}
				ids := make([]int64, size)
				for i := range ids {
					ids[i] = next + int64(i)
				}
				for i, r := range p.read(ctx, ids) {
					if r.missing() {
						holes = append(holes, ids[i])
						continue
					}
					if !again(holes) || !found(ids[i], r) {
						return
					}
					holes = nil
				}
				next, tried = next+size, tried+size
			}
		}
	}
}

// missing reports whether there is nothing, if the server is right.
func (r probed[T]) missing() bool { return r.thing == nil && errors.Is(r.err, provider.ErrNotFound) }

// read reads several IDs at once.
func (p Prober[T]) read(ctx context.Context, ids []int64) []probed[T] {
	results := make([]probed[T], len(ids))
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			results[i].thing, results[i].err = p.Read(ctx, ids[i])
		})
	}
	group.Wait()
	return results
}

// Sightings remembers IDs that could be read: where to begin a search, and evidence
// that the credentials can read something. The zero value is ready.
type Sightings struct {
	mu              sync.Mutex
	lowest, highest int64
	recent          []int64
}

const recentMax = 4

// Add notes that an ID could be read.
func (s *Sightings) Add(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lowest == 0 || id < s.lowest {
		s.lowest = id
	}
	s.highest = max(s.highest, id)
	if slices.Contains(s.recent, id) {
		return
	}
	s.recent = append(s.recent, id)
	if len(s.recent) > recentMax {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
}

// Drop forgets that an ID could be read. It stays a good place to begin.
func (s *Sightings) Drop(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent = slices.DeleteFunc(s.recent, func(known int64) bool { return known == id })
}

// Highest returns the highest ID that could be read; 0 for none.
func (s *Sightings) Highest() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.highest
}

// List returns some IDs that could be read, the newest sighting last.
func (s *Sightings) List() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recent)
}

// Segments returns where to search: upwards from the lowest sighting, since what is
// looked for is most often newer, then from the configured place up to there.
func (s *Sightings) Segments(from int64) []Segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.lowest == 0:
		return []Segment{{From: from}}
	case s.lowest <= from:
		return []Segment{{From: s.lowest}}
	}
	return []Segment{{From: s.lowest}, {From: from, End: s.lowest}}
}
