package elizontest

import "slices"

// table keeps rows of one kind in order of creation, found by ID.
type table[T any] struct {
	id   func(*T) string
	rows []*T
	byID map[string]*T
}

func newTable[T any](id func(*T) string) *table[T] {
	return &table[T]{id: id, byID: make(map[string]*T)}
}

func (t *table[T]) add(added *T) {
	t.rows = append(t.rows, added)
	t.byID[t.id(added)] = added
}

func (t *table[T]) get(id string) *T { return t.byID[id] }

func (t *table[T]) remove(gone *T) {
	delete(t.byID, t.id(gone))
	if i := slices.Index(t.rows, gone); i >= 0 {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

func (t *table[T]) find(match func(*T) bool) *T {
	for _, r := range t.rows {
		if match(r) {
			return r
		}
	}
	return nil
}

func (t *table[T]) where(match func(*T) bool) []*T {
	var found []*T
	for _, r := range t.rows {
		if match(r) {
			found = append(found, r)
		}
	}
	return found
}

// copies returns copies of rows.
func copies[T any](rows []*T) []T {
	all := make([]T, len(rows))
	for i, r := range rows {
		all[i] = *r
	}
	return all
}
