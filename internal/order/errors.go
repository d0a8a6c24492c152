package order

import (
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

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

// unresolved is provider.Unresolved without the call that failed: the reader asked for an
// order.
func unresolved(failed, looking error) error {
	err := provider.Unresolved(failed, looking)
	err.Provider, err.Op, err.Action = "", "", ""
	return err
}

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
