package hestia_test

import (
	"bytes"
	"encoding/json"
)

// repaired makes JSON of what the panel prints, for tests that read it with encoding/json: it escapes what stands
// unescaped inside texts, and removes the comma after the last element. What cannot be repaired stays as it is.
func repaired(printed []byte) []byte {
	printed = bytes.TrimSpace(bytes.TrimPrefix(printed, []byte("\xef\xbb\xbf")))
	if len(printed) == 0 || json.Valid(printed) {
		return printed
	}
	if repaired := repair(printed); json.Valid(repaired) {
		return repaired
	}
	return printed
}

func repair(printed []byte) []byte {
	const hex = "0123456789abcdef"
	out := make([]byte, 0, len(printed)+16)
	inside := false
	for i := 0; i < len(printed); i++ {
		b := printed[i]
		switch {
		case b == '"':
			inside = !inside
		case !inside && b == ',' && closes(printed[i+1:]):
			continue
		case inside && b < ' ':
			out = append(out, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
			continue
		case inside && b == '\\':
			if !escapes(printed[i+1:]) {
				out = append(out, '\\', '\\')
				continue
			}
			out = append(out, b)
			i++
			b = printed[i]
		}
		out = append(out, b)
	}
	return out
}

// closes reports whether only the end of a list follows.
func closes(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && (rest[0] == ']' || rest[0] == '}')
}

// escapes reports whether what follows a backslash forms a JSON escape.
func escapes(rest []byte) bool {
	if len(rest) == 0 {
		return false
	}
	if rest[0] != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0
	}
	if len(rest) < 5 {
		return false
	}
	for _, b := range rest[1:5] {
		if bytes.IndexByte([]byte("0123456789abcdefABCDEF"), b) < 0 {
			return false
		}
	}
	return true
}
