package licenseserver

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// index remembers what was read about licenses. Markers never change, so a marked license is not
// read again in the search for another one.
type index struct {
	mu      sync.Mutex
	marked  map[int64]*nameplate
	plates  map[int64]int64           // the device with each license's name plate
	owners  map[int64]int64           // the license of each such device
	keys    map[int64]provider.Secret // the keys that lead to the licenses
	missing map[int64]bool
	highest int64
}

// key returns the key that is known to be a license's, and own remembers it.
func (x *index) key(license int64) provider.Secret {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.keys[license]
}

func (x *index) own(license int64, key provider.Secret) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.keys == nil {
		x.keys = make(map[int64]provider.Secret)
	}
	x.keys[license] = key
}

// add remembers a license. A list of devices does not name its license: a name plate that is another's
// already shows that one of the two answers was about the other license, and neither is believed.
func (x *index) add(n *nameplate) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.marked == nil {
		x.marked, x.missing = make(map[int64]*nameplate), make(map[int64]bool)
		x.plates, x.owners = make(map[int64]int64), make(map[int64]int64)
	}
	x.forget(n.license)
	if other := x.owners[n.device]; n.device != 0 && other != 0 {
		x.forget(other)
		return &provider.Error{
			Provider: Kind, Kind: provider.ErrProtocol,
			Message: words.Say("licenses %d and %d are answered with the same devices", min(n.license, other), max(n.license, other)),
		}
	}
	x.highest = max(x.highest, n.license)
	delete(x.missing, n.license)
	if n.device != 0 {
		x.plates[n.license], x.owners[n.device] = n.device, n.license
	}
	if n.marker != 0 {
		x.marked[n.license] = n
	}
	return nil
}

func (x *index) drop(license int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.forget(license)
}

func (x *index) forget(license int64) {
	if device := x.plates[license]; device != 0 {
		delete(x.owners, device)
		delete(x.plates, license)
	}
	delete(x.marked, license)
}

// known returns what need not be read again: marked licenses, and missing IDs so far below the
// highest one that they will not be assigned any more.
func (x *index) known(license, gap int64) (n *nameplate, missing bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.marked[license], x.missing[license] && license < x.highest-gap
}

// top returns the highest ID that was read.
func (x *index) top() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.highest
}

func (x *index) gaps(licenses []int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, license := range licenses {
		x.missing[license] = true
	}
}

// matching returns the name plates of the marked licenses that match, in ascending order.
func (x *index) matching(match func(*nameplate) bool) []*nameplate {
	x.mu.Lock()
	defer x.mu.Unlock()
	var found []*nameplate
	for _, id := range slices.Sorted(maps.Keys(x.marked)) {
		if n := x.marked[id]; match(n) {
			found = append(found, n)
		}
	}
	return found
}

// find returns the licenses whose name plates match, the first marker first; those without a valid marker
// come last, and their licenses are not read. A remembered one is read again; if it is missing, its absence
// must be proven, and if its marker is, a person must decide, or the caller would create a second license.
func (p *Provider) find(ctx context.Context, extent extent, match func(*nameplate) bool) ([]*made, error) {
	var found []*made
	take := func(n *nameplate) (err error) {
		m := &made{plate: n}
		if n.marker != 0 {
			if m, err = p.fill(ctx, n); m == nil {
				return p.absent(ctx, n.license, err)
			}
		}
		if match(m.plate) {
			found = append(found, m)
		}
		return nil
	}
	for _, known := range p.index.matching(match) {
		n, err := p.look(ctx, known.license)
		if err == nil && !match(n) {
			n, err = p.look(ctx, known.license) // the answer may have been about another license
		}
		switch {
		case err != nil:
			err = p.absent(ctx, known.license, err)
		case match(n):
			err = take(n)
		case n.marker != known.marker:
			// It stays remembered: the next call must not take the order for a new one either.
			err = cmp.Or(p.index.add(known), error(&provider.Error{
				Provider: Kind, Op: devicesList.Op, Kind: provider.ErrConflict,
				Message: words.Say("the marker of license %d is not listed any more: adopt the license again, or terminate it", known.license),
			}))
		}
		if err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		var unread error
		for n, err := range p.plates(ctx, 0, extent) {
			switch {
			case n == nil:
				return nil, err
			case err != nil:
				unread = err
			case match(n):
				if err := take(n); err != nil {
					return nil, err
				}
			}
		}
		if len(found) == 0 && unread != nil {
			return nil, unread // it may be the one
		}
	}
	slices.SortStableFunc(found, func(a, b *made) int {
		if a.plate.marker == 0 || b.plate.marker == 0 {
			return cmp.Compare(b.plate.marker, a.plate.marker) // those without a marker last
		}
		return cmp.Compare(a.plate.marker, b.plate.marker)
	})
	return found, nil
}

