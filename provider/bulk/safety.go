package bulk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/provkit/provkit/internal/words"
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
	return words.Say(text, e.Count, e.Of, e.Server, e.MaxShare*100)
}

// Is reports whether target is ErrSafetyStop.
func (e *ShareError) Is(target error) bool { return target == ErrSafetyStop }

// rounding allows for fractions such as 0.29, which no float64 is: 29 of 100 are no more.
const rounding = 1e-6

// safety looks at the servers' lists before the first call: two targets that are one account, and a
// name that two accounts have, are refused, and what would go out of service is counted. It does not
// count accounts that are in the wanted state already: a nightly job with all suspended customers
// changes few.
func (r *run) safety(ctx context.Context) error {
	share := r.job.MaxShare
	if share == 0 {
		share = DefaultMaxShare
	}
	if ctx.Err() != nil {
		return nil //nolint:nilerr // every target fails with the context's error anyway
	}
	var servers []*lane
	for _, server := range slices.Sorted(maps.Keys(r.rolls)) {
		roll := r.rolls[server]
		if counts := share < 1 && len(roll.doomed)+roll.done > 0; !counts && !(roll.ids && roll.names) {
			continue
		}
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

// stop returns why the job is refused for one server.
func (r *run) stop(ctx context.Context, l *lane, share float64) error {
	lister, ok := provider.As[provider.Lister](l.provider)
	if !ok && (share >= 1 || len(r.rolls[l.server].doomed) == 0) {
		return nil // nothing to count, and nobody to ask whether two targets are one account
	}
	if !ok {
		return fmt.Errorf("bulk: the safety stop cannot count the accounts of %s: "+
			"the provider cannot list accounts; set Job.MaxShare to 1 if you are sure of your list", l.server)
	}
	count, of, err := r.count(ctx, l.server, lister)
	switch {
	case err != nil:
		return err
	case count > 1 && float64(count) > share*float64(of)+rounding:
		return &ShareError{Server: l.server, Count: count, Of: of, MaxShare: share}
	}
	return nil
}

func (r *run) count(ctx context.Context, server string, lister provider.Lister) (count, of int, err error) {
	roll := r.rolls[server]
	seen := roll.look()
	for account, err := range lister.List(ctx, nil) {
		if account == nil {
			return 0, 0, fmt.Errorf("bulk: the safety stop cannot count the accounts of %s: %w", server, err)
		}
		of++
		t, problem := seen.meet(server, account)
		if problem != "" {
			return 0, 0, ambiguous(r.job.Verb, problem)
		}
		if roll.doomed[t] && !(account.Status == provider.StatusSuspended && r.suspends(*t)) {
			count++
		}
	}
	return count + roll.done, of + roll.done, nil
}

// ambiguous is the error of a list that does not say which account is meant.
func ambiguous(verb Verb, problem string) error {
	return &provider.Error{Action: fmt.Sprintf("%s many accounts", verb), Kind: provider.ErrConflict, Message: words.Say("%s", problem)}
}

// suspends reports whether the target would be suspended, and not removed.
func (r *run) suspends(t Target) bool {
	return r.job.Verb == Suspend || (r.job.Verb == Ensure && t.Want.Status == provider.StatusSuspended)
}
