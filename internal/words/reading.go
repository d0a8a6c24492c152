package words

import (
	"bytes"
	"hash/maphash"
	"html"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A kind of escaping. Each begins with another character, so one pass can undo several.
type kind uint8

const (
	backslash kind = 1 << iota // \n \/ \u00e9 \x41 \101 as JSON, Go, PHP and JavaScript write them
	percent                    // %41
	entity                     // &amp; &#65; &#x41;
	quoted                     // =41, and "=" at the end of a line
	soft                       // the latter alone: in x=AF-20 the "=AF" is none of the former
)

// anyOf is how texts nest escapings that are not of one kind.
const anyOf = backslash | percent | entity

// readings are the ways in which a text is read: each undoes escapings in this order. Those of one
// kind or two are read by themselves, since undoing what only looks like an escaping could destroy a
// value. Each begins with a reading that is also in the list.
var readings = [][]kind{
	{backslash}, {backslash, backslash}, {backslash, backslash, backslash},
	{percent}, {percent, percent}, {percent, percent, percent}, {percent, percent, percent, percent},
	{entity}, {entity, entity},
	{backslash, percent}, {percent, backslash}, {backslash, entity}, {entity, backslash}, {percent, entity}, {entity, percent},
	{anyOf}, {anyOf, anyOf}, {anyOf, anyOf, anyOf}, {anyOf, anyOf, anyOf, anyOf},
	{quoted}, {backslash, quoted}, {backslash, backslash, quoted}, {percent, quoted},
	{soft}, {backslash, soft}, {backslash, backslash, soft}, {percent, soft},
}

// reading is a text with some escapings undone, and which part of the original text each of its bytes
// comes from.
type reading struct {
	text  []byte
	parts []span // nil if it is the original text
}

// span is a part of a text.
type span struct{ from, to int32 }

func (r reading) part(i int) span {
	if r.parts == nil {
		return span{int32(i), int32(i) + 1}
	}
	return r.parts[i]
}

// add adds bytes that come from a part of the original text.
func (r *reading) add(part span, spelled ...byte) {
	for range spelled {
		r.parts = append(r.parts, part)
	}
	r.text = append(r.text, spelled...)
}

func blankReading(size int) reading {
	return reading{text: make([]byte, 0, size), parts: make([]span, 0, size)}
}

// read calls visit with the text and its readings, most of them distinct. It keeps few at a time.
func read(text []byte, visit func(reading)) {
	seed := maphash.MakeSeed()
	seen := make(map[uint64]bool)
	var follow func(reading, []kind)
	follow = func(r reading, undone []kind) {
		if sum := maphash.Bytes(seed, r.text); !seen[sum] {
			seen[sum] = true
			visit(r)
		}
		for _, kinds := range readings {
			if len(kinds) != len(undone)+1 || !slices.Equal(kinds[:len(undone)], undone) {
				continue
			}
			// If there is nothing to undo, what would follow is another reading in the list.
			if next, changed := r.undo(kinds[len(undone)], false); changed {
				follow(next, kinds)
			}
		}
	}
	follow(reading{text: text}, nil)
}

// undo reads every escaped character of some kinds once, and reports whether there was one. One that
// the end of the text cuts off is left out, unless the text is whole.
func (r reading) undo(kinds kind, whole bool) (reading, bool) {
	signs := make([]byte, 0, 4)
	for i, sign := range []byte(`\%&==`) {
		if kinds&(1<<i) != 0 {
			signs = append(signs, sign)
		}
	}
	if !bytes.ContainsAny(r.text, string(signs)) || kinds == soft && !slices.ContainsFunc(softBreaks, func(end []byte) bool { return bytes.Contains(r.text, end) }) {
		return r, false
	}
	out := blankReading(len(r.text))
	changed := false
	for i := 0; i < len(r.text); {
		var char [2 * utf8.UTFMax]byte // some entities are two characters
		spelled, size := char[:0], 0
		switch rest := r.text[i:]; {
		case rest[0] == '\\' && kinds&backslash != 0:
			spelled, size = backslashed(spelled, rest)
		case rest[0] == '%' && kinds&percent != 0:
			spelled, size = hexByte(spelled, rest, 1)
		case rest[0] == '=' && kinds&quoted != 0:
			spelled, size = quotedByte(spelled, rest)
		case rest[0] == '=' && kinds&soft != 0:
			size = softBreak(rest)
		case rest[0] == '&' && kinds&entity != 0:
			spelled, size = entityIn(spelled, rest)
		}
		switch {
		case size == cutOff && !whole:
			return out, true
		case size <= 0:
			spelled, size = append(spelled, r.text[i]), 1
		default:
			changed = true
		}
		out.add(span{r.part(i).from, r.part(i + size - 1).to}, spelled...)
		i += size
	}
	return out, changed
}

// cutOff is the size of an escaped character that the end of the text cuts off. 0 is that of no
// escaped character.
const cutOff = -1

// backslashed reads a backslash and what it escapes.
func backslashed(out, s []byte) ([]byte, int) {
	if len(s) < 2 {
		return out, cutOff
	}
	switch c := s[1]; c {
	case 'u':
		r, size := codeUnit(s)
		if size == cutOff {
			return out, cutOff
		} else if size == 0 {
			break
		}
		if r>>10 == 0xd8>>2 { // the first half of a large character
			low, more := codeUnit(s[size:])
			if len(s) == size || more == cutOff {
				return out, cutOff
			}
			if more > 0 && low>>10 == 0xdc>>2 {
				r, size = 0x10000+(r&0x3ff)<<10+low&0x3ff, size+more
			}
		}
		return utf8.AppendRune(out, r), size
	case 'U':
		if r, size := hexNumber(s, 2, 8); size > 0 {
			return utf8.AppendRune(out, r), size
		} else if size == cutOff {
			return out, cutOff
		}
	case 'x':
		if out, size := hexByte(out, s, 2); size != 0 {
			return out, size
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n, size := 0, 1
		for size < len(s) && size < 4 && s[size] >= '0' && s[size] <= '7' && n < 32 {
			n, size = n*8+int(s[size]-'0'), size+1
		}
		return append(out, byte(n)), size
	default:
		if i := bytes.IndexByte([]byte("bfnrtvae"), c); i >= 0 {
			return append(out, "\b\f\n\r\t\v\a\x1b"[i]), 2
		}
	}
	return append(out, s[1]), 2
}

// codeUnit reads \u00e9 and \u{e9}.
func codeUnit(s []byte) (rune, int) {
	switch {
	case len(s) == 0:
		return 0, 0
	case s[0] != '\\', len(s) > 1 && s[1] != 'u':
		return 0, 0
	case len(s) < 3:
		return 0, cutOff
	case s[2] != '{':
		return hexNumber(s, 2, 4)
	}
	end := bytes.IndexByte(s[:min(len(s), 12)], '}')
	if end < 0 {
		if len(s) < 12 {
			return 0, cutOff
		}
		return 0, 0
	}
	n, err := strconv.ParseUint(string(s[3:end]), 16, 21)
	if err != nil {
		return 0, 0
	}
	return rune(n), end + 1
}

// hexNumber reads a number of so many hex digits that begins at an index.
func hexNumber(s []byte, at, digits int) (rune, int) {
	end := min(len(s), at+digits)
	n, err := strconv.ParseUint(string(s[at:end]), 16, 32)
	switch {
	case end == at, err == nil && end < at+digits:
		return 0, cutOff
	case err != nil || n > utf8.MaxRune:
		return 0, 0
	}
	return rune(n), end
}

// hexByte reads a byte of two hex digits that begin at an index.
func hexByte(out, s []byte, at int) ([]byte, int) {
	n, size := hexNumber(s, at, 2)
	if size > 0 {
		out = append(out, byte(n))
	}
	return out, size
}

// softBreaks end lines of quoted-printable. A cleaned text has a space instead.
var softBreaks = [][]byte{[]byte("=\r\n"), []byte("=\n"), []byte("= ")}

// softBreak returns the length of what ends a line, or 0.
func softBreak(s []byte) int {
	for _, end := range softBreaks {
		if bytes.HasPrefix(s, end) {
			return len(end)
		}
	}
	return 0
}

// quotedByte reads quoted-printable.
func quotedByte(out, s []byte) ([]byte, int) {
	if size := softBreak(s); size > 0 {
		return out, size
	}
	return hexByte(out, s, 1)
}

// numeric reads &#65; and &#x41; with any number of digits, and no semicolon if need be.
func numeric(out, s []byte) ([]byte, int) {
	base, at := 10, 2
	if len(s) > at && s[at]|0x20 == 'x' {
		base, at = 16, at+1
	}
	n, end := 0, at
	for ; end < len(s); end++ {
		digit, err := strconv.ParseUint(string(s[end]), base, 8)
		if err != nil {
			break
		}
		n = min(n*base+int(digit), utf8.MaxRune+1)
	}
	switch {
	case end == at && end == len(s):
		return out, cutOff
	case end == at, n > utf8.MaxRune:
		return out, 0
	case end < len(s) && s[end] == ';':
		end++
	}
	return utf8.AppendRune(out, rune(n)), end
}

// longestEntity is the length of the longest name, &CounterClockwiseContourIntegral;.
const longestEntity = 33

// entityIn reads an HTML entity as browsers do, which accept many without a semicolon.
func entityIn(out, s []byte) ([]byte, int) {
	if len(s) > 1 && s[1] == '#' {
		return numeric(out, s)
	}
	end := 1
	for end < len(s) && end < longestEntity && alnum(s[end]) {
		end++
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	written := string(s[:end])
	read := html.UnescapeString(written)
	if read == written {
		if end == len(s) && end < longestEntity {
			return out, cutOff
		}
		return out, 0
	}
	// What both end with was not part of the entity.
	same := 0
	_, first := utf8.DecodeRuneInString(read)
	for same < len(read)-first && read[len(read)-1-same] == written[end-1-same] {
		same++
	}
	return append(out, read[:len(read)-same]...), end - same
}

// squeeze leaves out white space and whatever Line leaves out: long values are wrapped.
func (r reading) squeeze() (reading, bool) {
	if !slices.ContainsFunc(r.text, func(c byte) bool { return c <= ' ' || c >= 0x7f }) {
		return r, false
	}
	out := blankReading(len(r.text))
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRune(r.text[i:])
		for end := i + size; i < end; i++ {
			if c == utf8.RuneError || !blank(c) && !Unseen(c) {
				out.add(r.part(i), r.text[i])
			}
		}
	}
	return out, len(out.text) < len(r.text)
}

// digits leaves only what may be hex, in lower case, without what separates the bytes.
func (r reading) digits() reading {
	out := blankReading(len(r.text))
	for i, c := range r.text {
		switch {
		case bytes.IndexByte([]byte(" :-.,;_"), c) >= 0:
			continue
		case c == 'x' || c == 'X':
			if n := len(out.text); n > 0 && out.text[n-1] == '0' { // 0x41
				out.text, out.parts = out.text[:n-1], out.parts[:n-1]
				continue
			}
		case c >= 'A' && c <= 'F':
			c |= 0x20
		}
		out.add(r.part(i), c)
	}
	return out
}
