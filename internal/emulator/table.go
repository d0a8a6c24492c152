package emulator

import "slices"

// Table keeps rows of one kind in the order of insertion, and finds them by key. A key must not
// change while its row is in the table. Table is not safe for concurrent use, since the emulator's
// state has a lock already.
type Table[K comparable, T any] struct {
	// Rows are read-only.
	Rows []*T

	key   func(*T) K
	byKey map[K]*T
}

// NewTable returns a table; key returns the key of a row.
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

// Get returns the row with a key, or nil.
func (t *Table[K, T]) Get(key K) *T { return t.byKey[key] }

// Remove removes a row. It does nothing if the row is not in the table.
func (t *Table[K, T]) Remove(row *T) {
	t.RemoveWhere(func(r *T) bool { return r == row })
}

// RemoveWhere removes all rows that match.
func (t *Table[K, T]) RemoveWhere(match func(*T) bool) {
	t.Rows = slices.DeleteFunc(t.Rows, func(r *T) bool {
		gone := match(r)
		if gone {
			delete(t.byKey, t.key(r))
		}
		return gone
	})
}

// Where returns the rows that match, in a new slice.
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

// Numbered is a table whose rows get numbers as IDs.
type Numbered[T any] struct {
	*Table[int64, T]

	id  func(*T) *int64
	ids *Sequence
}

// NewNumbered returns a table whose first ID is first.
func NewNumbered[T any](first int64, id func(*T) *int64) *Numbered[T] {
	return &Numbered[T]{
		Table: NewTable(func(row *T) int64 { return *id(row) }), id: id, ids: NewSequence(first, uint64(first)),
	}
}

// Next returns an ID for a row that is added later.
func (n *Numbered[T]) Next() int64 { return n.ids.Next() }

// Add stores a row, and returns it. The row gets an ID, unless it has one.
func (n *Numbered[T]) Add(row *T) *T {
	if id := n.id(row); *id == 0 {
		*id = n.Next()
	} else {
		n.ids.Skip(*id)
	}
	return n.Table.Add(row)
}

// Copies returns copies of rows, which copied makes: use [Plain] if rows share nothing.
func Copies[T any](rows []*T, copied func(*T) T) []T {
	all := make([]T, len(rows))
	for i, r := range rows {
		all[i] = copied(r)
	}
	return all
}

// Plain returns the value of a row.
func Plain[T any](row *T) T { return *row }
