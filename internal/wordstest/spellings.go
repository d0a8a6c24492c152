// Package wordstest spells values as servers do that quote what they were sent.
package wordstest

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// Spelling is a way in which a server may write a value.
type Spelling struct {
	Name string
	// Promised is set if SECURITY.md promises that values in this spelling are found.
	Promised bool
	Spell    func(string) string
	// Neighbours is set if what is spelled also holds something else.
	Neighbours bool
}

// Spellings lists them.
func Spellings() []Spelling {
	const found, not = true, false
	return []Spelling{
		{Name: "plain", Promised: found, Spell: func(s string) string { return s }},

		{Name: "JSON", Promised: found, Spell: JSON},
		{Name: "JSON without escaping for HTML", Promised: found, Spell: bareJSON},
		{Name: "JSON of PHP", Promised: found, Spell: PHP},
		{Name: "JSON, every character as \\u", Promised: found, Spell: every(`\u%04x`)},
		{Name: "JSON, every character as \\u in capitals", Promised: found, Spell: every(`\u%04X`)},
		{Name: "JSON, first character as \\u", Promised: found, Spell: first(every(`\u%04x`))},
		{Name: "JSON, every second character as \\u", Promised: found, Spell: second(every(`\u%04x`), JSON)},
		{Name: "JSON in JSON", Promised: found, Spell: nest(JSON, JSON)},
		{Name: "JSON in JSON in JSON", Promised: found, Spell: nest(JSON, JSON, JSON)},
		{Name: "JSON of PHP in JSON of PHP", Promised: found, Spell: nest(PHP, PHP)},
		{Name: "JSON, every character, in JSON in JSON", Promised: found, Spell: nest(every(`\u%04x`), JSON, JSON)},
		{Name: "JSON four deep", Promised: not, Spell: nest(every(`\u%04x`), JSON, JSON, JSON)},
		{Name: "Go", Promised: found, Spell: quoted("%q")},
		{Name: "Go in ASCII", Promised: found, Spell: quoted("%+q")},
		{Name: "bytes as \\x", Promised: found, Spell: bytewise(`\x%02x`)},
		{Name: "bytes as \\X in capitals", Promised: found, Spell: bytewise(`\x%02X`)},
		{Name: "bytes in octal", Promised: found, Spell: bytewise(`\%03o`)},
		{Name: "JavaScript, \\u{}", Promised: found, Spell: everyRune(`\u{%x}`)},
		{Name: "Python, \\U", Promised: found, Spell: everyRune(`\U%08x`)},
		{Name: "slashes of PHP", Promised: found, Spell: strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`).Replace},

		{Name: "URL, query", Promised: found, Spell: url.QueryEscape},
		{Name: "URL, path", Promised: found, Spell: url.PathEscape},
		{Name: "URL, small letters", Promised: found, Spell: func(s string) string { return lowerPercent(url.QueryEscape(s)) }},
		{Name: "URL, every byte", Promised: found, Spell: bytewise("%%%02X")},
		{Name: "URL, every byte, small letters", Promised: found, Spell: bytewise("%%%02x")},
		{Name: "URL, first byte", Promised: found, Spell: first(bytewise("%%%02x"))},
		{Name: "URL in URL", Promised: found, Spell: nest(url.QueryEscape, url.QueryEscape)},
		{Name: "URL three deep", Promised: found, Spell: nest(url.QueryEscape, url.QueryEscape, url.QueryEscape)},
		{Name: "URL four deep", Promised: found, Spell: nest(bytewise("%%%02X"), url.QueryEscape, url.QueryEscape, url.PathEscape)},
		{Name: "URL five deep", Promised: not, Spell: nest(bytewise("%%%02X"), url.QueryEscape, url.QueryEscape, url.QueryEscape, url.QueryEscape)},
		{Name: "URL in JSON", Promised: found, Spell: nest(url.QueryEscape, every(`\u%04x`))},
		{Name: "JSON in URL", Promised: found, Spell: nest(PHP, url.QueryEscape)},

		{Name: "HTML", Promised: found, Spell: html.EscapeString},
		{Name: "HTML of PHP", Promised: found, Spell: phpHTML},
		{Name: "HTML, names", Promised: found, Spell: entities},
		{Name: "HTML, decimal", Promised: found, Spell: everyRune("&#%d;")},
		{Name: "HTML, hex", Promised: found, Spell: everyRune("&#x%x;")},
		{Name: "HTML, hex in capitals", Promised: found, Spell: everyRune("&#X%04X;")},
		{Name: "HTML, decimal without semicolon", Promised: found, Spell: everyRune("&#%d")},
		{Name: "HTML, names without semicolon", Promised: found, Spell: strings.NewReplacer("&", "&amp", "<", "&lt", ">", "&gt", `"`, "&quot").Replace},
		{Name: "HTML in HTML", Promised: found, Spell: nest(html.EscapeString, html.EscapeString)},
		{Name: "HTML in JSON", Promised: found, Spell: nest(phpHTML, PHP)},
		{Name: "HTML, decimal, in JSON", Promised: found, Spell: nest(everyRune("&#%d;"), every(`\u%04x`))},
		{Name: "JSON in HTML", Promised: found, Spell: nest(PHP, html.EscapeString)},
		{Name: "HTML in URL", Promised: found, Spell: nest(phpHTML, url.QueryEscape)},
		{Name: "URL in HTML", Promised: found, Spell: nest(url.QueryEscape, everyRune("&#%d;"))},
		{Name: "HTML in JSON in URL", Promised: found, Spell: nest(phpHTML, PHP, url.QueryEscape)},
		{Name: "JSON in JSON in HTML", Promised: found, Spell: nest(PHP, PHP, phpHTML)},
		{Name: "URL in URL in JSON in HTML", Promised: found, Spell: nest(url.QueryEscape, url.QueryEscape, PHP, phpHTML)},

		{Name: "base64", Promised: found, Spell: std},
		{Name: "base64 of URLs", Promised: found, Spell: func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
		{Name: "base64 after one byte", Promised: found, Spell: func(s string) string { return std(":" + s) }, Neighbours: true},
		{Name: "base64 after two bytes", Promised: found, Spell: func(s string) string { return std("a:" + s) }, Neighbours: true},
		{Name: "base64 of a login", Promised: found, Spell: func(s string) string { return std("user:" + s + "@host") }, Neighbours: true},
		{Name: "base64 in JSON of PHP", Promised: found, Spell: nest(std, PHP)},
		{Name: "base64 in a URL", Promised: found, Spell: nest(std, url.QueryEscape)},
		{Name: "base64 in lines", Promised: found, Spell: func(s string) string { return broken(std(s), 8, "\r\n") }},
		{Name: "base64 of base64", Promised: not, Spell: nest(std, std)},
		{Name: "base32", Promised: not, Spell: func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }},

		{Name: "hex", Promised: found, Spell: func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{Name: "hex in capitals", Promised: found, Spell: bytewise("%02X")},
		{Name: "hex with colons", Promised: found, Spell: separated("%02x", ":")},
		{Name: "hex with spaces", Promised: found, Spell: separated("%02X", " ")},
		{Name: "hex as 0x", Promised: found, Spell: separated("0x%02x", ", "), Neighbours: true},
		{Name: "hex of UTF-16", Promised: not, Spell: func(s string) string { return every("%04x")(s) }},

		{Name: "quoted-printable", Promised: found, Spell: quotedPrintable},
		{Name: "quoted-printable in JSON", Promised: found, Spell: nest(quotedPrintable, JSON)},
		{Name: "quoted-printable in a URL", Promised: found, Spell: nest(quotedPrintable, url.QueryEscape)},
		{Name: "quoted-printable, every byte", Promised: found, Spell: bytewise("=%02X")},

		{Name: "in lines", Promised: found, Spell: func(s string) string { return broken(s, 5, "\r\n") }},
		{Name: "with zero-width spaces", Promised: found, Spell: func(s string) string { return broken(s, 3, "\u200b") }},
		{Name: "with soft hyphens", Promised: found, Spell: func(s string) string { return broken(s, 3, "\u00ad") }},
		{Name: "with NULs", Promised: found, Spell: func(s string) string { return broken(s, 3, "\x00") }},
		{Name: "with escape characters", Promised: found, Spell: func(s string) string { return broken(s, 3, "\x1b") }},

		{Name: "in capitals", Promised: not, Spell: strings.ToUpper},
		{Name: "reversed", Promised: not, Spell: func(s string) string { r := []rune(s); slices.Reverse(r); return string(r) }},
	}
}

func unquote(s string) string { return s[1 : len(s)-1] }

// JSON returns a value as encoding/json writes it, without the quotes.
func JSON(s string) string {
	b, _ := json.Marshal(s)
	return unquote(string(b))
}

func bareJSON(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)
	return unquote(strings.TrimSpace(b.String()))
}

// PHP returns what json_encode does by default: it escapes slashes and everything beyond ASCII.
func PHP(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '/':
			b.WriteString(`\` + string(r))
		case r < ' ' || r > '~':
			b.WriteString(every(`\u%04x`)(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// phpHTML returns what htmlspecialchars does.
func phpHTML(s string) string {
	return strings.NewReplacer(`"`, "&quot;", "'", "&#039;", "&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func entities(s string) string {
	return strings.NewReplacer(`"`, "&quot;", "'", "&apos;", "&", "&amp;", "<", "&lt;", ">", "&gt;", "Ä", "&Auml;", "ü", "&uuml;", "/", "&sol;", "$", "&dollar;").Replace(s)
}

func quoted(verb string) func(string) string {
	return func(s string) string { return unquote(fmt.Sprintf(verb, s)) }
}

// every writes each UTF-16 code unit.
func every(format string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, format, unit)
		}
		return b.String()
	}
}

