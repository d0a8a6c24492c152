package hestiatest

import (
	"maps"
	"slices"
	"strconv"
)

// row is one line of a configuration file of the panel, which stores everything as KEY='value'
// pairs. A missing key is not the same as an empty one: the plural lists print the value of the row
// before it.
type row map[string]string

// table is such a file: rows in the order in which they were written.
type table struct{ rows []row }

func (t *table) find(key, value string) row {
	for _, r := range t.rows {
		if have, ok := r[key]; ok && have == value {
			return r
		}
	}
	return nil
}

// with returns all rows with that value, in a new slice.
func (t *table) with(key, value string) []row {
	var found []row
	for _, r := range t.rows {
		if have, ok := r[key]; ok && have == value {
			found = append(found, r)
		}
	}
	return found
}

func (t *table) add(r row) { t.rows = append(t.rows, r) }

func (t *table) remove(key, value string) {
	t.rows = slices.DeleteFunc(t.rows, func(r row) bool {
		have, ok := r[key]
		return ok && have == value
	})
}

// sortByNumber orders rows by a numeric key, as the panel does with records and cron jobs.
func (t *table) sortByNumber(key string) {
	slices.SortStableFunc(t.rows, func(a, b row) int { return number(a[key]) - number(b[key]) })
}

// next returns the number after the highest one.
func (t *table) next(key string) string {
	highest := 0
	for _, r := range t.rows {
		highest = max(highest, number(r[key]))
	}
	return strconv.Itoa(highest + 1)
}

func (t *table) clone() []row {
	all := make([]row, len(t.rows))
	for i, r := range t.rows {
		all[i] = maps.Clone(r)
	}
	return all
}

// number reads a counter; what is not a number is 0.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// raise adds to a counter.
func (r row) raise(key string, by int) { r[key] = strconv.Itoa(number(r[key]) + by) }

// lower subtracts from a counter, as the panel does: never below zero, and one or less always
// becomes zero.
func (r row) lower(key string, by int) {
	n := number(r[key])
	if n <= 1 {
		r[key] = "0"
		return
	}
	r[key] = strconv.Itoa(max(0, n-by))
}

// yes reports whether a flag is set.
func (r row) yes(key string) bool { return r[key] == "yes" }
