package order

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// Spending pays for what is not an order of its own: a renewal, an upgrade, an invoice.
type Spending struct {
	// Verb and Subject tell it from all others of its account: "renew", and the ID of what is renewed.
	Verb, Subject string
	// From is the end of the period that is paid for, and is bought on; zero for what has no periods. A
	// period is prolonged once, whoever asks how often.
	From time.Time
	// Send asks for it and pays, once. An error that does not match provider.ErrOutcomeUnknown says that
	// nothing was spent. If a person has to pay an invoice first, it returns that and the error that says so.
	Send func(context.Context) (invoice string, err error)
	// Due returns that error again while the invoice is not paid; dead reports that nothing comes of it any
	// more. It is nil if Send returns no invoices.
	Due func(ctx context.Context, invoice string) (dead bool, err error)
	// Look is asked before anything is sent, and after it. It reports whether it is paid for: so says that,
	// and so does an end of the period that is later than From was when it was sent.
	Look func(context.Context) (end time.Time, so bool, err error)
	// Lag is how long Look may trail.
	Lag time.Duration
}

// What the entries of spendings have in Asked and Learnt.
const (
	askedFrom     = "from"
	learntEnd     = "end"
	learntInvoice = "invoice"
)

// Spend pays for something, unless that was done or may have been done before. OutcomeAlready: it was.
// OutcomePending: it is ordered, and its effect is not visible yet.
func (d *Desk) Spend(ctx context.Context, s Spending) (provider.Outcome, error) {
	leased, hold, err := d.hold(ctx)
	if err != nil {
		return "", err
	}
	defer hold.release()
	watched, mark := touched.Watch(leased)
	outcome, err := d.spend(watched, s, hold.token)
	return outcome, adapter.Interrupted(ctx, mark.Set(), lostLease(ctx, leased, mark.Set() || errors.Is(err, provider.ErrOutcomeUnknown), err))
}

func (d *Desk) spend(ctx context.Context, s Spending, token int64) (provider.Outcome, error) {
	key := d.key(s.Verb, s.Subject)
	entry, err := d.read(ctx, key)
	if err != nil {
		return "", err
	}
	kept := entry
	if _, abandoned := ledger.Abandoned(entry); abandoned {
		entry = nil
	}
	now := d.vendorsTime(d.now(ctx))
	if entry == nil && s.From.IsZero() { // somebody else may have been faster
		if _, so, err := s.Look(ctx); so || err != nil {
			return provider.OutcomeAlready, err
		}
	}
	if entry != nil {
		if outcome, err := d.spent(ctx, s, entry, now); outcome != "" || err != nil {
			return outcome, d.decide(err, key, orderAnew)
		}
	}
	sent := &provider.LedgerEntry{LedgerKey: key, State: provider.LedgerSent, SentAt: now.Truncate(time.Second)}
	if kept != nil {
		sent.Revision = kept.Revision
	}
	if !s.From.IsZero() {
		if entry != nil && entryTime(entry.Learnt[learntEnd]).After(s.From) {
			s.From = entryTime(entry.Learnt[learntEnd]) // what was read is from before the last time
		}
		sent.Asked = map[string]string{askedFrom: s.From.UTC().Format(time.RFC3339Nano)}
	}
	if err := d.intend(ctx, func(ctx context.Context) error { return d.ledger.Put(ctx, sent, token) }); err != nil {
		return "", d.failed("not sent", err)
	}
	invoice, failed := s.Send(ctx)
	switch {
	case invoice != "":
		sent.State, sent.Learnt = provider.LedgerPlaced, map[string]string{learntInvoice: invoice}
		d.after(ctx, func(ctx context.Context) error { return d.ledger.Put(ctx, sent, 0) })
		return "", d.decide(failed, key, orderAnew)
	case failed != nil && !errors.Is(failed, provider.ErrOutcomeUnknown):
		d.after(ctx, func(ctx context.Context) error { return d.ledger.Remove(ctx, key, sent.Revision) })
		return "", failed
	case failed != nil && ctx.Err() != nil:
		return "", failed
	}
	seen, err := adapter.Until(ctx, s.Lag, func(ctx context.Context) (bool, error) { return d.effect(ctx, s, sent) })
	switch {
	case err != nil:
		return "", unresolved(failed, err)
	case seen:
		return provider.OutcomeChanged, nil
	case failed == nil:
		sent.State = provider.LedgerPlaced // it is not asked for again: the vendor has it
		d.after(ctx, func(ctx context.Context) error { return d.ledger.Put(ctx, sent, 0) })
		return provider.OutcomePending, nil
	}
	return "", failed
}

