package order

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// Page is what the ledger has of one Create, while a call has the lease. It is for vendors whose Create
// is no Order, but needs to know what became of an earlier one. Its State is "" if that is nothing.
type Page struct {
	provider.LedgerEntry
	desk  *Desk
	token int64
}

// Under runs one Create under the lease, with its page. The context that do gets ends with the lease.
func (d *Desk) Under(ctx context.Context, reference string, do func(context.Context, *Page) error) error {
	leased, hold, err := d.hold(ctx)
	if err != nil {
		return err
	}
	defer hold.release()
	p := &Page{desk: d, token: hold.token, LedgerEntry: provider.LedgerEntry{LedgerKey: d.key(verbCreate, reference)}}
	entry, err := d.read(leased, p.LedgerKey)
	if err == nil {
		switch _, abandoned := ledger.Abandoned(entry); {
		case abandoned:
			p.Revision = entry.Revision
		case entry != nil:
			p.LedgerEntry = *entry
		}
		err = do(leased, p)
	}
	return lostLease(ctx, leased, errors.Is(err, provider.ErrOutcomeUnknown), err)
}

// Send writes down what is about to be sent, and when. With an error it must not be.
func (p *Page) Send(ctx context.Context) error {
	p.State, p.SentAt = provider.LedgerSent, p.desk.vendorsTime(p.desk.now(ctx)).Truncate(time.Second)
	if err := p.desk.intend(ctx, func(ctx context.Context) error { return p.desk.ledger.Put(ctx, &p.LedgerEntry, p.token) }); err != nil {
		return p.desk.failed("not sent", err)
	}
	return nil
}

// Note writes down what has happened. If that cannot be done it has happened all the same.
func (p *Page) Note(ctx context.Context) {
	p.desk.after(ctx, func(ctx context.Context) error { return p.desk.ledger.Put(ctx, &p.LedgerEntry, 0) })
}

// Forget makes the page empty: there is nothing that the next call has to know.
func (p *Page) Forget(ctx context.Context) {
	if p.Revision != 0 {
		p.desk.after(ctx, func(ctx context.Context) error { return p.desk.ledger.Remove(ctx, p.LedgerKey, p.Revision) })
	}
	p.LedgerEntry = provider.LedgerEntry{LedgerKey: p.LedgerKey}
}

// Others returns what the ledger has of the other Creates of the account that are not done.
func (p *Page) Others(ctx context.Context) ([]*provider.LedgerEntry, error) {
	open, err := p.desk.ledger.Open(ctx, p.Account)
	if err != nil {
		return nil, p.desk.failed("not looked", err)
	}
	return slices.DeleteFunc(open, func(e *provider.LedgerEntry) bool { return e.Verb != p.Verb || e.Subject == p.Subject }), nil
}

// Undecided adds to an error that only a person can end how that is done.
func (p *Page) Undecided(err error) error {
	return p.desk.decide(err, p.LedgerKey, createAnew)
}

// Settled returns an error that matches provider.ErrOutcomeUnknown if what was sent may still be carried out.
func (p *Page) Settled(ctx context.Context) error {
	r := p.desk.recordOf(ctx, &p.LedgerEntry)
	if r.witness = true; !r.Unsettled() {
		return nil
	}
	r.unsettled()
	return Unknown("%s", r.Why)
}
