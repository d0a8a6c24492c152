package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/provider"
)

// File is a provider.Ledger in one file of JSON lines, for the programs of one machine, of which any
// number may have it open. The file must be on a disk of that machine, since locks on network file
// systems hold nobody off for certain. Keep it in a folder that only its programs may write to, and
// leave the files beside it alone: path.lock and path.lease-... are what the programs lock (they are
// nearly empty and stay), path.new is a new file that is being written.
//
//   - What is stored is on the disk when the method returns, also the name of the file in its folder.
//     A line that was cut short, because the program was killed or the disk was full, is removed.
//     Anything else that cannot be read is an error, and the file is left as it is: to begin without
//     it might pay twice. Lines of no use are dropped, in a new file, once they are most of it and
//     more than 1 MiB.
//   - The clock of the ledger is that of the machine. Now and Stored follow it if it is set, forward or
//     back. Leases do not: a lease is a lock of the operating system, which ends as soon as its program
//     has, however that came about; and the program ends it when its time is over, of which it counts the
//     seconds, whatever the clock says. From a program that cannot, since it was stopped (SIGSTOP, a
//     debugger), whoever has seen it hold the lease for longer than that takes it over, but not on
//     Windows: there it holds its leases until it goes on.
//   - A lease belongs to the File that acquired it: no other one can extend or release it or store with
//     its token, also in the same program.
//   - All entries are kept in memory: 100,000 of them need some 100 MB, and OpenFile then a second or two.
//   - On systems without file locks OpenFile fails; the error matches errors.ErrUnsupported.
type File struct {
	path  string
	turn  chan struct{} // held by the operation that uses lock and state
	lock  lock
	state *state

	mu      sync.Mutex // held for moments only
	leases  map[string]*fileLease
	watched map[string]watched // by name: leases of others
	closed  bool
}

var _ provider.Ledger = (*File)(nil)

// OpenFile opens a ledger, and makes it with mode 0600 if there is no file of that name. It follows
// no symbolic link.
func OpenFile(path string) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("ledger: open: %w", err)
	}
	f := &File{
		path:    path,
		turn:    make(chan struct{}, 1),
		lock:    lock{path: path + ".lock"},
		state:   newState(),
		leases:  map[string]*fileLease{},
		watched: map[string]watched{},
	}
	// What is no file of ours gets no lock beside it.
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		file, err := statefile.Open(path, os.O_RDONLY)
		if err != nil {
			return nil, f.failed("open", err)
		}
		_ = file.Close() // it was replaced by a regular file meanwhile
	}
	err = f.locked(context.Background(), "open", func() error {
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = f.state.rewrite(path)
		}
		if err != nil {
			return err
		}
		file, err := f.refresh()
		if err != nil {
			return err
		}
		return file.Close()
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close ends the leases that were acquired here. Methods that begin afterwards fail.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for name := range f.leases {
		f.drop(name)
	}
	return nil
}

// begin returns why nothing is done.
func (f *File) begin(ctx context.Context, action string) error {
	if err := ended(ctx, action); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fmt.Errorf("ledger: %s: %w", action, fs.ErrClosed)
	}
	return nil
}

// locked does something while no other goroutine and no other program uses the file.
func (f *File) locked(ctx context.Context, action string, do func() error) error {
	if err := f.begin(ctx, action); err != nil {
		return err
	}
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return ended(ctx, action)
	}
	lock, err := f.lock.acquire(ctx)
	if err == nil {
		err = errors.Join(do(), unlock(lock))
	}
	return f.failed(action, err)
}

// failed says what failed. Answers of a ledger say it themselves.
func (f *File) failed(action string, err error) error {
	if err == nil || isAnswer(err) {
		return err
	}
	return fmt.Errorf("ledger: %s in %s: %w", action, f.path, err)
}

func isAnswer(err error) bool {
	return errors.Is(err, provider.ErrStale) || errors.Is(err, provider.ErrNotFound) || errors.Is(err, provider.ErrLeaseHeld)
}

// refresh opens the file and reads what is new in it.
func (f *File) refresh() (*os.File, error) {
	file, err := statefile.Open(f.path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	fresh, err := f.state.refresh(file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	f.state = fresh
	return file, nil
}

// read does something with what is in the file.
func (f *File) read(ctx context.Context, action string, do func(*state) error) error {
	return f.locked(ctx, action, func() error {
		file, err := f.refresh()
		if err != nil {
			return err
		}
		return errors.Join(do(f.state), file.Close())
	})
}

// write appends the line that make returns, unless it returns nil. The line has its number.
func (f *File) write(ctx context.Context, action string, line func(s *state, n int64) (*line, error)) error {
	return f.locked(ctx, action, func() error {
		file, err := f.refresh()
		if err != nil {
			return err
		}
		l, err := line(f.state, f.state.last+1)
		if err == nil && l != nil {
			err = f.state.append(file, *l)
		}
		if err := errors.Join(err, file.Close()); err != nil || !f.state.wasteful() {
			return err
		}
		_ = f.state.rewrite(f.path) // what was to be stored is; the next one tries again
		return nil
	})
}

// Now returns the time by the machine's clock.
func (f *File) Now(ctx context.Context) (time.Time, error) {
	return provider.LedgerTime(time.Now()), f.begin(ctx, "read the clock")
}

// Entry implements provider.Ledger.
func (f *File) Entry(ctx context.Context, key provider.LedgerKey) (entry *provider.LedgerEntry, err error) {
	if err := key.Check(); err != nil {
		return nil, err
	}
	err = f.read(ctx, "read an entry", func(s *state) error {
		entry, err = s.table.get(key)
		return err
	})
	return entry, err
}

// Open implements provider.Ledger.
func (f *File) Open(ctx context.Context, account string) (entries []*provider.LedgerEntry, err error) {
	err = f.read(ctx, "read the open entries", func(s *state) error {
		entries = s.table.unfinished(account)
		return nil
	})
	return entries, err
}

// Put implements provider.Ledger.
func (f *File) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	if err := entry.Check(); err != nil {
		return err
	}
	kept := entry.Clone()
	err := f.write(ctx, "put an entry", func(s *state, n int64) (*line, error) {
		if token != 0 {
			// Nobody else can have the lease while its lock is ours, unless somebody removed the lock.
			if err := f.holds(entry.Account, token); err != nil || s.tokens[entry.Account] != token {
				return nil, lost(entry.Account, token)
			}
		}
		if err := s.table.stale(entry.LedgerKey, entry.Revision); err != nil {
			return nil, err
		}
		kept.Stored, kept.Revision = provider.LedgerTime(time.Now()), n
		l := putOf(kept)
		return &l, nil
	})
	if err == nil {
		entry.Stored, entry.Revision = kept.Stored, kept.Revision
	}
	return err
}

// Remove implements provider.Ledger.
func (f *File) Remove(ctx context.Context, key provider.LedgerKey, revision int64) error {
	if err := key.Check(); err != nil {
		return err
	}
	return f.write(ctx, "remove an entry", func(s *state, n int64) (*line, error) {
		if s.table.entries[key].entry == nil {
			return nil, nil
		}
		of := keyOfLine(key)
		return &line{N: n, Remove: &of}, s.table.stale(key, revision)
	})
}
