package provider

// hidden holds a value where fmt does not look. When a verb does not fit, or a struct is in an
// unexported field, fmt prints the fields of structs without asking their methods, and follows some
// pointers to slices, maps and structs. It never follows one to a string or to a pointer, and prints
// its address.
//
// Secret uses a handle of package unique instead, which is such a pointer too, and can be compared.
type hidden[T string | *content] struct {
	_     [0]func() // == would compare addresses
	value *T
}

func hide[T string | *content](value T) hidden[T] { return hidden[T]{value: &value} }

// reveal returns the value, or the zero value.
func (h hidden[T]) reveal() (value T) {
	if h.value != nil {
		value = *h.value
	}
	return value
}
