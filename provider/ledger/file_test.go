package ledger_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

func entry(subject, handle string) *provider.LedgerEntry {
	return &provider.LedgerEntry{
		LedgerKey: provider.LedgerKey{Account: "panel", Verb: "create", Subject: subject},
		State:     provider.LedgerSent, Handle: handle, Asked: map[string]string{"plan": "v2 \"mini\""},
	}
}

// put stores an entry whatever was there.
func put(t testing.TB, l provider.Ledger, subject, handle string) *provider.LedgerEntry {
	t.Helper()
	e := entry(subject, handle)
	if old, err := l.Entry(t.Context(), e.LedgerKey); err == nil {
		e.Revision = old.Revision
	}
	require.NoError(t, l.Put(t.Context(), e, 0))
	return e
}

// has compares what is open of the account with entries.
func has(t testing.TB, l provider.Ledger, want ...*provider.LedgerEntry) {
	t.Helper()
	got, err := l.Open(t.Context(), "panel")
	require.NoError(t, err)
	require.Equal(t, len(want), len(got))
	for i := range want {
		require.Equal(t, want[i], got[i])
	}
}

func content(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// TestCut: wherever a file was cut short, what its whole lines say is there, and it is gone on with.
func TestCut(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	made := len(content(t, path))
	var ends []int
	var entries []*provider.LedgerEntry
	for i := range 3 {
		entries = append(entries, put(t, l, fmt.Sprint(i), "世\n"))
		ends = append(ends, len(content(t, path)))
	}
	whole := content(t, path)
	running := open(t, path)
	for at := range len(whole) {
		require.NoError(t, os.WriteFile(path, []byte(whole[:at]), 0o600))
		if at < made {
			_, err := ledger.OpenFile(path)
			require.ErrorContains(t, err, "it has not the first two lines", "cut to %d bytes", at)
			require.Equal(t, whole[:at], content(t, path), "cut to %d bytes", at)
			continue
		}
		kept := 0
		for kept < len(ends) && ends[kept] <= at {
			kept++
		}
		l := open(t, path)
		has(t, l, entries[:kept]...)
		has(t, l, append(entries[:kept:kept], put(t, l, "9", "after the cut"))...)
		has(t, open(t, path), append(entries[:kept:kept], must(l.Entry(t.Context(), entry("9", "").LedgerKey)))...)
	}
	// A program that had read more says so: somebody else has done that.
	require.NoError(t, os.WriteFile(path, []byte(whole[:ends[1]]), 0o600))
	_, err := running.Open(t.Context(), "panel")
	require.ErrorContains(t, err, "somebody else has cut or restored it")
	require.Equal(t, whole[:ends[1]], content(t, path))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// TestBroken: a file that cannot be read is an error, and stays as it is.
func TestBroken(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	put(t, l, "1", "one")
	whole := content(t, path)
	lines := strings.SplitAfter(whole, "\n")
	head, naming, first := lines[0], lines[1], lines[2]
	for text, problem := range map[string]string{
		"":                                       "it has not the first two lines of a ledger",
		"some notes\nof somebody\nelse\n":        "something else",
		strings.Replace(whole, "1}", "2}", 1):    "something else",
		head + first + naming:                    "line 2: the first line names the format",
		whole + naming:                           "line 4: the first line names the format",
		whole + first:                            "line 4: its number is 1, after 1",
		whole + "garbage\n":                      "line 4: invalid character",
		head + naming + "\x00\x00\x00\n" + first: "line 3: invalid character",
		whole + strings.Replace(first, `"n":1`, `"n":2,"later":true`, 1): `line 4: json: unknown field "later"`,
		whole + `{"n":2}` + "\n":                                               "line 4: it says nothing",
		whole + `{"n":2,"lease":"x"} {}` + "\n":                                "line 4: something follows",
		head + naming + strings.Replace(first, `"sent"`, `"paid"`, 1):          "line 3: ledger: check entry",
		head + naming + strings.Replace(first, `"panel"`, `"pa\u0000nel"`, 1):  "line 3: ledger: check entry",
		whole + `{"n":2,"lease":"` + strings.Repeat("x", 17<<20) + `"}` + "\n": "line 4: it is too long",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := ledger.OpenFile(path)
		require.ErrorContains(t, err, problem)
		require.ErrorContains(t, err, path)
		require.True(t, content(t, path) == text, "the file was changed: %s", problem)
	}

	// The same while a program runs, which goes on when somebody has mended it.
	require.NoError(t, os.WriteFile(path, []byte(whole), 0o600))
	put(t, open(t, path), "2", "two")
	whole = content(t, path)
	require.NoError(t, os.WriteFile(path, []byte(whole+"garbage\n"), 0o600))
	for range 2 {
		require.ErrorContains(t, l.Put(t.Context(), entry("3", ""), 0), "line 5: invalid character")
		require.Equal(t, whole+"garbage\n", content(t, path))
	}
	require.NoError(t, os.WriteFile(path, []byte(whole), 0o600))
	put(t, l, "3", "three")
}

// TestReplaced: a running program does not go on in a file that knows less, or is not there.
func TestReplaced(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	put(t, l, "1", "one")
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, l.Put(t.Context(), entry("2", ""), 0), fs.ErrNotExist)
	open(t, path)
	text := content(t, path)
	for range 2 {
		require.ErrorContains(t, l.Put(t.Context(), entry("2", ""), 0), "it was replaced by another or an older one: it knows numbers up to 0, this program up to 1")
	}
	require.Equal(t, text, content(t, path))
}

// TestLinks: nothing is opened, read or made through a link, and only regular files are.
func TestLinks(t *testing.T) {
	dir := folder(t)
	target := filepath.Join(dir, "target")
	require.NoError(t, open(t, target).Close())
	if os.Symlink(target, filepath.Join(dir, "orders")) != nil {
		return // on Windows only some users may make one
	}
	_, err := ledger.OpenFile(filepath.Join(dir, "orders"))
	require.ErrorContains(t, err, "is a symbolic link")
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "loose")))
	_, err = ledger.OpenFile(filepath.Join(dir, "loose"))
	require.ErrorContains(t, err, "is a symbolic link")
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "locked.lock")))
	_, err = ledger.OpenFile(filepath.Join(dir, "locked"))
	require.ErrorContains(t, err, "is a symbolic link")
	require.NoFileExists(t, filepath.Join(dir, "nowhere"))
	_, err = ledger.OpenFile(dir)
	require.ErrorContains(t, err, "is a directory")
	require.NoFileExists(t, dir+".lock")

	// What stands where the new file is written is removed, and not written through.
	path := filepath.Join(dir, "drafted")
	require.NoError(t, os.Symlink(target, path+".new"))
	before := content(t, target)
	put(t, open(t, path), "1", "one")
	require.Equal(t, before, content(t, target))

	l := open(t, path)
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	leases, err := filepath.Glob(path + ".lease-*")
	require.NoError(t, err)
	require.Len(t, leases, 1)
	require.NoError(t, l.Close())
	require.NoError(t, os.Remove(leases[0]))
	require.NoError(t, os.Symlink(target, leases[0]))
	_, err = open(t, path).Acquire(t.Context(), "panel", time.Hour)
	require.ErrorContains(t, err, "is a symbolic link")
}

