package bulk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/provkit/provkit/provider"
)

// Entry is one line of a Log, a JSON object.
type Entry struct {
	At      time.Time        `json:"at"`
	Verb    Verb             `json:"verb"`
	Server  string           `json:"server"`
	Account string           `json:"account"`
	Want    string           `json:"want,omitempty"`
	Outcome provider.Outcome `json:"outcome,omitempty"`
	Handle  string           `json:"handle,omitempty"`
	Error   string           `json:"error,omitempty"`
}

// done reports whether nothing is left to do. The next run asks for pending work again, which
// changes nothing while it is under way.
func (e *Entry) done() bool { return e.Outcome != "" && e.Outcome != provider.OutcomePending }

func (e *Entry) key() string { return e.Server + "\x00" + e.Account + "\x00" + e.Want }

// Log is the record of a job for the next run of the same job: a file with one JSON object a line.
// It belongs to one verb. Two jobs must not use it at the same time.
type Log struct {
	file *os.File
	verb Verb
	done map[string]bool
}

// maxLine is the longest line that is read.
const maxLine = 1 << 20

// OpenLog opens and reads the log at path, or creates it. A last line without its end, from a
// program that was killed, is removed. Any other line that cannot be read is an error, since the
// file may be something else.
func OpenLog(path string) (*Log, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, fmt.Errorf("bulk: open log: %w", err)
	}
	l := &Log{file: file, done: make(map[string]bool)}
	if err := l.read(); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("bulk: read log %s: %w", path, err)
	}
	return l, nil
}

func (l *Log) read() error {
	lines := bufio.NewReaderSize(l.file, 64<<10)
	end := int64(0)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			break // the last line has no end
		}
		if err != nil {
			return err
		}
		end += int64(len(line))
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil || e.Verb == "" || e.Server == "" {
			return fmt.Errorf("line %d is not a log entry", n)
		}
		if l.verb != "" && l.verb != e.Verb {
			return fmt.Errorf("line %d has the verb %q, the lines before it %q", n, e.Verb, l.verb)
		}
		l.verb = e.Verb
		// The last line of an account counts: a later run may have done what failed.
		if e.done() {
			l.done[e.key()] = true
		} else {
			delete(l.done, e.key())
		}
	}
	if err := l.file.Truncate(end); err != nil {
		return err
	}
	_, err := l.file.Seek(end, io.SeekStart)
	return err
}

// readLine reads a line with its line break.
func readLine(r *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case len(whole) > maxLine:
			return nil, errors.New("a line is too long")
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil:
			return nil, err
		default:
			return whole, nil
		}
	}
}

// Len returns how many accounts are done.
func (l *Log) Len() int { return len(l.done) }

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }

func entry(verb Verb, r *Result) *Entry {
	e := &Entry{
		At: time.Now().UTC(), Verb: verb, Server: r.Target.Server, Account: r.Target.name(), Want: wanted(verb, r.Target),
		Outcome: r.Outcome, Handle: r.Handle(),
	}
	if r.Err != nil {
		e.Error = r.Err.Error()
	}
	return e
}

// key returns the key of the target's entry.
func (t Target) key(verb Verb) string {
	return (&Entry{Server: t.Server, Account: t.name(), Want: wanted(verb, t)}).key()
}

// wanted returns what Ensure should do, since one account may have several entries over time.
func wanted(verb Verb, t Target) string {
	if verb != Ensure {
		return ""
	}
	want := string(t.Want.Status)
	if t.Want.Plan != "" {
		want += " on " + t.Want.Plan
	}
	if t.Want.DryRun {
		want += " (dry run)"
	}
	return want
}

// knows reports whether a target is done.
func (l *Log) knows(verb Verb, t Target) bool {
	if l == nil || t.name() == "" { // without names, all targets of a server have one key
		return false
	}
	return l.done[t.key(verb)]
}

// write appends a result in one write, so that a kill cuts one line at most.
func (l *Log) write(verb Verb, r *Result) error {
	if l == nil {
		return nil
	}
	e := entry(verb, r)
	line, err := json.Marshal(e)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("bulk: write log: %w", err)
	}
	l.verb = verb
	if e.done() {
		l.done[e.key()] = true
	}
	return nil
}
