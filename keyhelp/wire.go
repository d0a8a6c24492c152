package keyhelp

import (
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/provkit/provkit/internal/lenient"
)

// Panels spell these in several ways, both dialects together in more.
type (
	text      = lenient.Text
	timestamp = lenient.Time
)

// number reads an integer that some panels send as a string. Unlike lenient.Number it
// takes objects and lists for 0, and refuses every fraction.
type number int64

func (n *number) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	if t == "" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[int64](), Field: "number"}
	}
	*n = number(v)
	return nil
}

// createdWire is what is known of the answers to creating things.
type createdWire struct {
	ID int64 `json:"id"`
}

func (w *createdWire) Missing() string { return missingID(w.ID) }

func missingID(id int64) string {
	if id <= 0 {
		return "id"
	}
	return ""
}

func idArg(id int64) []string { return []string{strconv.FormatInt(id, 10)} }

func idText(id int64) string { return strconv.FormatInt(id, 10) }
