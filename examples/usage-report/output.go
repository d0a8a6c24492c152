package main

import (
	"bufio"
	"io"

	"github.com/provkit/provkit/internal/statefile"
)

// output is a file that gets its name only when it is complete, so that an interrupted run leaves
// the last report as it was.
type output struct {
	*bufio.Writer
	file *statefile.Draft
}

// create begins a file: "-" is standard output, "" writes nowhere.
func create(path string, stdout io.Writer) (*output, error) {
	switch path {
	case "":
		return &output{Writer: bufio.NewWriter(io.Discard)}, nil
	case "-":
		return &output{Writer: bufio.NewWriter(stdout)}, nil
	}
	file, err := statefile.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{bufio.NewWriter(file), file}, nil
}

// keep ends the file and gives it its name. Reports name customers, so other users of the machine
// may not read them.
func (o *output) keep() error {
	if err := o.Flush(); err != nil || o.file == nil {
		return err
	}
	return o.file.Keep()
}

// discard removes the file unless it was kept.
func (o *output) discard() {
	if o.file != nil {
		o.file.Discard()
	}
}
