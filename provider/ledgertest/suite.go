// Package ledgertest proves that a provider.Ledger keeps its contract:
//
//	func TestConformance(t *testing.T) {
//		ledgertest.Run(t, func(t *testing.T) ledgertest.Storage {
//			path := filepath.Join(t.TempDir(), "orders")
//			return ledgertest.Storage{Open: func() provider.Ledger {
//				l, err := ledger.OpenFile(path)
//				if err != nil {
//					t.Fatal(err)
//				}
//				return l
//			}}
//		})
//	}
//
// Every check opens a storage of its own, and that several times, as several programs would. Some of
// these end as a killed program does: the suite uses them no more and does not close them.
package ledgertest

import (
	"context"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
)

// Storage is where a ledger keeps what it knows: a file, a database.
type Storage struct {
	// Open opens the ledger as one more program does, and fails the test if it cannot.
	Open func() provider.Ledger
	// Pass makes time pass on the ledger's clock, and sets that back by what is negative. If it is nil, it is
	// time.Sleep, and no clock is set back.
	Pass func(time.Duration)

	sleeps bool
}

// Run runs all checks, each on a storage that is empty.
func Run(t *testing.T, empty func(t *testing.T) Storage) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) { c.run(newProbe(t, t.Context(), empty(t))) })
	}
}

// check is one promise of the contract.
type check struct {
	name string
	run  func(*probe)
}

func checks() []check {
	var all []check
	for _, of := range [][]check{clockChecks, leaseChecks, entryChecks, valueChecks, programChecks, concurrentChecks} {
		all = append(all, of...)
	}
	return all
}

// tb is what checks need of a testing.TB. Fatalf does not return.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// probe is a check that runs.
type probe struct {
	tb
	ctx     context.Context
	storage Storage
	l       provider.Ledger // one program; open returns others
}

func newProbe(out tb, ctx context.Context, s Storage) *probe {
	if s.sleeps = s.Pass == nil; s.sleeps {
		s.Pass = time.Sleep
	}
	return &probe{out, ctx, s, s.Open()}
}

func (c *probe) open() provider.Ledger { return c.storage.Open() }
