package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/provkit/provkit/provider"
)

// window is how far a signature's time may be off, and the longest validity of a signed link. A
// webhook that is replayed within it is a duplicate, which does nothing.
const window = 5 * time.Minute

var (
	errSignature = errors.New("the signature is wrong")
	errStale     = errors.New("the signature is too old, or the clocks differ")
)

// signer contains the secret shared with the billing system. The signed text of a webhook begins
// with a digit, that of a link with a letter, so neither can pass for the other.
type signer struct {
	secret provider.Secret
}

func (s signer) sign(format string, args ...any) string {
	mac := hmac.New(sha256.New, []byte(s.secret.Reveal()))
	fmt.Fprintf(mac, format, args...)
	return hex.EncodeToString(mac.Sum(nil))
}

// webhook signs a body: HMAC-SHA256, in hex, over the time in Unix seconds, a dot and the body.
func (s signer) webhook(at time.Time, body []byte) (timestamp, signature string) {
	return strconv.FormatInt(at.Unix(), 10), s.sign("%d.%s", at.Unix(), body)
}

// checkWebhook checks the signature first, since nothing in an unsigned request can be trusted, not
// even the time.
func (s signer) checkWebhook(timestamp, signature string, body []byte) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || !equal(signature, s.sign("%d.%s", seconds, body)) {
		return errSignature
	}
	if time.Since(time.Unix(seconds, 0)).Abs() > window {
		return errStale
	}
	return nil
}

// link signs a link from the client area: HMAC-SHA256, in hex, over "sign-on", the service and the
// time in Unix seconds until which it is valid, with line breaks between them.
func (s signer) link(service string, until time.Time) string {
	return fmt.Sprintf("/sign-on?service=%s&until=%d&signature=%s", service, until.Unix(), s.sign("sign-on\n%s\n%d", service, until.Unix()))
}

func (s signer) checkLink(service, until, signature string) error {
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil || !equal(signature, s.sign("sign-on\n%s\n%d", service, seconds)) {
		return errSignature
	}
	if left := time.Until(time.Unix(seconds, 0)); left <= 0 || left > window {
		return errStale
	}
	return nil
}

// equal compares in constant time, so that timing does not reveal how much is right.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
