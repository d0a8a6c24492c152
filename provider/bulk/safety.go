package bulk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider"
)

// ErrSafetyStop is the error of a job that would take too many accounts of one server out of
// service. Nothing was changed.
var ErrSafetyStop = errors.New("safety stop: too many accounts of one server")

// ShareError is a server for which the safety stop refuses a job.
type ShareError struct {
	Server string
	// Count of the server's accounts would go out of service, of Of in all.
	Count, Of int
	MaxShare  float64
}

// Error returns the numbers, and what to do about them.
func (e *ShareError) Error() string {
	const text = "bulk: %d of the %d accounts of %s would go out of service, more than %.0f %%: check the list, or raise Job.MaxShare"
	return fmt.Sprintf(text, e.Count, e.Of, e.Server, e.MaxShare*100)
}

// Is reports whether target is ErrSafetyStop.
func (e *ShareError) Is(target error) bool { return target == ErrSafetyStop }

// rounding allows for fractions such as 0.29, which no float64 is: 29 of 100 are no more.
const rounding = 1e-6

// doomed are the targets on one server that would go out of service, by ID and by user name.
type doomed struct {
	byID, byName map[string]Target
	// done counts the accounts that an earlier run of this job removed.
	done int
}

func (r *run) doomedOn(server string) *doomed {
	d := r.doomed[server]
	if d == nil {
		d = &doomed{byID: make(map[string]Target), byName: make(map[string]Target)}
		r.doomed[server] = d
	}
	return d
}

func (r *run) doom(t Target) {
	d := r.doomedOn(t.Server)
	switch create := t.Want.Create; {
	case t.ID != "" || t.Want.ID != "":
		d.byID[t.name()] = t
	case create != nil:
		d.byName[strings.ToLower(create.Username)] = t
	}
}

// safety counts before the first call. It does not count accounts that are in the wanted state
// already: a nightly job with all suspended customers changes few.
func (r *run) safety(ctx context.Context) error {
	share := r.job.MaxShare
	if share == 0 {
		share = DefaultMaxShare
	}
	if share >= 1 || ctx.Err() != nil {
		return nil //nolint:nilerr // every target fails with the context's error anyway
	}
	var servers []*lane
	for _, server := range slices.Sorted(maps.Keys(r.doomed)) {
		if l := r.lane(server); l.err == nil { // otherwise its targets fail anyway
			servers = append(servers, l)
		}
	}
	stops := make([]error, len(servers))
	var counting sync.WaitGroup
	turns := make(chan struct{}, countedAtOnce)
	for i, l := range servers {
		turns <- struct{}{}
		counting.Go(func() {
			defer func() { <-turns }()
			stops[i] = r.stop(ctx, l, share)
		})
	}
	counting.Wait()
	return errors.Join(stops...)
}

// countedAtOnce is how many servers are counted at once. Some return all their accounts in one
// answer, so that this bounds the memory.
const countedAtOnce = 4

// stop returns why the safety stop refuses the job for one server.
func (r *run) stop(ctx context.Context, l *lane, share float64) error {
	count, of, err := r.count(ctx, l.provider, r.doomed[l.server])
	switch {
	case err != nil:
		return fmt.Errorf("bulk: the safety stop cannot count the accounts of %s: %w", l.server, err)
	case count > 1 && float64(count) > share*float64(of)+rounding:
		return &ShareError{Server: l.server, Count: count, Of: of, MaxShare: share}
	}
	return nil
}

func (r *run) count(ctx context.Context, p provider.Provider, d *doomed) (count, of int, err error) {
	lister, ok := provider.As[provider.Lister](p)
	if !ok {
		return 0, 0, errors.New("the provider cannot list accounts; set Job.MaxShare to 1 if you are sure of your list")
	}
	for account, err := range lister.List(ctx, nil) {
		if account == nil {
			return 0, 0, err
		}
		of++
		t, hit := d.byID[account.ID]
		if !hit {
			t, hit = d.byName[strings.ToLower(account.Username)]
		}
		if hit && !(account.Status == provider.StatusSuspended && r.suspends(t)) {
			count++
		}
	}
	return count + d.done, of + d.done, nil
}

// suspends reports whether the target would be suspended, and not removed.
func (r *run) suspends(t Target) bool {
	return r.job.Verb == Suspend || (r.job.Verb == Ensure && t.Want.Status == provider.StatusSuspended)
}
