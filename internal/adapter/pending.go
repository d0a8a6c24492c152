package adapter

import (
	"context"
	"sync"
	"time"
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

// Until looks every so often until it is so, for a while. It looks once at least, and
// ends with the first error.
func Until(ctx context.Context, limit, every time.Duration, look func(context.Context) (bool, error)) (bool, error) {
	for end := time.Now().Add(limit); ; {
		if so, err := look(ctx); err != nil || so || !time.Now().Before(end) {
			return so, err
		}
		if err := Pause(ctx, every); err != nil {
			return false, err
		}
	}
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
