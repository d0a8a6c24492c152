package provider

// Ptr returns a pointer to v, for the fields of partial updates: nil leaves a
// field alone, a pointer sets it, also to zero.
func Ptr[T any](v T) *T { return &v }