func everyRune(format string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, format, r)
		}
		return b.String()
	}
}

func bytewise(format string) func(string) string { return separated(format, "") }

func separated(format, between string) func(string) string {
	return func(s string) string {
		parts := make([]string, len(s))
		for i := range len(s) {
			parts[i] = fmt.Sprintf(format, s[i])
		}
		return strings.Join(parts, between)
	}
}

// first spells the first character only.
func first(spell func(string) string) func(string) string {
	return func(s string) string {
		r := []rune(s)
		return spell(string(r[:1])) + needed(string(r[1:]), spell)
	}
}

// needed spells what cannot stand by itself.
func needed(s string, spell func(string) string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\"%`, r) || r < ' ' {
			b.WriteString(spell(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func second(one, other func(string) string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for i, r := range []rune(s) {
			b.WriteString([]func(string) string{one, other}[i%2](string(r)))
		}
		return b.String()
	}
}

// nest spells what the one before has spelled.
func nest(spells ...func(string) string) func(string) string {
	return func(s string) string {
		for _, spell := range spells {
			s = spell(s)
		}
		return s
	}
}

func std(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func lowerPercent(s string) string {
	b := []byte(s)
	for i := range b {
		if i > 0 && b[i-1] == '%' || i > 1 && b[i-2] == '%' {
			b[i] = strings.ToLower(string(b[i]))[0]
		}
	}
	return string(b)
}

func quotedPrintable(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// broken puts something between every n characters.
func broken(s string, n int, between string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		if i > 0 && i%n == 0 {
			b.WriteString(between)
		}
		b.WriteRune(r)
	}
	return b.String()
}
