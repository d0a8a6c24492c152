package keyhelp

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// timestamp reads all spellings of a time that either dialect uses: without a zone
// (taken as UTC, since none is told), with "+02:00", with "+0000", a date alone,
// "" and null. What cannot be read is the zero time: an odd date must not make an
// account unreadable.
type timestamp struct{ time.Time }

var timeLayouts = [...]string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05-0700", time.DateOnly, "2006-01-02T15:04:05", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05-0700"}

func (t *timestamp) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	if len(data) < 2 || data[0] != '"' {
		return nil
	}
	text := string(data[1 : len(data)-1])
	for _, layout := range timeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return nil
}

// text reads a string that some panels send as a number or a bool.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	if len(data) > 1 && data[0] == '"' {
		// Most texts need no decoding, and a decoder of its own costs more than
		// the rest of a row.
		if bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data) {
			*t = text(data[1 : len(data)-1])
			return nil
		}
		return json.Unmarshal(data, (*string)(t))
	}
	if s := string(data); s != "null" && data[0] != '{' && data[0] != '[' {
		*t = text(s)
	}
	return nil
}

// number reads an integer that some panels send as a string.
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
