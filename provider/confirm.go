package provider

import (
	"context"
	"errors"
	"time"
)

// Confirm is for authors of adapters: it makes a change whose answer may get lost, and returns nil
// if the change is known to be made.
//
// do sends the change. look reads whether it was made, has the last word, and waits as long as what
// it reads may trail. A change that the server accepted and look does not see is ErrConflict, and
// matches ErrOutcomeUnknown too. If the answer was lost and look does not see the change, do is called
// once more. If look fails, or the caller's context has ended, the error matches ErrOutcomeUnknown.
// An error of do that leaves nothing open is returned as it is.
func Confirm(ctx context.Context, do func(context.Context) error, look func(context.Context) (bool, error)) error {
	return confirmOrResolve(ctx, true, do, look)
}

// Resolve is for authors of adapters: it is Confirm for changes whose answer is proof enough, such
// as a creation that answers with an ID. It looks only if the answer was lost.
func Resolve(ctx context.Context, do func(context.Context) error, look func(context.Context) (bool, error)) error {
	return confirmOrResolve(ctx, false, do, look)
}

func confirmOrResolve(
	ctx context.Context, confirm bool, do func(context.Context) error, look func(context.Context) (bool, error),
) error {
	var lost error
	for range 2 {
		failed := do(ctx)
		switch {
		case failed == nil && !confirm:
			return nil
		case failed != nil && lost != nil && !errors.Is(failed, ErrOutcomeUnknown):
			return MaybeMade(failed) // that it was refused now does not settle what was lost
		case failed != nil && (!errors.Is(failed, ErrOutcomeUnknown) || ctx.Err() != nil):
			return failed
		}
		sent := time.Now()
		done, err := look(ctx)
		switch {
		case err != nil:
			return Unresolved(failed, err)
		case done:
			return nil
		case failed == nil:
			return unseen(time.Since(sent))
		}
		lost = failed
	}
	return lost
}

// unseen is the error of a change that the server accepted and does not show: it has ignored it, or
// takes longer than anybody looked.
func unseen(waited time.Duration) error {
	message := "the server accepted the change and does not show it"
	if waited = waited.Round(100 * time.Millisecond); waited > 0 {
		message += " after " + waited.String()
	}
	return &Error{Kind: ErrConflict, Message: message, MaybeExecuted: true}
}

// MaybeMade is for authors of adapters: it is an error of a verb that may have made its change all
// the same, or a part of it. It matches ErrOutcomeUnknown beside what err matches.
func MaybeMade(err error) error {
	if err == nil || errors.Is(err, ErrOutcomeUnknown) {
		return err
	}
	if e, ok := errors.AsType[*Error](err); ok {
		open := *e
		open.MaybeExecuted = true
		return &open
	}
	return &Error{Kind: ErrOutcomeUnknown, MaybeExecuted: true, Err: err}
}

// Unresolved is for authors of adapters: it is the error of a change that was sent and could not be
// looked for. failed is why the change is not known to have worked, nil if nothing speaks against it;
// looking is why the look failed. The error quotes both, and matches ErrOutcomeUnknown and nothing
// else but the errors of a context: nobody must take the look's "not found" for the change's.
func Unresolved(failed, looking error) *Error {
	out := &Error{Kind: ErrOutcomeUnknown, MaybeExecuted: true}
	out.Message = "the change was sent, but looking for it failed: " + reasonOf(looking)
	if failed != nil {
		out.Message = reasonOf(failed) + ", and looking for it failed too: " + reasonOf(looking)
	}
	both := errors.Join(failed, looking)
	if e, ok := errors.AsType[*Error](both); ok {
		out.Provider, out.Op, out.Action, out.StatusCode, out.Fields = e.Provider, e.Op, e.Action, e.StatusCode, e.Fields
	}
	for _, ended := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(both, ended) {
			out.Err = errors.Join(out.Err, ended)
		}
	}
	return out
}

// reasonOf returns an error's text without the provider and the verb, which would be repeated.
func reasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.reason()
	}
	return err.Error()
}
