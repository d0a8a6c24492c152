package hostkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/lenient"
)

// The API's modules spell the same thing differently: 55054 and "55054", 1 and true,
// [] for an empty object, an object where a list of one is due. These types read all
// of that.

// text reads a string, also where a number or a bool stands for it.
type text = lenient.Text

// number reads an integer, also as a string or with a fraction of zero; null, "" and
// false are 0.
type number int64

func (n *number) UnmarshalJSON(data []byte) error {
	*n = 0
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	switch s := strings.TrimSpace(string(t)); {
	case s == "" && data[0] != '{' && data[0] != '[', s == "false":
		return nil
	case s == "true":
		*n = 1
		return nil
	default:
		v, err := lenient.Integer(s)
		*n = number(v)
		return err
	}
}

// float reads a number that counts or measures and is no money; what cannot be read is
// 0.
type float float64

func (f *float) UnmarshalJSON(data []byte) error {
	*f = 0
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	if v, err := strconv.ParseFloat(strings.TrimSpace(string(t)), 64); err == nil {
		*f = float(v)
	}
	return nil
}

// flag reads a bool: 1 and 0, as number or text, true and false, yes and no, on and
// off. What cannot be read is false.
type flag bool

func (f *flag) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	switch s := strings.ToLower(strings.TrimSpace(string(t))); s {
	case "true", "yes", "on":
		*f = true
	default:
		v, err := strconv.ParseFloat(s, 64)
		*f = err == nil && v != 0
	}
	return nil
}

// instant reads unix seconds, dates, and dates with a time, without a zone as UTC. What
// cannot be read is the zero time: an odd date must not make a server unreadable.
type instant struct{ time.Time }

func (i *instant) UnmarshalJSON(data []byte) error {
	i.Time = time.Time{}
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	s := strings.TrimSpace(string(t))
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		// Up to the year 9999, beyond which times have no JSON.
		if seconds > 0 && seconds < 253402300800 {
			i.Time = time.Unix(seconds, 0).UTC()
		}
		return nil
	}
	if i.Time = lenient.ParseTime(s).UTC(); i.IsZero() {
		i.Time, _ = time.Parse("02/01/2006", s)
	}
	if year := i.Year(); year < 1 || year > 9999 { // in UTC, a zone can move it
		i.Time = time.Time{}
	}
	return nil
}

// address reads an IP address; what is none is the zero Addr.
type address struct{ netip.Addr }

func (a *address) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	a.Addr, _ = netip.ParseAddr(strings.TrimSpace(string(t)))
	return nil
}

// list reads a list in all its forms: an array, an object whose names are numbers (in
// the order of those), a single element, and null, "", false or {} for nothing. found
// tells that it was there at all.
type list[W any] struct {
	all   []W
	found bool
}

func (l *list[W]) UnmarshalJSON(data []byte) error {
	l.all, l.found = nil, true
	switch data[0] {
	case '[':
		return json.Unmarshal(data, &l.all)
	case '{':
		members, numbered, err := membersOf(data)
		if err != nil {
			return err
		}
		if len(members) == 0 {
			return nil
		}
		if numbered {
			l.all = make([]W, len(members))
			for i, m := range members {
				if err := json.Unmarshal(m.value, &l.all[i]); err != nil {
					return err
				}
			}
			return nil
		}
	default:
		if isNothing(data) {
			return nil
		}
	}
	l.all = make([]W, 1)
	return json.Unmarshal(data, &l.all[0])
}

// isNothing reports whether a value stands for none.
func isNothing(data []byte) bool {
	s := string(data)
	return s == "null" || s == `""` || s == "false"
}

type member struct {
	name  string
	value json.RawMessage
}

// membersOf takes an object apart, and sorts it if all its names are numbers.
func membersOf(data []byte) (members []member, numbered bool, err error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, false, err
	}
	numbered = true
	for name, value := range all {
		_, err := strconv.ParseUint(name, 10, 64)
		numbered = numbered && err == nil
		members = append(members, member{name, value})
	}
	slices.SortFunc(members, func(a, b member) int {
		if numbered && len(a.name) != len(b.name) {
			return len(a.name) - len(b.name)
		}
		return strings.Compare(a.name, b.name)
	})
	return members, numbered, nil
}

// dict reads an object of values by name; [], null, "" and false are none.
type dict[W any] map[string]W

func (d *dict[W]) UnmarshalJSON(data []byte) error {
	*d = nil
	if data[0] == '{' {
		return json.Unmarshal(data, (*map[string]W)(d))
	}
	if isNothing(data) || data[0] == '[' && string(bytes.TrimSpace(data[1:])) == "]" {
		return nil
	}
	return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[map[string]string](), Field: "object"}
}

// object reads an object that may stand in a list of one. found tells that it was
// there.
type object[W any] struct {
	value W
	found bool
}

func (o *object[W]) UnmarshalJSON(data []byte) error {
	var zero W
	o.value, o.found = zero, false
	if data[0] == '[' {
		var one []json.RawMessage
		if err := json.Unmarshal(data, &one); err != nil || len(one) == 0 {
			return err
		}
		if len(one) > 1 {
			return errors.New("several objects where one is due")
		}
		data = one[0]
	}
	if data[0] != '{' {
		return nil
	}
	o.found = true
	return json.Unmarshal(data, &o.value)
}

// numbers are the integers of a list as the public types hold them.
func numbers(l list[number]) []int64 {
	var out []int64
	for _, n := range l.all {
		out = append(out, int64(n))
	}
	return out
}

// texts are the texts of a list.
func texts(l list[text]) []string {
	var out []string
	for _, t := range l.all {
		out = append(out, string(t))
	}
	return out
}

// models are the public forms of a list's elements.
func models[T, W any, P interface {
	*W
	model() *T
}](l list[W]) []T {
	var out []T
	for i := range l.all {
		out = append(out, *P(&l.all[i]).model())
	}
	return out
}

func missingID(id number, name string) string {
	if id <= 0 {
		return name
	}
	return ""
}

// first returns the first of several spellings of a field that is there.
func first(ids ...number) number {
	for _, id := range ids {
		if id != 0 {
			return id
		}
	}
	return 0
}
