package wire

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/provkit/provkit/provider"
)

// Options say how an answer is read.
type Options struct {
	// Partial requires only identifiers: the answer to a creation may lack the rest.
	Partial bool
	// Envelope are fields that belong to the answer and not to the struct: "success". They do not
	// become extra fields.
	Envelope []string
	// Lenient also reads other spellings at the top level.
	Lenient bool
	// Unescaped reads JSON as a shell script prints it: with control characters inside texts, with backslashes
	// that begin no escape, and with a comma after the last element.
	Unescaped bool
}

// Unmarshal reads JSON into a pointer to a struct, slice, map or value. The JSON must have that
// form itself; other spellings are read only inside it.
func Unmarshal(data []byte, out any) error { return Options{}.Unmarshal(data, out) }

// Unmarshal is the function Unmarshal with options.
func (o Options) Unmarshal(data []byte, out any) error {
	s := newScanner(data, o)
	v := reflect.ValueOf(out).Elem()
	return s.whole(func() error {
		if o.Lenient {
			return readerOf(v.Type())(s, v)
		}
		switch c, own := s.peek(), codecs.has(v.Type()); v.Kind() {
		case reflect.Struct, reflect.Map:
			if c == 'n' || c != '{' && !own && isObject(v.Type()) {
				return s.wrongForm(errNoObject)
			}
		case reflect.Slice:
			if c != '[' && !own {
				return s.wrongForm(errNoList)
			}
		}
		return readerOf(v.Type())(s, v)
	})
}

// whole reads one value with nothing after it.
func (s *scanner) whole(read func() error) error {
	s.space()
	err := read()
	if s.space(); err == nil && s.pos < len(s.data) {
		err = errSyntax
	}
	if errors.Is(err, errSyntax) {
		return syntaxError(s.data)
	}
	return err
}

// final reports whether an error makes it pointless to read on.
func final(err error) bool {
	return err != nil && (errors.Is(err, errSyntax) || errors.Is(err, errTooMuch))
}

// wrongForm returns err if the rest of the answer is valid JSON, and otherwise the syntax error.
func (s *scanner) wrongForm(err error) error {
	if wrong := s.skip(); wrong != nil {
		return wrong
	}
	return err
}

// mistyped returns the error for the next value, which has the wrong type or is not JSON.
func (s *scanner) mistyped(t reflect.Type) error {
	if err := s.skip(); err != nil {
		return err
	}
	return Mistyped(t, "")
}

// state is the state of a struct while it is read.
type state struct {
	plan *plan
	v    reflect.Value
	// exact are the names that occurred spelled exactly, inexact those in another case, repeated
	// those in two other cases, held those of objects, and told the fields that got a value.
	exact, inexact, repeated, held, told bits
	// spans is the index of its alternatives' values among those of the scanner.
	spans int
	// odd is the first error of a field. The fields after it are read nevertheless.
	odd *oddError
	// extras is how many extra fields are kept.
	extras int
}

type span struct{ start, end int }

func (p *plan) readStruct(s *scanner, v reflect.Value) error {
	st := state{plan: p, v: v, spans: len(s.spans)}
	for range p.spans {
		s.spans = append(s.spans, span{})
	}
	partial := s.Partial
	s.Partial = false
	if err := st.object(s, p.root); err != nil {
		return err
	}
	if err := st.choose(s); err != nil {
		return err
	}
	st.check(partial)
	if p.after != nil {
		if err := p.after(v.Addr().Interface()); err != nil {
			st.note(err, true)
		}
	}
	if st.odd != nil {
		return st.odd
	}
	return nil
}

// note keeps the first error. hides says that a text or an identity may be missing because of it.
func (st *state) note(err error, hides bool) {
	if st.odd == nil {
		st.odd = &oddError{err: err}
	}
	st.odd.hides = st.odd.hides || hides
}

