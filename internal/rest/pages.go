package rest

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// MaxPages is how many pages of one list are read: a server could announce more for ever.
const MaxPages = 10_000

// Endless returns the error for a page of a list, counted from 1, that is beyond MaxPages; nil for
// all others.
func (e *Endpoint) Endless(number int) error {
	if number <= MaxPages {
		return nil
	}
	return &provider.Error{
		Provider: e.Provider, Op: e.Op, Action: e.action(""), Kind: provider.ErrProtocol,
		Message: fmt.Sprintf("the list does not end: the server announces more after %d pages", MaxPages),
	}
}

// Ended returns the error that ends a list whose elements are read after the call, once its context is
// over; nil until then.
func (e *Endpoint) Ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	err := contextError(ctx)
	return &provider.Error{
		Provider: e.Provider, Op: e.Op, Action: e.action(""), Message: words.Say("the rest of the list was not read: %v", err), Err: err,
	}
}
