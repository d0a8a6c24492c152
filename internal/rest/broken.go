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

	"github.com/provkit/provkit/provider"
)

// judgeBroken judges an attempt without a complete answer, and reports whether to retry.
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
	_, timedOut := errors.AsType[*timeoutError](err)
	return e.Effect != Once && !(timedOut && x.call.Lasting)
}

func (x *exchange) describe(err error) string {
	var unverified *tls.CertificateVerificationError
	var pin *pinError
	var sink *sinkError
	switch {
	case errors.As(err, &sink):
		return x.textOf(err)
	case errors.Is(err, errTooLong) && x.call.Sink == nil:
		return fmt.Sprintf("the answer is longer than %d bytes, the limit that provider.WithMaxBody sets", x.limit())
	case errors.Is(err, errTooLong):
		return fmt.Sprintf("the answer is longer than %d bytes", x.limit())
	case errors.As(err, &unverified) && len(unverified.UnverifiedCertificates) > 0:
		return x.cleaner().Line(unverified.Err.Error(), 200) + "; " + compare(PinOf(unverified.UnverifiedCertificates[0]))
	case errors.As(err, &pin):
		return pin.Error()
	case x.answered:
		return "the answer broke off: " + x.textOf(err)
	}
	return x.textOf(err)
}

// textOf returns the text of a network error without secrets. net/http quotes what a server sent in
// place of an answer: none of that may be shown if the answer may be a secret.
func (x *exchange) textOf(err error) string {
	var network net.Error
	if x.call.Endpoint.Sensitive && !errors.As(err, &network) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "the answer cannot be read"
	}
	return x.scrub(err.Error())
}

// bare removes url.Error, whose text contains the URL with its query.
func bare(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

func isDial(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// permanent reports whether a retry would fail in the same way.
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

// unsendable reports whether net/http refused to write the request. It has no error type for that.
func unsendable(err error) bool {
	text := err.Error()
	return strings.Contains(text, "unsupported protocol scheme") || strings.Contains(text, "net/http: invalid header field")
}