// absent returns nil if the error is that a license was not found, and its absence is proven.
func (p *Provider) absent(ctx context.Context, license int64, err error) error {
	if errors.Is(err, provider.ErrNotFound) {
		_, err = p.accounts.ProveAbsent(ctx, license)
	}
	return err
}

// extent is how far a search goes.
type extent bool

const (
	// whole ends after the longest gap (see WithScan), and proves that there is nothing else.
	whole extent = true
	// likely also ends after a small gap if as many licenses were found as the dashboard counts. That
	// proves nothing while other programs add and remove licenses, which are remembered meanwhile.
	likely extent = false
)

// plates yields the name plates of all licenses in ascending order of IDs. Those of marked licenses
// come from memory. An error beside a plate concerns that license.
func (p *Provider) plates(ctx context.Context, window int, extent extent) iter.Seq2[*nameplate, error] {
	return func(yield func(*nameplate, error) bool) {
		dashboard, err := p.client.Monitoring.Dashboard(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		licenses, trusted, err := p.search(ctx, dashboard.TotalLicenses)
		if err != nil {
			yield(nil, err)
			return
		}
		if !trusted {
			p.probe(ctx, dashboard.TotalLicenses, window, extent)(yield)
			return
		}
		for _, id := range slices.Sorted(maps.Keys(licenses)) {
			n, _ := p.index.known(id, 0)
			var err error
			if n == nil {
				n, err = p.look(ctx, id)
			}
			if errors.Is(err, provider.ErrNotFound) {
				if _, err = p.accounts.ProveAbsent(ctx, id); err == nil {
					continue // removed meanwhile
				}
				n = &nameplate{license: id}
			}
			if !yield(n, err) || n == nil {
				return
			}
		}
	}
}

// nearby is how many missing IDs after the last license end a likely search once as many licenses were
// found as the dashboard counts.
const nearby = 8

// errAllFound ends a search.
var errAllFound = errors.New("all licenses are found")

// probe is plates without the search: it reads IDs upwards.
func (p *Provider) probe(ctx context.Context, total int64, window int, extent extent) iter.Seq2[*nameplate, error] {
	return func(yield func(*nameplate, error) bool) {
		scan := p.client.scan
		var mu sync.Mutex
		var missing []int64
		gone := make(map[int64]bool) // missing IDs below one that was assigned before
		prober := adapter.Probe[nameplate](adapter.Scan(scan), &p.seen, nil)
		prober.Window = window
		// found counts licenses; last is the highest ID, read the highest that did not come from
		// memory.
		found, last, read := int64(0), prober.Segments[0].From-1, int64(0)
		prober.Read = func(ctx context.Context, id int64) (*nameplate, error) {
			n, removed := p.index.known(id, scan.Gap)
			assigned := id < p.index.top()
			mu.Lock()
			enough := extent == likely && found >= total && id > last+nearby
			mu.Unlock()
			fresh := n == nil
			var err error
			switch {
			case enough:
				return nil, errAllFound
			case n == nil && removed:
				return nil, provider.ErrNotFound
			case fresh:
				n, err = p.look(ctx, id)
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, provider.ErrNotFound):
				missing = append(missing, id)
				gone[id] = assigned
			case n != nil:
				delete(gone, id)
				found, last = found+1, max(last, id)
				if fresh {
					read = max(read, id)
				}
			}
			return n, err
		}
		going := true
		for again := true; again && going; {
			for n, err := range prober.All(ctx) {
				if errors.Is(err, errAllFound) || !yield(n, err) || n == nil {
					going = false
					break
				}
			}
			// "Not found" does not name a license: while the dashboard counts more of them, what was missing
			// is read once more. What is found then may have ended the search too early.
			again = false
			slices.Sort(missing)
			for i := 0; going && found < total && i < len(missing) && missing[i] <= last+nearby; i++ {
				n, err := p.look(ctx, missing[i])
				if errors.Is(err, provider.ErrNotFound) {
					continue
				}
				delete(gone, missing[i])
				if going = yield(n, err) && n != nil; going {
					found, last, again = found+1, max(last, missing[i]), true
					prober.Segments = []adapter.Segment{{From: missing[len(missing)-1] + 1}}
					missing[i] = 0
				}
			}
			missing = slices.DeleteFunc(missing, func(id int64) bool { return id == 0 })
		}
		if going && found == 0 && total > 0 && scan.From == 1 {
			// An empty list would be trusted: all accounts would seem missing, and be created
			// again.
			yield(nil, &provider.Error{
				Provider: Kind, Kind: provider.ErrConflict,
				Message: words.Say("the server counts %d licenses, but none has an ID from 1 to %d: set where they begin with WithScan", total, scan.Gap),
			})
		}
		// Missing IDs count only if a license could be read after them: the sign-in may have lost
		// its rights meanwhile.
		maps.DeleteFunc(gone, func(id int64, assigned bool) bool { return !assigned || id > read })
		p.index.gaps(slices.Collect(maps.Keys(gone)))
	}
}

