package hestia

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// The panel prints objects by name, each a flat object of texts:
//
//	{"alice": {"PACKAGE": "default", "SUSPENDED": "no", "TIME": "10:11:12", "DATE": "2026-01-02"}}
//
// Tags say which of the panel's fields belongs to a Go field: `hestia:"PACKAGE"`. Tags with a mode:
//
//	",key"              the name of the object
//	"API,key"           the same, or this field if the object has no name
//	"ROLE,exact"        a text that decides something, and that no customer writes: bytes that are not UTF-8
//	                    are an error
//	"DATE+TIME"         a date and a time in two fields
//	"DATE+TIME,last"    what the panel writes last, so that a record without it is still being written
//	"EXP,date"          a date alone
//	"NOT_AFTER,openssl" a date as OpenSSL prints it
//	"FTP_USER,colon"    a list separated by colons instead of commas
//
// Everywhere else bytes that are not UTF-8 become U+FFFD.

// shell is the JSON of bash: tabs and line breaks occur inside texts (cron jobs), and a comma after the last element
// (v-list-sys-hestia-autoupdate).
var shell = wire.Options{Unescaped: true}

// escaped makes JSON of what a command printed that escapes nothing but double quotes: in a cron job, \n is two
// characters of the command. A quote at the end of a line ends the text, even after a backslash.
func escaped(printed []byte) []byte {
	i := bytes.IndexByte(printed, '\\')
	if i < 0 {
		return printed
	}
	out := append(make([]byte, 0, len(printed)+len(printed)/8+1), printed[:i]...)
	for ; i < len(printed); i++ {
		if out = append(out, printed[i]); printed[i] != '\\' {
			continue
		}
		after := printed[i+1:]
		if quoted := bytes.HasPrefix(after, []byte{'"'}) && !endOfText.Match(after); quoted {
			out = append(out, '"')
			i++
		} else {
			out = append(out, '\\')
		}
	}
	return out
}

var endOfText = regexp.MustCompile(`^",?\r?\n`)

var (
	errNothing = errors.New("no output")
	errStop    = errors.New("the caller wants no more")
	errCrowded = errors.New("a list of very many elements with next to nothing in them")
)

// crowded reports whether elements are so many and so small that reading them would take many times the memory of
// the answer. No command prints such a list.
func crowded(elements, bytes int) bool { return elements > 10_000 && bytes/elements < 8 }

// count returns how many elements a list or an object has. weight is how much more memory than a text each takes.
func count(printed []byte, weight int) (n int, err error) {
	if err := shell.Walk(printed, func(_, _ []byte) error { n++; return nil }); err != nil {
		return 0, err
	}
	if crowded(weight*n, len(printed)) {
		return 0, errCrowded
	}
	return n, nil
}

// decodeOne reads one named object, or a flat one, and returns the name.
func decodeOne[T any](printed []byte, location *time.Location) (thing *T, told string, err error) {
	printed = rest.Content(printed)
	if len(printed) == 0 {
		return nil, "", errNothing
	}
	var name, object []byte
	objects, flat := 0, printed[0] != '{'
	err = shell.Walk(printed, func(key, value []byte) error {
		name, object = key, value
		objects, flat = objects+1, flat || value[0] != '{'
		return nil
	})
	r := rowReader{plan: planOf(reflect.TypeFor[T]()), location: location}
	switch {
	case err != nil:
		return nil, "", err
	case flat:
		name, object = nil, printed
	case objects != 1:
		return nil, "", fmt.Errorf("%d objects instead of one", objects)
	}
	thing = new(T)
	if err := r.row(reflect.ValueOf(thing).Elem(), name, object); err != nil {
		return nil, "", err
	}
	return thing, r.name, nil
}

// nothing returns the error for a command that should print one thing and printed nothing, which
// some do instead of reporting that it does not exist.
func nothing() error {
	return &provider.Error{Kind: provider.ErrNotFound, Message: "the panel has nothing to show"}
}

var seed = maphash.MakeSeed()