// object reads the names of a group. A name in another case is read at the end, and only if the
// exact one does not occur. Otherwise it is an extra field.
func (st *state) object(s *scanner, g *group) error {
	type inexact struct {
		node  *node
		name  []byte
		value span
	}
	var later []inexact
	likely := &g.first
	more, err := s.enter('}')
	for ; more && err == nil; more, err = s.next('}') {
		n, exact, raw, err := g.next(s, likely)
		if err != nil {
			return err
		}
		if exact {
			likely = &n.next
			if st.exact.has(n.number) {
				st.ambiguous(s, n)
				err = s.skip()
			} else {
				st.exact.set(n.number)
				err = st.fill(s, n)
			}
			if err != nil {
				return err
			}
			continue
		}
		start := s.pos
		if err := s.skip(); err != nil {
			return err
		}
		value := span{start, s.pos}
		if n != nil && !st.inexact.has(n.number) {
			st.inexact.set(n.number)
			later = append(later, inexact{n, raw, value})
			continue
		}
		if n != nil {
			st.repeated.set(n.number)
		}
		if err := st.keep(s, g, raw, value); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	end := s.pos
	for _, l := range later {
		exact := st.exact.has(l.node.number)
		switch {
		// For an identity, an exact spelling does not settle which value counts.
		case exact && l.node.identity, !exact && st.repeated.has(l.node.number):
			st.ambiguous(s, l.node)
		case exact:
			if err := st.keep(s, g, l.name, l.value); err != nil {
				return err
			}
		default:
			s.pos = l.value.start
			if err := st.fill(s, l.node); err != nil {
				return err
			}
			s.pos = end
		}
	}
	return nil
}

// ambiguous notes that a name occurs twice: none of its values counts.
func (st *state) ambiguous(s *scanner, n *node) {
	for _, use := range n.uses {
		if use.rank > 0 {
			s.spans[st.spans+use.field.spans+use.rank] = span{}
		} else {
			st.v.FieldByIndex(use.field.index).SetZero()
		}
	}
	st.note(twice(n.path), true)
}

// fill reads the value of a name into all its fields.
func (st *state) fill(s *scanner, n *node) error {
	start, depth := s.pos, s.depth
	if n.group != nil {
		found, err := s.lone(func() error { return st.object(s, n.group) })
		if found {
			st.held.set(n.number)
		}
		if final(err) {
			return err
		}
		if err != nil {
			st.note(Within(n.path, err), true)
		}
		if err != nil || !found { // what is not an object contains nothing
			s.pos, s.depth = start, depth
			if err := s.skip(); err != nil {
				return err
			}
		}
	}
	for _, use := range n.uses {
		s.pos = start
		if f := use.field; use.rank > 0 {
			if err := s.skip(); err != nil {
				return err
			}
			s.spans[st.spans+f.spans+use.rank] = span{start, s.pos}
		} else if err := st.read(s, f, 0); err != nil { // the first of its names
			return err
		}
	}
	return nil
}

// choose reads the other names of fields whose first one has no value: the first one with a value counts.
func (st *state) choose(s *scanner) error {
	if len(st.plan.alternatives) == 0 {
		return nil
	}
	end := s.pos
	for _, f := range st.plan.alternatives {
		for rank := 1; rank < len(f.names) && !hasValue(st.v.FieldByIndex(f.index)); rank++ {
			at := s.spans[st.spans+f.spans+rank]
			if at.end == 0 {
				continue
			}
			s.pos = at.start
			if err := st.read(s, f, rank); err != nil {
				return err
			}
		}
	}
	s.pos, s.spans = end, s.spans[:st.spans]
	return nil
}

// hasValue reports whether a value hides the next alternatives. A list or map without elements does
// not, even if it is not nil.
func hasValue(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() > 0
	}
	return !v.IsZero()
}

