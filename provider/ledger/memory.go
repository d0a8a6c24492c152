package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/provkit/provkit/provider"
)

// Memory is a provider.Ledger for one program, which forgets everything when that ends. Its clock
// goes on from the time at which it was made, whatever becomes of the machine's.
type Memory struct {
	now func() time.Time

	mu     sync.Mutex
	last   int64 // the last revision or token
	table  table
	leases map[string]memoryLease
}

type memoryLease struct {
	token int64
	until time.Time
	ttl   time.Duration
}

// live reports whether a lease has not ended. One that would last much longer than it was asked for has:
// the clock was set back, and a holder that has died must not keep everybody waiting for a year.
func (l memoryLease) live(now time.Time) bool {
	left := l.until.Sub(now)
	return left > 0 && left <= 2*l.ttl
}

var _ provider.Ledger = (*Memory)(nil)

// Option is an option of NewMemory.
type Option func(*Memory)

// WithClock sets the ledger's clock, so that tests can make it jump.
func WithClock(now func() time.Time) Option {
	return func(m *Memory) { m.now = now }
}

// NewMemory returns an empty ledger.
func NewMemory(opts ...Option) *Memory {
	start := time.Now()
	m := &Memory{
		now:    func() time.Time { return start.Add(time.Since(start)) },
		table:  newTable(),
		leases: map[string]memoryLease{},
	}
	for _, opt := range opts {
		opt(m)
	}
	return m
}

// Now returns the time by the ledger's clock.
func (m *Memory) Now(ctx context.Context) (time.Time, error) {
	return provider.LedgerTime(m.now()), ended(ctx, "read the clock")
}

// Acquire implements provider.Ledger.
func (m *Memory) Acquire(ctx context.Context, name string, ttl time.Duration) (int64, error) {
	if err := ended(ctx, "acquire a lease"); err != nil {
		return 0, err
	}
	if err := provider.CheckLease(name, ttl); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if lease, ok := m.leases[name]; ok && lease.live(m.now()) {
		return 0, held(name)
	}
	m.last++
	m.leases[name] = memoryLease{m.last, m.now().Add(ttl), ttl}
	return m.last, nil
}

// Extend implements provider.Ledger.
func (m *Memory) Extend(ctx context.Context, name string, token int64, ttl time.Duration) error {
	if err := ended(ctx, "extend a lease"); err != nil {
		return err
	}
	if err := provider.CheckLease(name, ttl); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.holds(name, token); err != nil {
		return err
	}
	m.leases[name] = memoryLease{token, m.now().Add(ttl), ttl}
	return nil
}

// Release implements provider.Ledger.
func (m *Memory) Release(ctx context.Context, name string, token int64) error {
	if err := ended(ctx, "release a lease"); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[name].token == token {
		delete(m.leases, name)
	}
	return nil
}

// holds returns an error unless a token is that of a lease that has not ended.
func (m *Memory) holds(name string, token int64) error {
	if lease, ok := m.leases[name]; !ok || lease.token != token || !lease.live(m.now()) {
		return lost(name, token)
	}
	return nil
}

// Entry implements provider.Ledger.
func (m *Memory) Entry(ctx context.Context, key provider.LedgerKey) (*provider.LedgerEntry, error) {
	if err := ended(ctx, "read an entry"); err != nil {
		return nil, err
	}
	if err := key.Check(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.table.get(key)
}

// Open implements provider.Ledger.
func (m *Memory) Open(ctx context.Context, account string) ([]*provider.LedgerEntry, error) {
	if err := ended(ctx, "read the open entries"); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.table.unfinished(account), nil
}

// Put implements provider.Ledger.
func (m *Memory) Put(ctx context.Context, entry *provider.LedgerEntry, token int64) error {
	if err := ended(ctx, "put an entry"); err != nil {
		return err
	}
	if err := entry.Check(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if token != 0 {
		if err := m.holds(entry.Account, token); err != nil {
			return err
		}
	}
	if err := m.table.stale(entry.LedgerKey, entry.Revision); err != nil {
		return err
	}
	m.last++
	kept := entry.Clone()
	kept.Stored, kept.Revision = provider.LedgerTime(m.now()), m.last
	m.table.put(kept, 0)
	entry.Stored, entry.Revision = kept.Stored, kept.Revision
	return nil
}

// Remove implements provider.Ledger.
func (m *Memory) Remove(ctx context.Context, key provider.LedgerKey, revision int64) error {
	if err := ended(ctx, "remove an entry"); err != nil {
		return err
	}
	if err := key.Check(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.table.entries[key].entry == nil {
		return nil
	}
	if err := m.table.stale(key, revision); err != nil {
		return err
	}
	m.table.remove(key)
	return nil
}

// ended returns why nothing is done if the caller's context has ended.
func ended(ctx context.Context, action string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("ledger: %s: %w", action, err)
	}
	return nil
}

func held(name string) error {
	return fmt.Errorf("ledger: acquire %q: %w", name, provider.ErrLeaseHeld)
}

func lost(name string, token int64) error {
	return fmt.Errorf("ledger: lease %d of %q has ended: %w", token, name, provider.ErrStale)
}
