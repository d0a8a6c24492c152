package order

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// Desk is where the orders of one client are placed.
type Desk struct {
	ledger  provider.Ledger
	chosen  bool // somebody has said which ledger, or none
	without bool // none
	account string
	settle  time.Duration
	vendor  func() (time.Time, bool) // the vendor's clock, nil if it has none
	// turn is had before the lease, so that the goroutines of one program do not ask for it over and over.
	// released is when this program had the lease last, and began since when it has it without giving others a turn.
	turn            adapter.Turn
	began, released time.Time
}

// NewDesk returns the desk of a client. account is the name of the vendor's account unless the options have
// another, and clock returns the vendor's time as far as it is known.
func NewDesk(o *provider.Options, account string, clock func() (time.Time, bool)) *Desk {
	d := &Desk{ledger: o.Ledger, chosen: o.Ledger != nil || o.NoLedger, without: o.NoLedger, account: cmp.Or(o.LedgerAccount, account), settle: o.SettleTime, vendor: clock}
	if d.ledger == nil {
		d.ledger = ledger.NewMemory()
	}
	return d
}

// Remembers reports whether there is a ledger, which knows all orders also after a crash.
func (d *Desk) Remembers() bool { return d.chosen && !d.without }

// AccountOf returns how the ledger calls the account at a base URL, however that is spelled.
func AccountOf(kind string, root url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(root.Hostname()), ".")
	if port := root.Port(); port != "" && port != map[string]string{"https": "443", "http": "80"}[root.Scheme] {
		host = net.JoinHostPort(host, port)
	}
	return kind + " " + root.Scheme + "://" + host + strings.TrimRight(root.Path, "/")
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
	r := o.record()
	for again := false; ; again = true {
		state, err := d.once(ctx, o)
		if state != "" || err != nil || !o.Located() {
			return state, err
		}
		known := r.Known
		state, err = d.follow(ctx, o)
		switch {
		case again:
			return state, err
		case r.ended && d.orderedAgain(ctx, o):
			continue
		case !errors.Is(err, errAstray) && !(known && r.ended):
			return state, err
		}
		// A handle that led astray is forgotten, and the order looked for once more; so is one of an order that was
		// done, and whose thing has ended since: that order is over, and may be sent.
		o.Forget()
		if r.Known = false; r.ended || known {
			r.anew()
		}
		d.note(ctx, o)
	}
}

// once looks for an order, and sends it. If the order is located then, how far it is remains to be seen.
func (d *Desk) once(ctx context.Context, o Order) (State, error) {
	leased, hold, err := d.hold(ctx)
	if err != nil {
		return "", err
	}
	defer hold.release()
	state, err := d.underLease(leased, o, hold.token)
	return state, lostLease(ctx, leased, o.record().Placed, err)
}

// underLease is once, while no other program looks or sends.
func (d *Desk) underLease(ctx context.Context, o Order, token int64) (State, error) {
	r := o.record()
	if err := d.resume(ctx, o); err != nil {
		return "", err
	}
	defer func() { d.note(ctx, o) }() // what is bought is bought, whether it can be written down or not
	if o.Located() && !r.Known {      // what is known to be done may have a twin by now
		return "", nil
	}
	seen, err := look(ctx, o)
	switch {
	case err != nil && r.Sent() && !r.Known:
		return Unclear, unresolved(errSent, err)
	case err != nil:
		return "", err
	}
	if state, err := d.judge(o, seen); state != "" || err != nil || o.Located() {
		return state, err
	}
	switch {
	case r.Unsettled():
		return r.unsettled(), nil
	case seen.Refusal != nil:
		return "", seen.Refusal
	}
	if err := d.alone(ctx, o); err != nil {
		return "", err
	}
	return d.send(ctx, o, token)
}

// errSent is in place of the answer that an earlier call has lost.
var errSent = errors.New("an earlier call has sent the order")

// send places the order, once.
func (d *Desk) send(ctx context.Context, o Order, token int64) (State, error) {
	undo, err := o.Begin(ctx)
	if err != nil {
		return "", err
	}
	r := o.record()
	earlier := r.SentAt
	r.sentAt = d.now(ctx)
	r.Resent, r.Refused, r.SentAt = r.Sent(), false, r.Now().Truncate(time.Second)
	if err := d.intend(ctx, func(ctx context.Context) error { return d.keep(ctx, o, token) }); err != nil {
		undo()
		r.SentAt, r.sentAt = earlier, time.Time{}
		return "", d.failed("not sent", err)
	}
	r.Placed = true
	state, err := o.Send(ctx)
	if state == "" && err != nil && !errors.Is(err, provider.ErrOutcomeUnknown) {
		if r.Refused = true; !r.KeepRefused || unanswered(err) {
			undo()
			r.SentAt = time.Time{} // nor did an earlier one happen: it has settled
		}
		return "", err
	}
	switch {
	case state != "", o.Located():
		return state, err
	case ctx.Err() != nil:
		return Unclear, err
	}
	d.note(ctx, o)
	return d.find(ctx, o, err)
}

