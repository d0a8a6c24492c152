package words

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Redacted stands in place of a secret.
const Redacted = "[redacted]"

const (
	// minSecret is the shortest value that is searched for: hiding shorter ones would make texts
	// unreadable and protect nothing.
	minSecret = 4
	// minEncoded is the shortest value that is searched for in base64 and hex, whose text is found by
	// chance if it is short.
	minEncoded = 6
	// minWrapped is the shortest value that is searched for without regard to white space.
	minWrapped = 8
)

// Cleaner makes texts of strangers fit for errors, reports and logs. It knows the secrets that such
// a text may quote. nil knows none.
type Cleaner struct {
	needles []needle // as they may stand in a text, however it is escaped
	wrapped []needle // without white space
	hexed   []needle // in lower case
}

// needle is one spelling of a secret.
type needle struct {
	text []byte
	// prefix is how much of it at the end of a text counts: the rest was cut off.
	prefix int
	base64 bool
}

// NewCleaner returns a Cleaner that hides these values. Those of fewer than 4 bytes are not hidden.
func NewCleaner(secrets ...string) *Cleaner {
	return new(Cleaner).With(secrets...)
}

// With returns a Cleaner that hides these values too.
func (c *Cleaner) With(secrets ...string) *Cleaner {
	if len(secrets) == 0 {
		return c
	}
	more := &Cleaner{slices.Clip(c.needles), slices.Clip(c.wrapped), slices.Clip(c.hexed)}
	for _, secret := range secrets {
		more.add(secret)
	}
	return more
}

func (c *Cleaner) add(secret string) {
	if len(secret) < minSecret {
		return
	}
	add := func(n needle) {
		known := len(c.needles)
		if len(n.text) < minSecret {
			return
		}
		if c.needles = addNeedle(c.needles, n); len(c.needles) == known {
			return
		}
		if squeezed, _ := (reading{text: n.text}).squeeze(); len(squeezed.text) >= minWrapped {
			n.text = squeezed.text
			c.wrapped = addNeedle(c.wrapped, n)
		}
	}
	for _, text := range forms(secret) {
		add(needle{text: text, prefix: minSecret})
	}
	if len(secret) < minEncoded {
		return
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // where the secret begins in a group of three bytes
			encoded := encoding.EncodeToString(append(make([]byte, before), secret...))
			// The characters at both ends also hold bits of the neighbours.
			encoded = encoded[(before*8+5)/6 : (before+len(secret))*8/6]
			add(needle{text: []byte(encoded), prefix: minWrapped, base64: true})
		}
	}
	c.hexed = addNeedle(c.hexed, needle{text: []byte(hex.EncodeToString([]byte(secret))), prefix: 2 * minEncoded})
}

func addNeedle(needles []needle, n needle) []needle {
	if slices.ContainsFunc(needles, func(known needle) bool { return bytes.Equal(known.text, n.text) }) {
		return needles
	}
	return append(needles, n)
}

// forms returns a secret as it is after the escapings of a text were undone: if it looks escaped
// itself, too many may have been. Forms write a space as "+", old programs write ü as one byte.
func forms(secret string) [][]byte {
	all := [][]byte{[]byte(secret)}
	for _, kinds := range []kind{backslash, percent, entity, anyOf} {
		r := reading{text: []byte(secret)}
		for range 4 {
			next, changed := r.undo(kinds, true)
			if !changed {
				break
			}
			r = next
			all = append(all, r.text)
		}
	}
	for _, text := range slices.Clone(all) {
		line, lines := Line(string(text), len(text)), clip(string(text), len(text), true)
		all = append(all, []byte(line), []byte(lines), bytes.ReplaceAll(text, []byte(" "), []byte("+")), latin1(text))
	}
	return all
}

// latin1 returns a text in ISO 8859-1; nil if that has not all of its characters.
func latin1(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		if r > 0xff {
			return nil
		}
		out = append(out, byte(r))
	}
	return out
}

// Text returns what a server said as one line of at most MaxText bytes, without secrets.
func (c *Cleaner) Text(s string) string { return c.Line(s, MaxText) }

