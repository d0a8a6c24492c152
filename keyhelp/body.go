package keyhelp

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// fieldNames maps a field of our request types to its place in the request body.
type fieldNames map[string]wireField

func (n fieldNames) has(field string) bool {
	_, ok := n[field]
	return ok
}

type wireField struct {
	name string
	// put stores a value that does not go into one field under that name.
	put func(body map[string]any, name string, value any)
}

// body collects the fields of a request under the names of a dialect.
type body struct {
	names   fieldNames
	fields  map[string]any
	missing []string
}

func newBody(names fieldNames) *body { return &body{names: names, fields: make(map[string]any)} }

func (b *body) set(field string, value any) {
	wire, ok := b.names[field]
	switch {
	case !ok:
		b.missing = append(b.missing, field)
	case wire.put != nil:
		wire.put(b.fields, wire.name, value)
	default:
		b.fields[wire.name] = value
	}
}

// text sets a string unless it is empty.
func (b *body) text(field, value string) {
	if value != "" {
		b.set(field, value)
	}
}

// secret sets a secret unless it is empty.
func (b *body) secret(field string, value provider.Secret) { b.text(field, value.Reveal()) }

// set sets an optional field unless value is nil, also to its zero value.
func set[T any](b *body, field string, value *T) {
	if value != nil {
		b.set(field, *value)
	}
}

// group sets an optional object unless value is nil.
func group[T any](b *body, field string, value *T) {
	if value != nil {
		var e wire.Encoder
		b.set(field, e.Fields(value))
	}
}

// setLive sets an optional field of a request in which only the live dialect has it, although the
// documented dialect has a name for it elsewhere.
func setLive[T any](b *body, d *dialect, field string, value *T) {
	if value != nil && d == documented {
		b.missing = append(b.missing, field)
		return
	}
	set(b, field, value)
}

// date sets an optional date; the zero time clears it.
func (b *body) date(field string, value *time.Time) {
	switch {
	case value == nil:
	case value.IsZero():
		b.set(field, nil)
	default:
		b.set(field, value.Format(time.DateOnly))
	}
}

// day returns the date that date sends as it is read back, the zero time for none.
func day(value *time.Time) time.Time {
	if value == nil || value.IsZero() {
		return time.Time{}
	}
	year, month, d := value.Date()
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// finish adds the caller's extra fields and refuses fields that the dialect has no name for:
// dropping them silently would look like success.
func (b *body) finish(d *dialect, op, action string, extra map[string]any) (map[string]any, error) {
	if len(b.missing) > 0 {
		slices.Sort(b.missing)
		err := &provider.Error{
			Provider: Kind, Op: op, Action: action, Kind: provider.ErrUnsupported,
			Message: words.Say("the %s dialect of the API has no field for %s", d.name, strings.Join(b.missing, ", ")),
			Fields:  make(map[string]string),
		}
		for _, field := range b.missing {
			err.Fields[words.Say("%s", field)] = words.Say("not in the %s dialect", d.name)
		}
		return nil, err
	}
	maps.Copy(b.fields, extra)
	return b.fields, nil
}

// contactOf returns the contact_data object of a body and creates it if it is missing.
func contactOf(fields map[string]any, name string) map[string]any {
	if m, ok := fields[name].(map[string]any); ok {
		return m
	}
	m := make(map[string]any)
	fields[name] = m
	return m
}

// putDisplayName fills first and last name, which live panels have instead of a display name. The
// last word becomes the last name, as in most address books.
func putDisplayName(fields map[string]any, name string, value any) {
	text, _ := value.(string)
	first, last := "", strings.TrimSpace(text)
	if i := strings.LastIndexByte(last, ' '); i >= 0 {
		first, last = strings.TrimSpace(last[:i]), last[i+1:]
	}
	contact := contactOf(fields, name)
	contact["first_name"], contact["last_name"] = first, last
}

func putContact(fields map[string]any, name string, value any) {
	given, _ := value.(map[string]any)
	maps.Copy(contactOf(fields, name), given)
}
