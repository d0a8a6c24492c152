package rest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// checkRetry is go-retryablehttp's question after each attempt.
func checkRetry(ctx context.Context, _ *http.Response, err error) (bool, error) {
	x := exchangeFrom(ctx)
	again := x.judge(err)
	x.leave()
	return again, nil
}

// judge decides what an attempt means: success (x.err nil), a failure, and
// whether to try again. A change that the server may have seen is not repeated
// unless a second sending does no harm.
func (x *exchange) judge(err error) (again bool) {
	x.wait = 0
	switch {
	case x.refused != nil:
		x.err = x.refused
		return false
	case err != nil && (!x.whole || x.status/100 != 3):
		again = x.judgeBroken(err)
	default: // net/http fails a redirect whose target it cannot read; the answer is there
		again = x.judgeAnswer()
		x.settled = !again
	}
	quota := &x.client.quota
	if x.err == nil || (x.settled && x.status < 500) {
		quota.refund(x.taken)
	}
	retry := x.client.options.Retry
	if !again || x.call.Single || x.once || x.ctx.Err() != nil || x.attempts >= retry.Attempts {
		return false
	}
	asked := x.err.RetryAfter
	if x.wait == 0 {
		x.wait = jitter(retry.MinWait, retry.MaxWait, x.attempts-1)
	}
	if asked > retry.MaxRetryAfter || x.outOfTime(x.wait) {
		if asked > 0 {
			x.err.Kind = provider.ErrRateLimited
		} else {
			x.err.Message += " (not repeated: no time left)"
		}
		x.settled = true // that the context ends while we say so changes nothing
		return false
	}
	if !quota.take() {
		x.err.Message += " (not repeated: too many recent failures)"
		return false
	}
	x.taken += quotaCost
	return true
}

// judgeBroken handles an attempt without a whole answer.
func (x *exchange) judgeBroken(err error) bool {
	err = bare(err)
	x.capture()
	if x.ctx.Err() != nil && (errors.Is(err, x.ctx.Err()) || errors.Is(err, context.Cause(x.ctx))) {
		err = contextError(x.ctx)
	}
	e := x.call.Endpoint
	seen := x.maySeen(err)
	if seen && e.Effect != Read {
		x.maybe = true
	}
	x.err = &provider.Error{Kind: provider.ErrUnavailable, StatusCode: x.status, Message: x.describe(err), Err: x.hide(err)}
	var sink *sinkError
	switch {
	case errors.As(err, &sink):
		x.judgeSink(sink)
		return false
	case x.ctx.Err() != nil && errors.Is(err, x.ctx.Err()):
		x.err.Kind, x.err.Err = nil, err
		return false
	case errors.Is(err, errTooLong):
		x.err.Kind = provider.ErrProtocol
		return false
	case unsendable(err):
		x.err.Kind = provider.ErrInvalid
		return false
	case permanent(err):
		return false
	case !seen:
		return true
	}
	return e.Effect != Once
}

func (x *exchange) describe(err error) string {
	var unverified *tls.CertificateVerificationError
	var pin *pinError
	var sink *sinkError
	switch {
	case errors.As(err, &sink):
		return x.textOf(err)
	case errors.Is(err, errTooLong):
		return fmt.Sprintf("the answer is longer than %d bytes", x.limit())
	case errors.As(err, &unverified) && len(unverified.UnverifiedCertificates) > 0:
		return fmt.Sprintf("%v; if you know this server, trust its key with provider.TLS{PinnedKeys: []string{%q}}",
			unverified.Err, PinOf(unverified.UnverifiedCertificates[0]))
	case errors.As(err, &pin):
		return pin.Error()
	case x.answered:
		return "the answer broke off: " + x.textOf(err)
	}
	return x.textOf(err)
}

// textOf is the text of a network error without secrets. net/http quotes what a
// server sent in place of an answer: nothing of that may be shown if the answer
// may be a secret.
func (x *exchange) textOf(err error) string {
	var network net.Error
	if x.call.Endpoint.Sensitive && !errors.As(err, &network) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "the answer cannot be read"
	}
	return x.scrub(err.Error())
}

// judgeAnswer handles an attempt with a whole answer.
func (x *exchange) judgeAnswer() bool {
	x.capture()
	e := x.call.Endpoint
	if x.status/100 == 3 && !x.call.Redirects {
		x.err = x.redirected()
		// Some servers answer a change that they have made with these two.
		if e.Effect != Read && (x.status == http.StatusFound || x.status == http.StatusSeeOther) {
			x.maybe = true
		}
		return false
	}
	var verdict bool
	if x.err, verdict = x.classify(); x.err == nil {
		return false
	}
	retry := x.client.options.Retry
	if errors.Is(x.err.Kind, provider.ErrRateLimited) {
		x.wait = x.err.RetryAfter
		if x.wait == 0 {
			x.wait = min(jitter(retry.MinWait, retry.MaxWait, x.attempts-1), retry.MaxRetryAfter)
		}
		// Bounded, so that one absurd header does not end the client's life.
		x.client.gate.close(min(x.wait, max(time.Hour, retry.MaxRetryAfter)))
		return true
	}
	// A vendor's verdict counts for more than the status that it came with.
	if e.Effect != Read && (x.err.MaybeExecuted || (!verdict && (x.status >= 500 || x.status == http.StatusRequestTimeout))) {
		x.maybe = true
	}
	switch {
	case verdict:
		return false
	case x.status == http.StatusInternalServerError:
		return e.Effect == Read
	case x.status == http.StatusBadGateway, x.status == http.StatusServiceUnavailable, x.status == http.StatusGatewayTimeout,
		x.status == http.StatusRequestTimeout, x.status/100 == 2 && errors.Is(x.err.Kind, provider.ErrUnavailable):
		x.wait = x.err.RetryAfter
		return e.Effect != Once
	}
	return false
}

