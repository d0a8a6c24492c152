package sqlledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledgertest"
	"github.com/provkit/provkit/provider/sqlledger"
)

// made counts the ledgers on the one server.
var made atomic.Int64

// prefix returns that of the tables of a ledger which is empty.
func prefix() string { return fmt.Sprintf("t%d_", made.Add(1)) }

// open opens a ledger as one more program does.
func open(ctx context.Context, how string) (*sqlledger.Ledger, error) {
	kind, where, _ := strings.Cut(how, " ")
	if kind == "sqlite" {
		return sqlledger.OpenSQLite(ctx, where)
	}
	prefix, url, _ := strings.Cut(where, " ")
	return sqlledger.OpenPostgres(ctx, provider.NewSecret(url), sqlledger.WithPrefix(prefix))
}

func mustOpen(t testing.TB, how string) *sqlledger.Ledger {
	t.Helper()
	l, err := open(t.Context(), how)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func TestConformance(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		ledgertest.Run(t, func(t *testing.T) ledgertest.Storage {
			how := s.empty(t)
			return ledgertest.Storage{Open: func() provider.Ledger { return mustOpen(t, how) }}
		})
	})
}

// work is what another program does: "once" stores an entry, all else works until it is killed.
func work(how string) error {
	how, once := strings.CutPrefix(how, "once ")
	ctx := context.Background()
	l, err := open(ctx, how)
	if err != nil {
		return err
	}
	if once {
		return errors.Join(l.Put(ctx, entry("once"), 0), l.Close())
	}
	return ledgertest.Work(ctx, l, os.Stdout, 100*time.Millisecond)
}

// TestKilled: programs are killed at any moment.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, s system) {
		how := s.empty(t)
		ledgertest.Kills{
			Open:    func() provider.Ledger { return mustOpen(t, how) },
			Program: func() *exec.Cmd { return program(how) },
		}.Run(t)
	})
}
