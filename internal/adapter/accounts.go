package adapter

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Accounts is what an adapter knows about the accounts of its system. The verbs are made of
// it: Get, Change, Adopt, Remove and Poll are the same for all systems, Verb frames the rest.
//
// Every verb refuses an ID that cannot be one before any I/O, naming the field "id", and
// every error carries the verb and the ID: "keyhelp: suspend account 17: ...".
//
// K is the type of the vendor's IDs, T the vendor's record of one account. Do not copy an
// Accounts.
type Accounts[K comparable, T any] struct {
	// Kind is the adapter's ("keyhelp"), Noun what its system calls an account ("client").
	Kind, Noun string
	// ParseID reads an ID. The problem is "" if text is one.
	ParseID func(text string) (id K, problem string)
	// Read reads one record; its error matches provider.ErrNotFound if there is none.
	Read func(ctx context.Context, id K) (*T, error)
	// Again reads a record again after a change, where that takes less than Read. Optional.
	Again func(ctx context.Context, before *T) (*T, error)
	// View is a record in the words of the contract.
	View func(*T) *provider.Account
	// Prove proves that an account that could not be found does not exist, since a server may
	// also say "not found" to credentials that lost their rights. It returns what is evidence
	// ("the key can list clients"), a Doubt if nothing failed and nothing is proven, or the
	// error that kept it from finding out. No error of it ever shows through as "not found".
	// The zero ID is no account's: it asks whether a search that found nothing can be believed.
	Prove func(ctx context.Context, id K) (evidence string, err error)
	// Means reports whether a system that says "not found" in a verb on an account means the account: it
	// may say so of an endpoint, or of a part of the account. Optional: then it always does.
	Means func(*provider.Error) bool
	// Unsearchable says why accounts cannot be found by e-mail address and domain; "" where they
	// can.
	Unsearchable words.Own
	// Unmarkable: the system cannot mark an account that exists.
	Unmarkable bool
	// Lag is how long a record may trail a change of the account, and how long verbs look again
	// therefore; 0 is not at all.
	Lag time.Duration
	// Busy reports work in progress that the record shows but its status does not. Optional.
	Busy func(*T) bool

	pending Pending[K, Work[T]]
	recent  recent[K, T]
}

// Get reads one account.
func (a *Accounts[K, T]) Get(ctx context.Context, id string) (*provider.Account, error) {
	return Verb(ctx, a, "get account", id, nil, func(ctx context.Context, k K) (*provider.Account, error) {
		record, err := a.Record(ctx, k)
		if err != nil {
			return nil, err
		}
		return a.View(record), nil
	})
}

// SignOn frames a sign-on: it refuses kinds that are not offered.
func (a *Accounts[K, T]) SignOn(
	ctx context.Context, req *provider.SignOnRequest, do func(context.Context, K) (*provider.SignOn, error), offered ...provider.SignOnKind,
) (*provider.SignOn, error) {
	const verb = "sign on to account"
	if req == nil {
		return nil, NilRequest(a.Kind, verb)
	}
	return Verb(ctx, a, verb, req.AccountID, Input("Kind", signOnProblem(req.Kind, offered)), do)
}

// Verb runs one verb on one account. input is what is wrong with the verb's other arguments.
// A verb that fails returns nothing but its error.
func Verb[K comparable, T, R any](
	ctx context.Context, a *Accounts[K, T], verb, id string, input provider.Problems, do func(context.Context, K) (R, error),
) (result R, err error) {
	action := verb
	k, problem := a.ParseID(id)
	if problem == "" {
		action += " " + id
	}
	input.Note("id", problem)
	if err := input.Err(a.Kind, "", action); err != nil {
		return result, err
	}
	watched, mark := touched.Watch(ctx)
	done, err := do(watched, k)
	if err != nil {
		return result, InVerb(a.Kind, Interrupted(ctx, mark.Set(), a.ofAccount(err)), action)
	}
	return done, nil
}

// ofAccount returns a "not found" that is not about the account as provider.ErrProtocol.
func (a *Accounts[K, T]) ofAccount(err error) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || a.Means == nil || !errors.Is(err, provider.ErrNotFound) || a.Means(e) {
		return err
	}
	other := *e
	other.Kind, other.Err = provider.ErrProtocol, nil
	return &other
}

// Confirm is provider.Confirm with a look that is repeated for as long as a record may trail.
func (a *Accounts[K, T]) Confirm(ctx context.Context, do func(context.Context) error, look func(context.Context) (bool, error)) error {
	return Confirm(ctx, a.Lag, do, look)
}

// Shows is a look whether an account is as wanted, for Confirm.
func (a *Accounts[K, T]) Shows(id K, want func(*T) bool) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		now, err := a.Read(ctx, id)
		return err == nil && want(now), err
	}
}

func (a *Accounts[K, T]) again(ctx context.Context, id K, before *T) (*T, error) {
	if a.Again != nil {
		return a.Again(ctx, before)
	}
	return a.Read(ctx, id)
}
