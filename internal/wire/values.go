package wire

import (
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// reader reads the next value.
type reader func(s *scanner, v reflect.Value) error

var (
	typeTime    = reflect.TypeFor[time.Time]()
	typeAddr    = reflect.TypeFor[netip.Addr]()
	typeSecret  = reflect.TypeFor[provider.Secret]()
	typePayload = reflect.TypeFor[provider.Payload]()
	typeObject  = reflect.TypeFor[map[string]any]()
	typeText    = reflect.TypeFor[string]()
)

// payloadSize is what a Payload takes beside its text.
const payloadSize = 16

// isObject reports whether a struct or a map is read from an object, and not from a value.
func isObject(t reflect.Type) bool { return t != typeTime && t != typeAddr && t != typePayload }

// codecs are the types with their own readers or writers.
var codecs registry

type registry struct {
	mu      sync.RWMutex
	readers map[reflect.Type]func([]byte, any) error
	writers map[reflect.Type]func(any) (any, string)
	after   map[reflect.Type]func(any) error
}

func (r *registry) has(t reflect.Type) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.readers[t] != nil
}

// Read registers a function that reads values of a type. The function gets the JSON of the value,
// which is never null. Call Read during initialisation. It returns true so that it can be used in a
// declaration.
func Read[T any](read func(raw []byte, out *T) error) bool {
	codecs.mu.Lock()
	defer codecs.mu.Unlock()
	if codecs.readers == nil {
		codecs.readers = make(map[reflect.Type]func([]byte, any) error)
	}
	codecs.readers[reflect.TypeFor[T]()] = func(raw []byte, out any) error { return read(raw, out.(*T)) }
	return true
}

// Untold is what a function registered with Read returns for a value that says nothing: a pointer is nil then.
var Untold = errors.New("a value that says nothing")

// After registers a function that completes or refuses a struct once its fields are read. See Read.
func After[T any](complete func(*T) error) bool {
	codecs.mu.Lock()
	defer codecs.mu.Unlock()
	if codecs.after == nil {
		codecs.after = make(map[reflect.Type]func(any) error)
	}
	codecs.after[reflect.TypeFor[T]()] = func(v any) error { return complete(v.(*T)) }
	return true
}

// Fill reads an object by the tags of its type, even if Read registered a function for the type.
func Fill(raw []byte, out any) error { return Options{}.Fill(raw, out) }

// Fill is the function Fill with options.
func (o Options) Fill(raw []byte, out any) error {
	s := newScanner(raw, o)
	v := reflect.ValueOf(out).Elem()
	return s.whole(func() error {
		if s.peek() != '{' {
			return s.wrongForm(errNoObject)
		}
		return planOf(v.Type()).readStruct(s, v)
	})
}

var readers sync.Map // reflect.Type to reader

func readerOf(t reflect.Type) reader {
	if kept, ok := readers.Load(t); ok {
		return kept.(reader)
	}
	made := makeReader(t)
	readers.Store(t, made)
	return made
}

func makeReader(t reflect.Type) reader {
	codecs.mu.RLock()
	own := codecs.readers[t]
	codecs.mu.RUnlock()
	switch {
	case own != nil:
		return func(s *scanner, v reflect.Value) error {
			if s.peek() == 'n' {
				return s.null(v)
			}
			raw, err := s.raw()
			if err != nil {
				return err
			}
			return own(raw, v.Addr().Interface())
		}
	case t == typeTime:
		return readTime
	case t == typeAddr:
		return readAddr
	case t == typePayload:
		return readPayload
	case t == typeSecret:
		return readSecret
	}
	switch t.Kind() {
	case reflect.String:
		return readText
	case reflect.Bool:
		return readFlag
	case reflect.Int, reflect.Int64:
		return readInt
	case reflect.Float64:
		return readFloat
	case reflect.Interface:
		return readAny
	case reflect.Struct:
		plan := sync.OnceValue(func() *plan { return planOf(t) }) // later: it may contain itself
		return object(func(s *scanner, v reflect.Value) error { return plan().readStruct(s, v) })
	case reflect.Map:
		return object(readMap)
	case reflect.Slice:
		return readSlice
	case reflect.Pointer:
		return readPointer
	}
	return func(_ *scanner, v reflect.Value) error { return Mistyped(v.Type(), "") }
}

