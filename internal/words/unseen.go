package words

import (
	"unicode"
	"unicode/utf8"
)

// Unseen reports whether a character shows nothing in a key, an ID or a URL: white space, control and
// formatting characters such as a byte order mark, and what is no text at all. It comes along
// when a value is copied from a page, and nobody sees why the value is refused.
func Unseen(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' || r == 0x7f
	}
	const brailleBlank = '\u2800' // the one blank that is a symbol by its class
	return r == utf8.RuneError || r == brailleBlank || !unicode.IsPrint(r) ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
