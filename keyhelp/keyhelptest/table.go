package keyhelptest

import (
	"strings"

	"github.com/provkit/provkit/internal/emulator"
)

// table contains rows of one type, found by ID and by a unique name regardless of case.
type table[T any] struct {
	*emulator.Numbered[T]
	name   func(*T) string
	byName map[string]*T
}

func newTable[T any](firstID int64, id func(*T) *int64, name func(*T) string) *table[T] {
	return &table[T]{Numbered: emulator.NewNumbered(firstID, id), name: name, byName: make(map[string]*T)}
}

// Add stores a row and returns it. It assigns an ID unless the row has one.
func (t *table[T]) Add(added *T) *T {
	if key := t.key(added); key != "" {
		t.byName[key] = added
	}
	return t.Numbered.Add(added)
}

func (t *table[T]) key(r *T) string { return strings.ToLower(t.name(r)) }

func (t *table[T]) find(name string) *T {
	if name == "" {
		return nil
	}
	return t.byName[strings.ToLower(name)]
}

func (t *table[T]) has(name string) bool { return t.find(name) != nil }

// rename calls change, which may change the row's name.
func (t *table[T]) rename(r *T, change func()) {
	delete(t.byName, t.key(r))
	change()
	if key := t.key(r); key != "" {
		t.byName[key] = r
	}
}

// Remove removes a row.
func (t *table[T]) Remove(r *T) {
	delete(t.byName, t.key(r))
	t.Numbered.Remove(r)
}

// RemoveWhere removes all rows that match.
func (t *table[T]) RemoveWhere(match func(*T) bool) {
	for _, r := range t.Where(match) {
		t.Remove(r)
	}
}
