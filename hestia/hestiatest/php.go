package hestiatest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// The front door is written in PHP, which has its own rules for empty, trimmed and true.

// trim removes what PHP's trim removes.
func trim(text string) string { return strings.Trim(text, " \t\n\r\x00\x0b") }

// isEmpty is PHP's empty() for strings.
func isEmpty(text string) bool { return text == "" || text == "0" }

// isTruthyJSON reports whether PHP can decode the text, to something that counts as true. Empty
// objects and arrays do not count as true, so an empty list is not served as JSON.
func isTruthyJSON(text string) bool {
	body := []byte(text)
	if !utf8.Valid(body) || !json.Valid(body) {
		return false
	}
	// The beginning of a list of thousands is enough.
	const space = " \t\r\n"
	body = bytes.TrimLeft(body, space)
	switch body[0] {
	case '{', '[':
		next := bytes.TrimLeft(body[1:], space)[0]
		return next != '}' && next != ']'
	}
	var v any
	if json.Unmarshal(body, &v) != nil {
		return false
	}
	switch v := v.(type) {
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return !isEmpty(v)
	}
	return false
}

// output returns the lines that a script printed as PHP's exec does: the white space at the end of
// each is lost.
func output(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = strings.TrimRight(line, " \t\n\r\v\f")
	}
	return all
}

// baseName is PHP's basename: the last part of a path, without slashes at its end.
func baseName(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// shellLength returns the length of a script's command line: every argument is quoted, and every
// single quote in it is escaped.
func shellLength(name string, args []string) int {
	n := len(commandPrefix) + len(name)
	for _, arg := range args {
		n += len(" ''") + len(arg) + strings.Count(arg, "'")*(len(`'\''`)-1)
	}
	return n
}