// decodeRows reads objects by name, or an array of objects, in their order, and passes one after the other to
// yield, until that returns false. A row that cannot be read comes with what could be read of it, at least its
// name, and an error. The error that decodeRows returns is that of the whole answer: no row has been passed then.
func decodeRows[T any](printed []byte, location *time.Location, yield func(row *T, name string, err error) bool) error {
	printed = rest.Content(printed)
	if len(printed) == 0 {
		return nil
	}
	r := rowReader{plan: planOf(reflect.TypeFor[T]()), location: location}
	seen, twice := make(map[uint64]struct{}), make(map[uint64]struct{})
	rows, objects := 0, 0
	if err := shell.Walk(printed, func(name, value []byte) error {
		if rows++; value[0] == '{' {
			objects++
		}
		if name != nil && r.plan.unique {
			text, _ := wire.Text(name)
			hash := maphash.String(seed, text)
			if _, again := seen[hash]; again {
				twice[hash] = struct{}{}
			}
			seen[hash] = struct{}{}
		}
		return nil
	}); err != nil {
		return err
	}
	if rows > 0 && objects == 0 {
		return errors.New("not a list of objects")
	}
	seen = nil
	err := shell.Walk(printed, func(name, value []byte) error {
		thing := new(T)
		err := r.row(reflect.ValueOf(thing).Elem(), name, value)
		if _, again := twice[maphash.String(seed, r.name)]; again && err == nil {
			err = &oddError{"the name", errTwice, true}
		}
		if !yield(thing, r.name, err) {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// decodeTexts reads an array of texts. An empty object is an empty list, too.
func decodeTexts(printed []byte) ([]string, error) {
	printed = rest.Content(printed)
	if len(printed) == 0 {
		return nil, nil
	}
	n, err := count(printed, 1)
	if n == 0 {
		return nil, err
	}
	texts := make([]string, 0, n)
	err = shell.Walk(printed, func(name, value []byte) error {
		text, _, ok := wire.Scalar(value)
		if name != nil || !ok {
			return errors.New("an element is not a text")
		}
		texts = append(texts, text)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return texts, nil
}

// decodeMap reads the only object inside an object, as names and texts.
func decodeMap(printed []byte) (map[string]string, error) {
	printed = rest.Content(printed)
	if len(printed) == 0 {
		return nil, errNothing
	}
	var texts map[string]string
	outer := 0
	err := shell.Walk(printed, func(_, object []byte) error {
		if outer++; outer > 1 || printed[0] != '{' || object[0] != '{' {
			return errors.New("not one object in another")
		}
		n, err := count(object, 2)
		if err != nil {
			return err
		}
		texts = make(map[string]string, n)
		return shell.Walk(object, func(key, value []byte) error {
			v, err := valueOf(value)
			name, _ := wire.Text(key)
			_, twice := texts[name]
			switch texts[name] = strings.Join(append(v.list, v.text), ""); {
			case err != nil:
				return fmt.Errorf("%s: %w", name, err)
			case twice:
				return errTwice
			}
			return nil
		})
	})
	switch {
	case err != nil:
		return nil, err
	case outer == 0:
		return nil, errors.New("no object")
	}
	return texts, nil
}

var errTwice = errors.New("there twice")

// errUnfinished is the error of a record that the panel is writing at this moment, or that it could not read: then
// nearly all fields are empty, and those that its own configuration calls alike (DISK_QUOTA) show that one's value.
var errUnfinished = errors.New("not written yet")

// unfinished is what reads of such a record say. It passes, so that it is no ErrProtocol.
const unfinished = "the panel is still writing this record, try again"

// plan says where the panel's fields go in a type.
type plan struct {
	// key is the Go field with the name of the object, and unique is set if nothing but that name tells objects
	// apart: then no two objects of a list have the same one.
	key    []int
	unique bool
	// keyed is the field of the panel's that may stand for the name; "" if none.
	keyed string
	// names are the panel's fields, numbers their places in it.
	names   []named
	numbers map[string]int
	limits  [][]int
}

// named is one of the panel's fields, and where it goes; nowhere if it is only the second half of another.
type named struct {
	name    string
	targets []target
	tells   bool // one of them is a text
}

type target struct {
	index []int
	mode  string
	with  int // the second field: TIME; -1 if none
}

var plans sync.Map // reflect.Type -> *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{numbers: make(map[string]int)}
	p.add(t, nil)
	plans.Store(t, p)
	return p
}

// add adds the fields of a type, and those of embedded and nested structs.
func (p *plan) add(t reflect.Type, above []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(above), i)
		name, mode, _ := strings.Cut(f.Tag.Get("hestia"), ",")
		if mode == "key" {
			p.key, p.unique, p.keyed, mode = index, name == "", name, "exact"
		}
		switch {
		case name != "":
			name, second, both := strings.Cut(name, "+")
			at := target{index: index, mode: mode, with: -1}
			if both {
				at.with = p.number(second)
			}
			n := &p.names[p.number(name)]
			n.targets, n.tells = append(n.targets, at), n.tells || f.Type.Kind() == reflect.String
			if f.Type == typeLimit {
				p.limits = append(p.limits, index)
			}
		case f.Type.Kind() == reflect.Struct && f.Tag == "":
			p.add(f.Type, index)
		}
	}
}

func (p *plan) number(name string) int {
	n, there := p.numbers[name]
	if !there {
		n = len(p.names)
		p.names, p.numbers[name] = append(p.names, named{name: name}), n
	}
	return n
}

// rowReader reads one object after the other.
type rowReader struct {
	plan     *plan
	location *time.Location
	values   [][]byte // the panel's fields of the current object, by number
	name     string   // of the current object
	odd      *oddError
}

// row reads one object as far as it can be read, and returns its first error. An object with none of the type's
// fields is an error: it must be something else.
func (r *rowReader) row(v reflect.Value, name, object []byte) error {
	p := r.plan
	r.odd = nil
	var exact bool
	switch r.name, exact = wire.Text(name); {
	case name == nil && p.unique:
		r.fail("the name", errors.New("missing"), true)
	case name != nil && p.key != nil:
		r.fail("the name", wireValue{text: r.name, exact: exact}.store(v.FieldByIndex(p.key), "exact", r.location), true)
	}
	for _, index := range p.limits {
		*v.FieldByIndex(index).Addr().Interface().(*Limit) = Limit{Unknown: true}
	}
	if object[0] != '{' {
		r.fail("", errNoObject, true)
		return r.odd
	}
	known, alike := r.collect(object)
	for i := range p.names {
		n, raw := &p.names[i], r.values[i]
		if raw == nil || len(n.targets) == 0 {
			continue
		}
		value, err := valueOf(raw)
		if err != nil {
			r.fail(n.name, err, n.tells)
			continue
		}
		if n.name == p.keyed {
			if name == nil {
				r.name = value.text
			}
			if alike {
				r.fail(n.name, errTwice, true)
			}
		}
		for _, t := range n.targets {
			whole := value
			if t.with >= 0 {
				second, err := valueOf(r.values[t.with])
				if r.fail(p.names[t.with].name, err, false); err != nil {
					continue
				}
				whole.text = strings.TrimSpace(value.text + " " + second.text)
			}
			r.fail(n.name, whole.store(v.FieldByIndex(t.index), t.mode, r.location), n.tells)
		}
	}
	if known == 0 && len(p.names) > 0 {
		r.fail("", errors.New("an object without any known field"), true)
	}
	if r.odd != nil {
		return r.odd
	}
	return nil
}

// fail notes an error of a field, if it is one. hides says that a text is unknown because of it.
func (r *rowReader) fail(field string, err error, hides bool) {
	if err == nil {
		return
	}
	unfinished := errors.Is(err, errUnfinished)
	if r.odd == nil || unfinished && !errors.Is(r.odd.err, errUnfinished) {
		r.odd = &oddError{field: field, err: err, hides: r.odd != nil && r.odd.hides}
	}
	r.odd.hides = r.odd.hides || hides || unfinished
}

// collect notes where the values of an object's fields are, and returns how many fields are known. alike is set if
// there is a name that differs from the identifying one in nothing but its case.
func (r *rowReader) collect(object []byte) (known int, alike bool) {
	p := r.plan
	if r.values == nil {
		r.values = make([][]byte, len(p.names))
	}
	clear(r.values)
	r.fail("", shell.Walk(object, func(key, value []byte) error {
		n, there := p.numbers[string(key)]
		if !there {
			text, _ := wire.Text(key)
			n, there = p.numbers[text]
			alike = alike || !there && p.keyed != "" && strings.EqualFold(text, p.keyed)
		}
		switch {
		case !there:
			return nil
		case r.values[n] != nil:
			r.fail(p.names[n].name, errTwice, p.names[n].tells)
		case len(p.names[n].targets) > 0:
			known++
		}
		r.values[n] = value
		return nil
	}), true)
	return known, alike
}

// oddError is the first error of an object, which says nothing about the values.
type oddError struct {
	field string // "" for the whole object
	err   error
	// hides is set if a text of the object is unknown.
	hides bool
}

func (e *oddError) Error() string {
	if e.field == "" {
		return e.err.Error()
	}
	return e.field + " is " + e.err.Error()
}

func (e *oddError) Unwrap() error { return e.err }

// Reason tells package rest that the text quotes no value.
func (e *oddError) Reason() string { return e.Error() }

// HidesText tells package adapter whether the object may be the one that somebody is looking for.
func (e *oddError) HidesText() bool { return e.hides }

// wireValue is a value of the panel's: a text, or a list of texts.
type wireValue struct {
	text  string
	exact bool // the text is what the server sent
	list  []string
}

// valueOf reads a text, a number, true, false, null, or an array of these. Anything else, which
// later panels may send, stays JSON.
func valueOf(raw []byte) (v wireValue, err error) {
	switch {
	case len(raw) == 0:
		return wireValue{exact: true}, nil
	case raw[0] == '[':
		n, err := count(raw, 1)
		if err != nil {
			return v, err
		}
		v.list, v.exact = make([]string, 0, n), true
		return v, shell.Walk(raw, func(_, element []byte) error {
			one, exact, ok := wire.Scalar(element)
			if !ok {
				return errors.New("a list of lists")
			}
			v.list, v.exact = append(v.list, one), v.exact && exact
			return nil
		})
	case raw[0] == '{':
		return wireValue{text: string(raw), exact: true}, nil
	}
	v.text, v.exact, _ = wire.Scalar(raw)
	return v, nil
}

var (
	errWrongType = errors.New("of the wrong type")
	errNoObject  = errors.New("not an object")
	errNotUTF8   = errors.New("not UTF-8")
)

var (
	typeTime   = reflect.TypeFor[time.Time]()
	typeLimit  = reflect.TypeFor[Limit]()
	typeAddr   = reflect.TypeFor[netip.Addr]()
	typeSecret = reflect.TypeFor[provider.Secret]()
)

// store puts a value into a field of a public type. "" is the zero value for all types but Limit: it is how
// the panel says "never set".
func (v wireValue) store(field reflect.Value, mode string, location *time.Location) error {
	switch {
	case mode == "exact" && !v.exact:
		return errNotUTF8
	case mode == "last" && v.list == nil && strings.TrimSpace(v.text) == "":
		return errUnfinished
	}
	if v.list != nil {
		if field.Kind() != reflect.Slice {
			return errWrongType
		}
		field.Set(reflect.ValueOf(v.list))
		return nil
	}
	text := strings.TrimSpace(v.text)
	switch field.Type() {
	case typeTime:
		t, err := parseTime(text, mode, location)
		field.Set(reflect.ValueOf(t))
		return err
	case typeLimit:
		l, err := parseLimit(text)
		field.Set(reflect.ValueOf(l))
		return err
	case typeAddr:
		a, err := parseAddr(text)
		field.Set(reflect.ValueOf(a))
		return err
	case typeSecret:
		field.Set(reflect.ValueOf(provider.NewSecret(v.text)))
		return nil
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(v.text)
	case reflect.Bool:
		b, err := wire.Flag(text)
		field.SetBool(b)
		return err
	case reflect.Int64:
		n, err := wire.Integer(text)
		field.SetInt(n)
		return err
	case reflect.Float64:
		n, err := wire.Float(text)
		field.SetFloat(n)
		return err
	case reflect.Slice:
		separator := ","
		if mode == "colon" {
			separator = ":"
		}
		list, err := splitList(text, separator)
		field.Set(reflect.ValueOf(list))
		return err
	default:
		return errWrongType
	}
	return nil
}

func splitList(text, separator string) (list []string, err error) {
	if crowded(strings.Count(text, separator), len(text)) {
		return nil, errCrowded
	}
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}

// parseLimit never makes a number of what is none: an unlimited account with a limit of -1 or 0 would look full.
func parseLimit(text string) (Limit, error) {
	if text == "no" {
		return Limit{Unknown: true}, errUnfinished
	}
	switch n, told, err := wire.Limit(text, wire.Integer); {
	case !told:
		return Limit{Unknown: true}, err
	case n == wire.Unlimited:
		return NoLimit(), nil
	default:
		return LimitOf(n), nil
	}
}

func parseAddr(text string) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}, errors.New("not an address")
	}
	return a, nil
}

// parseTime reads the server's local time, whose zone only WithLocation says, and OpenSSL's, which
// is always GMT.
func parseTime(text, mode string, location *time.Location) (time.Time, error) {
	layouts := []string{time.DateTime, time.DateOnly}
	switch mode {
	case "openssl":
		layouts, location = []string{"Jan _2 15:04:05 2006 GMT", "Jan 2 15:04:05 2006 GMT"}, time.UTC
	case "date":
		layouts = layouts[1:]
	}
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, location); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("not a date")
}
