package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// journal is a file to which JSON values are appended, one per line. Values for which append
// returned nil survive a kill and a power cut.
type journal struct {
	file   *os.File
	unlock func()
	broken error
}

var errClosed = errors.New("the state file is closed")

// openJournal passes every line of the file to replay, then rewrites the file with what compact
// returns: the current state, without its history. A last line without a line break was cut short
// by a kill. It was never reported as stored, so it is dropped.
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
	if err := j.openFile(path+".new", os.O_TRUNC); err != nil {
		return err
	}
	err := j.append(compact()...)
	if err = errors.Join(err, j.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		return err
	}
	return j.openFile(path, 0)
}

func (j *journal) openFile(path string, flag int) (err error) {
	j.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND|flag, 0o600)
	return err
}

func readLines(path string, replay func(line []byte) error) error {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewReader(file)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := replay(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
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
		text = append(append(text, line...), '\n')
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