// null reads null, which is the zero value.
func (s *scanner) null(v reflect.Value) error {
	v.SetZero()
	return s.literal("null")
}

// nothing skips what PHP sends for an empty or missing object or list, and reports whether there
// was such a value.
func (s *scanner) nothing() (bool, error) {
	switch s.peek() {
	case 'n':
		return true, s.literal("null")
	case 'f':
		return true, s.literal("false")
	case '[', '{':
		if s.isEmpty() {
			return true, s.skip()
		}
	case '"':
		if s.pos+1 < len(s.data) && s.data[s.pos+1] == '"' {
			s.pos += 2
			return true, nil
		}
	}
	return false, nil
}

// lone reads the next object, or the only element of a list. found is false if there is neither.
func (s *scanner) lone(read func() error) (found bool, err error) {
	switch s.peek() {
	case '{':
		return true, read()
	case '[':
		inner := scanner{data: s.data, pos: s.pos + 1}
		if inner.space(); inner.peek() != '{' {
			return false, nil
		}
		return true, s.elements(func(i int) error {
			if i > 0 || s.peek() != '{' {
				return Mistyped(typeObject, "")
			}
			return read()
		})
	}
	return false, nil
}

// object returns a reader for objects that also accepts an empty list or a list of one.
func object(read reader) reader {
	return func(s *scanner, v reflect.Value) error {
		if found, err := s.lone(func() error { return read(s, v) }); found || err != nil {
			return err
		}
		if empty, err := s.nothing(); empty || err != nil {
			v.SetZero()
			return err
		}
		return s.mistyped(v.Type())
	}
}

func readMap(s *scanner, v reflect.Value) error {
	t := v.Type()
	strict := s.strict
	s.strict = false
	read, all := readerOf(t.Elem()), reflect.MakeMap(t)
	err := s.members(func(raw []byte, _ bool) error {
		name := reflect.ValueOf(unquote(raw))
		if t.Key().Kind() == reflect.Int64 {
			number, err := strconv.ParseInt(name.String(), 10, 64)
			switch {
			case err != nil && strict:
				return Mistyped(t.Key(), "*")
			case err != nil: // it cannot be a key
				return s.skip()
			}
			name = reflect.ValueOf(number)
		}
		if err := s.spend(entrySize + len(raw) + 2*int(t.Elem().Size())); err != nil {
			return err
		}
		element := reflect.New(t.Elem()).Elem()
		// The name may be anything, so it does not help in an error.
		if err := read(s, element); err != nil {
			return Within("*", err)
		}
		all.SetMapIndex(name.Convert(t.Key()), element)
		return nil
	})
	v.Set(all)
	return err
}

func readPointer(s *scanner, v reflect.Value) error {
	elem := v.Type().Elem()
	c, kind, own := s.peek(), elem.Kind(), codecs.has(elem)
	if c == 'n' || !own && (c != '{' && (kind == reflect.Struct || kind == reflect.Map) || (c == 'f' || c == '"') && isNumber(kind)) {
		if empty, err := s.nothing(); empty || err != nil {
			v.SetZero()
			return err
		}
	}
	if err := s.spend(int(elem.Size())); err != nil {
		return err
	}
	v.Set(reflect.New(elem))
	err := readerOf(elem)(s, v.Elem())
	if errors.Is(err, Untold) {
		v.SetZero()
		return nil
	}
	return err
}

