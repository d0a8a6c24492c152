package order

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Settles is how long a vendor may work on an order before its effect shows.
const Settles = 2 * time.Minute

// State is how far an order is. The zero value belongs to an error: nothing was bought.
type State string

// The states.
const (
	// Unclear: it may have been placed, and nobody knows yet.
	Unclear State = "unclear"
	// Unpaid: placed, and waiting for its payment.
	Unpaid State = "unpaid"
	// Deploying: placed, and its thing is not there yet, or cannot be marked yet.
	Deploying State = "deploying"
	// Unmarked: its thing is there and lacks the mark. Only Follow returns it.
	Unmarked State = "unmarked"
	// Ready: its thing is there and marked.
	Ready State = "ready"
)

// Order is an order of one vendor while a call works on it. Its type embeds Record.
type Order interface {
	record() *Record

	// Handle is what is known of the order, as a text that survives the program; "" if
	// that is nothing. It contains no secret.
	Handle() string
	// Trace is what in the account belongs to the order alone, such as its invoice; "" if
	// nothing is known. Desk.Owner returns whose it is.
	Trace() string
	// Located reports whether something is known that belongs to the order and to no other.
	Located() bool

	// Look searches the account for the order, and claims what can be nobody else's: the
	// order is located then. Begin may use what it saw.
	Look(context.Context) (*Sighting, error)
	// Begin prepares the sending, and notes what the account had before: that is how the
	// order will be recognised. An error, such as too high a price, stops the order. undo
	// takes the notes back.
	Begin(context.Context) (undo func(), err error)
	// Send places the order and pays for it, and notes what the answer says. An error that
	// matches provider.ErrOutcomeUnknown is an answer that was lost; any other refuses the
	// order. A state, with or without an error, says that nothing is left to do in this call.
	Send(context.Context) (State, error)
	// Follow finds out how far a located order is, and pays for it where that is a step of
	// its own. Gone is its error if the thing has ended.
	Follow(context.Context) (State, error)
	// Mark puts the reference on the order's thing.
	Mark(context.Context) (State, error)
}

// Resumer is an Order that goes on from the handle that this client remembers when its
// caller has none.
type Resumer interface {
	Resume(handle string) error
}

// Sighting is what a look at the account says about an order that it did not locate.
type Sighting struct {
	// Unclear says what may be the order's, or somebody else's.
	Unclear string
	// Conflict: several things are the order's.
	Conflict error
	// Refusal is why the order must not be placed: somebody else has its name.
	Refusal error
}

// Record is what all orders have in common.
type Record struct {
	// Reference is the caller's, and Key what distinguishes it from all others of its client:
	// the reference, or what is made from it.
	Reference, Key string
	// SentAt is about when the order was sent; zero if it was not.
	SentAt time.Time
	// Accepted: the vendor took the order and named nothing that belongs to it.
	Accepted bool
	// Marked: its thing carries the mark.
	Marked bool
	// ended: it is proven that its thing is gone.
	ended bool

	// Placed: this very call has sent it. Resent: an earlier call had done so too, and
	// nothing came of that.
	Placed, Resent bool
	// Told is the handle that the caller has.
	Told string
	// OnHandle is given the handle before the order is sent and whenever more is known. Its
	// error stops an order that was not sent yet.
	OnHandle func(handle string) error
	// KeepRefused: an order that was refused counts as sent until it has settled, since the
	// vendor's refusals are not to be trusted.
	KeepRefused bool
	// Why says what is unclear about an Unclear order.
	Why string
}

//lint:ignore U1000 for staticcheck by itself
func (r *Record) record() *Record { return r }

// Sent reports whether the order was sent, by this call or another.
func (r *Record) Sent() bool { return !r.SentAt.IsZero() }

// Unsettled reports whether the order was sent so lately that seeing nothing of it proves
// nothing.
func (r *Record) Unsettled() bool { return r.Sent() && time.Since(r.SentAt) < Settles }

// errGone is in an error that proves the end of what was ordered.
var errGone = errors.New("gone")

// Gone is the error when it is proven that what was ordered has ended. Any other error of a
// look, or of a located order, that matches provider.ErrNotFound is only what a server says, and
// Desk takes that kind from it.
func Gone(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrNotFound, Message: words.Say(format, args...), Err: errGone}
}

// proven returns an error that matches provider.ErrNotFound only with proof.
func proven(err error) error {
	if errors.Is(err, errGone) {
		return err
	}
	return adapter.NotOfAccount(err)
}

// Unknown is the error when nobody knows whether something was bought.
func Unknown(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrOutcomeUnknown, MaybeExecuted: true, Message: words.Say(format, args...)}
}

// RetryAfterPayment repeats what has to be done after this call has bought something, also
// when it was refused: money is spent, and an order that is left without its mark needs a
// person. What one attempt left open the refusal of a later one does not settle.
func (r *Record) RetryAfterPayment(ctx context.Context, do func() error) error {
	var open error
	for wait := time.Second; ; wait *= 2 {
		err := do()
		switch {
		case err == nil:
			return nil
		case errors.Is(err, provider.ErrOutcomeUnknown):
			open = err
		case open != nil:
			err = provider.Unresolved(open, err)
		}
		if !r.Placed || wait > 4*time.Second || ctx.Err() != nil || adapter.Pause(ctx, wait) != nil {
			return err
		}
	}
}
