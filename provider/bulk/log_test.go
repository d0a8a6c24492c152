package bulk_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/bulk"
)

// TestForeignFiles: OpenLog changes no byte of a file that is no log.
func TestForeignFiles(t *testing.T) {
	for name, content := range map[string]string{
		"a key in one line without end": "kh_live_0123456789abcdef", "a key in one line": "kh_live_0123456789abcdef\n",
		"a document": `{"servers": [{"name": "web1"}]}`, "a document in lines": "{\n  \"servers\": []\n}\n", "a line with a time": `{"at":"2026-01-01T00:00:00Z","verb":"suspend"`,
		"empty lines": "\n\n\n", "an empty line and a key": "\nkey", "binary": "\x7fELF\x02\x01\x00\n\x00\x00", "zeros": strings.Repeat("\x00", 4096),
		"another's lines": `{"time":"2026-01-01T00:00:00Z","verb":"get","server":"x"}` + "\n" + `{"cut`,
	} {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o640))
		_, err := bulk.OpenLog(path)
		require.ErrorContains(t, err, "it holds something else", name)
		_, err = bulk.ReadLog(path)
		require.Error(t, err, name)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, content, string(kept), name)
		info, err := os.Stat(path)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			require.Equal(t, os.FileMode(0o640), info.Mode(), name)
		}
	}
	_, err := bulk.OpenLog(t.TempDir())
	require.ErrorContains(t, err, "is a directory")
}

// TestLogThroughLink: whoever can make a link where the log will be gets nothing written elsewhere.
func TestLogThroughLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "log")
	if err := os.Symlink(target, link); err != nil {
		require.Equal(t, "windows", runtime.GOOS) // only for some users there
		return
	}
	_, err := bulk.OpenLog(link)
	require.ErrorContains(t, err, "is a symbolic link")
	require.NoFileExists(t, target)
	require.NoError(t, os.WriteFile(target, []byte("key"), 0o600))
	_, err = bulk.OpenLog(link)
	require.ErrorContains(t, err, "is a symbolic link")
	kept, err := os.ReadFile(target)
	require.NoError(t, err)
	require.Equal(t, "key", string(kept))
}

// TestLogMade: a log is its owner's, also one that others could write, may be cut anywhere in its first line, and may be an empty file.
func TestLogMade(t *testing.T) {
	path := logPath(t)
	for range 2 {
		require.NoError(t, openLog(t, path).Close())
		info, err := os.Stat(path)
		require.NoError(t, err)
		if runtime.GOOS != "windows" {
			require.Equal(t, os.FileMode(0o600), info.Mode())
		}
		require.NoError(t, os.Chmod(path, 0o666))
	}
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := range len(whole) {
		require.NoError(t, os.WriteFile(path, whole[:n], 0o600))
		require.NoError(t, openLog(t, path).Close())
		now, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(whole), string(now))
	}
}

// TestOldLogs: lines of earlier versions are read where only an ID can have been meant, and refused
// in words elsewhere.
func TestOldLogs(t *testing.T) {
	all := newServers(t, 1, 10)
	targets := all.targets(2)
	path := logPath(t)
	old := `{"at":"2026-01-01T00:00:00Z","verb":"suspend","server":"web1","account":"` + targets[0].ID + `","outcome":"changed"}` + "\n"
	require.NoError(t, os.WriteFile(path, []byte(old+old[:40]), 0o600))
	results, err := collect(t.Context(), &bulk.Job{Verb: bulk.Suspend, Targets: bulk.Targets(targets), Open: all.open, Log: openLog(t, path)})
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, 2, openLog(t, path).Len())

	old = strings.Replace(old, `"verb":"suspend"`, `"verb":"ensure"`, 1)
	require.NoError(t, os.WriteFile(path, []byte(old), 0o600))
	_, err = bulk.OpenLog(path)
	require.ErrorContains(t, err, "of an earlier version and does not say whether")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, old, string(kept))
}