func readSlice(s *scanner, v reflect.Value) error {
	elem := v.Type().Elem()
	read := readerOf(elem)
	// null is not an object: it has none of the fields that identify one.
	base := elem
	if base.Kind() == reflect.Pointer {
		base = base.Elem()
	}
	objects := base.Kind() == reflect.Struct && isObject(base)
	next := func(int) error {
		if s.peek() == 'n' && objects {
			return s.mistyped(elem)
		}
		n := v.Len()
		if n == v.Cap() {
			// Twice as many, unless the memory suffices for only a few more.
			more := max(n, 4)
			if size := max(int(elem.Size()), 1); (n+more)*size > s.left {
				more = s.left/size - n
			}
			if more <= 0 {
				return errTooMuch
			}
			v.Grow(more)
			if err := s.spend(v.Cap() * int(elem.Size())); err != nil {
				return err
			}
		}
		v.SetLen(n + 1)
		element := v.Index(n)
		element.SetZero()
		err := read(s, element)
		if elem == typeAddr && element.IsZero() {
			v.SetLen(n) // ignore what is not an address
		}
		return err
	}
	switch c := s.peek(); {
	case c == '[':
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		return s.elements(next)
	case c == '{' && !s.isEmpty():
		return s.loneOrNumbered(next)
	}
	if empty, err := s.nothing(); empty || err != nil {
		return err
	}
	if objects || s.peek() == '{' {
		return s.mistyped(v.Type())
	}
	return next(0)
}

// readCommas reads a list of texts, or one text with commas.
func readCommas(s *scanner, v reflect.Value) error {
	var texts []string
	if err := readSlice(s, reflect.ValueOf(&texts).Elem()); err != nil {
		return err
	}
	var parts []string
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
	}
	v.Set(reflect.ValueOf(parts))
	return nil
}

// loneOrNumbered reads a list that is spelled as an object: with the numbers of the elements as
// names, or as the only element itself.
func (s *scanner) loneOrNumbered(next func(int) error) error {
	start, depth := s.pos, s.depth
	type element struct{ number, at int }
	var numbered []element
	lone := false
	if err := s.members(func(name []byte, _ bool) error {
		number, err := strconv.Atoi(string(name))
		lone = lone || err != nil || number < 0
		numbered = append(numbered, element{number, s.pos})
		return s.skip()
	}); err != nil {
		return err
	}
	end := s.pos
	if lone {
		s.pos = start
		return next(0)
	}
	slices.SortStableFunc(numbered, func(a, b element) int { return a.number - b.number })
	for i, e := range numbered {
		s.pos, s.depth = e.at, depth
		if err := next(i); err != nil {
			return err
		}
	}
	s.pos, s.depth = end, depth
	return nil
}

// scalar reads a text, a number or a flag as a text; null is "". The result is valid until the next
// call.
func (s *scanner) scalar(t reflect.Type) ([]byte, error) {
	switch s.peek() {
	case '"':
		raw, plain, err := s.quoted()
		if plain || err != nil {
			return raw, err
		}
		return []byte(unquote(raw)), nil
	case '{', '[':
		return nil, s.mistyped(t)
	case 'n':
		return nil, s.literal("null")
	}
	return s.raw()
}

func readText(s *scanner, v reflect.Value) error {
	switch c := s.peek(); {
	case c == '"':
		text, err := s.text()
		v.SetString(text)
		return err
	case (c == '{' || c == '[') && s.isEmpty(): // PHP's spelling of nothing
		v.SetString("")
		return s.skip()
	}
	text, err := s.scalar(v.Type())
	v.SetString(string(text))
	return err
}

func readSecret(s *scanner, v reflect.Value) error {
	var text string
	err := readText(s, reflect.ValueOf(&text).Elem())
	v.Set(reflect.ValueOf(provider.NewSecret(text)))
	return err
}

// readStrict refuses the spellings of nothing: a text is a text, and a list is a list even if it is
// empty.
func readStrict(s *scanner, v reflect.Value) error {
	c := s.peek()
	form := c == '"'
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		form = c == '[' || c == '{' && (k == reflect.Map || !s.isEmpty())
	}
	if !form && c != 'n' {
		return s.mistyped(v.Type())
	}
	s.strict = v.Kind() == reflect.Map
	defer func() { s.strict = false }()
	return readerOf(v.Type())(s, v)
}

