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
		ours, err := file.Stat()
		if err == nil {
			// Whoever comes after somebody has removed the file would lock another one.
			if there, err := os.Lstat(path); err == nil && os.SameFile(ours, there) {
				return file, nil
			}
		}
		_ = unlock(file)
		if err != nil {
			return nil, err
		}
	}
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
