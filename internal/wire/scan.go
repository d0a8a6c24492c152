package wire

import (
	"bytes"
	"encoding/binary"
	mathbits "math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deeply answers may be nested.
const maxDepth = 500

// scanner reads JSON and accepts exactly what encoding/json accepts, except for the depth. Its
// methods must be called at the first byte of what they read.
type scanner struct {
	Options
	data  []byte
	pos   int
	depth int
	// spans are the values of alternatives in all structs that are being read.
	spans []span
	// strict makes a name that cannot be a key of the next map an error.
	strict bool
	// left is how many bytes the values that are read may still take.
	left int
}

// What is read may take 3 times the size of the answer in memory, and 1/2 MiB: with the answer itself, a
// copy of it and the pieces in which it came that is less than 7 times, and 1 MiB.
const (
	memoryFactor = 3
	memoryFloor  = 1 << 19
	// entrySize is what an element of a map takes beside its name and its value.
	entrySize = 64
)

func newScanner(data []byte, o Options) *scanner {
	return &scanner{Options: o, data: data, left: memoryFactor*len(data) + memoryFloor}
}

// spend accounts for n bytes of memory.
func (s *scanner) spend(n int) error {
	if s.left -= n; s.left < 0 {
		return errTooMuch
	}
	return nil
}

func (s *scanner) space() { s.pos = spaceEnd(s.data, s.pos) }

// spaceEnd returns where the white space at i ends.
func spaceEnd(data []byte, i int) int {
	for i < len(data) && data[i] <= ' ' && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// plainText are the bytes that need no decoding in a string.
var plainText = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// oddBytes returns a mask whose lowest set bit is in the first of eight bytes that needs decoding in a
// string; 0 if none does.
func oddBytes(b []byte) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	x := binary.LittleEndian.Uint64(b)
	quote, slash := x^'"'*each, x^'\\'*each
	// A byte below n has its high bit set in x-n, and so has one of 0 in x-1. What is borrowed for it can only
	// spoil the bytes behind it.
	return (x | (x-' '*each)&^x | (quote-each)&^quote | (slash-each)&^slash) & high
}

// plainEnd returns where the bytes that need no decoding in a string end.
func plainEnd(data []byte, i int) int {
	for ; i+8 <= len(data); i += 8 {
		if odd := oddBytes(data[i : i+8]); odd != 0 {
			return i + mathbits.TrailingZeros64(odd)/8
		}
	}
	for i < len(data) && plainText[data[i]] {
		i++
	}
	return i
}

// quoted reads a string and returns what is between the quotes. plain reports that it is ASCII
// without escapes.
func (s *scanner) quoted() (text []byte, plain bool, err error) {
	start, plain := s.pos+1, true
	for i := start; ; i++ {
		if i = plainEnd(s.data, i); i >= len(s.data) {
			return nil, false, errSyntax
		}
		switch c := s.data[i]; {
		case c == '"':
			s.pos = i + 1
			return s.data[start:i], plain, nil
		case c == '\\':
			plain = false
			if i++; i >= len(s.data) {
				return nil, false, errSyntax
			}
			switch s.data[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				switch {
				case i+4 < len(s.data) && hex4(s.data[i+1:i+5]) >= 0:
					i += 4
				case !s.Unescaped:
					return nil, false, errSyntax
				}
			default:
				if !s.Unescaped {
					return nil, false, errSyntax
				}
				i-- // the backslash is one itself
			}
		case c < ' ':
			if !s.Unescaped {
				return nil, false, errSyntax
			}
		default:
			plain = false
		}
	}
}

func hex4(digits []byte) rune {
	var r rune
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// text reads a string.
func (s *scanner) text() (string, error) {
	raw, plain, err := s.quoted()
	if err != nil {
		return "", err
	}
	if plain {
		return string(raw), nil
	}
	return unquote(raw), nil
}

// unquote resolves escapes. Invalid UTF-8 becomes U+FFFD, as with encoding/json. A backslash that begins no
// escape, which only Options.Unescaped lets pass, stays one.
func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw)
	}
	// Bytes that are not UTF-8 take three each, and must not cost a copy while the text grows.
	size := len(raw)
	for rest := raw; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			size += 2
		}
		rest = rest[n:]
	}
	var out strings.Builder
	out.Grow(size)
	for len(raw) > 0 {
		if raw[0] != '\\' {
			r, size := utf8.DecodeRune(raw)
			out.WriteRune(r)
			raw = raw[size:]
			continue
		}
		c, after := raw[1], raw[1:]
		raw = raw[2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case '"', '\\', '/':
		case 'u':
			r := rune(-1)
			if len(raw) >= 4 {
				r = hex4(raw[:4])
			}
			if r < 0 {
				out.WriteByte('\\')
				raw = after
				continue
			}
			raw = raw[4:]
			if utf16.IsSurrogate(r) {
				var second rune = -1
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					second = hex4(raw[2:6])
				}
				if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
					raw = raw[6:]
				}
			}
			out.WriteRune(r)
			continue
		default:
			out.WriteByte('\\')
			raw = after
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}

// number reads a number and returns its text.
func (s *scanner) number() ([]byte, error) {
	start := s.pos
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return nil, errSyntax
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return nil, errSyntax
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return nil, errSyntax
		}
	}
	return s.data[start:s.pos], nil
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) literal(word string) error {
	if len(s.data)-s.pos < len(word) || string(s.data[s.pos:s.pos+len(word)]) != word {
		return errSyntax
	}
	s.pos += len(word)
	return nil
}

