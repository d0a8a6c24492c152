package adapter

import (
	"context"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// Pending remembers what this program has begun on accounts and not seen the end of. It is
// a help, not a record: it is empty after a restart, and then Poll has to go by what the
// server shows. Its zero value is empty.
type Pending[K comparable, W any] struct {
	mu  sync.Mutex
	all map[K]*W
}

// Begin notes what was begun on an account, in place of what was noted before.
func (w *Pending[K, W]) Begin(id K, work W) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = make(map[K]*W)
	}
	w.all[id] = &work
}

// Get returns what was begun on an account; nil if nothing was.
func (w *Pending[K, W]) Get(id K) *W {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all[id]
}

// Done forgets work that Get returned, but not what was begun since.
func (w *Pending[K, W]) Done(id K, work *W) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all[id] == work {
		delete(w.all, id)
	}
}

// The pauses between two looks double from the first to the last, so that a system that is a little
// late costs little time, and one that is very late few requests.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = time.Second
)

// Until looks again and again until it is so, for a while: at once, after growing pauses, and when
// the time is over. It ends with the first error.
func Until(ctx context.Context, limit time.Duration, look func(context.Context) (bool, error)) (bool, error) {
	end := time.Now().Add(limit)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		so, err := look(ctx)
		left := time.Until(end)
		if err != nil || so || left <= 0 {
			return so, err
		}
		if err := Pause(ctx, min(pause, left)); err != nil {
			return false, err
		}
	}
}

// Confirm is provider.Confirm with a look that is repeated for as long as what it reads may trail.
func Confirm(ctx context.Context, lag time.Duration, do func(context.Context) error, look func(context.Context) (bool, error)) error {
	return provider.Confirm(ctx, do, patient(lag, look))
}

// Resolve is provider.Resolve with such a look.
func Resolve(ctx context.Context, lag time.Duration, do func(context.Context) error, look func(context.Context) (bool, error)) error {
	return provider.Resolve(ctx, do, patient(lag, look))
}

// Once is the do of a Confirm or a Resolve that spends money. It is sent a single time: where the look
// does not see what a lost answer did, what follows is another look and not another payment.
func Once(do func(context.Context) error) func(context.Context) error {
	var sent bool
	var first error
	return func(ctx context.Context) error {
		if !sent {
			sent, first = true, do(ctx)
		}
		return first
	}
}

func patient(lag time.Duration, look func(context.Context) (bool, error)) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) { return Until(ctx, lag, look) }
}

// Pause waits, or returns the error of a context that ends before.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
