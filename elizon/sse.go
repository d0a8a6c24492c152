package elizon

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const eventStream = "text/event-stream"

// Limits of an event stream, in bytes.
const (
	maxLine  = 256 << 10
	maxEvent = 1 << 20
)

var (
	errLongLine  = errors.New("a line of the event stream exceeds the limit")
	errLongEvent = errors.New("an event exceeds the limit")
)

// event is a server-sent event.
type event struct {
	name, id, data string
}

// eventReader parses an event stream as it arrives, by the rules of the WHATWG's HTML standard. An
// event ends with an empty line; anything after the last one is dropped, as the standard demands.
type eventReader struct {
	in *bufio.Reader
	// afterCR is set if the last line ended with CR, so that a following LF belongs to it. Waiting
	// for that LF would delay the event.
	afterCR bool
	begun   bool
	line    []byte
	lastID  string
}

func newEventReader(r io.Reader) *eventReader {
	return &eventReader{in: bufio.NewReaderSize(r, 4096)}
}

// next returns the next event that has data; io.EOF at the end.
func (r *eventReader) next() (event, error) {
	var data strings.Builder
	has, name := false, ""
	for {
		line, err := r.readLine()
		if err != nil {
			return event{}, err
		}
		if len(line) == 0 {
			if !has {
				name = ""
				continue
			}
			if name == "" {
				name = "message"
			}
			return event{name: name, id: r.lastID, data: data.String()}, nil
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) { // an empty name is a comment
		case "data":
			if data.Len()+len(value) >= maxEvent {
				return event{}, errLongEvent
			}
			if has {
				data.WriteByte('\n')
			}
			has = true
			data.Write(value)
		case "event":
			name = string(value)
		case "id":
			if !bytes.ContainsRune(value, 0) {
				r.lastID = string(value)
			}
		}
	}
}

// readLine returns a line without its end: CR LF, LF or CR. The line is valid until the next call.
func (r *eventReader) readLine() ([]byte, error) {
	r.line = r.line[:0]
	for {
		b, err := r.in.ReadByte()
		if err != nil {
			return nil, err
		}
		if r.afterCR {
			r.afterCR = false
			if b == '\n' {
				continue
			}
		}
		switch b {
		case '\r':
			r.afterCR = true
			return r.whole(), nil
		case '\n':
			return r.whole(), nil
		}
		if len(r.line) >= maxLine {
			return nil, errLongLine
		}
		r.line = append(r.line, b)
	}
}

// whole returns the line that was read, without the byte order mark on the first one.
func (r *eventReader) whole() []byte {
	line := r.line
	if !r.begun {
		r.begun = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line
}
