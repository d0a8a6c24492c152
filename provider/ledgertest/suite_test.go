package ledgertest

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// recorder is a tb that remembers failures.
type recorder struct{ failed []string }

type stop struct{}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = append(r.failed, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(stop{})
}

// storage returns an empty one in memory, whose programs are made by wrap.
func storage(wrap func(*ledger.Memory) provider.Ledger) Storage {
	var passed atomic.Int64
	start := time.Now()
	m := ledger.NewMemory(ledger.WithClock(func() time.Time { return start.Add(time.Duration(passed.Load())) }))
	return Storage{
		Open: func() provider.Ledger { return wrap(m) },
		Pass: func(d time.Duration) { passed.Add(int64(d)) },
	}
}

// try returns what a check finds.
func try(ctx context.Context, c check, s Storage) string {
	r := &recorder{}
	func() {
		defer func() {
			if ended := recover(); ended != nil && ended != (stop{}) {
				panic(ended)
			}
		}()
		c.run(newProbe(r, ctx, s))
	}()
	return strings.Join(r.failed, "\n")
}

// TestCatches: each broken ledger is found, and each check finds one.
func TestCatches(t *testing.T) {
	unused := map[string]check{}
	for _, c := range checks() {
		unused[c.name] = c
	}
	byName := maps.Clone(unused)
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			c, ok := byName[m.check]
			require.True(t, ok, "there is no check %q", m.check)
			delete(unused, m.check)
			found := ""
			for tries := 0; found == "" && tries < 20; tries++ { // several programs may have missed each other
				s := &shared{
					tokens: map[string]int64{}, names: map[int64]string{},
					entries: map[provider.LedgerKey]*provider.LedgerEntry{}, count: map[provider.LedgerKey]int64{},
				}
				found = try(t.Context(), c, storage(func(memory *ledger.Memory) provider.Ledger {
					b := &broken{Memory: memory}
					m.make(b, s)
					return b
				}))
			}
			require.Contains(t, found, m.says)
		})
	}
	require.Empty(t, unused, "these checks have found nothing")
}

// TestFindsNothing: a ledger that keeps the contract passes, also as its checks are tried here.
func TestFindsNothing(t *testing.T) {
	for _, c := range checks() {
		require.Empty(t, try(t.Context(), c, storage(func(m *ledger.Memory) provider.Ledger { return &broken{Memory: m} })), c.name)
	}
}

func TestRun(t *testing.T) {
	Run(t, func(*testing.T) Storage { return storage(func(m *ledger.Memory) provider.Ledger { return m }) })
}
