package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// line is one line of the list.
type line struct {
	Number                   int // in the file
	Server, Account, Invoice string
	Due                      time.Time
	Reference                string // "" in a list without references
}

// columns are those of a list; the last one may be missing.
var columns = []string{"server", "account", "invoice", "due", "reference"}

// readList reads the whole list and reports all mistakes in it at once, since half a list must not
// be processed. The fingerprint is the same for the same content.
func readList(path string) (lines []line, fingerprint string, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(content)
	lines, err = parseList(content)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	return lines, hex.EncodeToString(sum[:4]), nil
}

func parseList(content []byte) ([]line, error) {
	// Spreadsheets begin a file with a byte order mark.
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))))
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("first line: %w", err)
	}
	references := len(header) == len(columns)
	if !slices.EqualFunc(header, columns[:max(len(header), len(columns)-1)], func(got, want string) bool { return strings.EqualFold(strings.TrimSpace(got), want) }) {
		return nil, fmt.Errorf("first line: the columns must be %s, or these without the last", strings.Join(columns, ","))
	}
	var lines []line
	var mistakes []error
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			mistakes = append(mistakes, err) // err names the line
			if !errors.Is(err, csv.ErrFieldCount) {
				break
			}
			continue
		}
		number, _ := reader.FieldPos(0)
		l := line{Number: number, Server: strings.TrimSpace(fields[0]), Account: strings.TrimSpace(fields[1]), Invoice: strings.TrimSpace(fields[2])}
		if l.Server == "" || l.Account == "" {
			mistakes = append(mistakes, fmt.Errorf("line %d: server and account are required", number))
		}
		if l.Due, err = time.Parse(time.DateOnly, strings.TrimSpace(fields[3])); err != nil {
			mistakes = append(mistakes, fmt.Errorf("line %d: due %q is not a date like 2006-01-02", number, fields[3]))
		}
		if references {
			if l.Reference = strings.TrimSpace(fields[4]); provider.ReferenceProblem(l.Reference) != "" {
				mistakes = append(mistakes, fmt.Errorf("line %d: reference %q: %s", number, l.Reference, provider.ReferenceProblem(l.Reference)))
			}
		}
		lines = append(lines, l)
	}
	return lines, errors.Join(mistakes...)
}
