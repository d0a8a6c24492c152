package elizon

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Refusal is what the platform says about an error beyond provider.Error; errors.As finds it in
// every error that came in the platform's own format.
type Refusal struct {
	// Params are the parameters of the error's text: with CodeAPIKeyMissingPermission, "permission"
	// names the permission that the API key lacks. Other parameters are undocumented.
	Params map[string]provider.Payload
}

// Error returns a fixed text: the platform's message is in provider.Error.
func (*Refusal) Error() string { return "the platform refused" }

// Param returns a text parameter; "" if it is absent or not a text.
func (r *Refusal) Param(name string) string {
	var text string
	_ = r.Params[name].Decode(&text) // anything but a text counts as absent
	return text
}

// verdict is what an answer says about its own success. A failure may come with HTTP 200.
type verdict struct {
	OK           provider.Payload `wire:"ok"`
	Success      provider.Payload `wire:"success"`
	Status       provider.Payload `wire:"status"`
	ErrorCode    provider.Payload `wire:"errorCode"`
	ErrorKey     provider.Payload `wire:"errorKey"`
	MessageKey   provider.Payload `wire:"messageKey"`
	Error        provider.Payload `wire:"error"`
	Message      provider.Payload `wire:"message"`
	ErrorMessage provider.Payload `wire:"errorMessage"`
	RetryAfter   provider.Payload `wire:"retryAfter"`
	Params       provider.Payload `wire:"errorParams"`
	Validation   provider.Payload `wire:"validationErrors"`
}

// failed decides as the vendor's own programs do: by a boolean "ok", then "success": false, then a
// numeric "status", which replaces the HTTP status. It returns the status that counts.
func (v *verdict) failed(status int) (int, bool) {
	inside := number(v.Status)
	switch {
	case v.OK.Reveal() == "true":
		return status, status/100 != 2
	case v.refused():
		if inside >= 400 && inside < 600 && status/100 == 2 {
			status = inside
		}
		return status, true
	case inside >= 400 && inside < 600 && status/100 == 2:
		return inside, true
	}
	return status, status/100 != 2
}

// refused reports whether the answer says of itself that it is a failure.
func (v *verdict) refused() bool { return v.OK.Reveal() == "false" || v.Success.Reveal() == "false" }

// number returns a JSON number; 0 for anything else.
func number(raw provider.Payload) int {
	n, err := strconv.ParseFloat(raw.Reveal(), 64)
	if err != nil || !(n > -1e9 && n < 1e9) {
		return 0
	}
	return int(n)
}

// genuine recognises the platform's own answers. A success is an object, or for some reads a list; no
// source knows one without a body. A failure says so in "success" or "ok", or has one of the platform's
// codes.
func genuine(a *rest.Answer) bool {
	body := rest.Content(a.Body)
	switch {
	case len(body) == 0:
		return false
	case a.Status/100 == 2:
		return body[0] == '{' || body[0] == '['
	}
	var v verdict
	return body[0] == '{' && decode(body, &v) == nil && (v.refused() || v.code() != "")
}

func (v *verdict) code() ErrorCode {
	return cmp.Or(v.ErrorCode.Text(), v.ErrorKey.Text(), v.MessageKey.Text())
}

// classify distinguishes errors by code and status, never by their wording.
func classify(a *rest.Answer) *rest.Failure {
	body := rest.Content(a.Body)
	var v verdict
	if len(body) == 0 || body[0] != '{' || a.Status/100 == 2 && !looksLikeFailure(body) || decode(body, &v) != nil {
		return nil //nolint:nilerr // what cannot be read is no failure: the call's own decoder judges it
	}
	status, failed := v.failed(a.Status)
	if !failed {
		return nil
	}
	code := v.code()
	message := cmp.Or(v.Error.Text(), v.Message.Text(), v.ErrorMessage.Text())
	err := &rest.Failure{
		Kind: kinds[code], Code: code, Message: cmp.Or(message, code, "the server refused without saying why"),
		Fields: v.fields(), RetryAfter: waitFor(a.Header, v.RetryAfter, time.Now()), Err: v.refusal(),
	}
	switch {
	case err.Kind != nil:
	case code == CodeAPIKeyNotFound && a.Endpoint != apiKeysDelete.Endpoint:
		err.Kind = provider.ErrUnauthorized
	case status == http.StatusGone:
		err.Kind = provider.ErrUnsupported
	case status/100 != 2:
		err.Kind = rest.KindOf(status)
	case code == CodeAPIKeyNotFound:
		err.Kind = provider.ErrNotFound
	case len(err.Fields) > 0:
		err.Kind = provider.ErrInvalid
	default:
		err.Kind = provider.ErrConflict // it did not make the change
	}
	// Such a failure leaves open whether the server stopped before or after the change.
	vague := errors.Is(err.Kind, provider.ErrUnavailable) || a.Status/100 == 2 && errors.Is(err.Kind, provider.ErrProtocol)
	err.MaybeExecuted = vague && a.Endpoint.Effect != rest.Read
	return err
}

// looksLikeFailure is a cheap check that spares successful answers the full one.
func looksLikeFailure(body []byte) bool {
	return bytes.Contains(body, []byte("false")) || bytes.Contains(body, []byte(`"status"`))
}

// maxProblems is how many problems of a request are kept.
const maxProblems = 10

// fields returns the problems that the server found. They are sentences that do not name their
// field.
func (v *verdict) fields() map[string]string {
	var problems []provider.Payload
	if decode(orNull(v.Validation), &problems) != nil || len(problems) == 0 {
		return nil
	}
	fields := make(map[string]string, min(len(problems), maxProblems))
	for i, problem := range problems[:min(len(problems), maxProblems)] {
		fields[fmt.Sprintf("validationErrors[%d]", i)] = cmp.Or(problem.Text(), "not a text")
	}
	return fields
}

func (v *verdict) refusal() error {
	r := &Refusal{}
	if decode(orNull(v.Params), &r.Params) != nil {
		r.Params = nil
	}
	return r
}

func orNull(p provider.Payload) []byte {
	return []byte(cmp.Or(p.Reveal(), "null"))
}

// waitFor returns how long the server asks to wait: by "retryAfter" in the body or the header
// Retry-After, both in seconds, or else until X-RateLimit-Reset, a Unix time in milliseconds. If
// the seconds were rounded down, the reset is up to a second later, and then it counts. A reset
// farther away means that one of the clocks is wrong.
func waitFor(h http.Header, retryAfter provider.Payload, now time.Time) time.Duration {
	wait := time.Duration(max(number(retryAfter), 0)) * time.Second
	if wait == 0 {
		if seconds, err := strconv.Atoi(h.Get("Retry-After")); err == nil && seconds > 0 && seconds < 1e9 {
			wait = time.Duration(seconds) * time.Second
		}
	}
	ms, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil || ms <= 0 {
		return wait
	}
	reset := time.UnixMilli(ms).Sub(now)
	if reset <= 0 || wait > 0 && (reset < wait || reset-wait >= time.Second) {
		return wait
	}
	return reset
}