func readInt(s *scanner, v reflect.Value) error {
	text, err := s.scalar(v.Type())
	if err != nil {
		return err
	}
	n, err := Integer(string(text))
	if err != nil {
		return Mistyped(v.Type(), "")
	}
	v.SetInt(n)
	return nil
}

func readFloat(s *scanner, v reflect.Value) error {
	text, err := s.scalar(v.Type())
	if err != nil {
		return err
	}
	n, err := Float(string(text))
	if err != nil {
		return Mistyped(v.Type(), "")
	}
	v.SetFloat(n)
	return nil
}

// readLimit reads a Limit. One that is not told is nil behind a pointer and otherwise 0.
func readLimit(s *scanner, v reflect.Value) error {
	text, err := s.scalar(v.Type())
	if err != nil {
		return err
	}
	value := v
	if v.Kind() == reflect.Pointer {
		value = reflect.New(v.Type().Elem()).Elem()
	}
	var told bool
	if value.CanInt() {
		var n int64
		n, told, err = Limit(string(text), Integer)
		value.SetInt(n)
	} else {
		var n float64
		n, told, err = Limit(string(text), Float)
		value.SetFloat(n)
	}
	switch {
	case err != nil:
		return Mistyped(value.Type(), "")
	case v.Kind() != reflect.Pointer:
	case told:
		v.Set(value.Addr())
	default:
		v.SetZero()
	}
	return nil
}

func readFlag(s *scanner, v reflect.Value) error {
	text, err := s.scalar(v.Type())
	if err != nil {
		return err
	}
	flag, err := Flag(string(text))
	if err != nil {
		return Mistyped(v.Type(), "")
	}
	v.SetBool(flag)
	return nil
}

// readTime never fails, since an odd date is no reason to lose the rest.
func readTime(s *scanner, v reflect.Value) error {
	text, _, err := s.timeText()
	*v.Addr().Interface().(*time.Time), _ = parseTime(string(text))
	return err
}

// readEnd is readTime for the end of something.
func readEnd(s *scanner, v reflect.Value) error {
	text, _, err := s.timeText()
	*v.Addr().Interface().(*time.Time) = parseEnd(string(text))
	return err
}

// readUnread reports whether there is a time that readTime cannot read.
func readUnread(s *scanner, v reflect.Value) error {
	scalar, odd, err := s.timeText()
	text := string(scalar)
	v.SetBool(odd || !noTime(text) && parseEnd(text).IsZero())
	return err
}

// timeText reads the text of a time; odd is set for what cannot be one, nor stand for none as null and ""
// do: an object, a list, a truth.
func (s *scanner) timeText() (text []byte, odd bool, err error) {
	if c := s.peek(); c == '{' || c == '[' || c == 't' || c == 'f' {
		return nil, true, s.skip()
	}
	text, err = s.scalar(typeTime)
	return text, false, err
}

// readAddr reads what is not an address as the zero value.
func readAddr(s *scanner, v reflect.Value) error {
	text, err := s.scalar(v.Type())
	addr, _ := netip.ParseAddr(strings.TrimSpace(string(text)))
	*v.Addr().Interface().(*netip.Addr) = addr
	return err
}

func readPayload(s *scanner, v reflect.Value) error {
	raw, err := s.raw()
	var payload provider.Payload
	if err == nil && string(raw) != "null" {
		payload = provider.NewPayload(string(raw))
		err = s.spend(payloadSize + len(raw))
	}
	*v.Addr().Interface().(*provider.Payload) = payload
	return err
}

// readAny reads a Payload, which can be sent back.
func readAny(s *scanner, v reflect.Value) error {
	raw, err := s.raw()
	if v.SetZero(); err == nil && string(raw) != "null" {
		v.Set(reflect.ValueOf(provider.NewPayload(string(raw))))
		err = s.spend(payloadSize + len(raw) + entrySize)
	}
	return err
}
