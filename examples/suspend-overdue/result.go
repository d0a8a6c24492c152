package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// readLog returns what a log says about each account, by server and ID. A missing log counts as
// empty, and a last line that a kill cut short is ignored.
func readLog(path string) (map[string]bulk.Entry, error) {
	entries := make(map[string]bulk.Entry)
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return entries, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewReader(file)
	for n := 1; ; n++ {
		text, err := lines.ReadString('\n')
		if err != nil {
			return entries, nil // bulk.OpenLog also reads the file, and reports what is broken
		}
		var e bulk.Entry
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		entries[bulk.Target{Server: e.Server, ID: e.Account}.String()] = e // the last one counts
	}
}

// succeeded returns the accounts for which nothing is left to do.
func succeeded(all map[string]bulk.Entry) map[string]bulk.Entry {
	done := make(map[string]bulk.Entry)
	for key, e := range all {
		if e.Outcome != "" && e.Outcome != provider.OutcomePending {
			done[key] = e
		}
	}
	return done
}

// writeResult writes the result of each line of the list, over all runs.
func writeResult(path string, plan []planned, done map[string]bulk.Entry) (err error) {
	// A spreadsheet that has the old file open must not see half of the new one.
	file, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
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
	if err := errors.Join(out.Error(), file.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// What the result says about a line.
const (
	wasSuspended = "suspended"
	leftAlone    = "left alone"
	failed       = "failed"
	notTried     = "not tried"
)

func outcome(p planned, done map[string]bulk.Entry) (result, detail string) {
	entry, tried := done[p.target().String()]
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
// spreadsheet, which does not heed our quotes. Spaces, invisible characters and quotes may precede it.
var formula = regexp.MustCompile(`(^|[;\t\r\n])([\p{Z}\p{Cf}"\v\f]*[=+\-@＝＋－＠])`)

// harmless keeps spreadsheets from running text of a server or a list as a formula.
func harmless(text string) string {
	text = formula.ReplaceAllString(text, "$1'$2")
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
		text = "'" + text
	}
	return text
}
