package order

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// What the entries of orders have in Learnt.
const (
	learntTrace   = "trace"   // see Order.Trace
	learntThing   = "account" // see Order.Thing
	learntRefused = "refused" // the vendor said no
	learntSent    = "sent"    // when it was sent, by the ledger's clock
)

// verbCreate is the verb of orders in the ledger.
const verbCreate = "create"

func (d *Desk) key(verb, subject string) provider.LedgerKey {
	return provider.LedgerKey{Account: d.account, Verb: verb, Subject: subject}
}

// Owners returns the references of the orders that are not done, by what belongs to them.
func (d *Desk) Owners(ctx context.Context) (map[string]string, error) {
	open, err := d.ledger.Open(ctx, d.account)
	if err != nil {
		return nil, d.failed("not looked", err)
	}
	owners := make(map[string]string, len(open))
	for _, e := range open {
		if trace := e.Learnt[learntTrace]; trace != "" {
			owners[trace] = e.Subject
		}
	}
	return owners, nil
}

// alone returns an error while another order is under way that could not be told from this one: what came of
// either might be taken for the other's.
func (d *Desk) alone(ctx context.Context, o Order) error {
	open, err := d.ledger.Open(ctx, d.account)
	if err != nil {
		return d.failed("not sent", err)
	}
	for _, e := range open {
		if e.Verb != verbCreate || e.Subject == o.record().Reference || e.Learnt[learntTrace] != "" || e.Learnt[learntThing] != "" || !o.Alike(e.Asked) {
			continue
		}
		if left := d.recordOf(ctx, e).left(); left > 0 {
			return &provider.Error{
				Kind: provider.ErrUnavailable, RetryAfter: left,
				Message: words.Say("not sent: the order %q could not be told from this one, and nobody knows yet what became of it: try again when it is done, or in %s",
					e.Subject, left.Round(time.Second)),
			}
		}
	}
	return nil
}

// read reads what the ledger has under a key; nil if that is nothing.
func (d *Desk) read(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
	entry, err := d.ledger.Entry(ctx, key)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return nil, nil //nolint:nilnil // nothing is no error
	case err != nil:
		return nil, d.failed("not sent", err)
	}
	return entry, nil
}

// resume goes on with the order that the ledger knows, which counts for more than a handle of the caller.
func (d *Desk) resume(ctx context.Context, o Order) error {
	r := o.record()
	entry, err := d.read(ctx, d.key(verbCreate, r.Reference))
	if err != nil {
		return err
	}
	defer func() { // Resume may have replaced the record
		r.entry, r.settle = entry, d.settle
		d.setClock(ctx, r)
	}()
	if entry == nil {
		return nil
	}
	if _, abandoned := ledger.Abandoned(entry); abandoned { // and so is what a handle of the caller says
		o.Forget()
		r.anew()
		return nil
	}
	if entry.Handle != "" { // the caller's may be of an order that has ended since
		if err := o.Resume(entry.Handle); err != nil {
			return err
		}
	}
	r.Known = entry.State == provider.LedgerDone
	r.Refused = entry.Learnt[learntRefused] != ""
	if !entry.SentAt.IsZero() { // also if what is known of the order turns out to be wrong
		r.SentAt = entry.SentAt
	}
	return nil
}

// keep writes down how far an order is, if that is news.
func (d *Desk) keep(ctx context.Context, o Order, token int64) error {
	r := o.record()
	entry := &provider.LedgerEntry{
		LedgerKey: d.key(verbCreate, r.Reference), State: provider.LedgerSent, Asked: o.Asked(), Handle: o.Handle(), SentAt: r.SentAt,
		Learnt: make(map[string]string),
	}
	if entry.Asked == nil && r.entry != nil {
		entry.Asked = r.entry.Asked // Poll does not know
	}
	for name, value := range map[string]string{learntTrace: o.Trace(), learntThing: o.Thing()} {
		if value != "" {
			entry.Learnt[name] = value
		}
	}
	if r.Refused {
		entry.Learnt[learntRefused] = "true"
	}
	switch { // whoever continues it has to know that, too
	case !r.sentAt.IsZero():
		entry.Learnt[learntSent] = r.sentAt.Format(time.RFC3339Nano)
	case r.entry != nil && r.of(r.entry) && r.entry.Learnt[learntSent] != "":
		entry.Learnt[learntSent] = r.entry.Learnt[learntSent]
	}
	switch {
	case r.ended, !r.Sent() && !o.Located():
		if _, abandoned := ledger.Abandoned(r.entry); abandoned || r.entry == nil {
			return nil
		}
		err := d.ledger.Remove(ctx, entry.LedgerKey, r.entry.Revision)
		if err == nil {
			r.entry = nil
		}
		return err
	default:
		entry.State = stateOf(o)
	}
	if r.entry != nil {
		if entry.Revision = r.entry.Revision; same(entry, r.entry) {
			return nil
		}
	}
	if err := d.ledger.Put(ctx, entry, token); err != nil {
		return err
	}
	r.entry = entry
	return nil
}

func same(a, b *provider.LedgerEntry) bool {
	return a.State == b.State && a.Handle == b.Handle && a.SentAt.Equal(b.SentAt) && maps.Equal(a.Asked, b.Asked) && maps.Equal(a.Learnt, b.Learnt)
}

// note is keep for what has happened, whether it can be written down or not. Where another program was
// faster, it has seen as much of the same order, and only its revision is taken over. What it
// has written is not removed, and what it has placed anew, or abandoned, stays so.
func (d *Desk) note(ctx context.Context, o Order) {
	r := o.record()
	d.after(ctx, func(ctx context.Context) error {
		err := d.keep(ctx, o, 0)
		for range 3 {
			if err == nil {
				return nil
			}
			entry, readErr := d.read(ctx, d.key(verbCreate, r.Reference))
			switch {
			case readErr != nil:
				return readErr
			case entry != nil && (!r.of(entry) || rank(entry.State) > rank(stateOf(o)) || r.ended || !r.Sent() && !o.Located()):
				return nil
			}
			r.entry = entry
			err = d.keep(ctx, o, 0)
		}
		return err
	})
}

func stateOf(o Order) provider.LedgerState {
	switch r := o.record(); {
	case r.Marked, r.Known: // what was done stays so, whatever somebody has done to its mark
		return provider.LedgerDone
	case o.Located(), r.Accepted:
		return provider.LedgerPlaced
	}
	return provider.LedgerSent
}

func rank(s provider.LedgerState) int {
	switch s {
	case provider.LedgerDone:
		return 2
	case provider.LedgerPlaced:
		return 1
	case provider.LedgerSent:
	}
	return 0
}
