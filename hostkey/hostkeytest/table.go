package hostkeytest

import (
	"slices"

	"github.com/provkit/provkit/internal/emulator"
)

// table keeps rows of one kind, found by ID.
type table[T any] struct {
	ids  *emulator.Sequence
	id   func(*T) *int64
	rows []*T
	byID map[int64]*T
}

func newTable[T any](firstID int64, id func(*T) *int64) *table[T] {
	return &table[T]{ids: emulator.NewSequence(firstID, uint64(firstID)), id: id, byID: make(map[int64]*T)}
}

// add stores a row and gives it an ID, unless it brings one.
func (t *table[T]) add(added *T) *T {
	id := t.id(added)
	if *id == 0 {
		*id = t.ids.Next()
	} else {
		t.ids.Skip(*id)
	}
	t.rows = append(t.rows, added)
	t.byID[*id] = added
	return added
}

func (t *table[T]) get(id int64) *T { return t.byID[id] }

func (t *table[T]) remove(row *T) {
	delete(t.byID, *t.id(row))
	if i := slices.Index(t.rows, row); i >= 0 {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
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

// rows maps a list to JSON objects, never nil.
func rows[T any](all []T, each func(T) row) []row {
	list := make([]row, len(all))
	for i, v := range all {
		list[i] = each(v)
	}
	return list
}
