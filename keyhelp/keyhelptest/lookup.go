package keyhelptest

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strconv"
)

// pick returns the row that the path names, by ID or by name.
func pick[T any](c *call, t *table[T]) *T {
	for _, wildcard := range []string{"id", "id_domain"} {
		if text := c.r.PathValue(wildcard); text != "" {
			id, err := strconv.ParseUint(text, 10, 63) // no sign
			if err != nil {
				return nil
			}
			return t.Get(int64(id))
		}
	}
	for _, wildcard := range []string{"username", "domain", "name"} {
		if text := c.r.PathValue(wildcard); text != "" {
			return t.find(text)
		}
	}
	return nil
}

// getRow answers with the row that the path names.
func getRow[T any](c *call, t *table[T], what string, render func(*T) row) reply {
	found := pick(c, t)
	if found == nil {
		return c.notFound(what)
	}
	return ok(render(found))
}

// listRows answers with all rows, sorted as the query asks.
func listRows[T any](c *call, t *table[T], render func(*T) row) reply {
	rows := make([]row, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = render(r)
	}
	query := c.r.URL.Query()
	slices.SortStableFunc(rows, func(a, b row) int {
		order := compareValues(a[query.Get("sort")], b[query.Get("sort")])
		if order == 0 {
			order = compareValues(a["id"], b["id"])
		}
		if query.Get("order") == "desc" {
			return -order
		}
		return order
	})
	return ok(rows)
}

// compareValues orders values that can be ordered; all others are equal.
func compareValues(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, same := b.(string); same {
			return cmp.Compare(x, y)
		}
	case int64:
		if y, same := b.(int64); same {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, same := b.(bool); same && x != y {
			if y {
				return -1
			}
			return 1
		}
	}
	return 0
}

// rowsOf renders the rows that belong to a client; it never returns nil.
func rowsOf[T any](t *table[T], owned func(*T) bool, render func(*T) row) []row {
	rows := []row{}
	for _, r := range t.Where(owned) {
		rows = append(rows, render(r))
	}
	return rows
}

// newName reads a new name for a row, if the request has one; the row's own name does not count as
// taken.
func newName[T any](c *call, t *table[T], own *T, dst *string) {
	name, there := c.filled("name")
	if !there {
		return
	}
	if other := t.find(name); other != nil && other != own {
		c.blame("name", alreadyInUse)
	}
	*dst = name
}

// inOrder iterates over a map in the order of its keys, so that the first complaint is always the
// same.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
