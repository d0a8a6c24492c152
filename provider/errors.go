package provider

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Every error of an adapter or a client matches one of these under errors.Is,
// whatever the vendor calls it. When the caller's context ended the call, the error
// matches the context's error: alone, or beside what the last answer said, or beside
// ErrOutcomeUnknown when a change may have reached the server.
var (
	// ErrInvalid: the request is wrong; Error.Fields names what.
	ErrInvalid = errors.New("invalid request")
	// ErrUnauthorized: the credentials are missing or wrong.
	ErrUnauthorized = errors.New("credentials refused")
	// ErrForbidden: the credentials are good but not for this.
	ErrForbidden = errors.New("not permitted")
	// ErrIPNotAllowed: the server does not talk to our address.
	ErrIPNotAllowed = errors.New("address not on the allow list")
	// ErrNotFound: there is no such thing. Never reported as nil, nil.
	ErrNotFound = errors.New("not found")
	// ErrAlreadyExists: the name is taken, and not by this request.
	ErrAlreadyExists = errors.New("already exists")
	// ErrConflict: the state of the thing does not allow it, or it did not
	// take the state that it was told to take.
	ErrConflict = errors.New("conflict")
	// ErrInUse: something else still needs the thing.
	ErrInUse = errors.New("in use")
	// ErrQuota: a limit of a plan, an account or a budget is reached.
	ErrQuota = errors.New("limit reached")
	// ErrRateLimited: too many requests; Error.RetryAfter says how long to wait.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: the server cannot be reached or is out of order, and the
	// request has changed nothing.
	ErrUnavailable = errors.New("unavailable")
	// ErrOutcomeUnknown: a change was sent and its answer was lost. It may have
	// been applied or not. Calling the portable verb again is safe.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrUnsupported: this system, or this configuration of it, cannot do that.
	ErrUnsupported = errors.New("unsupported")
	// ErrProtocol: the answer cannot be understood.
	ErrProtocol = errors.New("unexpected answer")
)

// Error is what every failing call of provkit returns. Match it with errors.Is
// against the sentinels of this package, or take it apart with errors.As.
//
// Error() is one sentence that support staff can act on. It holds no secret, no query
// of a URL, and of a body that cannot be understood a short redacted excerpt at most:
// use CaptureResponse to get at the answer itself.
type Error struct {
	// Provider is the kind of system: "keyhelp".
	Provider string
	// Op is the operation, stable and fit for metrics: "Clients.Create".
	Op string
	// Action is the same in words, with the thing concerned:
	// `create client "example_com"`.
	Action string
	// Kind is the sentinel that the error matches, one of the Err values above.
	// It is nil only when the caller's context ended and there is no more to say.
	Kind error
	// StatusCode is the HTTP status of the answer, 0 if there was none.
	StatusCode int
	// Code is the vendor's own code, as text; "" if it sent none.
	Code string
	// Message is what the server said, or what went wrong here.
	Message string
	// Fields maps the name of a wrong field to its problem.
	Fields map[string]string
	// RetryAfter is how long the server asked to wait, 0 if it did not say.
	RetryAfter time.Duration
	// RequestID is the server's identifier of the request, for its operators.
	RequestID string
	// MaybeExecuted tells that the change may have reached the server, in this
	// attempt or an earlier one of the same call. Look before repeating.
	MaybeExecuted bool
	// Err is the cause: the vendor's own error, a network error, the context's.
	Err error
}

// Error returns one line: who, what, to what, why, and the HTTP status.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Provider != "" {
		b.WriteString(e.Provider)
		b.WriteString(": ")
	}
	switch {
	case e.Action != "":
		b.WriteString(e.Action)
		b.WriteString(": ")
	case e.Op != "":
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.reason())
	var notes []string
	if e.StatusCode != 0 {
		notes = append(notes, "HTTP "+strconv.Itoa(e.StatusCode))
	}
	// Some codes are the status in words.
	if e.Code != "" && (e.StatusCode == 0 || !strings.HasPrefix(e.Code, strconv.Itoa(e.StatusCode))) {
		notes = append(notes, "code "+e.Code)
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.String())
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+e.RequestID)
	}
	if len(notes) > 0 {
		b.WriteString(" (")
		b.WriteString(strings.Join(notes, ", "))
		b.WriteString(")")
	}
	if e.MaybeExecuted {
		b.WriteString("; the change may have been applied")
	}
	return b.String()
}

func (e *Error) reason() string {
	var parts []string
	if e.Message != "" {
		parts = append(parts, e.Message)
	} else if len(e.Fields) == 0 {
		switch {
		case e.Err != nil:
			parts = append(parts, e.Err.Error())
		case e.Kind != nil:
			parts = append(parts, e.Kind.Error())
		default:
			parts = append(parts, "failed")
		}
	}
	if len(e.Fields) > 0 {
		parts = append(parts, fieldText(e.Fields))
	}
	return strings.Join(parts, ": ")
}

func fieldText(fields map[string]string) string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = name + ": " + fields[name]
	}
	return strings.Join(names, "; ")
}

// Unwrap gives the sentinel and the cause, so that both
// errors.Is(err, ErrNotFound) and errors.As(err, &vendorError) work. An error
// that may have been executed matches ErrOutcomeUnknown whatever its kind.
func (e *Error) Unwrap() []error {
	errs := make([]error, 0, 3)
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.MaybeExecuted && e.Kind != ErrOutcomeUnknown {
		errs = append(errs, ErrOutcomeUnknown)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// LogValue gives slog the fields instead of one string.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("provider", e.Provider),
		slog.String("op", e.Op),
		slog.String("message", e.Error()),
	}
	if e.Kind != nil {
		attrs = append(attrs, slog.String("kind", e.Kind.Error()))
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", e.Code))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", e.RequestID))
	}
	if e.MaybeExecuted {
		attrs = append(attrs, slog.Bool("maybe_executed", true))
	}
	return slog.GroupValue(attrs...)
}
