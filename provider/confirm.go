package provider

import (
	"context"
	"errors"
)

// Confirm is for authors of adapters: it makes a change whose answer may get lost, and returns nil
// if the change is known to be made.
//
// do sends the change. look reads whether it was made, and has the last word: a change that the
// server accepted and did not make is ErrConflict. If the answer was lost and look does not see the
// change, do is called once more. If look fails, or the caller's context has ended, the error
// matches ErrOutcomeUnknown. An error of do that leaves nothing open is returned as it is.
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
	var failed error
	for range 2 {
		failed = do(ctx)
		switch {
		case failed == nil && !confirm:
			return nil
		case failed != nil && (!errors.Is(failed, ErrOutcomeUnknown) || ctx.Err() != nil):
			return failed
		}
		done, err := look(ctx)
		switch {
		case err != nil:
			return Unresolved(failed, err)
		case done:
			return nil
		case failed == nil:
			return &Error{Kind: ErrConflict, Message: "the server accepted the change and did not make it"}
		}
	}
	return failed
}

// Unresolved is for authors of adapters: it is the error of a change that was sent and could not be
// looked for. failed is why the change is not known to have worked, nil if the server accepted it;
// looking is why the look failed. The error quotes both, and matches ErrOutcomeUnknown and nothing
// else but the errors of a context: nobody must take the look's "not found" for the change's.
func Unresolved(failed, looking error) *Error {
	out := &Error{Kind: ErrOutcomeUnknown, MaybeExecuted: true}
	out.Message = "the server accepted the change, but looking for it failed: " + reasonOf(looking)
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