// TestFiles: only their owner can read them, and nothing is left that nobody knows.
func TestFiles(t *testing.T) {
	dir := folder(t)
	l := open(t, filepath.Join(dir, "orders"))
	_, err := l.Acquire(t.Context(), "../../panel", time.Hour)
	require.NoError(t, err)
	put(t, l, "1", "one")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, file.Name())
		info, err := file.Info()
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			require.Equal(t, fs.FileMode(0o600), info.Mode())
		}
	}
	require.Equal(t, []string{"orders", "orders.lease-7359dcb4a817f4b0c668645186d68182", "orders.lock"}, names)
}

// TestFolder: a program that changes its folder stays with its file.
func TestFolder(t *testing.T) {
	dir := folder(t)
	t.Chdir(dir)
	l := open(t, "orders")
	t.Chdir(os.TempDir())
	want := put(t, l, "1", "one")
	has(t, open(t, filepath.Join(dir, "orders")), want)
}

// TestRewrite: a file of which most is of no use is written anew, and other programs go on in the
// new one. No number is given twice.
func TestRewrite(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	require.NoError(t, os.WriteFile(path+".new", []byte("left by who was killed"), 0o600))
	a, b := open(t, path), open(t, path)
	large := strings.Repeat("x", 200<<10)
	keep := put(t, a, "0", "kept")
	gone := put(t, a, "9", "removed")
	last := int64(0)
	for i := range 40 {
		token, err := a.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.Greater(t, token, last)
		e := put(t, b, "1", large+fmt.Sprint(i))
		require.Greater(t, e.Revision, token)
		if i == 20 { // the last number is that of a line that is dropped
			require.NoError(t, b.Remove(t.Context(), gone.LedgerKey, gone.Revision))
		}
		has(t, a, without(i >= 20, gone, keep, e)...)
		last = e.Revision
		require.NoError(t, a.Release(t.Context(), "panel", token))
		require.Less(t, len(content(t, path)), 2<<20, "after %d rounds", i)
		a, b = b, a
	}
	require.NoFileExists(t, path+".new")
	l := open(t, path)
	has(t, l, keep, must(a.Entry(t.Context(), entry("1", "").LedgerKey)))
	require.Greater(t, put(t, l, "2", "two").Revision, last)
}

