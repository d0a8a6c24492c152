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

// Errors that the vendor distinguishes and the portable contract does not. An error that matches
// one of them also matches the provider's sentinel named in its comment.
var (
	// ErrNoServers: the key is good, but the account has no server yet, and the API refuses
	// sign-ins without one. The first server has to be ordered in the panel. With
	// provider.ErrForbidden.
	ErrNoServers = errors.New("the account has no servers: order the first one in the panel")
	// ErrKeyInvalid: the API key is malformed or unknown. With provider.ErrUnauthorized.
	ErrKeyInvalid = errors.New("the API key is wrong")
	// ErrKeyDisabled: the API key was switched off. With provider.ErrUnauthorized.
	ErrKeyDisabled = errors.New("the API key is disabled")
	// ErrTokenRejected: the server no longer knows the token. The call was not carried out; the
	// next one signs in again. Reads do that by themselves. With provider.ErrUnauthorized.
	ErrTokenRejected = errors.New("the token is no longer valid")
	// ErrTaskGone: the server does not know the task. It removes a task after reporting its success
	// once, so the task may have succeeded, or may never have existed: look at the server. With
	// provider.ErrOutcomeUnknown.
	ErrTaskGone = errors.New("the task is gone")
	// ErrTaskFailed: the task ended without success. With provider.ErrConflict.
	ErrTaskFailed = errors.New("the task failed")
)

// Error codes with names, as seen. Most errors have only -1 or -2.
const (
	CodeNoAppropriateServers   = "NO_APPROPRIATE_SERVERS"
	CodeAssistanceTicketExists = "ASSISTANCE_TICKET_EXISTS"
)

// UnfinishedOrder is in the error chain of a call that creates a charge if the server reported a
// failure and yet named a server, an invoice or a task. The error matches
// provider.ErrOutcomeUnknown: look at these before you order again.
type UnfinishedOrder struct {
	// ServerID and InvoiceID are 0, and Callback is zero, if the server did not name them.
	ServerID, InvoiceID int64
	Callback            provider.Secret
}

// Error names the server, the invoice and the task.
func (o *UnfinishedOrder) Error() string {
	return fmt.Sprintf("the failed order names server %d, invoice %d, task %v", o.ServerID, o.InvoiceID, o.Callback)
}

// genuine recognises the API's own answers: an object that is not empty. Successes need no envelope,
// since some modules send none. The documents know failures with the status 200 only, and 401, whose
// form they leave open; with such a status an object counts if it has the API's own marks, a "result"
// or a code that is no HTTP status.
func genuine(a *rest.Answer) bool {
	e := openEnvelope(a.Body)
	if a.Status/100 == 2 {
		return len(e) > 0
	}
	code := e.word("code")
	n, err := strconv.Atoi(code)
	return e.failed() && (e.word("result") != "" || code != "" && (err != nil || n < 100))
}

// classify returns the error in an answer; nil is success. A status of 400 and above is an error
// whatever the body says; below it, the envelope decides.
func classify(a *rest.Answer) *rest.Failure {
	e := openEnvelope(a.Body)
	if a.Status >= http.StatusBadRequest {
		return statusError(a.Status, e)
	}
	if !e.failed() {
		return nil
	}
	err := &rest.Failure{Code: e.code(), Message: cmp.Or(e.text(), "the server refused without saying why")}
	err.Kind, err.Err = kindOf(err.Code, e.text())
	return err
}

// statusError returns the error of an HTTP status. The text of the answer explains it, and does not
// change its kind.
func statusError(status int, e envelope) *rest.Failure {
	err := &rest.Failure{Code: e.code(), Message: e.text()}
	if status == http.StatusUnauthorized {
		err.Kind, err.Err = provider.ErrUnauthorized, ErrTokenRejected
		return err
	}
	if err.Message == "" {
		return nil // rest derives one from the status
	}
	return err
}

// kindOf returns the kind and the cause of an error: by its code if that has a name, then by its
// wording, then by a code that is an HTTP status.
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
	return provider.ErrConflict, nil
}

// classifyOrder is classify for calls that create a charge: if a failure names a server, an invoice
// or a task, the outcome of the order is unknown.
func classifyOrder(a *rest.Answer) *rest.Failure {
	err := classify(a)
	e := openEnvelope(a.Body)
	if err == nil && a.Status < http.StatusBadRequest {
		return nil
	}
	if r := e.reference(); r != (UnfinishedOrder{}) {
		if err == nil {
			err = &rest.Failure{Message: "the server reported an error"}
		}
		err.Kind, err.MaybeExecuted, err.Err = provider.ErrOutcomeUnknown, true, &r
	}
	return err
}

// classifySignIn is classify for calls that get a token: they send none that could be rejected, so
// a refusal is about the key.
func classifySignIn(a *rest.Answer) *rest.Failure {
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
