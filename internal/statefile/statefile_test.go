package statefile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/statefile"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	_, err := statefile.Open(path, os.O_RDWR)
	require.ErrorIs(t, err, os.ErrNotExist)
	for range 2 { // made, then found
		file, err := statefile.Open(path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
		require.NoError(t, err)
		_, err = file.WriteString("x")
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	private(t, path, "xx")
}

func private(t *testing.T, path, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
}

// TestLinks: no link is followed, whether it leads to a file, to a folder or to nothing.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if os.Symlink(target, link) != nil {
		return // on Windows only some users may make one
	}
	refused := func() {
		t.Helper()
		for _, flag := range []int{os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREATE} {
			_, err := statefile.Open(link, flag)
			require.ErrorContains(t, err, "is a symbolic link")
		}
		_, err := statefile.Create(link)
		require.ErrorContains(t, err, "is a symbolic link")
	}
	refused()
	require.NoFileExists(t, target)
	require.NoError(t, os.WriteFile(target, []byte("theirs"), 0o600))
	refused()
	private(t, target, "theirs")
	_, err := statefile.Open(dir, os.O_RDONLY)
	require.ErrorContains(t, err, "is a directory")
}

func TestDraft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result.csv")
	for _, kept := range []string{"first", "second"} {
		draft, err := statefile.Create(path)
		require.NoError(t, err)
		_, err = draft.WriteString(kept)
		require.NoError(t, err)
		require.NoError(t, draft.Keep())
		draft.Discard()
		private(t, path, kept)
	}
	draft, err := statefile.Create(path)
	require.NoError(t, err)
	draft.Discard()
	private(t, path, "second")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)

	// Somebody makes a link while the file is written.
	draft, err = statefile.Create(path)
	require.NoError(t, err)
	defer draft.Discard()
	require.NoError(t, os.Remove(path))
	if os.Symlink(filepath.Join(dir, "elsewhere"), path) == nil {
		require.ErrorContains(t, draft.Keep(), "is a symbolic link")
	}
}

// TestDraftAlone: what was left of the draft before is overwritten, and not followed.
func TestDraftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result")
	require.NoError(t, os.WriteFile(path+".new", []byte("what was left behind"), 0o600))
	draft, err := statefile.CreateAlone(path)
	require.NoError(t, err)
	_, err = draft.WriteString("whole")
	require.NoError(t, err)
	require.NoError(t, draft.Keep())
	private(t, path, "whole")
	require.NoFileExists(t, path+".new")
	if os.Symlink(path, path+".new") == nil {
		draft, err := statefile.CreateAlone(path)
		require.NoError(t, err)
		_, err = draft.WriteString("other")
		require.NoError(t, err)
		private(t, path, "whole")
		draft.Discard()
	}
	require.NoFileExists(t, path+".new")
	_, err = statefile.CreateAlone(dir)
	require.ErrorContains(t, err, "is a directory")
}

// TestOpenTogether: programs that make the same file at the same time all get it.
func TestOpenTogether(t *testing.T) {
	dir := t.TempDir()
	for round := range 20 {
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				file, err := statefile.Open(filepath.Join(dir, strconv.Itoa(round)), os.O_RDWR|os.O_CREATE)
				if assert.NoError(t, err) {
					_ = file.Close()
				}
			})
		}
		group.Wait()
	}
	_, err := statefile.Open(filepath.Join(dir, "no", "folder"), os.O_RDWR|os.O_CREATE)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestLines(t *testing.T) {
	read := func(text string) (lines []string, end int64, err error) {
		end, err = statefile.Lines(strings.NewReader(text), "head", func(_ int, line []byte) error {
			lines = append(lines, string(line))
			return nil
		})
		return lines, end, err
	}
	more := func(text string) (lines []string, end int64, err error) {
		end, err = statefile.Appended(strings.NewReader(text), 4, func(n int, line []byte) error {
			lines = append(lines, fmt.Sprintf("%d: %s", n, line))
			return nil
		})
		return lines, end, err
	}
	lines, end, err := read("head\none\n\ntwo\nthr")
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, lines)
	require.EqualValues(t, len("head\none\n\ntwo\n"), end)
	_, end, err = read("hea")
	require.NoError(t, err)
	require.Zero(t, end)
	appended, end, err := more("three\n\nfour\nfi")
	require.NoError(t, err)
	require.Equal(t, []string{"4: three", "6: four"}, appended)
	require.EqualValues(t, len("three\n\nfour\n"), end)
	_, _, err = read("headless")
	require.ErrorContains(t, err, "something else")
	_, _, err = read("head\n" + strings.Repeat("x", 17<<20))
	require.ErrorContains(t, err, "line 2: it is too long")
}
