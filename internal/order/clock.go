package order

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// This file decides for how long an order whose answer was lost may still be carried out, and by whose clock.

// refusalSettles is how long an order may still be carried out that the vendor has refused, where its
// refusals prove nothing. Lost answers have provider.WithSettleTime.
const refusalSettles = 2 * time.Minute

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

// unsettled is how far an order is that was sent so lately that seeing nothing of it proves
// nothing.
func (r *Record) unsettled() State {
	r.Why = "nothing came of the order yet, but the vendor may still be working on it: try again after " + r.settles()
	return Unclear
}

// Now returns the time by the vendor's clock if that is known, or else by the ledger's.
func (r *Record) Now() time.Time {
	if r.clock == nil {
		return time.Now()
	}
	return r.clock()
}

// setClock tells an order what the time is, and for how long the ledger has known it.
func (d *Desk) setClock(ctx context.Context, r *Record) {
	began, now := time.Now(), d.now(ctx)
	r.clock = func() time.Time { return d.vendorsTime(now.Add(time.Since(began))) }
	if r.read = began; r.entry == nil {
		return
	}
	since := entryTime(r.entry.Learnt[learntSent])
	if r.witness = !since.IsZero(); !r.witness {
		since = r.entry.Stored
	}
	r.kept = now.Sub(since)
}

// recordOf returns what an entry of any verb says of when it was sent.
func (d *Desk) recordOf(ctx context.Context, e *provider.LedgerEntry) *Record {
	r := &Record{SentAt: e.SentAt, Refused: e.Learnt[learntRefused] != "", entry: e, settle: d.settle}
	d.setClock(ctx, r)
	return r
}

// now returns the time by the ledger's clock.
func (d *Desk) now(ctx context.Context) time.Time {
	now, err := d.ledger.Now(ctx)
	if err != nil {
		return time.Now()
	}
	return now
}

// vendorsTime returns the time by the vendor's clock where that is known, or else the given one.
func (d *Desk) vendorsTime(now time.Time) time.Time {
	if d.vendor != nil {
		if vendor, known := d.vendor(); known {
			return vendor
		}
	}
	return now
}