// unanswered reports whether an error is no answer, so that the order was not sent.
func unanswered(err error) bool {
	e, ok := errors.AsType[*provider.Error](err)
	return ok && e.StatusCode == 0
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
	if state, err := d.judge(o, seen); state != "" || err != nil || o.Located() {
		return state, err
	}
	return Unclear, lost // nothing is to be seen, but the vendor may still be working on it
}

// Poll is Place without buying anything. The error for an order of which nothing came matches
// provider.ErrNotFound: it may be placed again.
func (d *Desk) Poll(ctx context.Context, o Order) (State, error) {
	r := o.record()
	if o.Located() {
		if err := d.resume(ctx, o); err != nil {
			return Unclear, err
		}
	}
	if o.Located() {
		if state, err := d.follow(ctx, o); !r.ended || !d.orderedAgain(ctx, o) {
			return state, err
		}
	}
	leased, hold, err := d.hold(ctx)
	if err != nil {
		return Unclear, err
	}
	state, err := d.search(leased, o)
	hold.release()
	switch {
	case o.Located() && err == nil:
		return d.follow(ctx, o)
	case state != "" || err != nil:
		return state, err
	case r.Unsettled():
		return r.unsettled(), nil
	}
	return "", &provider.Error{Kind: provider.ErrNotFound, Message: "nothing came of the order: it was not carried out, place it again"}
}

// search looks for an order without sending it.
func (d *Desk) search(ctx context.Context, o Order) (State, error) {
	if err := d.resume(ctx, o); err != nil || o.Located() {
		return "", err
	}
	defer func() { d.note(ctx, o) }()
	seen, err := look(ctx, o)
	if err != nil {
		return Unclear, err
	}
	return d.judge(o, seen)
}

// look searches the account for an order. Before an order is taken for one of which nothing came, it is looked
// for once more: one wrong answer must not decide that.
func look(ctx context.Context, o Order) (*Sighting, error) {
	r := o.record()
	seen, err := o.Look(ctx)
	if err == nil && *seen == (Sighting{}) && !o.Located() && r.Sent() && !r.Unsettled() {
		seen, err = o.Look(ctx)
	}
	return seen, proven(err)
}

// judge says how far an order is by what a look saw; "" if it is located, or nothing came of it.
func (d *Desk) judge(o Order, seen *Sighting) (State, error) {
	r := o.record()
	switch {
	case seen.Conflict != nil && (!o.Located() || r.Known):
		return Unclear, d.undecided(o, seen.Conflict)
	case o.Located():
		return "", nil
	case seen.Unclear != "":
		r.Why = seen.Unclear
		return Unclear, nil
	case r.Accepted && r.Since() > accepted*r.settle:
		return Unclear, d.undecided(o, &provider.Error{
			Kind: provider.ErrConflict, MaybeExecuted: true,
			Message: words.Say("the vendor accepted the order at %s, and nothing is to be seen of it: ask the vendor; it is not ordered again", r.SentAt.Format(time.RFC3339)),
		})
	case r.Accepted:
		return Deploying, nil
	}
	return "", nil
}

// accepted is how many settle times may pass before an order that the vendor accepted, and that is not there,
// is a case for a person.
const accepted = 4

// follow finds out how far a located order is, and marks its thing as soon as it is there.
func (d *Desk) follow(ctx context.Context, o Order) (State, error) {
	defer func() { d.note(ctx, o) }()
	state, err := o.Follow(ctx)
	err = d.undecided(o, err)
	if err == nil && state == Unmarked {
		state, err = o.Mark(ctx)
	}
	o.record().ended = errors.Is(err, errGone)
	return state, proven(err)
}

// orderedAgain reports whether another program has placed an order anew whose thing has ended, and goes on
// with that.
func (d *Desk) orderedAgain(ctx context.Context, o Order) bool {
	r := o.record()
	entry, err := d.read(ctx, d.key(verbCreate, r.Reference))
	if err != nil || entry == nil || r.of(entry) {
		return false
	}
	o.Forget()
	r.anew()
	return d.resume(ctx, o) == nil
}
