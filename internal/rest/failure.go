package rest

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/provkit/provkit/provider"
)

// Failure is what a vendor reads of an error in an answer: the result of a Classify, or the error of
// a decoder or a Sink. Its texts are the server's, as they came: only rest makes a provider.Error of
// it, by way of the cleaner.
type Failure struct {
	// Kind is one of the Err values of package provider; nil leaves it to the status.
	Kind error
	// Code, Message and Fields are as in provider.Error.
	Code, Message string
	Fields        map[string]string
	// RetryAfter replaces what the header says, unless it is 0.
	RetryAfter time.Duration
	// MaybeExecuted is set if a change may have been made in spite of the error.
	MaybeExecuted bool
	// Err is the vendor's own error for errors.Is and errors.As. Its text is cleaned, too.
	Err error
}

// Error returns none of the server's text.
func (f *Failure) Error() string { return "the server reported an error" }

// known returns the error for what a decoder, a Sink or Authorize found out; nil if that is neither
// a Failure nor a provider.Error. Its texts are short lines without secrets.
func (x *exchange) known(err error) *provider.Error {
	if f, ok := errors.AsType[*Failure](err); ok {
		return x.failed(f)
	}
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		return nil
	}
	failed := x.failed(&Failure{e.Kind, e.Code, e.Message, e.Fields, e.RetryAfter, e.MaybeExecuted, e.Err})
	failed.RequestID, failed.StatusCode = x.cleaner().Code(e.RequestID), e.StatusCode
	return failed
}

func (x *exchange) failed(f *Failure) *provider.Error {
	c := x.cleaner()
	return &provider.Error{
		Kind: f.Kind, Code: c.Code(f.Code), Message: c.Text(f.Message), Fields: c.Fields(f.Fields),
		RetryAfter: f.RetryAfter, MaybeExecuted: f.MaybeExecuted, Err: x.hide(f.Err),
	}
}

// result returns the call's error for the state after the last attempt.
func (x *exchange) result(err error) error {
	failed := x.err
	switch {
	case failed == nil && err == nil:
		return nil
	case failed == nil: // no attempt was made
		failed = &provider.Error{Kind: provider.ErrUnavailable, Message: x.textOf(bare(err)), Err: x.hide(bare(err))}
	}
	if ctxErr := x.ctx.Err(); ctxErr != nil && !x.settled && !errors.Is(failed.Err, ctxErr) {
		// The context's error and the last answer.
		last := *failed
		failed = &last
		failed.Message = fmt.Sprintf("%v, and the last attempt failed: %s", ctxErr, last.Message)
		failed.Err = join(contextError(x.ctx), last.Err)
	}
	return x.fail(x.weigh(failed))
}

// weigh adds to a failure that an attempt of the call may have been carried out. A clear answer of
// a later attempt keeps its kind, which says more.
func (x *exchange) weigh(failed *provider.Error) *provider.Error {
	if !x.maybe {
		return failed
	}
	failed.MaybeExecuted = true
	switch kind := failed.Kind; {
	case errors.Is(kind, provider.ErrProtocol):
		failed.Err = join(provider.ErrProtocol, failed.Err)
		failed.Kind = provider.ErrOutcomeUnknown
	case kind == nil, errors.Is(kind, provider.ErrUnavailable):
		failed.Kind = provider.ErrOutcomeUnknown
	}
	return failed
}

// fail names the operation in an error.
func (x *exchange) fail(err *provider.Error) error {
	err.Provider, err.Op = x.client.config.Provider, x.call.Endpoint.Op
	err.Action = x.call.Endpoint.action(x.call.Subject)
	return err
}

func (x *exchange) invalid(cause error) error {
	err := &provider.Error{Kind: provider.ErrInvalid, Message: "refused before sending: " + cause.Error()}
	if argument, ok := errors.AsType[*argumentError](cause); ok {
		err.Message, err.Fields = "refused before sending", map[string]string{argument.name: argument.problem}
	}
	return x.fail(err)
}

func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return errors.Join(a, b)
}

// hide keeps an error for errors.Is and errors.As, but shows its text only without secrets. The
// result does not unwrap: whatever prints each error of a chain, as error trackers do, would find
// the original text.
func (x *exchange) hide(err error) error {
	if err == nil {
		return nil
	}
	return &hiddenError{err: err, text: x.textOf(err)}
}

type hiddenError struct {
	err  error
	text string
}

func (h *hiddenError) Error() string        { return h.text }
func (h *hiddenError) Is(target error) bool { return errors.Is(h.err, target) }
func (h *hiddenError) As(target any) bool   { return errors.As(h.err, target) }

// Format keeps %+v and %#v from showing the fields.
func (h *hiddenError) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", h.text)
		return
	}
	_, _ = io.WriteString(f, h.text)
}
