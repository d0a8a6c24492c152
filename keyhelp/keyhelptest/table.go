package keyhelptest

import (
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

// table keeps rows of one kind, found by ID and by a unique name without regard to case.
type table[T any] struct {
	ids    *emulator.Sequence
	id     func(*T) *int64
	name   func(*T) string
	rows   []*T
	byID   map[int64]*T
	byName map[string]*T
}

func newTable[T any](firstID int64, id func(*T) *int64, name func(*T) string) *table[T] {
	return &table[T]{
		ids: emulator.NewSequence(firstID, uint64(firstID)), id: id, name: name,
		byID: make(map[int64]*T), byName: make(map[string]*T),
	}
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
	if key := t.key(added); key != "" {
		t.byName[key] = added
	}
	return *id
}

func (t *table[T]) key(r *T) string { return strings.ToLower(t.name(r)) }

func (t *table[T]) get(id int64) *T { return t.byID[id] }

func (t *table[T]) find(name string) *T {
	if name == "" {
		return nil
	}
	return t.byName[strings.ToLower(name)]
}

func (t *table[T]) has(name string) bool { return t.find(name) != nil }

// rename changes a row's name under change.
func (t *table[T]) rename(r *T, change func()) {
	delete(t.byName, t.key(r))
	change()
	if key := t.key(r); key != "" {
		t.byName[key] = r
	}
}

func (t *table[T]) remove(r *T) {
	delete(t.byID, *t.id(r))
	delete(t.byName, t.key(r))
	t.rows = slices.DeleteFunc(t.rows, func(other *T) bool { return other == r })
}

// removeWhere removes all rows that match.
func (t *table[T]) removeWhere(match func(*T) bool) {
	for _, r := range slices.Clone(t.rows) {
		if match(r) {
			t.remove(r)
		}
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

// values returns copies of all rows.
func (t *table[T]) values(copied func(*T) T) []T {
	all := make([]T, len(t.rows))
	for i, r := range t.rows {
		all[i] = copied(r)
	}
	return all
}
