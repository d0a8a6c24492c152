package wire

import "github.com/provkit/provkit/internal/words"

// Bounds of Texts. A text may be longer than an error shows, so that no secret is cut in two before
// it is searched for.
const (
	textsMax   = 20
	textsDepth = 3
	textMax    = 2048
)

// Texts flattens JSON of any shape into at most 20 named texts of at most 2 KB: a name inside an
// object is "outer.inner", the elements of a list share the name of the list. What is nested more
// than 3 objects or lists deep is left out. fallback is the name of a text without one. It returns
// nil if there are none or raw is not JSON.
func Texts(raw []byte, fallback string) map[string]string {
	s := &scanner{data: raw}
	var texts map[string]string
	var walk func(name string, depth int) error
	walk = func(name string, depth int) error {
		c := s.peek()
		switch {
		case c == 'n', (c == '{' || c == '[') && depth == textsDepth:
			return s.skip()
		case c == '{':
			return s.members(func(raw []byte, _ bool) error {
				if len(raw) > textMax {
					return s.skip()
				}
				return walk(join(name, unquote(raw)), depth+1)
			})
		case c == '[':
			return s.elements(func(int) error { return walk(name, depth+1) })
		}
		if name == "" {
			name = fallback
		}
		before, known := texts[name]
		if !known && len(texts) == textsMax || len(name)+len(before) > textMax {
			return s.skip()
		}
		text, err := s.scalar(typeText)
		if err != nil {
			return err
		}
		if texts == nil {
			texts = make(map[string]string)
		}
		if before != "" {
			before += "; "
		}
		texts[name] = words.Cut(before+string(text), textMax)
		return nil
	}
	if s.whole(func() error { return walk("", 0) }) != nil {
		return nil
	}
	return texts
}