// skip skips any value.
func (s *scanner) skip() error {
	switch c := s.peek(); c {
	case '"':
		_, _, err := s.quoted()
		return err
	case '{', '[':
		return s.skipNested()
	default:
		return s.word(c)
	}
}

// levels are the open values that are objects, by their depth.
type levels [maxDepth/64 + 1]uint64

func (l *levels) has(depth int) bool { return l[depth/64]&(1<<(depth%64)) != 0 }

func (l *levels) set(depth int, object bool) {
	if l[depth/64] &^= 1 << (depth % 64); object {
		l[depth/64] |= 1 << (depth % 64)
	}
}

// skipNested skips an object or a list, however deeply it is nested, without recursion. All of a list is skipped
// before its elements are read, so the place is kept in a local variable, and what comes often needs no call.
func (s *scanner) skipNested() error {
	var objects levels
	data, i, depth, outside := s.data, s.pos, s.depth, s.depth
	for object, name := false, false; ; {
		// Here a value begins, or the name of one.
		c := byte(0)
		if i < len(data) {
			c = data[i]
		}
		switch {
		case c == '"':
			if end := plainEnd(data, i+1); end < len(data) && data[end] == '"' {
				i = end + 1
				break
			}
			s.pos = i
			if _, _, err := s.quoted(); err != nil {
				return err
			}
			i = s.pos
		case name:
			return errSyntax
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return errSyntax
			}
			object = c == '{'
			objects.set(depth, object)
			if i = spaceEnd(data, i+1); i == len(data) || data[i] != c+2 { // the closing one is two further on
				name = object
				continue
			}
			i++
			depth--
			object = objects.has(depth)
		default:
			s.pos = i
			if err := s.word(c); err != nil {
				return err
			}
			i = s.pos
		}
		if name {
			if i = spaceEnd(data, i); i == len(data) || data[i] != ':' {
				return errSyntax
			}
			i, name = spaceEnd(data, i+1), false
			continue
		}
		for {
			if depth == outside {
				s.pos = i
				return nil
			}
			end := byte(']')
			if object {
				end = '}'
			}
			i = spaceEnd(data, i)
			if i < len(data) && data[i] == ',' {
				if i = spaceEnd(data, i+1); !s.Unescaped || i == len(data) || data[i] != end {
					name = object
					break
				}
			}
			if i == len(data) || data[i] != end {
				return errSyntax
			}
			i++
			depth--
			object = objects.has(depth)
		}
	}
}

// word reads a number, true, false or null.
func (s *scanner) word(c byte) error {
	switch c {
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	_, err := s.number()
	return err
}

// raw skips any value and returns its JSON.
func (s *scanner) raw() ([]byte, error) {
	start := s.pos
	err := s.skip()
	return s.data[start:s.pos], err
}

// members reads an object. It calls each at every value, which each must read.
func (s *scanner) members(each func(name []byte, plain bool) error) error {
	return s.list('}', func(int) error {
		name, plain, err := s.name()
		if err != nil {
			return err
		}
		return each(name, plain)
	})
}

// name reads the name of a member, up to its value.
func (s *scanner) name() (name []byte, plain bool, err error) {
	if s.peek() != '"' {
		return nil, false, errSyntax
	}
	if name, plain, err = s.quoted(); err != nil {
		return nil, false, err
	}
	if s.space(); s.peek() != ':' {
		return nil, false, errSyntax
	}
	s.pos++
	s.space()
	return name, plain, nil
}

// named reads the name of a member if it is spelled like key, up to its value.
func (s *scanner) named(key string) bool {
	end := s.pos + len(key)
	if end > len(s.data) || string(s.data[s.pos:end]) != key {
		return false
	}
	s.pos = spaceEnd(s.data, end)
	return true
}

// elements reads an array.
func (s *scanner) elements(each func(i int) error) error { return s.list(']', each) }

func (s *scanner) list(end byte, each func(i int) error) error {
	more, err := s.enter(end)
	for i := 0; more && err == nil; i++ {
		if err = each(i); err == nil {
			more, err = s.next(end)
		}
	}
	return err
}

// enter goes into an object or an array that ends with end. If it is empty, it goes on after it.
func (s *scanner) enter(end byte) (more bool, err error) {
	if s.depth++; s.depth > maxDepth {
		return false, errSyntax
	}
	s.pos++
	if s.space(); s.peek() != end {
		return true, nil
	}
	s.pos++
	s.depth--
	return false, nil
}

// next goes on after a value in an object or an array: to the next one or, if there is none, out of it.
func (s *scanner) next(end byte) (more bool, err error) {
	s.space()
	c := s.peek()
	if c == ',' {
		s.pos++
		s.space()
		if c = s.peek(); !s.Unescaped || c != end {
			return true, nil
		}
	}
	if c != end {
		return false, errSyntax
	}
	s.pos++
	s.depth--
	return false, nil
}

// isEmpty reports whether the next object or array is empty.
func (s *scanner) isEmpty() bool {
	for _, c := range s.data[s.pos+1:] {
		switch c {
		case ' ', '\t', '\n', '\r':
			continue
		}
		return c == '}' || c == ']'
	}
	return false
}
