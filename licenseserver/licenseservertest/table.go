package licenseservertest

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
func (t *table[T]) add(added *T) int64 {
	id := t.id(added)
	if *id == 0 {
		*id = t.ids.Next()
	} else {
		t.ids.Skip(*id)
	}
	t.rows = append(t.rows, added)
	t.byID[*id] = added
	return *id
}

func (t *table[T]) get(id int64) *T { return t.byID[id] }

func (t *table[T]) removeWhere(match func(*T) bool) {
	t.rows = slices.DeleteFunc(t.rows, func(r *T) bool {
		gone := match(r)
		if gone {
			delete(t.byID, *t.id(r))
		}
		return gone
	})
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

// find returns the first row that matches, or nil.
func (t *table[T]) find(match func(*T) bool) *T {
	for _, r := range t.rows {
		if match(r) {
			return r
		}
	}
	return nil
}

func (t *table[T]) count(match func(*T) bool) int {
	n := 0
	for _, r := range t.rows {
		if match(r) {
			n++
		}
	}
	return n
}

// copies returns copies of all rows.
func copies[T any](rows []*T, copied func(*T) T) []T {
	all := make([]T, len(rows))
	for i, r := range rows {
		all[i] = copied(r)
	}
	return all
}