// Taken forgets a spending whose effect a call has seen by the way, so that the same may be asked for again
// once it was undone.
func (d *Desk) Taken(ctx context.Context, verb, subject string) {
	d.after(ctx, func(ctx context.Context) error {
		entry, err := d.read(ctx, d.key(verb, subject))
		if entry == nil {
			return err
		}
		return d.ledger.Remove(ctx, entry.LedgerKey, entry.Revision)
	})
}

// spent is what an earlier call leaves to do: nothing if what it sent is there or may come; "" if it has
// to be sent.
func (d *Desk) spent(ctx context.Context, s Spending, entry *provider.LedgerEntry, now time.Time) (provider.Outcome, error) {
	if entry.State != provider.LedgerDone {
		sent, invoice := d.recordOf(ctx, entry), entry.Learnt[learntInvoice]
		sent.witness = true // it was stored when it was sent, or later
		seen, err := d.effect(ctx, s, entry)
		if err == nil && !seen && !sent.Unsettled() { // one wrong answer must not pay again
			seen, err = d.effect(ctx, s, entry)
		}
		switch {
		case err != nil:
			return "", unresolved(errPaid, err)
		case !seen && invoice != "":
			if dead, err := s.Due(ctx, invoice); dead || err != nil {
				return "", err
			}
			return provider.OutcomePending, nil
		case !seen && entry.State == provider.LedgerPlaced && !sent.Unsettled():
			return "", &provider.Error{
				Kind:    provider.ErrConflict,
				Message: words.Say("the vendor accepted it at %s, and does not show it: ask the vendor; it is not ordered again", entry.SentAt.Format(time.RFC3339)),
			}
		case !seen && sent.Unsettled():
			return "", Unknown("it was ordered at %s, and its effect is not visible yet: try again after %s", entry.SentAt.Format(time.RFC3339), sent.settles())
		case !seen:
			return "", nil
		case entry.State != provider.LedgerDone:
			return provider.OutcomeAlready, nil // it counts for no period
		}
	}
	// What is known to be done may have been done for an earlier period.
	if now.Before(periodEnd(entry, entryTime(entry.Learnt[learntEnd]))) {
		return provider.OutcomeAlready, nil
	}
	return "", nil
}

var errPaid = errors.New("an earlier call has ordered it")

// periodEnd is until when nobody pays again for what an entry has paid for: the end of the period in which
// it was sent. If that was over, it has paid for the period that was under way, and half of the rest of that
// is enough to tell the next renewal from the same one again.
func periodEnd(entry *provider.LedgerEntry, end time.Time) time.Time {
	if from := entryTime(entry.Asked[askedFrom]); entry.SentAt.Before(from) {
		return from
	}
	return entry.SentAt.Add(end.Sub(entry.SentAt) / 2)
}

func entryTime(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}

// effect reports whether what was sent has taken effect, and writes that down: as done if it counts for a
// period, and else it is forgotten, since the vendor shows it.
func (d *Desk) effect(ctx context.Context, s Spending, sent *provider.LedgerEntry) (bool, error) {
	end, so, err := s.Look(ctx)
	from := entryTime(sent.Asked[askedFrom])
	switch {
	case err != nil:
		return false, err
	case !so && (from.IsZero() || !end.After(from)):
		return false, nil
	}
	if from.IsZero() {
		d.after(ctx, func(ctx context.Context) error { return d.ledger.Remove(ctx, sent.LedgerKey, sent.Revision) })
		return true, nil
	}
	sent.State, sent.Learnt = provider.LedgerDone, map[string]string{learntEnd: end.UTC().Format(time.RFC3339Nano)}
	d.after(ctx, func(ctx context.Context) error { return d.ledger.Put(ctx, sent, 0) })
	return true, nil
}
