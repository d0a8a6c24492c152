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

// ErrSessionActive reports that as many sessions of the license are open as it may have, on most servers
// one. The error also matches provider.ErrConflict, and its Message is the server's own text.
var ErrSessionActive = errors.New("another session of this license is open")

// CodeInvalidAPIKey is the only documented error code.
const CodeInvalidAPIKey = "INVALID_API_KEY"

// errorWire is an error body: {"error", "code", "status"}. Some answers that are not errors contain
// Success and Message.
type errorWire struct {
	Error   string `wire:"error,loose"`
	Code    string `wire:"code,loose"`
	Status  int64  `wire:"status"`
	Success *bool  `wire:"success"`
	Message string `wire:"message,loose"`
}

// genuine recognises the server's own answers. A success is a JSON object or list, and that of an
// undocumented change may be empty. "Every error is JSON with error, code, status"; answers of
// activations have {"success", "message"} instead. See also isRival.
func genuine(a *rest.Answer) bool {
	body := rest.Content(a.Body)
	switch {
	case len(body) == 0:
		return a.Status/100 == 2 && a.Endpoint.Effect != rest.Read
	case a.Status/100 == 2:
		return body[0] == '{' || body[0] == '['
	}
	w := readError(a)
	return w.Error != "" && (w.Code != "" || w.Status != 0) || w.refused() || isRival(a)
}

func readError(a *rest.Answer) (w errorWire) {
	if wire.Unmarshal(rest.Content(a.Body), &w) != nil {
		return errorWire{}
	}
	return w
}

func (w *errorWire) refused() bool { return w.Success != nil && !*w.Success }

// isRival recognises the one conflict of which the documents contain the words and not the form.
func isRival(a *rest.Answer) bool {
	w := readError(a)
	return a.Endpoint == sessionsStart.Endpoint && a.Status == http.StatusConflict &&
		strings.HasPrefix(words.Line(cmp.Or(w.Error, w.Message, plainText(a.Body)), words.MaxText), rivalText)
}

const rivalText = "Es ist nur eine Sitzung erlaubt"

// classify distinguishes errors by status and by code; never by their wording.
func classify(a *rest.Answer) *rest.Failure {
	success := a.Status/100 == 2
	if a.Status/100 == 3 || success && !looksLikeError(a.Body) {
		return nil
	}
	w := readError(a)
	switch {
	case a.Endpoint == sessionsStart.Endpoint && a.Status == http.StatusConflict:
		return &rest.Failure{
			Kind: provider.ErrConflict, Code: w.Code, Err: ErrSessionActive,
			Message: cmp.Or(w.Error, w.Message, plainText(a.Body)),
		}
	case success && w.Error == "" && !w.refused():
		return nil
	}
	err := &rest.Failure{Message: cmp.Or(w.Error, w.Message, "the server refused without giving a reason"), Code: w.Code}
	if !success {
		return err
	}
	// An error with a status of success: the body may contain the real status.
	err.Kind = rest.KindOf(int(w.Status))
	if w.refused() && errors.Is(err.Kind, provider.ErrProtocol) {
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
	return quoted
}
