package wire

// Pick returns the values under some names of an object, and checks that all of it is JSON. The
// values are part of data, and null is one. A name that occurs twice is an error.
func Pick(data []byte, names ...string) (map[string][]byte, error) {
	s := newScanner(data, Options{})
	values := make(map[string][]byte, len(names))
	again := ""
	err := s.whole(func() error {
		if s.peek() != '{' {
			return s.wrongForm(errNoObject)
		}
		return s.members(func(raw []byte, plain bool) error {
			if !plain {
				raw = []byte(unquote(raw))
			}
			value, err := s.raw()
			for _, name := range names {
				if string(raw) != name {
					continue
				}
				if _, twice := values[name]; twice {
					again = name
				}
				values[name] = value
				break
			}
			return err
		})
	})
	switch {
	case err != nil:
		return nil, err
	case again != "":
		return nil, twice(again)
	}
	return values, nil
}
