package ledgertest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// Kills are programs that are killed, at random moments, while they use a ledger.
type Kills struct {
	// Open is that of a Storage which is empty.
	Open func() provider.Ledger
	// Program returns one more program, which only calls Work, with its standard output.
	Program func() *exec.Cmd
	// Killed is called whenever a program was killed. It may be nil.
	Killed func()
}

// Work acquires a lease for a while, stores an entry and releases the lease, again and again, and
// writes what is done to out. It returns if something fails.
func Work(ctx context.Context, l provider.Ledger, out io.Writer, ttl time.Duration) error {
	for n := 0; ; n++ {
		token, err := l.Acquire(ctx, account, ttl)
		if err != nil {
			return err
		}
		e := worked(n%8, token)
		old, err := l.Entry(ctx, e.LedgerKey)
		switch {
		case err == nil:
			e.Revision = old.Revision
		case !errors.Is(err, provider.ErrNotFound):
			return err
		}
		_, errOut := fmt.Fprintln(out, "token", token, token)
		err = l.Put(ctx, e, token)
		if err == nil {
			_, errOut = fmt.Fprintln(out, e.Subject, e.Revision, token)
		}
		if err != nil && !errors.Is(err, provider.ErrStale) || errOut != nil { // a slow machine may let the lease expire
			return errors.Join(err, errOut)
		}
		if err := l.Release(ctx, account, token); err != nil {
			return err
		}
	}
}

// worked returns what Work stores: some are long, so that a program may be killed in the middle of one.
func worked(subject int, token int64) *provider.LedgerEntry {
	text := strconv.FormatInt(token, 10)
	e := full(strconv.Itoa(subject))
	e.Handle = strings.Repeat(text+" ", 1+int(token%5)*8000)
	e.Learnt = map[string]string{"token": text}
	return e
}

// Run starts and kills 10 programs, or 200 in the full run. All that they said they had stored must be
// there whole, no number may be given twice, and the next program must come to its turn.
func (k Kills) Run(t *testing.T) {
	t.Helper()
	c := newProbe(t, t.Context(), Storage{Open: k.Open})
	random := rand.New(rand.NewPCG(testsize.Seed(), 1))
	said := map[string]int64{} // by subject: the revision
	last := int64(0)
	for range testsize.Pick(10, 200) {
		maps.Copy(said, k.kill(t, random, &last))
		if k.Killed != nil {
			k.Killed()
		}
		token := c.expired(c.l, account, time.Hour) // the program that was killed may have the lease for a moment
		if token <= last {
			t.Fatalf("token %d follows %d", token, last)
		}
		last = token
		for _, l := range []provider.Ledger{c.l, c.open()} {
			for subject, revision := range said {
				got, err := l.Entry(c.ctx, key(subject))
				c.succeeds(err, "Entry")
				if got.Revision < revision {
					t.Fatalf("entry %s has revision %d, and %d was stored", subject, got.Revision, revision)
				}
				n, _ := strconv.Atoi(subject)
				token, _ := strconv.ParseInt(got.Learnt["token"], 10, 64)
				want := worked(n, token)
				want.Revision, want.Stored = got.Revision, got.Stored
				c.same(got, want, "stored by a program that was killed")
			}
		}
		c.succeeds(c.l.Release(c.ctx, account, token), "Release")
	}
	t.Logf("the last number was %d, entries were stored under %d keys", last, len(said))
	if len(said) == 0 {
		t.Fatal("no program has stored anything")
	}
}

// kill runs a program until it is killed, and returns the revisions that it said it had stored. Every
// number must be larger than the last one.
func (k Kills) kill(t *testing.T, random *rand.Rand, last *int64) map[string]int64 {
	t.Helper()
	cmd := k.Program()
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	said := map[string]int64{}
	after := random.IntN(40) // by what it says, not by the clock: on a busy machine it does less
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == after {
			time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
		var subject string
		var number, token int64
		if _, err := fmt.Sscan(lines.Text(), &subject, &number, &token); err != nil || !strings.HasSuffix(lines.Text(), fmt.Sprint(" ", token)) {
			continue // it was killed while it wrote the line
		}
		if number <= *last {
			t.Fatalf("number %d follows %d", number, *last)
		}
		*last = number
		if subject != "token" {
			said[subject] = number
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() && runtime.GOOS != "windows" { // where it cannot be told
		t.Fatalf("the program has ended by itself: %v", cmd.ProcessState)
	}
	return said
}
