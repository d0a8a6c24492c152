package words

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Escape writes the characters of a JSON text that show nothing, or change the direction of others, as
// \u202e: whoever reads the line sees them, and whoever decodes it gets them.
func Escape(encoded []byte) []byte {
	var out []byte
	shown := 0 // up to where the text is in out
	for i := 0; i < len(encoded); {
		r, size := utf8.DecodeRune(encoded[i:])
		if r != ' ' && Unseen(r) && !(r == utf8.RuneError && size == 1) {
			out = append(out, encoded[shown:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			shown = i + size
		}
		i += size
	}
	if shown == 0 {
		return encoded
	}
	return append(out, encoded[shown:]...)
}
