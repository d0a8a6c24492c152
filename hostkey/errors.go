package hostkey

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// What the vendor tells apart and the portable errors do not. Each stands beside the
// provider's sentinel that is named with it; match with errors.Is.
var (
	// ErrNoServers: the key is good, but the account has no server yet, and the API
	// lets nobody in without one. The first server has to be ordered in the panel.
	// With provider.ErrForbidden.
	ErrNoServers = errors.New("the account has no servers: order the first one in the panel")
	// ErrKeyInvalid: the API key is malformed or unknown. With
	// provider.ErrUnauthorized.
	ErrKeyInvalid = errors.New("the API key is wrong")
	// ErrKeyDisabled: the API key was switched off. With provider.ErrUnauthorized.
	ErrKeyDisabled = errors.New("the API key is disabled")
	// ErrTokenRejected: the server does not know the token any more. The call was not
	// carried out; the next one signs in anew. Reads do that by themselves. With
	// provider.ErrUnauthorized.
	ErrTokenRejected = errors.New("the token is not valid any more")
	// ErrTaskGone: the server does not know the task. It removes a task when it has
	// told its success once, so the task may have succeeded, and it may never have
	// been: look at the server. With provider.ErrOutcomeUnknown.
	ErrTaskGone = errors.New("the task is gone")
	// ErrTaskFailed: the task ended without success. With provider.ErrConflict.
	ErrTaskFailed = errors.New("the task failed")
)

// Names of error codes that have been seen. Most errors carry -1 or -2 only.
const (
	CodeNoAppropriateServers   = "NO_APPROPRIATE_SERVERS"
	CodeAssistanceTicketExists = "ASSISTANCE_TICKET_EXISTS"
)

// UnfinishedOrder is in the chain of an error of a call that creates a charge, when the
// server reported a failure and named what belongs to the order all the same. The
// error matches provider.ErrOutcomeUnknown: look at these before ordering again.
type UnfinishedOrder struct {
	// ServerID and InvoiceID are 0, Callback is "" if they were not named.
	ServerID, InvoiceID int64
	Callback            string
}

// Error names the parts.
func (o *UnfinishedOrder) Error() string {
	return fmt.Sprintf("the failed order names server %d, invoice %d, task %q", o.ServerID, o.InvoiceID, o.Callback)
}

// classify reads an error out of an answer; nil is success. A status of 400 and above
// is one whatever the body says; below it, the envelope decides.
func classify(a *rest.Answer) *provider.Error {
	e := openEnvelope(a.Body)
	if a.Status >= http.StatusBadRequest {
		return statusError(a.Status, e)
	}
	if a.Status/100 != 2 || e == nil || !e.failed() { // what is no object fails to decode
		return nil
	}
	err := &provider.Error{Code: e.code(), Message: cmp.Or(e.text(), "the server refused without saying why")}
	err.Kind, err.Err = kindOf(err.Code, e.text())
	return err
}

// statusError is an error that the HTTP status tells. Its wording only explains.
func statusError(status int, e envelope) *provider.Error {
	err := &provider.Error{Code: e.code(), Message: e.text()}
	if status == http.StatusUnauthorized {
		err.Kind, err.Err = provider.ErrUnauthorized, ErrTokenRejected
		return err
	}
	if err.Message == "" {
		return nil // rest shows what it is
	}
	return err
}

// kindOf places an error: by the name of its code, by a code that is an HTTP status, and
// by the wording where there is nothing else.
func kindOf(code, text string) (kind, cause error) {
	switch code {
	case CodeNoAppropriateServers:
		return provider.ErrForbidden, ErrNoServers
	case CodeAssistanceTicketExists:
		return provider.ErrAlreadyExists, nil
	}
	if kind, cause := kindOfText(text); kind != nil {
		return kind, cause
	}
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n < 600 {
		return rest.KindOf(n), nil
	}
	// It did not do what it was told.
	return provider.ErrConflict, nil
}

// classifyOrder is classify for calls that create a charge: a failure that names a
// server, an invoice or a task leaves open what became of the order.
func classifyOrder(a *rest.Answer) *provider.Error {
	err := classify(a)
	e := openEnvelope(a.Body)
	if err == nil && a.Status < http.StatusBadRequest {
		return nil
	}
	if r := e.reference(); r != (UnfinishedOrder{}) {
		if err == nil {
			err = &provider.Error{Message: "the server answered with an error"}
		}
		err.Kind, err.MaybeExecuted, err.Err = provider.ErrOutcomeUnknown, true, &r
	}
	return err
}

// classifySignIn is classify for the ways to get a token: none was sent that could be
// rejected, so a refusal is about the key.
func classifySignIn(a *rest.Answer) *provider.Error {
	err := classify(a)
	if err == nil {
		return nil
	}
	if kind, cause := kindOfSignIn(err.Message); kind != nil && !errors.Is(err.Err, ErrNoServers) {
		err.Kind, err.Err = kind, cause
	}
	if errors.Is(err.Err, ErrTokenRejected) {
		err.Err = nil
	}
	if errors.Is(err.Err, ErrNoServers) {
		err.Message += ": " + ErrNoServers.Error()
	}
	return err
}
