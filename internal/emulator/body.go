package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// MaxBody is the maximum length of a request's body, in bytes.
const MaxBody = 1 << 20

// BodyProblem is what is wrong with a request's body.
type BodyProblem string

// What can be wrong with a body.
const (
	BodyUnreadable BodyProblem = "cannot be read"
	BodyTooLarge   BodyProblem = "is too large"
	BodyEmpty      BodyProblem = "is empty"
	BodyNotJSON    BodyProblem = "is not JSON"
	BodyWrongType  BodyProblem = "has a value of the wrong type"
)

// BodyError is a body that an emulated API refuses.
type BodyError struct {
	Problem BodyProblem
	// Field is the path of the value of the wrong type, such as "contact_data.city"; "" for the
	// body itself.
	Field string
	// Want is the expected type: "string", "integer", "boolean", "object", "array".
	Want string
}

// Error returns what is wrong, in one line.
func (e *BodyError) Error() string {
	text := "the body " + string(e.Problem)
	if e.Field != "" {
		text += ": " + e.Field
	}
	if e.Want != "" {
		text += " (want " + e.Want + ")"
	}
	return text
}

// ReadBody reads a request's body, up to MaxBody. Its error is a *BodyError.
func ReadBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, &BodyError{Problem: BodyUnreadable}
	}
	if len(data) > MaxBody {
		return nil, &BodyError{Problem: BodyTooLarge}
	}
	return data, nil
}

// ReadJSON reads a request's body into dst, a pointer. The body must be one JSON value and nothing
// after it. Its error is a *BodyError.
func ReadJSON(r *http.Request, dst any) error {
	data, err := ReadBody(r)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return &BodyError{Problem: BodyEmpty}
	}
	if !json.Valid(data) {
		return &BodyError{Problem: BodyNotJSON}
	}
	if err := json.Unmarshal(data, dst); err != nil {
		wrong := &BodyError{Problem: BodyWrongType}
		if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			wrong.Field = mismatch.Field
			wrong.Want = jsonType(mismatch.Type.Kind().String())
		}
		return wrong
	}
	return nil
}

// jsonType returns a JSON API's name for a Go kind.
func jsonType(kind string) string {
	switch {
	case kind == "string":
		return "string"
	case kind == "bool":
		return "boolean"
	case kind == "struct", kind == "map":
		return "object"
	case kind == "slice", kind == "array":
		return "array"
	case strings.HasPrefix(kind, "float"):
		return "number"
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "integer"
	}
	return ""
}

// WriteJSON answers with a JSON body. It panics if the value cannot be encoded, since that is a bug
// of the emulator.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("emulator: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimRight(body.Bytes(), "\n"))
}
