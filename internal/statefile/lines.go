package statefile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the longest line that is read.
const maxLine = 16 << 20

// Lines reads a file to which lines are appended. Its first line is the head, which says whose file
// it is; a file of an earlier version without one begins with a line that each accepts. All other
// lines are passed to each, with their number. end is where the last whole line ends: what follows
// was cut short by a kill, and may be removed; 0 is a file without a head.
//
// An error is a file that is something else, or is broken: it must not be changed.
func Lines(file io.Reader, head string, each func(n int, line []byte) error) (end int64, err error) {
	return read(file, head, 1, each)
}

// Appended goes on where Lines ended, with what was appended meanwhile: first is the number of the
// first line that it reads, and end counts from there.
func Appended(file io.Reader, first int, each func(n int, line []byte) error) (end int64, err error) {
	return read(file, "", first, each)
}

func read(file io.Reader, head string, first int, each func(n int, line []byte) error) (end int64, err error) {
	lines := bufio.NewReaderSize(file, 64<<10)
	for n := first; ; n++ {
		line, err := readLine(lines)
		switch {
		case errors.Is(err, io.EOF) && n == 1 && !strings.HasPrefix(head, string(line)):
			return 0, errors.New("it holds something else: its only line has no end and is not the first of such a file")
		case errors.Is(err, io.EOF):
			return end, nil
		case err != nil:
			return 0, fmt.Errorf("line %d: %w", n, err)
		}
		end += int64(len(line))
		switch text := bytes.TrimSpace(line); {
		case n == 1 && string(text) == head, n > 1 && len(text) == 0:
		default:
			err := each(n, text)
			if err != nil && n == 1 {
				return 0, fmt.Errorf("it holds something else: its first line is not that of such a file (%w)", err)
			}
			if err != nil {
				return 0, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
}

// readLine reads a line with its line break. With io.EOF it returns one without.
func readLine(r *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case len(whole) > maxLine:
			return nil, errors.New("it is too long")
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return whole, err
		}
	}
}
