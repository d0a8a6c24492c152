package provider

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// Every error of an adapter or a client matches one of these with errors.Is, whatever the vendor
// calls it. If the caller's context ended the call, the error matches the context's error: alone,
// or together with what the last answer said, or together with ErrOutcomeUnknown if a change may
// have reached the server.
var (
	// ErrInvalid: the request is wrong; Error.Fields says where.
	ErrInvalid = errors.New("invalid request")
	// ErrUnauthorized: the credentials are missing or wrong.
	ErrUnauthorized = errors.New("credentials refused")
	// ErrForbidden: the credentials are good, but not for this; or "not found" is not proven, since
	// they may have lost their rights.
	ErrForbidden = errors.New("not permitted")
	// ErrIPNotAllowed: the server refuses our address.
	ErrIPNotAllowed = errors.New("address not on the allow list")
	// ErrNotFound: there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrAlreadyExists: somebody else has the name, or the account carries another reference.
	ErrAlreadyExists = errors.New("already exists")
	// ErrConflict: the state of the thing does not allow the change, or the server accepted the
	// change and does not show it (with ErrOutcomeUnknown: it may be slow, see WithReadLag).
	ErrConflict = errors.New("conflict")
	// ErrInUse: something else still needs the thing.
	ErrInUse = errors.New("in use")
	// ErrQuota: a limit of a plan, an account or a budget is reached, or no server has room.
	ErrQuota = errors.New("limit reached")
	// ErrRateLimited: too many requests; Error.RetryAfter says how long to wait.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: the server cannot be reached or does not work, and the request has changed
	// nothing.
	ErrUnavailable = errors.New("unavailable")
	// ErrOutcomeUnknown: a change was sent, and its answer was lost, was not the API's own or was
	// about something else; or it was accepted and is not seen. It may have been made or not. Calling
	// a verb of a Provider again is safe; before you repeat a call of a client, look.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrUnsupported: this system cannot do that, or not as it is configured.
	ErrUnsupported = errors.New("unsupported")
	// ErrProtocol: the answer is not the API's own (the page of a proxy, say), is about something
	// else than what was asked, or cannot be read. It proves nothing.
	ErrProtocol = errors.New("unexpected answer")
)

// Error is the error of every call of provkit that fails. Match it with errors.Is against the Err
// values of this package, or read its fields with errors.As.
//
// Error() is one sentence that support staff can act on. It contains no secret, no query of a URL,
// and at most a short redacted excerpt of an answer that was not understood: use CaptureResponse
// for the answer itself. Whatever the fields hold, it is one line of visible characters and of 2,200
// bytes at most.
type Error struct {
	// Provider is the kind of system: "keyhelp".
	Provider string
	// Op is the operation, with a stable name for metrics: "Clients.Create".
	Op string
	// Action is what failed, in words: `create client "example_com"` of a client. Errors of a
	// Provider name its verb: "suspend account 17".
	Action string
	// Kind is the Err value above that the error matches. It is nil only if the caller's context
	// ended the call and nothing else is known.
	Kind error
	// StatusCode is the HTTP status of the answer; 0 if there was none.
	StatusCode int
	// Code is the vendor's error code as text; "" if it sent none.
	Code string
	// Message is what the server said, or what else went wrong. Of a text of a server, 500 bytes at
	// most are kept, in one line.
	Message string
	// Fields maps the names of wrong fields to their problems: 20 of a server's at most, and "..."
	// for how many others there are.
	Fields map[string]string
	// RetryAfter is how long the server asked to wait; 0 if it did not.
	RetryAfter time.Duration
	// RequestID is the server's ID of the request, for its operators.
	RequestID string
	// MaybeExecuted is set if the change may have been made, by this attempt or an earlier one of
	// the same call. Look before you repeat it.
	MaybeExecuted bool
	// Undecided names what a person has to decide before a program can go on, by its key in the Ledger: the
	// Message says what is the matter, and ledger.Abandon ends it. It is nil in all other errors.
	Undecided *LedgerKey
	// Err is the cause: the vendor's own error, a network error, the context's.
	Err error
}

// What Error shows, in bytes: adapters put their own words around a server's.
const (
	maxAction = 150
	maxFields = 500
)

// Error returns one line: the system, what failed and why, and the HTTP status.
func (e *Error) Error() string {
	var b strings.Builder
	for _, part := range []string{words.Line(e.Provider, words.MaxCode), words.Line(cmp.Or(e.Action, e.Op), maxAction), e.reason()} {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
	var notes []string
	if e.StatusCode != 0 {
		notes = append(notes, "HTTP "+strconv.Itoa(e.StatusCode))
	}
	// Some codes only repeat the status.
	if e.Code != "" && (e.StatusCode == 0 || !strings.HasPrefix(e.Code, strconv.Itoa(e.StatusCode))) {
		notes = append(notes, "code "+words.Line(e.Code, words.MaxCode))
	}
	if e.RetryAfter > 0 {
		notes = append(notes, "retry after "+e.RetryAfter.String())
	}
	if e.RequestID != "" {
		notes = append(notes, "request "+words.Line(e.RequestID, words.MaxCode))
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
	text := e.Message
	switch {
	case text != "" || len(e.Fields) > 0:
	case e.Err != nil:
		text = e.Err.Error()
	case e.Kind != nil:
		text = e.Kind.Error()
	default:
		text = "failed"
	}
	text = words.Line(text, words.MaxSaid)
	if len(e.Fields) == 0 {
		return text
	}
	fields := fieldText(e.Fields)
	if text == "" {
		return fields
	}
	return text + ": " + fields
}

// fieldText returns the fields in the order of their names, as many as there is room for.
func fieldText(fields map[string]string) string {
	names := slices.Sorted(maps.Keys(fields))
	var b strings.Builder
	for i, name := range names {
		problem := words.Line(name, words.MaxCode) + ": " + words.Line(fields[name], maxFields-words.MaxCode)
		if i > 0 && b.Len()+len(problem) > maxFields {
			fmt.Fprintf(&b, "; and %d others", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(problem)
	}
	return b.String()
}

// Unwrap returns Kind and the cause, so that errors.Is(err, ErrNotFound) works as well as
// errors.As(err, &vendorError). With MaybeExecuted, the error also matches ErrOutcomeUnknown.
func (e *Error) Unwrap() []error {
	errs := make([]error, 0, 3)
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.MaybeExecuted && !errors.Is(e.Kind, ErrOutcomeUnknown) {
		errs = append(errs, ErrOutcomeUnknown)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// LogValue logs the fields.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("provider", words.Line(e.Provider, words.MaxCode)),
		slog.String("op", words.Line(e.Op, words.MaxCode)),
		slog.String("message", e.Error()),
	}
	if e.Kind != nil {
		attrs = append(attrs, slog.String("kind", words.Line(e.Kind.Error(), maxAction)))
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", words.Line(e.Code, words.MaxCode)))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", words.Line(e.RequestID, words.MaxCode)))
	}
	if e.MaybeExecuted {
		attrs = append(attrs, slog.Bool("maybe_executed", true))
	}
	if e.Undecided != nil {
		attrs = append(attrs, slog.String("undecided", words.Line(e.Undecided.String(), maxAction)))
	}
	return slog.GroupValue(attrs...)
}
