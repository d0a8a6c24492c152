package emulator

import "slices"

// Table keeps rows of one kind in the order in which they came, found by their key. A key must not change while its row
// is in the table. It is not safe for concurrent use: the state that it belongs to has a lock already.
type Table[K comparable, T any] struct {
	// Rows are for reading.
	Rows []*T

	key   func(*T) K
	byKey map[K]*T
}

// NewTable makes a table of rows that bring their keys.
func NewTable[K comparable, T any](key func(*T) K) *Table[K, T] {
	return &Table[K, T]{key: key, byKey: make(map[K]*T)}
}

// Add stores a row, and returns it.
func (t *Table[K, T]) Add(row *T) *T {
	t.Rows = append(t.Rows, row)
	t.byKey[t.key(row)] = row
	return row
}

// KeyOf returns the key of a row.
func (t *Table[K, T]) KeyOf(row *T) K { return t.key(row) }

// Get returns the row of a key, or nil.
func (t *Table[K, T]) Get(key K) *T { return t.byKey[key] }

// Remove takes a row out. It does nothing if it is not there.
func (t *Table[K, T]) Remove(row *T) {
	t.RemoveWhere(func(r *T) bool { return r == row })
}

// RemoveWhere takes out all rows that match.
func (t *Table[K, T]) RemoveWhere(match func(*T) bool) {
	t.Rows = slices.DeleteFunc(t.Rows, func(r *T) bool {
		gone := match(r)
		if gone {
			delete(t.byKey, t.key(r))
		}
		return gone
	})
}

// Where returns the rows that match. The slice is the caller's.
func (t *Table[K, T]) Where(match func(*T) bool) []*T {
	var found []*T
	for _, r := range t.Rows {
		if match(r) {
			found = append(found, r)
		}
	}
	return found
}

// Find returns the first row that matches, or nil.
func (t *Table[K, T]) Find(match func(*T) bool) *T {
	if i := slices.IndexFunc(t.Rows, match); i >= 0 {
		return t.Rows[i]
	}
	return nil
}

// Count returns how many rows match.
func (t *Table[K, T]) Count(match func(*T) bool) int {
	n := 0
	for _, r := range t.Rows {
		if match(r) {
			n++
		}
	}
	return n
}

// Numbered is a table of rows that get numbers for IDs.
type Numbered[T any] struct {
	*Table[int64, T]

	id  func(*T) *int64
	ids *Sequence
}

// NewNumbered makes a table whose first ID is first.
func NewNumbered[T any](first int64, id func(*T) *int64) *Numbered[T] {
	return &Numbered[T]{
		Table: NewTable(func(row *T) int64 { return *id(row) }), id: id, ids: NewSequence(first, uint64(first)),
	}
}

// Next takes an ID for a row that is added later.
func (n *Numbered[T]) Next() int64 { return n.ids.Next() }

// Add stores a row, and returns it. It gives it an ID, unless it brings one.
func (n *Numbered[T]) Add(row *T) *T {
	if id := n.id(row); *id == 0 {
		*id = n.Next()
	} else {
		n.ids.Skip(*id)
	}
	return n.Table.Add(row)
}

// Copies are the values of rows, as copied makes them: [Plain] where nothing in them is shared.
func Copies[T any](rows []*T, copied func(*T) T) []T {
	all := make([]T, len(rows))
	for i, r := range rows {
		all[i] = copied(r)
	}
	return all
}

// Plain is the value of a row as it is.
func Plain[T any](row *T) T { return *row }
