package rest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/provkit/provkit/provider"
)

// minSecret is the shortest value that is searched for: hiding shorter ones would make texts
// unreadable and protect nothing.
const minSecret = 4

// scrubValues replaces secrets in a text, including those that are escaped for JSON (as Go, PHP or
// JavaScript do it, also JSON inside JSON), URLs, HTML or Go source, and those that the end of the
// text cuts off. It goes through the text once and takes the longest match: replacements are not
// searched again, and no rest remains of two secrets with the same beginning.
func scrubValues(text string, secrets []provider.Secret) string {
	var starts [256]bool
	searched := false
	for _, secret := range secrets {
		if value := secret.Reveal(); len(value) >= minSecret {
			searched = true
			starts[value[0]] = true
			starts['+'] = starts['+'] || value[0] == ' '
		}
	}
	if !searched {
		return text
	}
	starts['\\'], starts['%'], starts['&'] = true, true, true
	var out strings.Builder
	from := 0
	for i := 0; i < len(text); {
		n := 0
		if starts[text[i]] {
			for _, secret := range secrets {
				if len(secret.Reveal()) >= minSecret {
					n = max(n, matchEscaped(text[i:], secret.Reveal()))
				}
			}
		}
		if n == 0 {
			i++
			continue
		}
		out.WriteString(text[from:i])
		out.WriteString(redacted)
		i += n
		from = i
	}
	if from == 0 {
		return text
	}
	out.WriteString(text[from:])
	return out.String()
}

// matchEscaped returns the length of the secret, in any escaping, at the beginning of a text; 0 if
// it is not there. Escapings are ambiguous (does this backslash belong to the secret or to the
// escaping?), so it follows several readings in parallel.
func matchEscaped(text, secret string) int {
	ends, next := []int{0}, []int(nil)
	for done := 0; done < len(secret); {
		r, size := utf8.DecodeRuneInString(secret[done:])
		char := secret[done : done+size]
		next = next[:0]
		for _, at := range ends {
			if at == len(text) && done >= minSecret {
				return at
			}
			next = spellings(next, text, at, char, r)
		}
		if len(next) == 0 {
			return 0
		}
		ends, next = next, ends
		done += size
	}
	return slices.Max(ends)
}

// maxReadings limits the work on texts and secrets that consist of backslashes.
const maxReadings = 16

// spellings appends the index after each way to read one character at an index.
func spellings(ends []int, text string, at int, char string, r rune) []int {
	rest := text[at:]
	if rest == "" {
		return ends
	}
	add := func(n int) {
		if n > 0 && len(ends) < maxReadings && !slices.Contains(ends, at+n) {
			ends = append(ends, at+n)
		}
	}
	if strings.HasPrefix(rest, char) {
		add(len(char))
	}
	switch rest[0] {
	case '+':
		if r == ' ' {
			add(1)
		}
	case '%':
		for nested := range 3 {
			sign := "%" + "2525"[:2*nested]
			add(percentLength(rest, char, sign))
			if r == ' ' { // a "+" that was encoded again
				add(percentLength(rest, "+", sign))
			}
		}
	case '&':
		add(entityLength(rest, r))
	case '\\':
		// JSON inside JSON inside JSON: up to seven in front of a character.
		slashes := 1
		for slashes < len(rest) && slashes < 8 && rest[slashes] == '\\' {
			slashes++
		}
		if r == '\\' {
			for _, n := range []int{2, 4, 8} {
				if n <= slashes {
					add(n)
				}
			}
		}
		for n := 1; n <= slashes; n++ {
			if length := letterLength(rest[n:], char, r); length > 0 {
				add(n + length)
			}
		}
	}
	return ends
}

// letterLength reads what may follow a backslash: the character itself, a letter for a control
// character, \uXXXX (two for a large character), \UXXXXXXXX, \xXX for each byte. It returns 0 if
// none of these spells the character.
func letterLength(rest, char string, r rune) int {
	if rest == "" {
		return 0
	}
	if r != '\\' && strings.HasPrefix(rest, char) {
		return len(char)
	}
	if i := strings.IndexByte("\b\f\n\r\t\v\a", char[0]); i >= 0 && rest[0] == "bfnrtva"[i] {
		return 1
	}
	switch rest[0] {
	case 'u':
		if r <= 0xffff {
			return hexLength(rest[1:], 4, r, 1)
		}
		high, low := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
		if hexLength(rest[1:], 4, high, 1) == 0 {
			return 0
		}
		second := strings.TrimLeft(rest[5:], `\`)
		if second == rest[5:] || !strings.HasPrefix(second, "u") {
			return 0
		}
		return hexLength(second[1:], 4, low, len(rest)-len(second)+1)
	case 'U':
		return hexLength(rest[1:], 8, r, 1)
	case 'x':
		length := 0
		for i := range len(char) {
			if i > 0 {
				tail := strings.TrimLeft(rest[length:], `\`)
				length = len(rest) - len(tail)
			}
			if !strings.HasPrefix(rest[length:], "x") || hexLength(rest[length+1:], 2, rune(char[i]), 1) == 0 {
				return 0
			}
			length += 3
		}
		return length
	}
	return 0
}

// hexLength returns plus + digits if the text begins with the value in that many hex digits,
// otherwise 0.
func hexLength(text string, digits int, value rune, plus int) int {
	if len(text) < digits {
		return 0
	}
	n, err := strconv.ParseUint(text[:digits], 16, 32)
	if err != nil || n != uint64(value) {
		return 0
	}
	return plus + digits
}

// percentLength reads a character as percent-encoded bytes: after "%", after "%25" if a URL is in
// the query of another one, and so on.
func percentLength(rest, char, sign string) int {
	at := 0
	for i := range len(char) {
		if !strings.HasPrefix(rest[at:], sign) || hexLength(rest[at+len(sign):], 2, rune(char[i]), 1) == 0 {
			return 0
		}
		at += len(sign) + 2
	}
	return at
}

var entities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// entityLength reads a character as an HTML entity.
func entityLength(rest string, r rune) int {
	name, _, found := strings.Cut(rest[1:min(len(rest), 12)], ";")
	if !found {
		return 0
	}
	value, known := entities[name]
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
			base, digits = 16, digits[1:]
		}
		n, err := strconv.ParseUint(digits, base, 21)
		value, known = rune(n), err == nil
	}
	if !known || value != r {
		return 0
	}
	return len(name) + 2
}
