package wire

import (
	"strings"
	"unicode/utf8"
)

// Walk goes through the members of an object, or the elements of a list, in their order and without a copy. It is
// for answers whose objects are not the structs of this package. each gets the name as it stands between its
// quotation marks (nil in a list), and the JSON of the value; Text and Scalar read them. Walk ends at the first
// error of each. What is neither an object nor a list is an error, and so is text after it.
func (o Options) Walk(data []byte, each func(name, value []byte) error) error {
	s := &scanner{Options: o, data: data}
	one := func(name []byte) error {
		value, err := s.raw()
		if err != nil {
			return err
		}
		return each(name, value)
	}
	return s.whole(func() error {
		switch s.peek() {
		case '{':
			return s.members(func(name []byte, _ bool) error { return one(name) })
		case '[':
			return s.elements(func(int) error { return one(nil) })
		}
		return s.wrongForm(errNoObject)
	})
}

// Text resolves the escapes of what stands between quotation marks. exact is false if U+FFFD is in the text, which
// stands for bytes that are not UTF-8: such a text is for people to read, and identifies nothing.
func Text(raw []byte) (text string, exact bool) {
	for _, c := range raw {
		if c == '\\' || c >= utf8.RuneSelf {
			text = unquote(raw)
			return text, !strings.ContainsRune(text, utf8.RuneError)
		}
	}
	return string(raw), true
}

// Scalar reads a text, a number or a flag as a text; null is "". ok is false for an object or a list.
func Scalar(value []byte) (text string, exact, ok bool) {
	switch {
	case len(value) == 0, value[0] == '{', value[0] == '[':
		return "", false, false
	case value[0] == '"':
		text, exact = Text(value[1 : len(value)-1])
		return text, exact, true
	case string(value) == "null":
		return "", true, true
	}
	return string(value), true, true
}
