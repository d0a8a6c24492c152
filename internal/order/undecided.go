package order

import (
	"errors"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// undecided adds to an error about an order under way that only a person can end how that is done.
func (d *Desk) undecided(o Order, err error) error {
	r := o.record()
	if r.Known || !r.Sent() && !o.Located() { // Adopt ends it, or nothing was bought
		return err
	}
	return d.decide(err, d.key(verbCreate, r.Reference), createAnew)
}

// What follows when a person has ended an entry.
const (
	createAnew words.Own = "the next Create goes on with the account that carries the reference by then (see Adopt), or orders anew"
	orderAnew  words.Own = "the next call orders it anew"
)

// decide adds to an error that matches provider.ErrConflict how a person ends it who knows what became of an entry. A program
// without a ledger has nothing to end.
func (d *Desk) decide(err error, key provider.LedgerKey, then words.Own) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || !errors.Is(err, provider.ErrConflict) || e.Undecided != nil || !d.Remembers() {
		return err
	}
	undecided := *e
	undecided.Undecided = &key
	undecided.Message = words.Say("%s; if that is not possible, ledger.Abandon ends what the ledger knows as %s: "+then, e.Message, key)
	return &undecided
}
