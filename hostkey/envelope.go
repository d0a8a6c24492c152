package hostkey

import (
	"errors"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// envelope is the outer object of an answer. The API's modules use different ones: success is "OK",
// "success", 1, 0, a payload in "result", or no "result" at all; an error is in "error", "message"
// or "description", with a "code" that is a number, a number as a string, or a NAME. Only this file
// distinguishes success from failure.
type envelope map[string][]byte

// maxFields is how many fields an object of the API may have: no documented one has more than some
// fifty, and an answer of a million must not fill the memory.
const maxFields = 1000

// openEnvelope returns nil unless body is a JSON object. The values are part of body.
func openEnvelope(body []byte) envelope {
	body = rest.Content(body)
	if len(body) == 0 || body[0] != '{' {
		return nil
	}
	e := make(envelope)
	err := wire.Options{}.Walk(body, func(name, value []byte) error {
		text, _ := wire.Text(name)
		if e[text] = value; len(e) > maxFields {
			return errTooManyFields
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return e
}

var errTooManyFields = errors.New("an object with more than 1,000 fields")

// word returns a field that is a string, a number or a bool, otherwise "".
func (e envelope) word(name string) string {
	var text string
	if wire.Unmarshal(e[name], &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// failed reports whether the answer is an error. A "result" that is a string or a number decides
// alone. Without one, a code that is negative or a name, an error, or a message with a code mean
// failure. Successes may have the code 200.
func (e envelope) failed() bool {
	result := e.word("result")
	switch strings.ToLower(result) {
	case "ok", "success", "true":
		return false
	case "":
	default:
		n, err := strconv.ParseFloat(result, 64)
		return err != nil || n != 0 && n != 1
	}
	code := e.word("code")
	n, err := strconv.ParseFloat(code, 64)
	switch {
	case code != "" && (err != nil || n < 0):
		return true
	case e.hasError():
		return true
	}
	return code != "" && n != 200 && e.message() != ""
}

// hasError reports whether there is an "error" that is not empty. It may be an object.
func (e envelope) hasError() bool {
	data, ok := e["error"]
	if !ok {
		return false
	}
	switch s := string(data); s {
	case "null", `""`, "false", "0", "[]", "{}":
		return false
	}
	return true
}

// message returns the "message" if it is a string: that of a success may be an object or a number.
func (e envelope) message() string {
	if data := e["message"]; len(data) == 0 || data[0] != '"' {
		return ""
	}
	return e.word("message")
}

// text returns the server's own explanation, "" if there is none.
func (e envelope) text() string {
	for _, name := range []string{"error", "message", "description"} {
		if s := e.word(name); s != "" {
			return s
		}
	}
	return ""
}

// code returns the server's own code, which is a name or a number, or "".
func (e envelope) code() string {
	if code := e.word("code"); code != "" {
		return code
	}
	if result := e.word("result"); strings.HasPrefix(result, "-") {
		return result
	}
	return ""
}

// reference returns the server, the invoice and the task that an order created. They are next to
// the result, or under "data".
func (e envelope) reference() UnfinishedOrder {
	var r UnfinishedOrder
	for _, from := range []envelope{e, openEnvelope(e["data"])} {
		for _, name := range []string{"invoice", "invoiceid", "invoice_id"} {
			r.InvoiceID = orElse(r.InvoiceID, from.id(name))
		}
		r.ServerID = orElse(r.ServerID, from.id("id"))
		if r.Callback.IsZero() {
			r.Callback = provider.NewSecret(from.word("callback"))
		}
	}
	return r
}

// id returns an ID, or the ID inside an object in its place; 0 is none.
func (e envelope) id(name string) int64 {
	var id int64
	data := e[name]
	if inner := openEnvelope(data); inner != nil {
		data = inner["id"]
	}
	if wire.Unmarshal(data, &id) != nil {
		return 0
	}
	return max(id, 0)
}

func orElse(a, b int64) int64 {
	if a != 0 {
		return a
	}
	return b
}
