package wire

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"

	"github.com/provkit/provkit/internal/rest"
)

// Rows is an answer that is a list, or an object that contains one. The elements are read one by
// one, when All comes to them, so that a list takes little more memory than its JSON; and one that
// cannot be read is an error beside it, whatever the others are.
type Rows[T any] struct {
	Options
	// Names are where the list is: under the first of these names that is not null. "outer.inner" is
	// a list inside an object. If there are no names, the answer itself is the list. Without one of
	// its names an answer does not show that a list is empty.
	Names []string
	// Bare also takes null, false, "" and {} under a name for an empty list. A list that proves that
	// something is not in it must not have it.
	Bare bool
	// Len is how many elements there are.
	Len int

	endpoint *rest.Endpoint
	status   int
	ended    func() error // see rest.Answer.Ended
	list     []byte
}

// DecodeAnswer implements rest.AnswerDecoder: it finds the list and checks that all of it is JSON.
func (r *Rows[T]) DecodeAnswer(a *rest.Answer) error {
	body := rest.Content(a.Body)
	if len(body) == 0 {
		return errNoBody
	}
	if len(r.Names) == 0 {
		return r.keep(a, body)
	}
	list, name, err := listIn(body, r.Names, r.Bare)
	if err != nil {
		return err
	}
	return Within(name, r.keep(a, list))
}

// Read is DecodeAnswer for a list that was found already.
func (r *Rows[T]) Read(a *rest.Answer, list []byte) error { return r.keep(a, list) }

// listIn returns the value under the first of the names that has one, and that name.
func listIn(body []byte, names []string, bare bool) (list []byte, name string, err error) {
	tops := make([]string, len(names))
	for i, name := range names {
		tops[i], _, _ = strings.Cut(name, ".")
	}
	object, err := Pick(body, tops...)
	if err != nil {
		return nil, "", err
	}
	for i, name := range names {
		value, found := object[tops[i]]
		_, inner, nested := strings.Cut(name, ".")
		switch {
		case !found, !bare && string(value) == "null":
		case !nested, bare && isNothing(value), value[0] == '[' && isNothing(value): // PHP's empty object
			return value, name, nil
		case value[0] == '{':
			list, _, err := listIn(value, []string{inner}, bare)
			if lacking, ok := errors.AsType[*fieldError](err); !ok || lacking.format != lacks {
				return list, name, Within(tops[i], err)
			}
		}
	}
	return nil, "", Lacks(names[0])
}

// isNothing reports whether a value is what PHP sends for an empty or missing object or list.
func isNothing(value []byte) bool {
	s := scanner{data: value}
	nothing, err := s.nothing()
	return nothing && err == nil
}

// keep checks a list and keeps it.
func (r *Rows[T]) keep(a *rest.Answer, list []byte) error {
	s := newScanner(list, r.Options)
	r.endpoint, r.status, r.ended = a.Endpoint, a.Status, a.Ended()
	r.list, r.Len = nil, 0
	count := func() error {
		r.Len++
		return s.skip()
	}
	bare := false
	err := s.whole(func() error {
		if r.Bare {
			start := s.pos
			nothing, err := s.nothing()
			if bare = nothing; nothing || err != nil {
				return err
			}
			s.pos = start
		}
		switch c := s.peek(); {
		case c == '[':
			return s.elements(func(int) error { return count() })
		case c == '{' && !s.isEmpty():
			return s.members(func(name []byte, _ bool) error {
				bare = bare || !isIndex(name) // then it is a single element, if anything
				return count()
			})
		}
		return s.wrongForm(errNoList)
	})
	switch {
	case err == nil && bare && r.Len > 0:
		if r.Len = 1; len(r.Names) == 0 { // a record, or an error
			err = errNoList
		}
	case err == nil && bare:
		return nil
	}
	if err != nil {
		r.Len = 0
		return err
	}
	r.list = a.Keep(list)
	return nil
}

// All yields the elements. One that cannot be read comes with an error that names its place and its
// field: it holds what could be read, and the elements after it follow. When the call's context ends, so
// does the list: with an error beside no element.
func (r *Rows[T]) All() iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		r.Each(func(_ []byte, row *T, err error) bool { return yield(row, err) })
	}
}

