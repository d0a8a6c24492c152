package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/provider"
)

// fileLease is a lease of this program.
type fileLease struct {
	token int64
	lock  *os.File
	until time.Time // with a monotonic reading
	timer *time.Timer
}

// leasePath returns the file that is locked by who holds a lease. Names are no names of files.
func (f *File) leasePath(name string) string {
	hash := sha256.Sum256([]byte(name))
	return f.path + ".lease-" + hex.EncodeToString(hash[:16])
}

// Acquire implements provider.Ledger.
func (f *File) Acquire(ctx context.Context, name string, ttl time.Duration) (token int64, err error) {
	action := fmt.Sprintf("acquire %q", name)
	if err := f.begin(ctx, action); err != nil {
		return 0, err
	}
	if err := provider.CheckLease(name, ttl); err != nil {
		return 0, err
	}
	f.expire(name) // the timer may be late
	lock, err := lockFile(f.leasePath(name), false)
	if err == nil && lock == nil && f.overdue(name) {
		lock, err = f.takeOver(ctx, action, name)
	}
	if err != nil {
		return 0, f.failed(action, err)
	}
	if lock == nil {
		return 0, held(name)
	}
	// The token is durable before anybody has it, or the next holder might get the same.
	var until time.Time
	err = f.write(ctx, action, func(_ *state, n int64) (*line, error) {
		if !inPlace(lock) { // somebody has taken over from who had the lease before us
			return nil, held(name)
		}
		token, until = n, time.Now().Add(ttl)
		return &line{N: n, Lease: name}, note(lock, n, ttl)
	})
	if err == nil {
		err = f.keep(name, &fileLease{token: token, lock: lock, until: until})
	}
	if err != nil {
		_ = unlock(lock)
		return 0, err
	}
	return token, nil
}

// note writes into the file of a lease what others must know to find that its holder was stopped.
func note(lock *os.File, token int64, ttl time.Duration) error {
	_, err := lock.WriteAt(fmt.Appendf(nil, noteFormat, token, ttl, time.Now().UnixNano()), 0)
	return err
}

// noteFormat has a fixed length. The last number makes a note another one when the lease is extended.
const noteFormat = "%019d %019d %019d\n"

// watched is the note in somebody else's lease, and since when we know it.
type watched struct {
	note  string
	since time.Time
}

// overdue reports whether somebody else holds a lease though its time is over: for longer than that we
// have seen the same note. So nobody's clock is compared with another one.
func (f *File) overdue(name string) bool {
	file, err := statefile.Open(f.leasePath(name), os.O_RDONLY)
	if err != nil {
		return false
	}
	text, err := io.ReadAll(file)
	_ = file.Close()
	var token, at int64
	var ttl time.Duration
	if _, parsed := fmt.Sscanf(string(text), noteFormat, &token, &ttl, &at); parsed != nil || err != nil {
		return false // just acquired: there is no note yet
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watched[name].note != string(text) {
		f.watched[name] = watched{string(text), time.Now()}
	}
	return time.Since(f.watched[name].since) >= ttl
}

// takeOver puts another file in place of one that is locked by who was stopped. It returns nil if
// that is not so any more, or if the system does not allow it, as Windows.
func (f *File) takeOver(ctx context.Context, action, name string) (lock *os.File, err error) {
	err = f.locked(ctx, action, func() error {
		if !f.overdue(name) {
			return nil
		}
		if os.Remove(f.leasePath(name)) != nil {
			return nil //nolint:nilerr // Windows lets nobody remove it, so the lease is held
		}
		lock, err = lockFile(f.leasePath(name), false)
		return err
	})
	return lock, err
}

// keep remembers a lease until its time is over.
func (f *File) keep(name string, lease *fileLease) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fmt.Errorf("ledger: acquire %q: %w", name, fs.ErrClosed)
	}
	if f.leases[name] != nil { // which another program has taken over, and released
		f.drop(name)
	}
	lease.timer = time.AfterFunc(time.Until(lease.until), func() { f.expire(name) })
	f.leases[name] = lease
	delete(f.watched, name)
	return nil
}

// expire ends a lease unless it was extended, or is the next one already.
func (f *File) expire(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if lease := f.leases[name]; lease != nil && !time.Now().Before(lease.until) {
		f.drop(name)
	}
}

// drop ends a lease.
func (f *File) drop(name string) {
	f.leases[name].timer.Stop()
	_ = unlock(f.leases[name].lock)
	delete(f.leases, name)
}

// holds returns an error unless a token is that of a lease that has not ended.
func (f *File) holds(name string, token int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live(name, token)
}

func (f *File) live(name string, token int64) error {
	if lease := f.leases[name]; lease == nil || lease.token != token || !time.Now().Before(lease.until) {
		return lost(name, token)
	}
	return nil
}

// Extend implements provider.Ledger.
func (f *File) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if err := provider.CheckLease(name, ttl); err != nil {
		return err
	}
	return f.locked(ctx, "extend a lease", func() error { // or somebody might take over meanwhile
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := f.live(name, token); err != nil {
			return err
		}
		lease := f.leases[name]
		until := time.Now().Add(ttl)
		if err := note(lease.lock, token, ttl); err != nil {
			return err
		}
		lease.until = until
		lease.timer.Reset(ttl)
		return nil
	})
}

// Release implements provider.Ledger.
func (f *File) Release(ctx context.Context, name string, token int64) error {
	if err := f.begin(ctx, "release a lease"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if lease := f.leases[name]; lease != nil && lease.token == token {
		f.drop(name)
	}
	return nil
}