// TestRewriteWhileHeld: who holds a lease still does after another program has written the file anew.
func TestRewriteWhileHeld(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	a, b := open(t, path), open(t, path)
	token, err := a.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	for range 4 {
		put(t, b, "1", strings.Repeat("x", 700<<10))
	}
	require.Less(t, len(content(t, path)), 4*700<<10)
	require.NoError(t, a.Put(t.Context(), entry("2", ""), token))
}

func without(removed bool, gone *provider.LedgerEntry, others ...*provider.LedgerEntry) []*provider.LedgerEntry {
	if !removed {
		others = append(others, gone)
	}
	return others
}

// TestLastNumber: a number is not given again after its line was dropped.
func TestLastNumber(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	keep := put(t, l, "0", "kept")
	for range 2 { // at first the file is too small
		e := put(t, l, "1", strings.Repeat("x", 700<<10))
		require.NoError(t, l.Remove(t.Context(), e.LedgerKey, e.Revision))
	}
	require.Less(t, len(content(t, path)), 1000)
	has(t, open(t, path), keep)
	require.EqualValues(t, 6, put(t, open(t, path), "1", "").Revision)
}

// TestRewriteSeldom: while most of a file is of use it only grows, and where it cannot be written anew
// that is not tried with each line.
func TestRewriteSeldom(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	large := strings.Repeat("x", 1<<19)
	for i := range 6 { // 3 MiB, of which 2.5 are then of no use
		put(t, l, fmt.Sprint(i), large)
	}
	for range 5 {
		put(t, l, "0", large)
	}
	require.Greater(t, len(content(t, path)), 11<<19)

	blocked := filepath.Join(path+".new", "folder")
	require.NoError(t, os.MkdirAll(blocked, 0o700))
	for range 3 {
		put(t, l, "0", large)
	}
	require.NoError(t, os.RemoveAll(path+".new"))
	put(t, l, "0", large)
	require.Greater(t, len(content(t, path)), 15<<19)
	for range 13 {
		put(t, l, "0", large)
	}
	require.Less(t, len(content(t, path)), 10<<19)
	require.Len(t, must(open(t, path).Open(t.Context(), "panel")), 6)
}