// Each is All with the JSON of each element, which must not be changed.
func (r *Rows[T]) Each(visit func(raw []byte, row *T, err error) bool) {
	if r.list == nil {
		return
	}
	s := newScanner(r.list, r.Options)
	s.space()
	budget, read, number := s.left, readerOf(reflect.TypeFor[T]()), 0
	element := func() error {
		if err := r.ended(); err != nil {
			visit(nil, nil, err)
			return errStop
		}
		number++
		row, start := new(T), s.pos
		err := s.row(read, reflect.ValueOf(row).Elem())
		if errors.Is(err, errSyntax) {
			return err
		}
		if err != nil {
			err = oddRow(r.endpoint, r.status, fmt.Sprintf("row %d of the list", number), err)
		}
		if s.left = budget; !visit(r.list[start:s.pos], row, err) {
			return errStop
		}
		return nil
	}
	switch {
	case s.peek() == '[':
		_ = s.elements(func(int) error { return element() })
	case r.Len > 1 || numbered(r.list):
		_ = s.members(func([]byte, bool) error { return element() })
	default:
		_ = element()
	}
}

// errStop ends the reading of rows.
var errStop = errors.New("stopped")

// numbered reports whether an object of one member is a list of one.
func numbered(list []byte) bool {
	s := scanner{data: list}
	s.space()
	s.pos++
	s.space()
	name, _, _ := s.name()
	return isIndex(name)
}

// isIndex reports whether a name is the place of an element.
func isIndex(name []byte) bool { return len(name) > 0 && len(bytes.Trim(name, "0123456789")) == 0 }

// row reads one element. If it cannot be read, the scanner is after it nevertheless.
func (s *scanner) row(read reader, v reflect.Value) error {
	start, depth := s.pos, s.depth
	var err error
	if c := s.peek(); c == 'n' || c != '{' && v.Kind() == reflect.Struct && isObject(v.Type()) && !codecs.has(v.Type()) {
		err = &oddError{Mistyped(v.Type(), ""), true}
	} else {
		err = read(s, v)
	}
	if err != nil {
		s.spans = s.spans[:0]
		s.pos, s.depth = start, depth
		if skipped := s.skip(); skipped != nil {
			return skipped
		}
	}
	return err
}

// Row decodes an answer that is one record of many, where they are read one by one for want of a list.
type Row[T any] struct {
	One[T]
	// Noun is what such a record is called.
	Noun string
	// Odd is set if the record tells its ID and cannot be read otherwise: it concerns this record only,
	// which holds what could be read. Without an ID nothing shows what the answer is about: then the call fails.
	Odd error
}

// DecodeAnswer implements rest.AnswerDecoder.
func (r *Row[T]) DecodeAnswer(a *rest.Answer) error {
	err := r.One.DecodeAnswer(a)
	if _, odd := errors.AsType[*oddError](err); odd && r.Identity().ID != "" {
		r.Odd, err = oddRow(a.Endpoint, a.Status, r.Noun+" "+r.Identity().ID, err), nil
	}
	return err
}

// OddRow is the cause of an error beside an element of a list.
type OddRow struct {
	what string
	err  error
}

// oddRow returns the error for an element that cannot be read.
func oddRow(e *rest.Endpoint, status int, what string, err error) error {
	row := &OddRow{what, err}
	return e.OddRow(status, row.Error(), row)
}

// Error names the element and the field, and no value.
func (r *OddRow) Error() string {
	return r.what + " cannot be read: " + Reason(r.err)
}

// HidesText reports whether a text or an identity of the element is unknown, so that the element may
// be the one that somebody is looking for.
func (r *OddRow) HidesText() bool {
	var odd *oddError
	return !errors.As(r.err, &odd) || odd.hides
}

// Reason says what is wrong with an answer without quoting any of it.
func Reason(err error) string {
	var wrong interface{ problem() string }
	switch {
	case errors.As(err, &wrong):
		return wrong.problem()
	case errors.Is(err, errTooMuch):
		return errTooMuch.Error()
	}
	return mistyped(err)
}