// Code is Text for a code or an ID, of at most MaxCode bytes.
func (c *Cleaner) Code(s string) string { return c.Line(s, MaxCode) }

// Line is Text with another bound.
func (c *Cleaner) Line(s string, n int) string { return c.clean(s, n, false) }

// Lines is Line that keeps line breaks and tabs.
func (c *Cleaner) Lines(s string, n int) string { return c.clean(s, n, true) }

// Fields returns the texts of fields and their names, MaxFields at most, and says if there were more.
func (c *Cleaner) Fields(fields map[string]string) map[string]string {
	if len(fields) == 0 {
		return nil
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	kept := make(map[string]string, min(len(names), MaxFields+1))
	for i, name := range names {
		if len(kept) == MaxFields {
			kept[more] = fmt.Sprintf("and %d others", len(names)-i)
			break
		}
		kept[c.Code(name)] = c.Text(fields[name])
	}
	return kept
}

// Format keeps fmt from showing the secrets.
func (c *Cleaner) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "words.Cleaner") }

func (c *Cleaner) clean(s string, n int, lines bool) string {
	// What is hidden makes a text shorter, so more is read than shown, but not all of a huge one.
	s, rest := visible(s, 4*n+1024, lines)
	s = c.hide(s)
	if rest && len(s) <= n {
		s += more
	}
	return clip(s, n, lines)
}

// Quotes reports whether a text has one of the secrets in it, in any spelling that is searched for.
func (c *Cleaner) Quotes(text string) bool {
	text += " ." // its end cuts nothing off
	return c.hide(text) != text
}

// hide replaces the secrets in a text, in every spelling that it knows, and those that the end of
// the text cuts off.
func (c *Cleaner) hide(text string) string {
	if c == nil || len(c.needles) == 0 || text == "" {
		return text
	}
	var found []span
	original, length := reading{text: []byte(text)}, int32(len(text))
	read(original.text, func(r reading) {
		found = r.find(found, c.needles, length)
		if squeezed, changed := r.squeeze(); changed {
			found = squeezed.find(found, c.wrapped, length)
		}
	})
	if len(c.hexed) > 0 {
		found = original.digits().find(found, c.hexed, length)
	}
	if len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out strings.Builder
	shown := int32(0) // up to where the text was dealt with
	for _, s := range found {
		if s.to <= shown {
			continue
		}
		if s.from >= shown { // otherwise it continues what was hidden last
			out.WriteString(text[shown:s.from])
			out.WriteString(Redacted)
		}
		shown = s.to
	}
	out.WriteString(text[shown:])
	return out.String()
}

// find adds where a reading contains secrets, as parts of the original text, which has this length.
func (r reading) find(found []span, needles []needle, length int32) []span {
	for _, n := range needles {
		for from := 0; ; {
			i := bytes.Index(r.text[from:], n.text)
			if i < 0 {
				break
			}
			from += i
			found = append(found, r.span(n, from, from+len(n.text)))
			from += len(n.text)
		}
		if i := r.cut(n); i >= 0 {
			found = append(found, span{r.span(n, i, len(r.text)).from, length})
		}
	}
	return found
}

// span returns the part of the original text that a part of a reading comes from.
func (r reading) span(n needle, from, to int) span {
	if n.base64 { // with the characters that hold only some bits of the secret
		if from > 0 && alnum(r.text[from-1]) && r.part(from-1).to == r.part(from).from {
			from--
		}
		if to < len(r.text) && alnum(r.text[to]) && r.part(to-1).to == r.part(to).from {
			to++
		}
		for to < len(r.text) && r.text[to] == '=' {
			to++
		}
	}
	return span{r.part(from).from, r.part(to - 1).to}
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// cut returns where a secret begins that the end of the text cuts off, or -1.
func (r reading) cut(n needle) int {
	i := max(0, len(r.text)-len(n.text)+1)
	if len(n.text) <= n.prefix {
		return -1
	}
	for {
		next := bytes.Index(r.text[i:], n.text[:n.prefix])
		if next < 0 {
			return -1
		}
		i += next
		if bytes.HasPrefix(n.text, r.text[i:]) {
			return i
		}
		i++
	}
}
