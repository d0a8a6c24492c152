package elizon

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ErrorCode is the platform's own code of an error, as provider.Error.Code holds it. The
// set is open: the vendor's registry has some 1,860 names. Servers of an older version
// send none.
type ErrorCode = string

// Codes that are worth telling apart.
const (
	CodeUnauthenticated          ErrorCode = "unauthenticated"
	CodeInvalidAPIKey            ErrorCode = "invalidApiKey"
	CodeInvalidAPIKeyFormat      ErrorCode = "invalidApiKeyFormat"
	CodeAPIKeyRevoked            ErrorCode = "apiKeyRevoked"
	CodeAPIKeyNotFound           ErrorCode = "apiKeyNotFound"
	CodeAPIKeyMissingPermission  ErrorCode = "apiKeyMissingPermission"
	CodeAPIKeyLimitReached       ErrorCode = "apiKeyLimitReachedForYourAccount"
	CodeAccessDenied             ErrorCode = "accessDenied"
	CodeClientPlatformNotAllowed ErrorCode = "clientPlatformNotAllowed"
	CodeServiceNotFound          ErrorCode = "serviceNotFound"
	CodeServiceNotOwned          ErrorCode = "serviceNotOwned"
	CodeServiceSuspended         ErrorCode = "serviceSuspended"
	CodeServiceIsSuspended       ErrorCode = "serviceIsSuspendedResumeFirstToPerformOtherActions"
	CodeSubscriptionBlocked      ErrorCode = "subscriptionActionBlocked"
	CodeInvalidAction            ErrorCode = "invalidAction"
	CodeInvoiceNotFound          ErrorCode = "invoiceNotFound"
	CodeInsufficientBalance      ErrorCode = "insufficientBalance"
	CodeInvalidPaymentMethod     ErrorCode = "invalidPaymentMethod"
	CodeInvalidAmount            ErrorCode = "invalidAmount"
	CodeCartEmpty                ErrorCode = "cartEmpty"
	CodeCatalogStockExhausted    ErrorCode = "catalogStockExhausted"
	CodeCheckoutValidationFailed ErrorCode = "checkoutValidationFailed"
	CodeCheckoutInProgress       ErrorCode = "checkoutAlreadyInProgress"
	CodeCheckoutFailed           ErrorCode = "checkoutFailed"
	CodeCouponOneOnly            ErrorCode = "couponOneOnly"
	CodeInvalidRequest           ErrorCode = "invalidRequest"
	CodeInvalidJSONBody          ErrorCode = "invalidJsonBody"
	CodeRateLimitExceeded        ErrorCode = "rateLimitExceededApiKey"
	CodeInternalError            ErrorCode = "internalError"
	CodeInternalServerError      ErrorCode = "internalServerError"
)

// kinds are what the codes mean in the portable contract. After the last three it is
// unknown what was done before.
var kinds = map[ErrorCode]error{
	CodeUnauthenticated:          provider.ErrUnauthorized,
	CodeInvalidAPIKey:            provider.ErrUnauthorized,
	CodeInvalidAPIKeyFormat:      provider.ErrUnauthorized,
	CodeAPIKeyRevoked:            provider.ErrUnauthorized,
	CodeAPIKeyMissingPermission:  provider.ErrForbidden,
	CodeAPIKeyLimitReached:       provider.ErrQuota,
	CodeAccessDenied:             provider.ErrForbidden,
	CodeClientPlatformNotAllowed: provider.ErrForbidden,
	CodeServiceNotFound:          provider.ErrNotFound,
	CodeServiceNotOwned:          provider.ErrForbidden,
	CodeServiceSuspended:         provider.ErrConflict,
	CodeServiceIsSuspended:       provider.ErrConflict,
	CodeSubscriptionBlocked:      provider.ErrConflict,
	CodeInvalidAction:            provider.ErrInvalid,
	CodeInvoiceNotFound:          provider.ErrNotFound,
	CodeInsufficientBalance:      provider.ErrQuota,
	CodeInvalidPaymentMethod:     provider.ErrInvalid,
	CodeInvalidAmount:            provider.ErrInvalid,
	CodeCartEmpty:                provider.ErrInvalid,
	CodeCatalogStockExhausted:    provider.ErrConflict,
	CodeCheckoutValidationFailed: provider.ErrInvalid,
	CodeCheckoutInProgress:       provider.ErrConflict,
	CodeCouponOneOnly:            provider.ErrInvalid,
	CodeInvalidRequest:           provider.ErrInvalid,
	CodeInvalidJSONBody:          provider.ErrInvalid,
	CodeRateLimitExceeded:        provider.ErrRateLimited,
	CodeCheckoutFailed:           provider.ErrUnavailable,
	CodeInternalError:            provider.ErrUnavailable,
	CodeInternalServerError:      provider.ErrUnavailable,
}

