package bulk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Entry is a result in a Log, a line with a JSON object.
type Entry struct {
	At     time.Time `json:"at"`
	Verb   Verb      `json:"verb"`
	Server string    `json:"server"`
	// By and Account name the target.
	By      By     `json:"by,omitempty"`
	Account string `json:"account"`
	// Want, Plan and DryRun are what Ensure should do.
	Want    provider.Status  `json:"want,omitempty"`
	Plan    string           `json:"plan,omitempty"`
	DryRun  bool             `json:"dry_run,omitempty"`
	Outcome provider.Outcome `json:"outcome,omitempty"`
	Handle  string           `json:"handle,omitempty"`
	Error   string           `json:"error,omitempty"`
	// Code is provider.Code of the error; "" also in lines of earlier versions.
	Code string `json:"code,omitempty"`
}

// Key returns the key of the target.
func (e *Entry) Key() Key { return Key{e.Server, e.By, e.Account} }

// Done reports whether nothing is left to do. The next run asks for pending work again, which
// changes nothing while it is under way.
func (e *Entry) Done() bool { return e.Outcome != "" && e.Outcome != provider.OutcomePending }

func (e *Entry) work() work { return work{e.Key(), want{e.Want, e.Plan, e.DryRun}} }

// Log is the record of a job for the next run of the same job: a file whose first line says that it
// is one, and then a JSON object a line. It belongs to one verb. Two jobs must not use it at the same
// time.
type Log struct {
	file *os.File
	verb Verb
	done map[work]bool
}

// logHead is the first line of a log. Logs of earlier versions have none.
const logHead = `{"log":"provkit bulk","version":2}`

// maxLine bounds the lines that are written.
const maxLine = 1 << 20

// OpenLog opens and reads the log at path, or creates it. Its mode is 0600 from then on. A last line without its
// end, from a program that was killed, is removed.
//
// All else that is not a log is refused and stays as it is: other files, even those with one line or
// with none but empty ones, directories, pipes and symbolic links. So is the log of an earlier version
// if its lines do not say whether they name IDs or references.
func OpenLog(path string) (*Log, error) {
	file, err := statefile.Open(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("bulk: open log: %w", err)
	}
	l := &Log{file: file, done: make(map[work]bool)}
	err = l.read()
	if err == nil {
		err = statefile.Private(file)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("bulk: read log %s: %w", path, err)
	}
	return l, nil
}

// ReadLog returns the entries of the log at path in the order of their results, and changes nothing.
// The last one of a target counts. Without a file the error matches fs.ErrNotExist.
func ReadLog(path string) ([]Entry, error) {
	file, err := statefile.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("bulk: open log: %w", err)
	}
	defer func() { _ = file.Close() }()
	var all []Entry
	if _, err := readEntries(file, func(e Entry) { all = append(all, e) }); err != nil {
		return nil, fmt.Errorf("bulk: read log %s: %w", path, err)
	}
	return all, nil
}

func (l *Log) read() error {
	end, err := readEntries(l.file, func(e Entry) {
		l.verb = e.Verb
		// The last line of an account counts: a later run may have done what failed.
		if e.Done() {
			l.done[e.work()] = true
		} else {
			delete(l.done, e.work())
		}
	})
	if err != nil {
		return err
	}
	if err := l.file.Truncate(end); err != nil {
		return err
	}
	if _, err := l.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	if end == 0 {
		_, err = io.WriteString(l.file, logHead+"\n")
	}
	return err
}

// readEntries returns where the last whole line of a log ends.
func readEntries(file io.Reader, take func(Entry)) (end int64, err error) {
	var verb Verb
	return statefile.Lines(file, logHead, func(_ int, line []byte) error {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil || e.At.IsZero() || e.Verb == "" || e.Server == "" {
			return errors.New("it is not a log entry")
		}
		if verb != "" && verb != e.Verb {
			return fmt.Errorf("it has the verb %q, the lines before it %q", e.Verb, verb)
		}
		verb = e.Verb
		if e.By == "" && e.Account != "" {
			if e.Verb != Suspend && e.Verb != Unsuspend && e.Verb != Terminate {
				return fmt.Errorf("it is of an earlier version and does not say whether %q is an ID or a reference: "+
					"finish the job with that version, or begin a new log", e.Account)
			}
			e.By = ByID // as these verbs need one
		}
		take(e)
		return nil
	})
}

// Len returns how many accounts are done.
func (l *Log) Len() int { return len(l.done) }

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }

func entry(verb Verb, r *Result) *Entry {
	w := r.Target.work(verb)
	e := &Entry{
		At: time.Now().UTC(), Verb: verb, Server: w.Server, By: w.By, Account: w.Account,
		Want: w.Status, Plan: w.Plan, DryRun: w.DryRun, Outcome: r.Outcome, Handle: r.Handle(),
	}
	if r.Err != nil {
		e.Error, e.Code = words.Line(r.Err.Error(), words.MaxError), provider.Code(r.Err)
	}
	return e
}

// knows reports whether a target is done.
func (l *Log) knows(verb Verb, t Target) bool {
	if l == nil || t.name() == "" { // without names, all targets of a server have one key
		return false
	}
	return l.done[t.work(verb)]
}

// write appends a result in one write, so that a kill cuts one line at most.
func (l *Log) write(verb Verb, r *Result) error {
	if l == nil {
		return nil
	}
	e := entry(verb, r)
	line, err := json.Marshal(e)
	line = words.Escape(line)
	switch {
	case err != nil:
	case len(line) >= maxLine:
		err = fmt.Errorf("the entry of an account is longer than %d bytes", maxLine)
	default:
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("bulk: write log: %w", err)
	}
	l.verb = verb
	if e.Done() {
		l.done[e.work()] = true
	}
	return nil
}
