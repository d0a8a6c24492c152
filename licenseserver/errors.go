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

// ErrSessionActive is the single-session rule: another session of the license is
// open. The error matches provider.ErrConflict as well, and its Message is the
// server's own text.
var ErrSessionActive = errors.New("another session of this license is open")

// CodeInvalidAPIKey is the only error code that is documented.
const CodeInvalidAPIKey = "INVALID_API_KEY"

// errSpoken marks what the server itself said, in its own format. A proxy in between
// can answer with the same status and mean something else.
var errSpoken = errors.New("the server says so")

// errorWire is an error body: {"error", "code", "status"}. Success and Message stand
// in some answers that are not errors.
type errorWire struct {
	Error   string `wire:"error,loose"`
	Code    string `wire:"code,loose"`
	Status  int64  `wire:"status"`
	Success *bool  `wire:"success"`
	Message string `wire:"message,loose"`
}

// classify tells errors apart by status and by code; never by the wording.
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
		return nil // rest shows what it is
	}
	err := &provider.Error{
		Message: cmp.Or(w.Error, w.Message, "the server refused without saying why"),
		Code:    w.Code, Err: errSpoken,
	}
	if !success {
		return err
	}
	// A verdict inside a success: the status stands in the body, if anywhere.
	err.Kind = rest.KindOf(int(w.Status))
	if refused && errors.Is(err.Kind, provider.ErrProtocol) {
		err.Kind = provider.ErrConflict // it did not do what it was told
	}
	// Of any other error it is anybody's guess whether the server stopped before or
	// after the change.
	vague := errors.Is(err.Kind, provider.ErrProtocol) || errors.Is(err.Kind, provider.ErrUnavailable)
	err.MaybeExecuted = vague && a.Endpoint.Effect != rest.Read
	return err
}

// looksLikeError keeps the check of successful answers cheap.
func looksLikeError(body []byte) bool {
	return bytes.Contains(body, []byte(`"error"`)) || bytes.Contains(body, []byte(`"success"`))
}

// maxText is how much of a refusal in plain text is kept.
const maxText = 300

// plainText is a refusal that is a text, bare or as JSON: of the one conflict that is
// documented only the text is told, not its form.
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
