package adapter

import (
	"context"
	"errors"
	"sync"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Turn lets one caller through at a time; the others wait, each under its own context. The
// zero value is ready.
type Turn struct {
	once sync.Once
	slot chan struct{}
}

// Take waits for the turn. The caller releases it once. The error of a context that ends
// first says that nothing was sent.
func (t *Turn) Take(ctx context.Context) (release func(), err error) {
	t.once.Do(func() { t.slot = make(chan struct{}, 1) })
	if ctx.Err() == nil { // a select might choose a free slot all the same
		select {
		case t.slot <- struct{}{}:
			return func() { <-t.slot }, nil
		case <-ctx.Done():
		}
	}
	err = ctx.Err()
	if cause := context.Cause(ctx); !errors.Is(err, cause) {
		err = errors.Join(err, cause)
	}
	return nil, &provider.Error{Message: words.Say("not sent: %v", err), Err: err}
}
