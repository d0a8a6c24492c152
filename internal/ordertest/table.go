package ordertest

import (
	"fmt"
	"strings"
	"sync"
)

// Columns of the table of a campaign.
const (
	Orders    = "orders"
	Lives     = "lives"
	Kills     = "kills"
	Requests  = "requests"
	Disturbed = "disturbed"
	Late      = "late"
	Junk      = "junk"
	Jumps     = "jumps"
	Refused   = "refused"
	Beside    = "beside"    // orders of other people
	Unshown   = "unshown"   // what the vendor accepted and does not show
	Over      = "over"      // conflicts of which nothing was left when a person looked
	Payments  = "payments"  // of a person
	Adoptions = "adoptions" // by a person
	Renewals  = "renewals"
	Twice     = "twice"
	Lost      = "lost"
	Stuck     = "stuck"
)

var columns = []string{Orders, Lives, Kills, Requests, Disturbed, Late, Junk, Jumps, Beside, Refused, Unshown, Payments, Adoptions, Over, Renewals, Twice, Lost, Stuck}

// Table counts what happened in a campaign. Its zero value is empty.
type Table struct {
	mu    sync.Mutex
	rows  []string
	cells map[string]map[string]int
}

// Add adds to a cell, and to the sum of its column.
func (t *Table) Add(row, column string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cells == nil {
		t.cells = map[string]map[string]int{sum: {}}
	}
	if t.cells[row] == nil {
		t.rows, t.cells[row] = append(t.rows, row), map[string]int{}
	}
	t.cells[row][column] += n
	t.cells[sum][column] += n
}

// Sum returns the sum of a column.
func (t *Table) Sum(column string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cells[sum][column]
}

const sum = "all"

// String returns the table as text.
func (t *Table) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out strings.Builder
	fmt.Fprintf(&out, "%-32s", "vendor")
	for _, column := range columns {
		fmt.Fprintf(&out, " %9s", column)
	}
	for _, row := range append(t.rows, sum) {
		fmt.Fprintf(&out, "\n%-32s", row)
		for _, column := range columns {
			fmt.Fprintf(&out, " %9d", t.cells[row][column])
		}
	}
	return out.String()
}
