package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// MaxBody is how long a request's body may be.
const MaxBody = 1 << 20

// BodyProblem tells what is wrong with a request's body.
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
	// Field is the path of the value of the wrong type, such as "contact_data.city". Empty for the body itself.
	Field string
	// Want is the type that is due there: "string", "integer", "boolean", "object", "array".
	Want string
}

// Error says what is wrong, in one line.
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

// ReadBody reads a request's body up to MaxBody. Its error is a *BodyError.
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

// ReadJSON reads a request's body into dst, which is a pointer. There must be one JSON value and nothing after it.
// Its error is a *BodyError.
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
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) {
			wrong.Field = mismatch.Field
			wrong.Want = jsonType(mismatch.Type.Kind().String())
		}
		return wrong
	}
	return nil
}

// jsonType names a Go kind the way a JSON API would.
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

// WriteJSON answers with a JSON body. A value that cannot be encoded is a mistake of the emulator, so it panics.
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
