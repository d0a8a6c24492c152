//go:build unix

package sqlledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/ordertest"
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
			var passed atomic.Int64 // beside the database's own time
			return ledgertest.Storage{
				Open: func() provider.Ledger {
					l := mustOpen(t, how)
					l.SetClock(func(own time.Time) time.Time { return own.Add(time.Duration(passed.Load())) })
					return l
				},
				Pass: func(d time.Duration) { passed.Add(int64(d)) },
			}
		})
	})
}

// work is what another program does: "locked" says whether somebody has locked a file, "buy" buys a server,
// all else works with a ledger until it is killed.
func work(how string) error {
	if path, ok := strings.CutPrefix(how, "locked "); ok {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		lock := syscall.Flock_t{Type: syscall.F_WRLCK}
		err = syscall.FcntlFlock(file.Fd(), syscall.F_GETLK, &lock)
		fmt.Println(lock.Type != syscall.F_UNLCK)
		return errors.Join(err, file.Close())
	}
	ctx := context.Background()
	var url, key, reference string
	if order, where, ok := strings.Cut(how, "\n"); ok {
		how = where
		_, _ = fmt.Sscanf(order, "buy %s %s %s", &url, &key, &reference)
	}
	l, err := open(ctx, how)
	if err != nil {
		return err
	}
	if reference != "" {
		return ordertest.Buy(ordertest.Hasty(l), url, key, reference)
	}
	return ledgertest.Work(ctx, l, os.Stdout, 50*time.Millisecond)
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

// TestBuyersKilled: programs that buy servers are killed, and every server is paid for once.
func TestBuyersKilled(t *testing.T) {
	t.Parallel() // they wait more than they work
	each(t, func(t *testing.T, s system) {
		t.Parallel()
		how := s.empty(t)
		ordertest.Buyers(t, func(url, key, reference string) *exec.Cmd {
			return program(fmt.Sprintf("buy %s %s %s\n%s", url, key, reference, how))
		})
	})
}
