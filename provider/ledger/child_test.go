package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// child is the environment variable that makes the test binary another program: what it does, and
// the ledger that it does it to.
const child = "PROVKIT_LEDGER_CHILD"

// programs are what a child can be.
var programs = map[string]func(*ledger.File) error{"store": store, "count": count}

func TestMain(m *testing.M) {
	what, path, ok := strings.Cut(os.Getenv(child), " ")
	if !ok {
		os.Exit(m.Run())
	}
	l, err := ledger.OpenFile(path)
	if err == nil {
		err = programs[what](l)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// start starts another program. What it writes is in the returned lines.
func start(t *testing.T, what, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+what+" "+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// subjects is the number of entries that children store, again and again.
const subjects = 8

// text returns what is stored in round n: long, so that files are written anew in the middle of it.
func text(n int64) string { return strings.Repeat(strconv.FormatInt(n, 10)+" ", 1+int(n%5)*8000) }

// store stores for ever, and writes a line about each thing after it was done.
func store(l *ledger.File) error {
	ctx := context.Background()
	for n := int64(0); ; n++ {
		token, err := l.Acquire(ctx, "panel", time.Hour)
		if err != nil {
			return err
		}
		fmt.Println("token", token, 0)
		e := entry(fmt.Sprint(n%subjects), text(token))
		if old, err := l.Entry(ctx, e.LedgerKey); err == nil {
			e.Revision = old.Revision
		}
		e.Learnt = map[string]string{"token": strconv.FormatInt(token, 10)}
		if err := l.Put(ctx, e, token); err != nil {
			return err
		}
		fmt.Println(e.Subject, e.Revision, token)
		if err := l.Release(ctx, "panel", token); err != nil {
			return err
		}
	}
}

// counted is how far each program counts.
const counted = 20

// count counts on in one entry, under the lease and without it.
func count(l *ledger.File) error {
	ctx := context.Background()
	for n := 0; n < counted; {
		token, err := int64(0), error(nil)
		if n%2 == 0 {
			token, err = l.Acquire(ctx, "panel", time.Hour)
		}
		if errors.Is(err, provider.ErrLeaseHeld) {
			runtime.Gosched()
			continue
		}
		if err != nil {
			return err
		}
		e, err := l.Entry(ctx, entry("counter", "").LedgerKey)
		if err != nil {
			return err
		}
		e.Handle += "x"
		err = l.Put(ctx, e, token)
		if err == nil {
			n++
		} else if !errors.Is(err, provider.ErrStale) {
			return err
		}
		if token != 0 {
			if err := l.Release(ctx, "panel", token); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestPrograms: no program overwrites what another has stored.
func TestPrograms(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	put(t, l, "counter", "")
	var running []*exec.Cmd
	for range testsize.Pick(3, 8) {
		cmd, _ := start(t, "count", path)
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	e, err := l.Entry(t.Context(), entry("counter", "").LedgerKey)
	require.NoError(t, err)
	require.Len(t, e.Handle, counted*len(running))
}

// TestKilled: a program is killed while it acquires, stores, rewrites the file. What it said was
// stored is there whole, and its lease is free at once.
func TestKilled(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	running := open(t, path)
	random := rand.New(rand.NewPCG(testsize.Seed(), 1))
	acknowledged := map[string]int64{} // by subject: the revision
	last, rewritten, torn := int64(0), 0, 0
	for range testsize.Pick(10, 200) {
		file, err := os.Stat(path)
		require.NoError(t, err)
		cmd, lines := start(t, "store", path)
		require.True(t, lines.Scan())
		after := random.IntN(40) // by what it says, not by the clock: on a busy machine it does less
		for n, more := 0, true; more; n, more = n+1, lines.Scan() {
			if n == after {
				time.AfterFunc(time.Duration(random.IntN(1000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			}
			var subject string
			var number, token int64
			if n, _ := fmt.Sscan(lines.Text(), &subject, &number, &token); n < 3 || !strings.HasSuffix(lines.Text(), fmt.Sprint(token)) {
				continue
			}
			require.Greater(t, number, last, "a token or a revision was given again")
			last = number
			if subject != "token" {
				acknowledged[subject] = number
			}
		}
		require.Error(t, cmd.Wait())
		if !strings.HasSuffix(content(t, path), "\n") {
			torn++
		}
		if now, err := os.Stat(path); err != nil || !os.SameFile(file, now) {
			rewritten++
		}

		token, err := running.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err, "the lease of a program that was killed")
		require.Greater(t, token, last)
		for _, l := range []*ledger.File{running, open(t, path)} {
			for subject, revision := range acknowledged {
				e, err := l.Entry(t.Context(), entry(subject, "").LedgerKey)
				require.NoError(t, err)
				require.GreaterOrEqual(t, e.Revision, revision)
				written, err := strconv.ParseInt(e.Learnt["token"], 10, 64)
				require.NoError(t, err)
				require.True(t, e.Handle == text(written), "an entry is not whole")
				require.Equal(t, entry(subject, "").Asked, e.Asked)
			}
		}
		last = token
		require.NoError(t, running.Release(t.Context(), "panel", token))
	}
	t.Logf("%d numbers were given, %d of the programs had rewritten the file, %d were killed in the middle of a line", last, rewritten, torn)
	require.NotEmpty(t, acknowledged)
	require.Positive(t, rewritten)
}