// TestLeaseTime: within its program a lease ends by time that has passed, for all programs.
func TestLeaseTime(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	synctest.Test(t, func(t *testing.T) {
		a, b := open(t, path), open(t, path)
		token, err := a.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		time.Sleep(time.Hour - 1)
		_, err = b.Acquire(t.Context(), "panel", time.Hour)
		require.ErrorIs(t, err, provider.ErrLeaseHeld)
		require.NoError(t, a.Extend(t.Context(), "panel", token, time.Hour))
		time.Sleep(time.Hour - 1)
		require.NoError(t, a.Put(t.Context(), entry("1", ""), token))
		require.NoError(t, a.Extend(t.Context(), "panel", token, time.Minute))
		time.Sleep(time.Minute)
		synctest.Wait()
		_, err = b.Acquire(t.Context(), "panel", time.Hour)
		require.NoError(t, err)
		require.ErrorIs(t, a.Put(t.Context(), entry("2", ""), token), provider.ErrStale)
		require.NoError(t, b.Close())
	})
}

// TestLockRemoved: whoever removes the lock of a lease lets two in, of which only the last can store.
func TestLockRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // which does not let it be removed
	}
	path := filepath.Join(folder(t), "orders")
	a, b := open(t, path), open(t, path)
	old, err := a.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	locks, err := filepath.Glob(path + ".l*")
	require.NoError(t, err)
	require.Len(t, locks, 2)
	for _, lock := range locks {
		require.NoError(t, os.Remove(lock))
	}
	token, err := b.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	require.ErrorIs(t, a.Put(t.Context(), entry("1", ""), old), provider.ErrStale)
	require.NoError(t, b.Put(t.Context(), entry("1", ""), token))
}

func TestClose(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	token, err := l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	want := put(t, l, "1", "one")
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	_, nowErr := l.Now(t.Context())
	_, acquireErr := l.Acquire(t.Context(), "panel", time.Hour)
	_, entryErr := l.Entry(t.Context(), want.LedgerKey)
	_, openErr := l.Open(t.Context(), "panel")
	for _, err := range []error{
		nowErr, acquireErr, entryErr, openErr, l.Put(t.Context(), entry("2", ""), 0), l.Remove(t.Context(), want.LedgerKey, 1),
		l.Extend(t.Context(), "panel", token, time.Hour), l.Release(t.Context(), "panel", token),
	} {
		require.ErrorIs(t, err, fs.ErrClosed)
	}
	l = open(t, path)
	has(t, l, want)
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
}

// TestErrors: what they say, and to whom.
func TestErrors(t *testing.T) {
	path := filepath.Join(folder(t), "orders")
	l := open(t, path)
	e := put(t, l, "order-1", "one")
	e.Revision = 7
	require.EqualError(t, l.Put(t.Context(), e, 0), `ledger: create "order-1" of "panel" has revision 1, not 7: the ledger has changed meanwhile`)
	require.EqualError(t, l.Put(t.Context(), entry("2", ""), 5), `ledger: lease 5 of "panel" has ended: the ledger has changed meanwhile`)
	_, err := l.Entry(t.Context(), entry("2", "").LedgerKey)
	require.EqualError(t, err, `ledger: nothing is known of create "2" of "panel": not found`)
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.NoError(t, err)
	_, err = l.Acquire(t.Context(), "panel", time.Hour)
	require.EqualError(t, err, `ledger: acquire "panel": the lease is held by another program`)
	e.State = "paid"
	require.EqualError(t, l.Put(t.Context(), e, 0), `ledger: check entry: stored nothing: State: must be one of sent, placed, done, got "paid"`)
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("\n"), 3), 0o600))
	require.ErrorContains(t, l.Put(t.Context(), entry("2", ""), 0), "ledger: put an entry in "+path+": ")
}
