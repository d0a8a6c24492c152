// Package words shortens what others wrote, for errors and logs.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shorten cuts a text to n bytes at most, without breaking a character, and says so: "...".
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return Cut(s, n) + "..."
}

// Line is Shorten for what a server said: one line without control characters, whatever
// the text was.
func Line(s string, n int) string {
	return Shorten(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " "), n)
}

// Cut is Shorten without saying so.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
