package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/provider"
)

// state is what is known of a file up to its last whole line.
type state struct {
	table  table
	tokens map[string]int64 // by name: the last one
	last   int64            // the last number that was given away
	start  []byte           // the first two lines, by which files are told apart; nil if nothing is known
	end    int64            // where the last whole line ends
	lines  int
	n      int64 // the number of the last line
	failed int64 // where the file ended when it could not be rewritten
}

func newState() *state { return &state{table: newTable(), tokens: map[string]int64{}} }

// startOf reads the first two lines.
func startOf(file io.ReaderAt) ([]byte, error) {
	start := make([]byte, len(head)+200)
	n, err := file.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	lines := bytes.SplitAfterN(start[:n], []byte("\n"), 3)
	if len(lines) < 3 {
		return nil, errors.New("it has not the first two lines of a ledger, and holds something else or was emptied: remove it to begin anew, if you know that no order is under way")
	}
	return slices.Concat(lines[0], lines[1]), nil
}

// read reads the file from its beginning.
func read(file *os.File) (*state, error) {
	start, err := startOf(file)
	if err != nil {
		return nil, err
	}
	s := newState()
	s.start = start
	s.end, err = statefile.Lines(file, head, s.apply)
	return s, err
}

// more reads what was appended.
func (s *state) more(file *os.File) error {
	if _, err := file.Seek(s.end, io.SeekStart); err != nil {
		return err
	}
	read, err := statefile.Appended(file, s.lines+1, s.apply)
	s.end += read
	return err
}

// apply applies a line.
func (s *state) apply(n int, text []byte) error {
	l, err := readLine(text)
	if err != nil {
		return err
	}
	switch {
	case n == 1 || (l.File != "") != (n == 2):
		return errors.New("the first line names the format, and the second one the file, and no other")
	case l.N <= s.n && n != 2:
		return fmt.Errorf("its number is %d, after %d: a program has written without the lock, or the file was put together", l.N, s.n)
	}
	s.lines = n
	s.last = max(s.last, l.N)
	if n != 2 {
		s.n = l.N
	}
	switch {
	case l.File != "":
	case l.Put != nil:
		s.table.put(l.entry(), int64(len(text))+1)
	case l.Remove != nil:
		s.table.remove(provider.LedgerKey(*l.Remove))
	case l.Lease != "":
		s.tokens[l.Lease] = l.N
	default:
		return errors.New("it says nothing: is it of a later version?")
	}
	return nil
}

// Tests replace these by a disk that fails.
var (
	syncFile   = (*os.File).Sync
	syncFolder = statefile.SyncFolder
)

// append writes a line, and takes it back if that fails half-way.
func (s *state) append(file *os.File, l line) error {
	text := l.text()
	_, err := file.Write(text)
	if err == nil {
		err = syncFile(file)
	}
	if err != nil {
		return errors.Join(err, cut(file, s.end))
	}
	s.end += int64(len(text))
	return s.apply(s.lines+1, bytes.TrimSpace(text))
}

// cut removes what follows the last whole line.
func cut(file *os.File, end int64) error {
	return errors.Join(file.Truncate(end), syncFile(file))
}

// wasteful reports whether most of the file is of no use any more.
func (s *state) wasteful() bool {
	const small = 1 << 20
	return s.end-s.table.size > max(small, s.table.size) && s.end > 2*s.failed
}

// rewrite writes a file that has only what is of use in place of the one that is there, if any.
func (s *state) rewrite(path string) (err error) {
	defer func() {
		s.failed = 0
		if err != nil {
			s.failed = s.end
		}
	}()
	draft, err := statefile.CreateAlone(path)
	if err != nil {
		return err
	}
	defer draft.Discard()
	naming := line{N: s.last, File: rand.Text()}
	start := slices.Concat([]byte(head+"\n"), naming.text())
	lines := s.useful()
	out := bufio.NewWriterSize(draft, 64<<10)
	written, err := out.Write(start)
	for _, l := range lines {
		if err == nil {
			var n int
			n, err = out.Write(l.text())
			written += n
		}
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = draft.Keep()
	}
	if err != nil {
		return err
	}
	s.start, s.end, s.lines = start, int64(written), 2+len(lines)
	return nil
}

// useful returns the lines that say what is known, in the order of their numbers.
func (s *state) useful() []line {
	lines := make([]line, 0, len(s.table.entries)+len(s.tokens))
	for _, row := range s.table.entries {
		lines = append(lines, putOf(row.entry))
	}
	for name, token := range s.tokens {
		lines = append(lines, line{N: token, Lease: name})
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.N, b.N) })
	return lines
}

// refresh brings the state up to what is in the file, of which a line that was cut short by a kill
// is removed. The lock must be held.
func (s *state) refresh(file *os.File) (*state, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	start, err := startOf(file)
	if err != nil {
		return nil, err
	}
	known := s.end
	switch fresh := !bytes.Equal(start, s.start); {
	case fresh:
		known = 0
		read, err := read(file)
		if err != nil {
			return nil, err
		}
		if read.last < s.last {
			return nil, fmt.Errorf("it was replaced by another or an older one: it knows numbers up to %d, this program up to %d; open the ledger again if that is meant", read.last, s.last)
		}
		// Whoever has given the file its name may have been killed before that was durable.
		if err := syncFolder(filepath.Dir(file.Name())); err != nil {
			return nil, err
		}
		s = read
	case info.Size() < s.end:
		return nil, fmt.Errorf("it has %d bytes, and had %d: somebody else has cut or restored it; open the ledger again if that is meant", info.Size(), s.end)
	case info.Size() > s.end:
		if err := s.more(file); err != nil {
			s.start = nil // half-way: read it again
			return nil, err
		}
	}
	if info.Size() > s.end {
		return s, cut(file, s.end)
	}
	if s.end > known {
		return s, syncFile(file) // whoever wrote it may have been killed before that
	}
	return s, nil
}
