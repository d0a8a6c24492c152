package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/internal/words"
)

// journal is a file to which JSON values are appended, one per line. Values for which append
// returned nil survive a kill and a power cut.
type journal struct {
	file   *os.File
	unlock func()
	broken error
}

var errClosed = errors.New("the state file is closed")

// journalHead is the first line of a journal: any other file is refused, and stays as it is.
const journalHead = `{"journal":"provkit billing","version":1}`

// openJournal passes every line of the file to replay, then rewrites the file with what compact
// returns: the current state, without its history. A last line without a line break was cut short
// by a kill. It was never reported as stored, so it is dropped. Links are not followed.
func openJournal(path string, replay func(line []byte) error, compact func() []any) (*journal, error) {
	unlock, err := lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("lock %s (is another instance running?): %w", path, err)
	}
	j := &journal{unlock: unlock}
	if err := j.open(path, replay, compact); err != nil {
		unlock()
		return nil, fmt.Errorf("state file %s: %w", path, err)
	}
	return j, nil
}

func (j *journal) open(path string, replay func(line []byte) error, compact func() []any) error {
	if err := readLines(path, replay); err != nil {
		return err
	}
	// The old file stays until the new one is complete.
	draft, err := statefile.Create(path)
	if err != nil {
		return err
	}
	defer draft.Discard()
	if _, err := draft.WriteString(journalHead + "\n"); err != nil {
		return err
	}
	j.file = draft.File
	if err := j.append(compact()...); err != nil {
		return err
	}
	if err := draft.Keep(); err != nil {
		return err
	}
	j.file, err = statefile.Open(path, os.O_WRONLY|os.O_APPEND)
	return err
}

func readLines(path string, replay func(line []byte) error) error {
	file, err := statefile.Open(path, os.O_RDONLY)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = statefile.Lines(file, journalHead, func(_ int, line []byte) error { return replay(line) })
	return err
}

// append stores all values; after an error, the caller must assume that it stored none. Then the
// end of the file is unknown, so nothing is stored any more: a restart reads what is there.
func (j *journal) append(values ...any) error {
	if j.broken != nil {
		return j.broken
	}
	var text []byte
	for _, value := range values {
		line, err := json.Marshal(value)
		if err != nil {
			return err
		}
		text = append(append(text, words.Escape(line)...), '\n')
	}
	_, err := j.file.Write(text)
	if err == nil {
		err = j.file.Sync()
	}
	j.broken = err
	return err
}

func (j *journal) close() error {
	if errors.Is(j.broken, errClosed) {
		return nil
	}
	j.broken = errClosed
	defer j.unlock()
	return j.file.Close()
}
