package order

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// refusalSettles is how long an order may still be carried out that the vendor has refused, where its
// refusals prove nothing. Lost answers have provider.WithSettleTime.
const refusalSettles = 2 * time.Minute

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
	// Trace is what in the account belongs to the order alone, such as its invoice, and Thing the ID of
	// what was bought; "" if it is unknown. Desk.Owners knows the traces of other orders.
	Trace() string
	Thing() string
	// Asked is what the ledger remembers of what was ordered, without secrets; nil in a call that buys
	// nothing and does not know.
	Asked() map[string]string
	// Alike reports whether an order for which this was asked could be taken for this one, as long as neither
	// is located.
	Alike(asked map[string]string) bool
	// Resume takes over what a handle says that the ledger had.
	Resume(handle string) error
	// Forget takes back what locates the order.
	Forget()
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
	// Reference is the caller's, which distinguishes the order from all others of its account.
	Reference string
	// SentAt is about when the order was sent, by the vendor's clock if that is known; zero if it was not.
	SentAt time.Time
	// Accepted: the vendor took the order and named nothing that belongs to it.
	Accepted bool
	// Marked: its thing carries the mark.
	Marked bool
	// Known: the ledger knows that its thing was there and marked.
	Known bool
	// Refused: the vendor has refused it.
	Refused bool

	// Placed: this very call has sent it. Resent: an earlier call had done so too, and
	// nothing came of that.
	Placed, Resent bool
	// KeepRefused: an order that was refused counts as sent until it has settled, since the
	// vendor's refusals are not to be trusted.
	KeepRefused bool
	// Why says what is unclear about an Unclear order.
	Why string

	// What the desk knows: the entry as the ledger has it, for how long the ledger had it when it was read (less
	// than nothing if its clock was set back), whether it has had it since it was sent, for how long an order may be
	// carried out, and what tells the time. sentAt is when this call has sent it, by the ledger's clock. ended: it is
	// proven that its thing is gone.
	entry   *provider.LedgerEntry
	kept    time.Duration
	witness bool
	read    time.Time
	settle  time.Duration
	clock   func() time.Time
	sentAt  time.Time
	ended   bool
}

//lint:ignore U1000 for staticcheck by itself
func (r *Record) record() *Record { return r }

// Alike is for vendors whose orders can be told apart by what they show.
func (r *Record) Alike(map[string]string) bool { return false }

// Sent reports whether the order was sent, by this call or another.
func (r *Record) Sent() bool { return !r.SentAt.IsZero() }

// Unseen reports whether the ledger knows the order, and that nobody has ever seen its thing.
func (r *Record) Unseen() bool { return r.entry != nil && !r.Known }

// Unsettled reports whether the order was sent so lately that seeing nothing of it proves
// nothing.
func (r *Record) Unsettled() bool { return r.left() > 0 }

// left is for how long the order may still be carried out.
func (r *Record) left() time.Duration {
	if !r.Sent() {
		return 0
	}
	return r.patience() - r.Since()
}

// settles is when seeing nothing of the order proves something, for people.
func (r *Record) settles() string { return r.Now().Add(r.left()).UTC().Format(time.RFC3339) }

// Since is how long ago the order was sent, by the vendor's clock where that is known. If the ledger has known
// the order for much less, one of the two was set forward, or the vendor has several clocks, and the ledger counts. A
// clock that was set back says nothing.
func (r *Record) Since() time.Duration {
	since, known := r.Now().Sub(r.SentAt), r.kept+time.Since(r.read)
	switch {
	case since < -time.Minute:
		return max(known, 0)
	case r.witness && r.kept >= 0 && known < since-time.Minute:
		return known
	}
	return since
}

// patience is how long the order may still be carried out after it was sent.
func (r *Record) patience() time.Duration {
	if r.Refused {
		return min(refusalSettles, r.settle)
	}
	return r.settle
}

// of reports whether an entry of the ledger is about this very order: one that has ended may have been
// placed anew under the same reference.
func (r *Record) of(entry *provider.LedgerEntry) bool { return entry.SentAt.Equal(r.SentAt) }

// anew forgets how far the order was, since it is over.
func (r *Record) anew() {
	r.SentAt, r.sentAt = time.Time{}, time.Time{}
	r.Accepted, r.Marked, r.Known, r.Refused, r.ended = false, false, false, false, false
}

// Now returns the time by the vendor's clock if that is known, or else by the ledger's.
func (r *Record) Now() time.Time {
	if r.clock == nil {
		return time.Now()
	}
	return r.clock()
}

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

// errAstray is in an error about a thing that a handle leads to and that is another order's.
var errAstray = errors.New("astray")

// Astray is the error when a handle leads to what belongs to another order. Desk forgets the handle, and
// looks anew.
func Astray(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrConflict, Message: words.Say(format, args...), Err: errAstray}
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