// classify asks the vendor, and falls back on the status. It reports whether the
// vendor came to a verdict, that is, said more than that something went wrong.
func (x *exchange) classify() (err *provider.Error, verdict bool) {
	classify := x.client.config.Classify
	if x.call.Classify != nil {
		classify = x.call.Classify
	}
	if classify != nil {
		answer := x.answer()
		err = classify(answer)
		x.warn(answer.Remark)
	}
	switch {
	case err != nil:
		err = x.clean(err)
	case x.status/100 == 2, x.status/100 == 3:
		return nil, false
	default:
		err = &provider.Error{Message: x.excerpt("the server answered")}
	}
	switch err.Kind {
	case nil, provider.ErrUnavailable, provider.ErrProtocol, provider.ErrOutcomeUnknown:
	default:
		verdict = true
	}
	x.complete(err)
	return err, verdict
}

// complete fills in what every answer tells.
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
	return words.Shorten(oneLine(x.scrub(x.header.Get(name))), 100)
}

// clean copies an error of the vendor's making without the secrets that the server
// may have quoted in it.
func (x *exchange) clean(err *provider.Error) *provider.Error {
	failed := *err
	failed.Message, failed.Code, failed.RequestID = x.scrub(err.Message), x.scrub(err.Code), x.scrub(err.RequestID)
	failed.Fields = nil
	for name, problem := range err.Fields {
		if failed.Fields == nil {
			failed.Fields = make(map[string]string, len(err.Fields))
		}
		failed.Fields[x.scrub(name)] = x.scrub(problem)
	}
	if err.Err != nil {
		failed.Err = x.hide(err.Err)
	}
	return &failed
}

func (x *exchange) redirected() *provider.Error {
	err := &provider.Error{Kind: provider.ErrProtocol, StatusCode: x.status, Message: "the server redirects without saying where to"}
	location := x.header.Get("Location")
	target, parseErr := x.client.root.Parse(location)
	switch {
	case location == "":
	case parseErr != nil:
		err.Message = "the server redirects to something that is not a URL"
	case x.call.Endpoint.Sensitive: // a sign-on may well be answered by a redirect
		err.Message = "the server redirects to " + words.Shorten(oneLine(x.scrub(target.Host)), 200)
	default:
		// A query may hold a token; the path tells enough.
		shown := x.scrub((&url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}).String())
		err.Message = fmt.Sprintf("the server redirects to %s: configure that URL", words.Shorten(oneLine(shown), 200))
		if x.call.Endpoint.Effect == Read && sameOrigin(target, x.client.root) {
			err.Message = fmt.Sprintf("the server redirects more than %d times, at last to %s", maxRedirects, words.Shorten(oneLine(shown), 200))
		}
	}
	return err
}

// KindOf maps a status to the sentinel that it means where the vendor says nothing
// more precise.
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

// result turns the state after the last attempt into the call's error.
func (x *exchange) result(err error) error {
	failed := x.err
	switch {
	case failed == nil && err == nil:
		return nil
	case failed == nil: // not even an attempt was made
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

// weigh adds to a failure that an attempt of the call may have been carried out.
// A clear answer of a later attempt keeps its kind: it says more.
func (x *exchange) weigh(failed *provider.Error) *provider.Error {
	if !x.maybe {
		return failed
	}
	failed.MaybeExecuted = true
	switch failed.Kind {
	case provider.ErrProtocol:
		failed.Err = join(provider.ErrProtocol, failed.Err)
		failed.Kind = provider.ErrOutcomeUnknown
	case nil, provider.ErrUnavailable:
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
	var argument *argumentError
	if errors.As(cause, &argument) {
		err.Message, err.Fields = "refused before sending", map[string]string{argument.name: argument.problem}
	}
	return x.fail(err)
}

// bare takes off url.Error, whose text holds the URL with its query.
func bare(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// hide keeps an error for errors.Is and errors.As, but shows its text only without
// secrets. It does not unwrap: whoever prints a chain link by link, as error
// trackers do, would get at the text below.
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

// Format keeps %+v and %#v from looking inside.
func (h *hiddenError) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", h.text)
		return
	}
	_, _ = io.WriteString(f, h.text)
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// permanent reports errors that the next attempt would only repeat.
func permanent(err error) bool {
	var (
		dns        *net.DNSError
		unverified *tls.CertificateVerificationError
		unknown    x509.UnknownAuthorityError
		hostname   x509.HostnameError
		record     tls.RecordHeaderError
		pin        *pinError
	)
	switch {
	case errors.As(err, &dns) && dns.IsNotFound,
		errors.As(err, &unverified), errors.As(err, &unknown), errors.As(err, &hostname),
		errors.As(err, &record), errors.As(err, &pin), errors.Is(err, errOrigin), errors.Is(err, http.ErrSchemeMismatch):
		return true
	}
	return false
}

// unsendable reports a request that net/http refuses to write. It has no type for
// that.
func unsendable(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unsupported protocol scheme") || strings.Contains(text, "net/http: invalid header field")
}
