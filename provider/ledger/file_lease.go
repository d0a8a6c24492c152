package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"time"

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
	lock, err := lockFile(f.leasePath(name), false)
	if err != nil {
		return 0, f.failed(action, err)
	}
	if lock == nil {
		return 0, held(name)
	}
	// The token is durable before anybody has it, or the next holder might get the same.
	err = f.write(ctx, action, func(_ *state, n int64) (*line, error) {
		token = n
		return &line{N: n, Lease: name}, nil
	})
	if err == nil {
		err = f.keep(name, token, ttl, lock)
	}
	if err != nil {
		_ = unlock(lock)
		return 0, err
	}
	return token, nil
}

// keep remembers a lease until its time is over.
func (f *File) keep(name string, token int64, ttl time.Duration, lock *os.File) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fmt.Errorf("ledger: acquire %q: %w", name, fs.ErrClosed)
	}
	f.leases[name] = &fileLease{token, lock, time.Now().Add(ttl), time.AfterFunc(ttl, func() { f.expire(name) })}
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
	if err := f.begin(ctx, "extend a lease"); err != nil {
		return err
	}
	if err := provider.CheckLease(name, ttl); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.live(name, token); err != nil {
		return err
	}
	f.leases[name].until = time.Now().Add(ttl)
	f.leases[name].timer.Reset(ttl)
	return nil
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
