package main

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
)

// output is a file that gets its name only when it is complete, so that an interrupted run leaves
// the last report as it was.
type output struct {
	*bufio.Writer
	path string
	file *os.File
}

// create begins a file: "-" is standard output, "" writes nowhere.
func create(path string, stdout io.Writer) (*output, error) {
	switch path {
	case "":
		return &output{Writer: bufio.NewWriter(io.Discard)}, nil
	case "-":
		return &output{Writer: bufio.NewWriter(stdout)}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return nil, err
	}
	return &output{bufio.NewWriter(file), path, file}, nil
}

// keep ends the file and gives it its name. Reports name customers, so other users of the machine
// may not read them.
func (o *output) keep() error {
	if err := o.Flush(); err != nil || o.file == nil {
		return err
	}
	if err := o.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(o.file.Name(), o.path); err != nil {
		return err
	}
	o.file = nil
	return nil
}

// discard removes the file unless it was kept.
func (o *output) discard() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}
