package ledger

import (
	"context"
	"os"

	"github.com/provkit/provkit/internal/statefile"
)

// lockFile makes a file if it is not there and locks it until unlock. Without wait it returns
// nil if somebody else has the lock.
func lockFile(path string, wait bool) (*os.File, error) {
	for {
		file, err := statefile.Open(path, os.O_RDWR|os.O_CREATE)
		if err != nil {
			return nil, err
		}
		if ok, err := flock(file, wait); !ok {
			_ = file.Close()
			return nil, err
		}
		if inPlace(file) {
			return file, nil
		}
		_ = unlock(file)
	}
}

// inPlace reports whether an open file has its name still. Whoever comes after it was removed would
// lock another one.
func inPlace(file *os.File) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(file.Name())
	return err == nil && os.SameFile(ours, there)
}

// lock is a lock between programs that can be waited for. Only one goroutine at a time may use it.
type lock struct {
	path    string
	waiting *waiting
}

// waiting is a goroutine that waits in the system, from where no context fetches it. It is left
// there if its caller goes, and found there by the next one, so that there is one at most.
type waiting struct {
	granted chan granted
	over    chan struct{}
}

type granted struct {
	file *os.File
	err  error
}

// acquire waits for the lock, which ends with unlock.
func (l *lock) acquire(ctx context.Context) (*os.File, error) {
	for {
		if file, err := lockFile(l.path, false); file != nil || err != nil {
			return file, err
		}
		if l.waiting == nil {
			l.waiting = wait(l.path)
		}
		select {
		case got := <-l.waiting.granted:
			l.waiting = nil
			return got.file, got.err
		case <-l.waiting.over: // in the moment before we came
			l.waiting = nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func wait(path string) *waiting {
	w := &waiting{make(chan granted), make(chan struct{})}
	go func() {
		defer close(w.over)
		file, err := lockFile(path, true)
		select {
		case w.granted <- granted{file, err}:
		default: // nobody wants it any more
			if file != nil {
				_ = unlock(file)
			}
		}
	}()
	return w
}
