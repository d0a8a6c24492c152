package order

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Desk is where the orders of one client are placed. The zero value is ready.
type Desk struct {
	// Turn is taken to look for an order or to send one: two orders that begin at once could
	// not be told apart.
	Turn adapter.Turn

	memory
}

// Place brings an order as far as it goes in one call. It sends the order unless it was sent
// before: once, whatever becomes of the answer. A state beside an error says that something
// was or may have been bought.
func (d *Desk) Place(ctx context.Context, o Order) (State, error) {
	watched, mark := touched.Watch(ctx)
	state, err := d.place(watched, o)
	return state, adapter.Interrupted(ctx, mark.Set(), err)
}

func (d *Desk) place(ctx context.Context, o Order) (State, error) {
	release, err := d.Turn.Take(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	if err := d.resume(o); err != nil {
		return "", err
	}
	defer func() { _ = d.keep(o) }() // what is bought is bought, whether it can be written down or not
	r := o.record()
	if o.Located() {
		return d.follow(ctx, o)
	}
	seen, err := look(ctx, o)
	switch {
	case err != nil && r.Sent():
		return Unclear, unresolved(errSent, err)
	case err != nil:
		return "", err
	}
	if state, err := d.judge(ctx, o, seen); state != "" || err != nil {
		return state, err
	}
	switch {
	case r.Unsettled():
		return r.unsettled(), nil
	case seen.Refusal != nil:
		return "", seen.Refusal
	}
	return d.send(ctx, o)
}

// errSent is in place of the answer that an earlier call has lost.
var errSent = errors.New("an earlier call has sent the order")

// send places the order, once.
func (d *Desk) send(ctx context.Context, o Order) (State, error) {
	undo, err := o.Begin(ctx)
	if err != nil {
		return "", err
	}
	r := o.record()
	earlier := r.SentAt
	r.Resent, r.SentAt = r.Sent(), time.Now().Truncate(time.Second)
	if err := d.keep(o); err != nil {
		undo()
		r.SentAt = earlier
		return "", &provider.Error{Kind: provider.ErrConflict, Message: words.Say("not sent: the handle could not be kept: %v", err), Err: err}
	}
	r.Placed = true
	state, err := o.Send(ctx)
	if state == "" && err != nil && !errors.Is(err, provider.ErrOutcomeUnknown) {
		if !r.KeepRefused {
			undo()
			r.SentAt = time.Time{} // nor did an earlier one happen: it has settled
		}
		return "", err
	}
	_ = d.keep(o)
	switch {
	case state != "":
		return state, err
	case o.Located():
		return d.follow(ctx, o)
	case ctx.Err() != nil:
		return Unclear, err
	}
	return d.find(ctx, o, err)
}

// find looks for an order that this call has sent, and whose answer was lost or named nothing
// that belongs to it.
func (d *Desk) find(ctx context.Context, o Order, lost error) (State, error) {
	seen, err := look(ctx, o)
	switch {
	case err != nil && lost == nil:
		return Deploying, nil // it is placed, and will be found
	case err != nil:
		return Unclear, unresolved(lost, err)
	}
	if state, err := d.judge(ctx, o, seen); state != "" || err != nil {
		return state, err
	}
	return Unclear, lost // nothing is to be seen, but the vendor may still be working on it
}

// Poll is Place without buying anything. The error for an order of which nothing came matches
// provider.ErrNotFound: it may be placed again.
func (d *Desk) Poll(ctx context.Context, o Order) (State, error) {
	if o.Located() {
		return d.follow(ctx, o)
	}
	release, err := d.Turn.Take(ctx)
	if err != nil {
		return Unclear, err
	}
	defer release()
	seen, err := look(ctx, o)
	if err != nil {
		return Unclear, err
	}
	if state, err := d.judge(ctx, o, seen); state != "" || err != nil {
		return state, err
	}
	if r := o.record(); r.Unsettled() {
		return r.unsettled(), nil
	}
	return "", &provider.Error{Kind: provider.ErrNotFound, Message: "nothing came of the order: it was not carried out, place it again"}
}

// look searches the account for an order.
func look(ctx context.Context, o Order) (*Sighting, error) {
	seen, err := o.Look(ctx)
	return seen, proven(err)
}

// judge says how far an order is by what a look saw; "" if nothing came of it.
func (d *Desk) judge(ctx context.Context, o Order, seen *Sighting) (State, error) {
	r := o.record()
	switch {
	case o.Located():
		return d.follow(ctx, o)
	case seen.Conflict != nil:
		return Unclear, seen.Conflict
	case seen.Unclear != "":
		r.Why = seen.Unclear
		return Unclear, nil
	case r.Accepted:
		return Deploying, nil
	}
	return "", nil
}

// follow finds out how far a located order is, and marks its thing as soon as it is there.
func (d *Desk) follow(ctx context.Context, o Order) (State, error) {
	_ = d.keep(o)
	defer func() { _ = d.keep(o) }()
	state, err := o.Follow(ctx)
	if err == nil && state == Unmarked {
		state, err = o.Mark(ctx)
	}
	o.record().ended = errors.Is(err, errGone)
	return state, proven(err)
}

// unsettled is how far an order is that was sent so lately that seeing nothing of it proves
// nothing.
func (r *Record) unsettled() State {
	r.Why = "nothing came of the order yet, but the vendor may still be working on it: try again after " + r.SentAt.Add(Settles).Format(time.RFC3339)
	return Unclear
}

// unresolved is provider.Unresolved without the call that failed: the reader asked for an
// order.
func unresolved(failed, looking error) error {
	err := provider.Unresolved(failed, looking)
	err.Provider, err.Op, err.Action = "", "", ""
	return err
}
