package main

import (
	"encoding/csv"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// columns are those of the CSV file, with one row for each figure. limit is a number, "unlimited",
// or empty if the system does not report it. A row with an error has no figure: it is an account
// that could not be read or, if account is empty, a server. A row with an account, no figure and no
// error is an account for which the system reports no figures.
var columns = []string{"server", "kind", "account", "username", "metric", "unit", "used", "limit", "over", "as_of", "error"}

// table writes the CSV file.
type table struct {
	w     *csv.Writer
	begun bool
}

func newTable(w io.Writer) *table { return &table{w: csv.NewWriter(w)} }

func (t *table) report(r *fleet.AccountUsage, kind string) error {
	for _, u := range r.Values {
		limit := strconv.FormatInt(u.Limit, 10)
		switch {
		case u.Unlimited:
			limit = "unlimited"
		case u.LimitUnknown:
			limit = ""
		}
		err := t.row(
			cell(r.Server), kind, cell(r.AccountID), cell(r.Username), cell(u.Metric), string(u.Unit),
			strconv.FormatInt(u.Used, 10), limit, strconv.FormatBool(u.Over()), r.AsOf.UTC().Format(time.RFC3339), "",
		)
		if err != nil {
			return err
		}
	}
	if len(r.Values) == 0 {
		return t.row(cell(r.Server), kind, cell(r.AccountID), cell(r.Username), "", "", "", "", "", r.AsOf.UTC().Format(time.RFC3339), "")
	}
	return nil
}

func (t *table) failure(server, kind, account, username string, problem error) error {
	return t.row(cell(server), kind, cell(account), cell(username), "", "", "", "", "", "", cell(problem.Error()))
}

func (t *table) row(cells ...string) error {
	if !t.begun {
		t.begun = true
		if err := t.w.Write(columns); err != nil {
			return err
		}
	}
	return t.w.Write(cells)
}

// flush ends the file, which has a header even without accounts.
func (t *table) flush() error {
	if !t.begun {
		t.begun = true
		if err := t.w.Write(columns); err != nil {
			return err
		}
	}
	t.w.Flush()
	return t.w.Error()
}

// formula is what a spreadsheet may run: at the beginning, or behind a separator of another country's
// spreadsheet, which does not heed our quotes. Spaces and quotes may precede it.
var formula = regexp.MustCompile(`(^|;)([\p{Z}"]*[=+\-@＝＋－＠])`)

// cell is a text as one visible line, and keeps a spreadsheet from running a text that a customer chose as a formula.
func cell(text string) string {
	return formula.ReplaceAllString(words.Line(text, words.MaxError), "$1'$2")
}

// share returns how much of its limit a figure uses, where 1 is all of it, and maxShare is anything
// of a limit of 0. It returns false if there is no known limit, or if nothing is used of a limit of
// 0.
func share(u provider.Usage) (float64, bool) {
	switch {
	case u.Unlimited, u.LimitUnknown, u.Limit < 0:
		return 0, false
	case u.Limit == 0:
		return maxShare, u.Used > 0
	}
	return min(float64(u.Used)/float64(u.Limit), maxShare), true
}

const maxShare = 1e6
