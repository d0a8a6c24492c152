package keyhelp

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// errorWire is an error body of either dialect: {"error", "details"} or {"code", "message"}.
type errorWire struct {
	Error   string           `wire:"error,loose"`
	Details provider.Payload `wire:"details"`
	Code    string           `wire:"code,loose"`
	Message string           `wire:"message,loose"`
}

// genuine recognises the panel's own answers, of both dialects. A success is a JSON object or list; a
// change may answer nothing. An error is {"error"} or {"code", "message"}: no other form is known,
// and that of an error 403, 409, 422, 429 or 500 of a running panel is undocumented, so an answer in
// any other form may be a proxy's.
func genuine(a *rest.Answer) bool {
	body := rest.Content(a.Body)
	switch {
	case len(body) == 0:
		return a.Status/100 == 2 && a.Endpoint.Effect != rest.Read
	case a.Status/100 == 2:
		return body[0] == '{' || body[0] == '['
	}
	w, ok := readError(a)
	return ok && (w.Error != "" || (w.Code != "" && w.Message != ""))
}

func readError(a *rest.Answer) (w errorWire, ok bool) {
	err := wire.Unmarshal(rest.Content(a.Body), &w)
	return w, err == nil
}

// classify distinguishes errors by status, by the number at the start of a live panel's code, and
// by field; never by their wording.
func classify(a *rest.Answer) *rest.Failure {
	success := a.Status/100 == 2
	if success && !looksLikeError(a) {
		return nil
	}
	w, ok := readError(a)
	if !ok || w.Error == "" && (w.Code == "" || w.Message == "") {
		return nil // a success after all
	}
	err := &rest.Failure{Message: w.Error, Code: w.Code, Fields: fieldsOf(w.Details)}
	if err.Message == "" {
		err.Message = w.Message
	}
	if success {
		err.Kind = kindInside(err)
		// A refusal changed nothing, despite the status of success. After any other error with such
		// a status it is unknown whether the server stopped before or after the change.
		vague := errors.Is(err.Kind, provider.ErrProtocol) || errors.Is(err.Kind, provider.ErrUnavailable)
		err.MaybeExecuted = vague && a.Endpoint.Effect != rest.Read
	}
	return err
}

// kindInside returns the kind of an error that came with a status of success: by its code, or by
// the fields that it blames.
func kindInside(err *rest.Failure) error {
	kind := rest.KindOf(statusIn(err.Code))
	if errors.Is(kind, provider.ErrProtocol) && len(err.Fields) > 0 {
		return provider.ErrInvalid
	}
	return kind
}

// looksLikeError is a cheap check of successful answers: error bodies contain one of these keys,
// and those of reads are short, since they have no field to blame. A longer one fails to decode as
// a client or a list.
func looksLikeError(a *rest.Answer) bool {
	body := a.Body
	if len(body) > 512 && a.Endpoint.Effect == rest.Read {
		return false
	}
	return bytes.Contains(body, []byte(`"error"`)) || bytes.Contains(body, []byte(`"message"`))
}

// statusIn returns the number in codes such as "401 Unauthorized", 0 if there is none.
func statusIn(code string) int {
	digits, _, _ := strings.Cut(code, " ")
	status, _ := strconv.Atoi(digits)
	return status
}

// fieldsOf reads details, which is documented as a map of texts. Lists of texts and groups of
// fields are accepted too, even inside a text; a text without a field goes under "details".
func fieldsOf(raw provider.Payload) map[string]string {
	const fallback = "details"
	if inner := []byte(raw.Text()); len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') {
		if fields := wire.Texts(inner, fallback); fields != nil {
			return fields
		}
	}
	return wire.Texts([]byte(raw.Reveal()), fallback)
}
