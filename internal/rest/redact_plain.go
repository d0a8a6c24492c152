package rest

import "strings"

// redactPlain hides what stands behind the name of a secret in text that is not JSON, or inside a JSON
// string: password=x, password: x, 'password' => 'x', \"password\":\"x\", params[password]=x, <password>x<.
// A line of Authorization or Cookie is hidden to its end, and so are the user of a URL and a PEM block. It
// looks at the separators only, since names are many.
func redactPlain(text string) string {
	var out strings.Builder
	done := 0 // up to where the text was dealt with
	hide := func(from, to int) {
		if from < to {
			out.WriteString(text[done:from])
			out.WriteString(redacted)
			done = to
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '-' && strings.HasPrefix(text[i:], pemBegin):
			hide(i, pemEnd(text, i))
		case c != ':' && c != '=' && c != '>':
			continue
		case c == ':' && userEnd(text, i) > 0:
			hide(i+1, userEnd(text, i))
		default:
			if name := nameBefore(text, i, c == '>'); len(name) > 1 && sensitive(name, false) {
				hide(plainValue(text, i, name))
			}
		}
		i = max(i, done-1)
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

const pemBegin = "-----BEGIN "

// pemEnd returns the index after the PEM block that begins at i.
func pemEnd(text string, i int) int {
	const end = "-----END "
	at := strings.Index(text[i:], end)
	if at < 0 {
		return len(text)
	}
	i += at + len(end)
	if at = strings.Index(text[i:], "-----"); at < 0 {
		return len(text)
	}
	return i + at + len("-----")
}

// userEnd returns where the user and the password end in the URL with this colon, at the "@" or where the
// text breaks off; 0 if it has none.
func userEnd(text string, colon int) int {
	rest := text[colon+1:]
	start := 0
	for _, slashes := range []string{"//", `\/\/`} {
		if strings.HasPrefix(rest, slashes) {
			start = len(slashes)
		}
	}
	if start == 0 {
		return 0
	}
	host := rest[start:]
	end := strings.IndexAny(host, "/\\?#\"'<> \t\r\n")
	if end >= 0 {
		host = host[:end]
	}
	at := strings.LastIndexByte(host, '@')
	if _, port, found := strings.Cut(host, ":"); at < 0 && end < 0 && found && strings.Trim(port, "0123456789") != "" {
		return len(text)
	}
	if at < 0 {
		return 0
	}
	return colon + 1 + start + at
}

// nameBefore returns the name before a separator, without what quotes it; of an element, that in its
// opening tag.
func nameBefore(text string, separator int, element bool) string {
	end := separator
	if !element {
		end = len(strings.TrimRight(text[max(0, end-8):end], " \t")) + max(0, end-8)
		for end > 0 && strings.IndexByte(`"'\]`, text[end-1]) >= 0 {
			end--
		}
		if end >= 3 && strings.EqualFold(text[end-3:end], "%5D") {
			end -= 3
		}
	}
	start := end
	for start > 0 && (alnum(text[start-1]) || text[start-1] == '_' || text[start-1] == '-') {
		start--
	}
	switch {
	case element && (start == 0 || text[start-1] != '<'):
		return ""
	case start > 0 && start < end && text[start-1] == '\\' && strings.IndexByte("nrt", text[start]) >= 0:
		start++ // it begins a line inside a JSON string
	}
	return text[start:end]
}

func alnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// plainValue returns where the value behind a separator is: as far as its quotes or brackets go, otherwise
// to the end of the line, or to whatever ends the value of a form.
func plainValue(text string, separator int, name string) (from, to int) {
	from = separator + 1
	for from < len(text) && strings.IndexByte(":=> \t", text[from]) >= 0 {
		from++
	}
	rest := text[from:]
	quote := len(rest) - len(strings.TrimLeft(rest, `\`))
	switch {
	case quote < len(rest) && (rest[quote] == '"' || rest[quote] == '\''):
		from += quote + 1
		return from, quoteEnd(text, from, rest[:quote+1])
	case rest != "" && (rest[0] == '{' || rest[0] == '['):
		return from, bracketEnd(text, from)
	}
	stops := "\r\n\"'<"
	if header := strings.ToLower(name); text[separator] == '=' && header != "authorization" && !strings.HasSuffix(header, "cookie") {
		stops += " \t&,;>)}]"
	}
	for to = from; to < len(text) && strings.IndexByte(stops, text[to]) < 0; to++ {
		if text[to] != '\\' {
			continue
		}
		after := to + len(text[to:]) - len(strings.TrimLeft(text[to:], `\`))
		if after >= len(text) || strings.IndexByte(`nr"'`, text[after]) >= 0 { // the end of a line inside a JSON string, or its own
			break
		}
		to = after
	}
	return from, min(to, len(text))
}

// quoteEnd returns where the value ends that such a quote began: a quote with as many backslashes.
func quoteEnd(text string, from int, quote string) int {
	for i := from; i < len(text); i++ {
		at := strings.IndexByte(text[i:], quote[len(quote)-1])
		if at < 0 {
			break
		}
		i += at
		if slashes := i - len(strings.TrimRight(text[from:i], `\`)) - from; slashes < len(quote) {
			return i - slashes
		}
	}
	return len(text)
}

// bracketEnd returns the index after the brackets that open at i.
func bracketEnd(text string, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}