// Refusal is what the platform says of an error beyond provider.Error; errors.As finds
// it behind every error that came in the platform's own format.
type Refusal struct {
	// Params are the parameters of the error's text: "permission" names what the API key
	// lacks under CodeAPIKeyMissingPermission. Which others there are is undocumented.
	Params map[string]provider.Payload
}

// Error says that there is no more to say: the text is provider.Error's.
func (*Refusal) Error() string { return "the platform refused" }

// Param is a parameter that is a text; "" if it is not there.
func (r *Refusal) Param(name string) string {
	var text string
	_ = r.Params[name].Decode(&text) // no text is as good as none
	return text
}

// verdict is what an answer says about itself. Success and failure share it: a failure may
// come with HTTP 200.
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

// failed judges as the vendor's own programs do: a boolean "ok" decides, then "success":
// false, then a numeric "status" in place of HTTP's. It returns the status that counts.
func (v *verdict) failed(status int) (int, bool) {
	inside := number(v.Status)
	switch {
	case string(v.OK) == "true":
		return status, status/100 != 2
	case string(v.OK) == "false", string(v.Success) == "false":
		if inside >= 400 && inside < 600 && status/100 == 2 {
			status = inside
		}
		return status, true
	case inside >= 400 && inside < 600 && status/100 == 2:
		return inside, true
	}
	return status, status/100 != 2
}

// number is a JSON number; anything else is 0.
func number(raw provider.Payload) int {
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || !(n > -1e9 && n < 1e9) {
		return 0
	}
	return int(n)
}

// wording is a JSON string; anything else is "".
func wording(raw provider.Payload) string {
	var text string
	if len(raw) > 0 && json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// classify tells errors apart by code and status; never by the wording.
func classify(a *rest.Answer) *provider.Error {
	body := rest.Content(a.Body)
	if a.Status/100 == 3 || len(body) == 0 || body[0] != '{' {
		return statusOnly(a)
	}
	if a.Status/100 == 2 && !looksLikeFailure(body) {
		return nil
	}
	var v verdict
	if decode(body, &v) != nil {
		return statusOnly(a)
	}
	status, failed := v.failed(a.Status)
	if !failed {
		return nil
	}
	code := cmp.Or(wording(v.ErrorCode), wording(v.ErrorKey), wording(v.MessageKey))
	message := cmp.Or(wording(v.Error), wording(v.Message), wording(v.ErrorMessage))
	if code == "" && message == "" && string(v.OK) != "false" && string(v.Success) != "false" && status == a.Status {
		return statusOnly(a) // not the platform's own format; rest shows what it is
	}
	err := &provider.Error{
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
		err.Kind = provider.ErrConflict // it did not do what it was told
	}
	// Of such a failure it is anybody's guess whether the server stopped before or after
	// the change.
	vague := errors.Is(err.Kind, provider.ErrUnavailable) || a.Status/100 == 2 && errors.Is(err.Kind, provider.ErrProtocol)
	err.MaybeExecuted = vague && a.Endpoint.Effect != rest.Read
	return err
}

// statusOnly adds the wait to what rest makes of an answer in nobody's format.
func statusOnly(a *rest.Answer) *provider.Error {
	if a.Status != http.StatusTooManyRequests {
		return nil
	}
	return &provider.Error{
		Kind: provider.ErrRateLimited, Message: "the server wants fewer requests", RetryAfter: waitFor(a.Header, nil, time.Now()),
	}
}

// looksLikeFailure keeps the check of successful answers cheap.
func looksLikeFailure(body []byte) bool {
	return bytes.Contains(body, []byte("false")) || bytes.Contains(body, []byte(`"status"`))
}

// maxProblems is how many of the problems of a request are kept.
const maxProblems = 10

// fields are the problems that a server found, which are sentences without the name of a
// field.
func (v *verdict) fields() map[string]string {
	var problems []provider.Payload
	if decode(orNull(v.Validation), &problems) != nil || len(problems) == 0 {
		return nil
	}
	fields := make(map[string]string, min(len(problems), maxProblems))
	for i, problem := range problems[:min(len(problems), maxProblems)] {
		fields[fmt.Sprintf("validationErrors[%d]", i)] = cmp.Or(wording(problem), "not a text")
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
	if len(p) == 0 {
		return []byte("null")
	}
	return p
}

// waitFor is how long a server asks to wait: by "retryAfter" in the body or the header
// Retry-After, both in seconds, and else until X-RateLimit-Reset, a Unix time in
// milliseconds. Where seconds were cut off the reset is up to a second later: then it is
// the one that counts. A reset that is farther away is our clock's fault, or the server's.
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
