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

// ErrSafetyStop is matched by the error of a job that would take too many accounts of
// one server out of service. Nothing was changed then.
var ErrSafetyStop = errors.New("safety stop: too many accounts of one server")

// ShareError is one server's part in a safety stop.
type ShareError struct {
	Server string
	// Count of the server's accounts would go out of service, Of are there.
	Count, Of int
	MaxShare  float64
}

// Error says what to do about it.
func (e *ShareError) Error() string {
	return fmt.Sprintf("bulk: %d of the %d accounts of %s would go out of service, more than %.0f %%: check the list, or raise Job.MaxShare",
		e.Count, e.Of, e.Server, e.MaxShare*100)
}

// Is matches ErrSafetyStop.
func (e *ShareError) Is(target error) bool { return target == ErrSafetyStop }

// rounding is what a fraction such as 0.29 may lose: 29 of 100 are no more than that.
const rounding = 1e-6

// doomed are the targets on one server that are to go out of service, by ID and by
// user name.
type doomed struct {
	byID, byName map[string]Target
	// done were removed by an earlier run of this job.
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

// safety counts before the first call. Accounts that are in the wanted state already
// are not counted: a nightly job that names all suspended customers changes few.
func (r *run) safety(ctx context.Context) error {
	share := r.job.MaxShare
	if share == 0 {
		share = DefaultMaxShare
	}
	if share >= 1 || ctx.Err() != nil {
		return nil
	}
	var servers []*lane
	for _, server := range slices.Sorted(maps.Keys(r.doomed)) {
		if l := r.lane(server); l.err == nil { // else its targets fail anyway
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

// countedAtOnce is how many servers are counted at once; some answer with all of their
// accounts in one piece.
const countedAtOnce = 4

// stop is why one server's part is too large.
func (r *run) stop(ctx context.Context, l *lane, share float64) error {
	count, of, err := r.count(ctx, l.provider, r.doomed[l.server])
	switch {
	case err != nil:
		return fmt.Errorf("bulk: cannot tell how many accounts %s has, so that the safety stop refuses: %w", l.server, err)
	case count > 1 && float64(count) > share*float64(of)+rounding:
		return &ShareError{Server: l.server, Count: count, Of: of, MaxShare: share}
	}
	return nil
}

func (r *run) count(ctx context.Context, p provider.Provider, d *doomed) (count, of int, err error) {
	lister, ok := provider.As[provider.Lister](p)
	if !ok {
		return 0, 0, errors.New("it cannot list its accounts; set Job.MaxShare to 1 if you are sure of your list")
	}
	for account, err := range lister.List(ctx, nil) {
		if err != nil {
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

// suspends tells whether the target is to be suspended, and not removed.
func (r *run) suspends(t Target) bool {
	return r.job.Verb == Suspend || (r.job.Verb == Ensure && t.Want.Status == provider.StatusSuspended)
}