// enumerate is search with the dashboard's number of licenses.
func (p *Provider) enumerate(ctx context.Context) (licenses map[int64]provider.Secret, trusted bool, err error) {
	if p.client.search.Endpoint == nil {
		return nil, false, nil
	}
	dashboard, err := p.client.Monitoring.Dashboard(ctx)
	if err != nil {
		return nil, false, err
	}
	return p.search(ctx, dashboard.TotalLicenses)
}

// search lists the licenses and their keys with the panel's search. The result is trusted only if
// it contains as many as the dashboard counts: how the search matches and whether it has a limit of
// its own is undocumented. Without WithSearchPath it is empty.
func (p *Provider) search(ctx context.Context, total int64) (licenses map[int64]provider.Secret, trusted bool, err error) {
	if p.client.search.Endpoint == nil {
		return nil, false, nil
	}
	// All keys in the examples have hyphens.
	found, err := p.client.Search.Query(ctx, &SearchRequest{Query: "-", Type: "license", Limit: total + 1})
	if errors.Is(err, provider.ErrNotFound) {
		return nil, false, &provider.Error{
			Provider: Kind, Op: searchAll.Op, Kind: provider.ErrUnsupported, StatusCode: 404,
			Message: "the panel has no search at the path of WithSearchPath",
		}
	}
	if err != nil {
		return nil, false, err
	}
	licenses = make(map[int64]provider.Secret)
	for _, r := range found.Results {
		if r.Type == "license" {
			licenses[r.ID] = r.Title
		}
	}
	return licenses, int64(len(licenses)) == total, nil
}

// searchKey returns the key of a license whose name plate does not contain it.
func (p *Provider) searchKey(ctx context.Context, license int64) (provider.Secret, error) {
	if p.client.search.Endpoint == nil {
		return provider.Secret{}, unknownKey(license, "only the panel's search could find it: set its path with WithSearchPath")
	}
	licenses, _, err := p.enumerate(ctx)
	if err != nil {
		return provider.Secret{}, err
	}
	if key := licenses[license]; !key.IsZero() {
		return key, nil
	}
	return provider.Secret{}, unknownKey(license, "the panel's search does not find it")
}
