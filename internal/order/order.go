package order

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

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

	// What the desk knows.
	entry   *provider.LedgerEntry // as the ledger has it, nil if it has none
	read    time.Time             // when it was read, by our clock
	kept    time.Duration         // for how long the ledger had it then; less than nothing if the ledger's clock was set back
	witness bool                  // the ledger has had it since the order was sent
	sentAt  time.Time             // when this call has sent the order, by the ledger's clock
	settle  time.Duration         // for how long an order may be carried out
	clock   func() time.Time
	ended   bool // it is proven that its thing is gone
}

//lint:ignore U1000 for staticcheck by itself
func (r *Record) record() *Record { return r }

// Alike is for vendors whose orders can be told apart by what they show.
func (r *Record) Alike(map[string]string) bool { return false }

// Sent reports whether the order was sent, by this call or another.
func (r *Record) Sent() bool { return !r.SentAt.IsZero() }

// Unseen reports whether the ledger knows the order, and that nobody has ever seen its thing.
func (r *Record) Unseen() bool { return r.entry != nil && !r.Known }

// of reports whether an entry of the ledger is about this very order: one that has ended may have been
// placed anew under the same reference.
func (r *Record) of(entry *provider.LedgerEntry) bool { return entry.SentAt.Equal(r.SentAt) }

// anew forgets how far the order was, since it is over.
func (r *Record) anew() {
	r.SentAt, r.sentAt = time.Time{}, time.Time{}
	r.Accepted, r.Marked, r.Known, r.Refused, r.ended = false, false, false, false, false
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
