package rest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/provkit/provkit/provider"
)

// judgeAnswer judges an attempt with a complete answer, and reports whether to retry.
func (x *exchange) judgeAnswer() bool {
	x.capture()
	e := x.call.Endpoint
	change := e.Effect != Read
	if x.status/100 == 3 && !x.call.Redirects {
		x.err, x.maybe = x.redirected(), x.maybe || change
		return false
	}
	genuine, verdict := x.genuine(), false
	if !genuine {
		x.err = x.foreign()
	} else if x.err, verdict = x.classify(); x.err == nil {
		x.client.clock.note(x.header)
		return false
	}
	if x.moved && errors.Is(x.err.Kind, provider.ErrNotFound) { // that is the target of the redirect
		x.err.Kind, x.err.Message = provider.ErrProtocol, "the server redirected the request, and then said: "+x.err.Message
	}
	policy := x.client.options.Retry
	if errors.Is(x.err.Kind, provider.ErrRateLimited) {
		x.wait = x.err.RetryAfter
		if x.wait == 0 {
			x.wait = min(jitter(policy.MinWait, policy.MaxWait, x.attempts-1), policy.MaxRetryAfter)
		}
		x.client.gate.close(x.wait, policy.MaxRetryAfter)
		refused := genuine && x.client.config.Refuses429 && !e.Spends
		x.maybe = x.maybe || change && !refused
		return refused || e.Effect != Once
	}
	// The vendor's verdict overrules the HTTP status.
	if change && (x.err.MaybeExecuted || !genuine || !verdict && (x.status >= 500 || x.status == http.StatusRequestTimeout)) {
		x.maybe = true
	}
	switch {
	case verdict:
		return false
	case x.status == http.StatusInternalServerError:
		return !change
	case x.status == http.StatusBadGateway, x.status == http.StatusServiceUnavailable, x.status == http.StatusGatewayTimeout,
		x.status == http.StatusRequestTimeout, x.status/100 == 2 && errors.Is(x.err.Kind, provider.ErrUnavailable):
		x.wait = x.err.RetryAfter
		return e.Effect != Once
	}
	return false
}

// genuine reports whether the answer is the vendor's; see Config.Genuine.
func (x *exchange) genuine() bool {
	call := x.call
	switch {
	case x.status/100 == 3, x.status/100 == 2 && (call.Sink != nil || call.Endpoint.Accept != ""):
		return true
	case call.Genuine != nil:
		return call.Genuine(x.answer())
	}
	return x.client.config.Genuine(x.answer())
}

// foreign is the error for an answer that is not the vendor's: the page of a firewall, a proxy or a
// web server. It proves nothing, whatever its status: neither "not found" nor a refusal, and a
// change may have been made before it. Its status only says when to try again.
func (x *exchange) foreign() *provider.Error {
	err := &provider.Error{Kind: provider.ErrProtocol, Message: x.excerpt("the answer is not the API's own:")}
	switch {
	case x.status == http.StatusTooManyRequests:
		err.Kind = provider.ErrRateLimited
	case x.status >= 500, x.status == http.StatusRequestTimeout:
		err.Kind = provider.ErrUnavailable
	case x.status == http.StatusNotFound, x.status == http.StatusGone:
		err.Message += "; is the base URL right, and the API switched on?"
	}
	x.complete(err)
	return err
}

// classify asks the vendor's Classify, and falls back to the status. verdict reports whether the
// vendor's error has a kind, which says more than that something went wrong.
func (x *exchange) classify() (err *provider.Error, verdict bool) {
	classify := x.client.config.Classify
	if x.call.Classify != nil {
		classify = x.call.Classify
	}
	var failure *Failure
	if classify != nil {
		answer := x.answer()
		failure = classify(answer)
		x.warn(answer.Remark)
	}
	switch {
	case failure != nil:
		err = x.failed(failure)
	case x.status/100 == 2, x.status/100 == 3:
		return nil, false
	default:
		err = &provider.Error{Message: x.excerpt("the server answered")}
	}
	switch kind := err.Kind; {
	case kind == nil, errors.Is(kind, provider.ErrUnavailable), errors.Is(kind, provider.ErrProtocol),
		errors.Is(kind, provider.ErrOutcomeUnknown):
	default:
		verdict = true
	}
	x.complete(err)
	return err, verdict
}

// complete sets the fields that every answer provides.
func (x *exchange) complete(err *provider.Error) {
	if err.Kind == nil {
		err.Kind = KindOf(x.status)
	}
	err.StatusCode = x.status
	if err.RetryAfter == 0 {
		err.RetryAfter = retryAfter(x.header)
	}
	if err.RequestID == "" {
		err.RequestID = x.requestID()
	}
}

func (x *exchange) requestID() string {
	name := x.client.config.RequestID
	if name == "" {
		return ""
	}
	return x.cleaner().Code(x.header.Get(name))
}

func (x *exchange) redirected() *provider.Error {
	err := &provider.Error{Kind: provider.ErrProtocol, StatusCode: x.status, Message: "the server redirects without saying where to"}
	location := x.header.Get("Location")
	target, parseErr := x.client.root.Parse(location)
	switch {
	case location == "":
	case parseErr != nil:
		err.Message = "the server redirects to something that is not a URL"
	case x.call.Endpoint.Sensitive: // the answer to a sign-on may well be a redirect
		err.Message = "the server redirects to " + x.cleaner().Line(target.Host, 200)
	default:
		// A query may contain a token, and the path says enough.
		shown := x.cleaner().Line((&url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}).String(), 200)
		err.Message = fmt.Sprintf("the server redirects to %s: configure that URL", shown)
		if x.call.Endpoint.Effect == Read && sameOrigin(target, x.client.root) {
			err.Message = fmt.Sprintf("the server redirects more than %d times, finally to %s", maxRedirects, shown)
		}
	}
	return err
}

// KindOf returns the kind of error that a status means if the vendor says nothing more precise.
func KindOf(status int) error {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return provider.ErrInvalid
	case http.StatusUnauthorized:
		return provider.ErrUnauthorized
	case http.StatusForbidden:
		return provider.ErrForbidden
	case http.StatusNotFound, http.StatusGone:
		return provider.ErrNotFound
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return provider.ErrUnsupported
	case http.StatusConflict, http.StatusPreconditionFailed:
		return provider.ErrConflict
	case http.StatusPaymentRequired:
		return provider.ErrQuota
	case http.StatusLocked:
		return provider.ErrInUse
	case http.StatusTooManyRequests:
		return provider.ErrRateLimited
	}
	if status >= 500 || status == http.StatusRequestTimeout {
		return provider.ErrUnavailable
	}
	return provider.ErrProtocol
}
