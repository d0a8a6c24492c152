package adapter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// recent is what this program did to accounts a moment ago, and what reads may not show yet. It is a
// help, not a record: another program's changes are not in it. Its zero value is empty.
type recent[K comparable, T any] struct {
	mu   sync.Mutex
	sent map[K][]*sent[T]
	made map[K]creation
}

// sent is a change that was sent to an account.
type sent[T any] struct {
	at       time.Time
	concerns string
	// shows reports whether a record shows the change; nil is a removal, which none does.
	shows func(*T) bool
}

type creation struct {
	at      time.Time
	account provider.Account
}

// remembered is how long a change that was never seen is remembered: reads that trail longer than
// Accounts.Lag are still not believed then, at the cost of a request.
func remembered(lag time.Duration) time.Duration { return max(12*lag, time.Minute) }

// Made notes an account that this program made for certain: where it cannot be read or found yet, it
// is looked for again for as long as reads may trail.
func (a *Accounts[K, T]) Made(id K, account *provider.Account) {
	if a.Lag <= 0 {
		return
	}
	r, now := &a.recent, time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.made == nil {
		r.made = make(map[K]creation)
	}
	for id, old := range r.made {
		if now.Sub(old.at) > a.Lag {
			delete(r.made, id)
		}
	}
	r.made[id] = creation{now, *account}
}

// fresh returns the accounts that this program has made and reads may not show yet, and for how long
// that may be so.
func (a *Accounts[K, T]) fresh() (made map[K]*provider.Account, left time.Duration) {
	r := &a.recent
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, c := range r.made {
		if l := a.Lag - time.Since(c.at); l > 0 {
			if made == nil {
				made = make(map[K]*provider.Account)
			}
			made[id], left = &c.account, max(left, l)
		}
	}
	return made, left
}

// Fresh reports whether this program has made an account that reads may not show yet.
func (a *Accounts[K, T]) Fresh() bool {
	made, _ := a.fresh()
	return made != nil
}

// Record reads one record. One that this program made a moment ago is looked for again if it is not
// there yet.
func (a *Accounts[K, T]) Record(ctx context.Context, id K) (*T, error) {
	record, err := a.Read(ctx, id)
	if !errors.Is(err, provider.ErrNotFound) {
		return record, err
	}
	made, left := a.fresh()
	if made[id] == nil {
		return record, err
	}
	return again(ctx, left, err, func(ctx context.Context) (*T, error) { return a.Read(ctx, id) })
}

// Seek finds something by find, and looks again if that does not show an account that matches the
// query and that this program made a moment ago. Nothing found is nil or provider.ErrNotFound.
func Seek[K comparable, T, R any](
	ctx context.Context, a *Accounts[K, T], q provider.Query, find func(context.Context) (*R, error),
) (*R, error) {
	found, err := find(ctx)
	if found != nil && err == nil || err != nil && !errors.Is(err, provider.ErrNotFound) {
		return found, err
	}
	made, left := a.fresh()
	for _, account := range made {
		if Matches(account, q) && (q.Domain == "" || strings.EqualFold(account.Domain, q.Domain)) {
			return again(ctx, left, err, find)
		}
	}
	return found, err
}

// again repeats a look that found nothing, for a while. missing is the error of the first.
func again[R any](ctx context.Context, limit time.Duration, missing error, look func(context.Context) (*R, error)) (found *R, err error) {
	err = missing
	first := true
	_, ended := Until(ctx, limit, func(ctx context.Context) (bool, error) {
		if first {
			first = false
			return false, nil
		}
		found, err = look(ctx)
		if errors.Is(err, provider.ErrNotFound) {
			return false, nil
		}
		return found != nil, err
	})
	if ended != nil {
		return nil, ended
	}
	return found, err
}

// Sending notes a change that is about to be sent, in place of one that concerns the same. shows reports
// whether a record shows it. forget is called when it was seen, or was not made for certain.
func (a *Accounts[K, T]) Sending(id K, concerns string, shows func(*T) bool) (forget func()) {
	change := &sent[T]{at: time.Now(), concerns: concerns, shows: shows}
	if a.Lag <= 0 {
		return func() {}
	}
	r := &a.recent
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sent == nil {
		r.sent = make(map[K][]*sent[T])
	}
	for other := range r.sent {
		r.drop(other, func(s *sent[T]) bool {
			return time.Since(s.at) > remembered(a.Lag) || other == id && s.concerns == concerns && (s.shows == nil) == (shows == nil)
		})
	}
	r.sent[id] = append(r.sent[id], change)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.drop(id, func(s *sent[T]) bool { return s == change })
	}
}

func (r *recent[K, T]) drop(id K, which func(*sent[T]) bool) {
	if r.sent[id] = slices.DeleteFunc(r.sent[id], which); len(r.sent[id]) == 0 {
		delete(r.sent, id)
	}
}

// unseen returns the changes that were sent to an account and that a record does not show, and
// forgets those that it shows.
func (a *Accounts[K, T]) unseen(id K, now *T) []*sent[T] {
	r := &a.recent
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sent[id]) == 0 {
		return nil
	}
	r.drop(id, func(s *sent[T]) bool { return time.Since(s.at) > remembered(a.Lag) || s.shows != nil && s.shows(now) })
	return slices.DeleteFunc(slices.Clone(r.sent[id]), func(s *sent[T]) bool { return s.shows == nil })
}

// removing reports when the removal of an account was sent that nobody saw.
func (a *Accounts[K, T]) removing(id K) bool {
	r := &a.recent
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.sent[id], func(s *sent[T]) bool { return s.shows == nil && time.Since(s.at) <= remembered(a.Lag) })
}

// caughtUp reads an account again until its record shows what this program has sent to it, for as
// long as it may trail. stale reports that it does not show a change that concerns the same as the
// verb, so that it is no proof that there is nothing to do.
func (a *Accounts[K, T]) caughtUp(ctx context.Context, id K, now *T, concerns string) (latest *T, stale bool, err error) {
	open := a.unseen(id, now)
	if len(open) == 0 {
		return now, false, nil
	}
	left := time.Duration(0)
	for _, s := range open {
		left = max(left, a.Lag-time.Since(s.at))
	}
	first := true
	_, err = Until(ctx, left, func(ctx context.Context) (bool, error) {
		if !first {
			read, err := a.again(ctx, id, now)
			if err != nil {
				return false, err
			}
			now = read
		}
		first = false
		open = a.unseen(id, now)
		return len(open) == 0, nil
	})
	return now, slices.ContainsFunc(open, func(s *sent[T]) bool { return s.concerns == concerns }), err
}
