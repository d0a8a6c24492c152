// Package words makes what others wrote fit for errors, reports and logs: short, one line, and
// without secrets.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what one error keeps of a server's words, in bytes.
const (
	MaxText   = 500 // of one text
	MaxCode   = 100 // of a code, a request ID, a field's name
	MaxFields = 20  // fields with a problem
)

const more = "..."

// Shorten cuts a text to n bytes at most, without breaking a character, and says so: "...".
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return Cut(s, n) + more
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

// Line makes one line of n bytes at most from any text: without control characters, without those
// that are invisible or change the direction of others, and "..." in place of what is too long.
func Line(s string, n int) string {
	return clip(s, n, false)
}

// clip is Line; lines keeps line breaks, tabs and every space.
func clip(s string, n int, lines bool) string {
	out, rest := visible(s, n, lines)
	if !rest {
		return out
	}
	return Cut(out, max(0, n-len(more))) + more
}

// visible returns the beginning of a text as Line shows it, n bytes at most, and reports whether
// there is more. It does not look at the rest, nor far for something to show.
func visible(s string, n int, lines bool) (string, bool) {
	if len(s) <= n && plain(s, lines) { // as most are, and dumps are long
		return s, false
	}
	if far := 8*n + 1<<14; len(s) > far {
		shown, _ := visible(Cut(s, far), n, lines)
		return shown, true
	}
	var b strings.Builder
	gap := false
	for _, r := range s {
		if lines && (r == '\n' || r == '\t' || r == ' ') {
			gap = false
		} else if blank(r) {
			gap = b.Len() > 0
			continue
		} else if Unseen(r) {
			continue
		}
		size := utf8.RuneLen(r)
		if gap {
			size++
		}
		if b.Len()+size > n {
			return b.String(), true
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String(), false
}

// plain reports whether a text is shown as it is: ASCII without control characters and, unless it may
// have lines, without spaces that are left out.
func plain(s string, lines bool) bool {
	space := true
	for i := range len(s) {
		switch c := s[i]; {
		case c > ' ' && c < 0x7f:
			space = false
		case lines && (c == ' ' || c == '\n' || c == '\t'):
		case c == ' ' && !space:
			space = true
		default:
			return false
		}
	}
	return lines || !space || s == ""
}

// blank reports whether a character becomes a space. U+2800 looks like one.
func blank(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2800'
}