// read reads the value of one of a field's names.
func (st *state) read(s *scanner, f *field, rank int) error {
	first := s.peek()
	if first == 'n' {
		return s.literal("null")
	}
	v := st.v.FieldByIndex(f.index)
	if f.set {
		raw, err := s.raw()
		v.SetBool(string(raw) != `""` && string(raw) != "false")
		return err
	}
	start, depth := s.pos, s.depth
	err := f.read(s, v)
	if err == nil && f.wholly && garbled(v) {
		err = &fieldError{"field %q is not UTF-8", ""}
	}
	if err != nil {
		if final(err) {
			return err
		}
		odd, partly := errors.AsType[*oddError](err)
		if partly = partly && (f.typ.Kind() == reflect.Struct || f.typ.Kind() == reflect.Pointer); f.loose || !partly {
			v.SetZero()
		}
		if !f.loose {
			st.note(Within(f.names[rank].path, err), !partly && f.tells() || partly && odd.hides)
		}
		s.pos, s.depth = start, depth
		return s.skip()
	}
	if f.names[rank].negated {
		v.SetBool(!v.Bool())
	}
	switch {
	case f.positive && v.Int() <= 0, v.Kind() == reflect.String && v.Len() == 0, (f.isTime || f.isSecret) && v.IsZero():
	case isNumber(v.Kind()) && (first == 'f' || first == '"' && s.pos == start+2): // false or "" is no number
	default:
		st.told.set(f.number)
	}
	return nil
}

// garbled reports whether a text has U+FFFD in place of bytes that were not UTF-8.
func garbled(v reflect.Value) bool {
	if v.Type() == typeSecret {
		return strings.ContainsRune(v.Interface().(provider.Secret).Reveal(), utf8.RuneError)
	}
	return v.Kind() == reflect.String && strings.ContainsRune(v.String(), utf8.RuneError)
}

// tells reports whether a field may be what tells things from each other: a text, an identity, or
// something that contains texts.
func (f *field) tells() bool {
	if f.positive || f.required {
		return true
	}
	switch k := f.typ.Kind(); {
	case k == reflect.Bool, isNumber(k), f.typ == typeTime:
		return false
	case k == reflect.Pointer:
		return !isNumber(f.typ.Elem().Kind()) && f.typ.Elem() != typeTime
	case k == reflect.String:
		return !codecs.has(f.typ) // money
	}
	return true
}

func isNumber(k reflect.Kind) bool {
	return k == reflect.Int || k == reflect.Int64 || k == reflect.Float64
}

// lastDot returns where the last name of a path begins.
func lastDot(path string) int {
	for i := len(path); i > 0; i-- {
		if path[i-1] == '.' {
			return i
		}
	}
	return 0
}

// check notes which required fields are missing.
func (st *state) check(partial bool) {
	for _, f := range st.plan.demands {
		path := f.names[0].path
		switch {
		case f.holder && !st.held.has(f.inside.number):
			st.note(Lacks(path[:max(lastDot(path)-1, 0)]), true)
		case (f.positive || f.required && !partial) && !st.told.has(f.number):
			st.note(Lacks(path), f.tells())
		}
	}
}

// maxExtra is how many extra fields of an object are kept.
const maxExtra = 256

// keep adds a value to the extra fields if they are those of the group.
func (st *state) keep(s *scanner, g *group, raw []byte, at span) error {
	if st.plan.extra == nil || g != st.plan.extraIn || st.extras == maxExtra {
		return nil
	}
	name, value := unquote(raw), s.data[at.start:at.end]
	if slices.Contains(s.Envelope, name) {
		return nil
	}
	st.extras++
	if err := s.spend(entrySize + payloadSize + len(name) + len(value)); err != nil {
		return err
	}
	switch more := st.v.FieldByIndex(st.plan.extra.index).Addr().Interface().(type) {
	case *map[string]provider.Payload:
		if *more == nil {
			*more = make(map[string]provider.Payload)
		}
		(*more)[name] = provider.NewPayload(string(value))
	case *map[string]any:
		if *more == nil {
			*more = make(map[string]any)
		}
		(*more)[name] = provider.NewPayload(string(value))
	}
	return nil
}

// Demanding reports whether an object can be unreadable as a type because of what it lacks. Any
// object can be read into other types.
func Demanding(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t == typePayload || codecs.has(t) {
		return true
	}
	p := planOf(t)
	return len(p.demands) > 0 || p.after != nil
}
