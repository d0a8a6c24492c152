package licenseserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// ErrSessionActive reports that another session of the license is open: a license has one at a
// time. The error also matches provider.ErrConflict, and its Message is the server's own text.
var ErrSessionActive = errors.New("another session of this license is open")

// CodeInvalidAPIKey is the only documented error code.
const CodeInvalidAPIKey = "INVALID_API_KEY"

// errSpoken marks errors of the server itself, in its own format. A proxy in between can answer
// with the same status and mean something else.
var errSpoken = errors.New("reported by the server itself")

// errorWire is an error body: {"error", "code", "status"}. Some answers that are not errors contain
// Success and Message.
type errorWire struct {
	Error   string `wire:"error,loose"`
	Code    string `wire:"code,loose"`
	Status  int64  `wire:"status"`
	Success *bool  `wire:"success"`
	Message string `wire:"message,loose"`
}

// classify distinguishes errors by status and by code; never by their wording.
func classify(a *rest.Answer) *provider.Error {
	success := a.Status/100 == 2
	if a.Status/100 == 3 || success && !looksLikeError(a.Body) {
		return nil
	}
	rival := a.Endpoint == sessionsStart.Endpoint && a.Status == http.StatusConflict
	var w errorWire
	if err := wire.Unmarshal(rest.Content(a.Body), &w); err != nil {
		w = errorWire{}
	}
	refused := w.Success != nil && !*w.Success
	switch {
	case rival:
		return &provider.Error{
			Kind: provider.ErrConflict, Code: w.Code, Err: ErrSessionActive,
			Message: cmp.Or(w.Error, w.Message, plainText(a.Body), ErrSessionActive.Error()),
		}
	case success && w.Error == "" && !refused:
		return nil
	case w.Error == "" && w.Code == "" && !refused:
		return nil // rest reports the error as it is
	}
	err := &provider.Error{
		Message: cmp.Or(w.Error, w.Message, "the server refused without giving a reason"),
		Code:    w.Code, Err: errSpoken,
	}
	if !success {
		return err
	}
	// An error with a status of success: the body may contain the real status.
	err.Kind = rest.KindOf(int(w.Status))
	if refused && errors.Is(err.Kind, provider.ErrProtocol) {
		err.Kind = provider.ErrConflict // it did not make the change
	}
	// After any other error with such a status it is unknown whether the server stopped before or
	// after the change.
	vague := errors.Is(err.Kind, provider.ErrProtocol) || errors.Is(err.Kind, provider.ErrUnavailable)
	err.MaybeExecuted = vague && a.Endpoint.Effect != rest.Read
	return err
}

// looksLikeError is a cheap check of successful answers.
func looksLikeError(body []byte) bool {
	return bytes.Contains(body, []byte(`"error"`)) || bytes.Contains(body, []byte(`"success"`))
}

// maxText limits how many bytes of a refusal in plain text are kept.
const maxText = 300

// plainText returns a refusal that is a text, plain or as a JSON string: the documents contain only
// the text of the one documented conflict, not its form.
func plainText(body []byte) string {
	var quoted string
	if json.Unmarshal(body, &quoted) != nil {
		quoted = strings.TrimSpace(string(body))
		if quoted == "" || strings.ContainsAny(quoted[:1], "<{[") {
			return ""
		}
	}
	return words.Line(quoted, maxText)
}
