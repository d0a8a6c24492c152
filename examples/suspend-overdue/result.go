package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider/bulk"
)

// readLog returns what a log says about each account. A missing log counts as empty.
func readLog(path string) (map[bulk.Key]bulk.Entry, error) {
	entries := make(map[bulk.Key]bulk.Entry)
	all, err := bulk.ReadLog(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range all {
		entries[e.Key()] = e // the last one counts
	}
	return entries, nil
}

// succeeded returns the accounts for which nothing is left to do.
func succeeded(all map[bulk.Key]bulk.Entry) map[bulk.Key]bulk.Entry {
	done := make(map[bulk.Key]bulk.Entry)
	for key, e := range all {
		if e.Done() {
			done[key] = e
		}
	}
	return done
}

// writeResult writes the result of each line of the list, over all runs.
func writeResult(path string, plan []planned, done map[bulk.Key]bulk.Entry) error {
	// A spreadsheet that has the old file open must not see half of the new one.
	file, err := statefile.Create(path)
	if err != nil {
		return err
	}
	defer file.Discard()
	out := csv.NewWriter(file)
	_ = out.Write([]string{"line", "server", "account", "id", "invoice", "due", "result", "detail"}) // see out.Error
	for _, p := range plan {
		result, detail := outcome(p, done)
		_ = out.Write([]string{
			fmt.Sprint(p.Number), harmless(p.Server), harmless(p.Account), harmless(p.id), harmless(p.Invoice),
			p.Due.Format(time.DateOnly), result, harmless(detail),
		})
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return file.Keep()
}

// What the result says about a line.
const (
	wasSuspended = "suspended"
	leftAlone    = "left alone"
	failed       = "failed"
	notTried     = "not tried"
)

func outcome(p planned, done map[bulk.Key]bulk.Entry) (result, detail string) {
	entry, tried := done[p.target().Key()]
	switch {
	case p.action == unknown:
		return failed, p.problem
	case p.action == notDue:
		return leftAlone, string(notDue)
	case tried && entry.Error == "":
		return wasSuspended, string(entry.Outcome) + " at " + entry.At.Format(time.RFC3339)
	case p.before: // perhaps by a call whose answer was lost in an interruption
		return wasSuspended, "it was when this run began"
	case tried:
		return failed, entry.Error
	}
	return notTried, ""
}

// formula is what a spreadsheet may run: at the beginning, or behind a separator of another country's
// spreadsheet, which does not heed our quotes. Spaces and quotes may precede it.
var formula = regexp.MustCompile(`(^|;)([\p{Z}"]*[=+\-@＝＋－＠])`)

// harmless is a text as one visible line, and keeps spreadsheets from running text of a server or a list as a formula.
func harmless(text string) string {
	return formula.ReplaceAllString(words.Line(text, words.MaxError), "$1'$2")
}
