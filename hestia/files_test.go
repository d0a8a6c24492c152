package hestia_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

func TestFilesSendings(t *testing.T) {
	checkSendings(t, "Files", []sending{
		{"Files.AddArchive", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.AddArchive(ctx, "alice", "/home/alice/x", "a")
		}, "v-add-fs-archive|alice|/home/alice/x|a", ""},
		{"Files.AddArchive", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.AddArchive(ctx, "alice", "/home/alice/x", "a", "b", "c")
		}, "v-add-fs-archive|alice|/home/alice/x|a|b|c", ""},
		{"Files.AddDirectory", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.AddDirectory(ctx, "alice", "/home/alice/x")
		}, "v-add-fs-directory|alice|/home/alice/x", ""},
		{"Files.AddFile", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.AddFile(ctx, "alice", "/home/alice/x")
		}, "v-add-fs-file|alice|/home/alice/x", ""},
		{"Files.ChangeFilePermission", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.ChangeFilePermission(ctx, "alice", "/home/alice/x", "0640")
		}, "v-change-fs-file-permission|alice|/home/alice/x|0640", ""},
		{"Files.CheckPermission", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.CheckPermission(ctx, "alice", "/home/alice/x")
		}, "v-check-fs-permission|alice|/home/alice/x", ""},
		{"Files.CopyDirectory", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.CopyDirectory(ctx, "alice", "/home/alice/x", "/home/alice/y")
		}, "v-copy-fs-directory|alice|/home/alice/x|/home/alice/y", ""},
		{"Files.CopyFile", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.CopyFile(ctx, "alice", "/home/alice/x", "/home/alice/y")
		}, "v-copy-fs-file|alice|/home/alice/x|/home/alice/y", ""},
		{"Files.DeleteDirectory", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.DeleteDirectory(ctx, "alice", "/home/alice/x")
		}, "v-delete-fs-directory|alice|/home/alice/x", ""},
		{"Files.DeleteFile", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.DeleteFile(ctx, "alice", "/home/alice/x")
		}, "v-delete-fs-file|alice|/home/alice/x", ""},
		{"Files.ExtractArchive", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.ExtractArchive(ctx, "alice", "/home/alice/x", "/home/alice/y", nil)
		}, "v-extract-fs-archive|alice|/home/alice/x|/home/alice/y", ""},
		{"Files.ExtractArchive", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.ExtractArchive(ctx, "alice", "/home/alice/x", "/home/alice/y", &hestia.FileExtractArchiveOptions{Strip: 1, Test: true})
		}, "v-extract-fs-archive|alice|/home/alice/x|/home/alice/y||1|yes", ""},
		{"Files.GetFileType", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Files.GetFileType(ctx, "alice", "/home/alice/x"))
		}, "v-get-fs-file-type|alice|/home/alice/x", "text/plain; charset=us-ascii"},
		{"Files.ListDirectory", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Files.ListDirectory(ctx, "alice", nil))
		}, "v-list-fs-directory|alice", "d|755|2026-01-02|03:04|alice|alice|4096|"},
		{"Files.ListDirectory", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Files.ListDirectory(ctx, "alice", &hestia.FileListDirectoryOptions{Directory: "/home/alice/web"}))
		}, "v-list-fs-directory|alice|/home/alice/web", "d|755|2026-01-02|03:04|alice|alice|4096|"},
		{"Files.MoveDirectory", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.MoveDirectory(ctx, "alice", "/home/alice/x", "/home/alice/y")
		}, "v-move-fs-directory|alice|/home/alice/x|/home/alice/y", ""},
		{"Files.MoveFile", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.MoveFile(ctx, "alice", "/home/alice/x", "/home/alice/y")
		}, "v-move-fs-file|alice|/home/alice/x|/home/alice/y", ""},
		{"Files.OpenConfig", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Files.OpenConfig(ctx, "/etc/nginx/nginx.conf"))
		}, "v-open-fs-config|/etc/nginx/nginx.conf", "user www-data;"},
		{"Files.OpenFile", func(ctx context.Context, c *hestia.Client) error {
			return drop(c.Files.OpenFile(ctx, "alice", "/home/alice/x"))
		}, "v-open-fs-file|alice|/home/alice/x", "text"},
		{"Files.SearchObject", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Files.SearchObject(ctx, "alice", "*.php", nil))
		}, "v-search-fs-object|alice|*.php", "d|755|2026-01-02|03:04|alice|alice|4096|"},
		{"Files.SearchObject", func(ctx context.Context, c *hestia.Client) error {
			return drain(c.Files.SearchObject(ctx, "alice", "x", &hestia.FileSearchObjectOptions{Path: "/home/alice/web"}))
		}, "v-search-fs-object|alice|x|/home/alice/web", "d|755|2026-01-02|03:04|alice|alice|4096|"},
	})
}

func TestFilesEntries(t *testing.T) {
	jena, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	ask := func(body string) ([]*hestia.FileEntry, error) {
		c := withKey(t, newPanel(exit(0, http.StatusOK, body)), hestia.WithLocation(jena))
		return collect(c.Files.ListDirectory(t.Context(), "alice", nil))
	}
	at := time.Date(2026, 7, 2, 3, 4, 0, 0, jena)
	home := &hestia.FileEntry{Type: "d", Mode: "755", Changed: at, Owner: "alice", Group: "alice", Size: 4096}
	file := func(name string) *hestia.FileEntry {
		return &hestia.FileEntry{Name: name, Type: "f", Mode: "644", Changed: at, Owner: "alice", Group: "www-data", Size: 17}
	}
	const first, second = "d|755|2026-07-02|03:04|alice|alice|4096|\n", "f|644|2026-07-02|03:04|alice|www-data|17|"
	for name, test := range map[string]struct {
		body string
		want []*hestia.FileEntry
	}{
		"empty directory":      {first[:len(first)-1], []*hestia.FileEntry{home}},
		"a file":               {first + second + "index.html", []*hestia.FileEntry{home, file("index.html")}},
		"a bar in a name":      {first + second + "a|b", []*hestia.FileEntry{home, file("a|b")}},
		"a blank in a name":    {first + second + " a b", []*hestia.FileEntry{home, file(" a b")}},
		"a break in a name":    {first + second + "a\nb|c", []*hestia.FileEntry{home, file("a\nb|c")}},
		"not UTF-8":            {first + second + "\xff", []*hestia.FileEntry{home, file("\xff")}},
		"the legacy line feed": {first + second + "x\n", []*hestia.FileEntry{home, file("x")}},
	} {
		t.Run(name, func(t *testing.T) {
			entries, err := ask(test.body)
			require.NoError(t, err)
			require.Equal(t, test.want, entries)
		})
	}
	for name, body := range map[string]string{
		"page": "<html>", "object": "{}", "seven fields": "d|755|2026-07-02|03:04|alice|alice|4096", "no date": "d|755|yesterday|03:04|alice|alice|4096|",
		"no size": "d|755|2026-07-02|03:04|alice|alice|much|", "long type": "dir|755|2026-07-02|03:04|alice|alice|4096|", "nothing": "\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ask(body)
			require.ErrorIs(t, err, provider.ErrProtocol)
		})
	}
	t.Run("stopped half-way", func(t *testing.T) {
		c := withKey(t, newPanel(exit(0, http.StatusOK, first+second+"x")))
		for range c.Files.ListDirectory(t.Context(), "alice", nil) {
			break
		}
	})
	t.Run("nothing found", func(t *testing.T) {
		entries, err := collect(withKey(t, newPanel(done())).Files.SearchObject(t.Context(), "alice", "*.php", nil))
		require.NoError(t, err)
		require.Empty(t, entries)
	})
}

func TestFilesContent(t *testing.T) {
	t.Run("text", func(t *testing.T) {
		text, err := withKey(t, newPanel(exit(0, http.StatusOK, "a\n\tb"))).Files.OpenFile(t.Context(), "alice", "/home/alice/x")
		require.NoError(t, err)
		require.Equal(t, "a\n\tb", text)
	})
	t.Run("empty", func(t *testing.T) {
		text, err := withKey(t, newPanel(done())).Files.OpenFile(t.Context(), "alice", "/home/alice/x")
		require.NoError(t, err)
		require.Empty(t, text)
	})
}

func TestFilesCodes(t *testing.T) {
	for name, test := range map[string]struct {
		call func(*hestia.Client) error
		code int
		want error
	}{
		"no home":      {func(c *hestia.Client) error { return c.Files.AddFile(t.Context(), "alice", "/home/alice/x") }, 12, provider.ErrNotFound},
		"not readable": {func(c *hestia.Client) error { return c.Files.CheckPermission(t.Context(), "alice", "/home/alice/x") }, 1, provider.ErrForbidden},
		"outside":      {func(c *hestia.Client) error { return c.Files.AddFile(t.Context(), "alice", "/etc/x") }, 2, provider.ErrInvalid},
		"archive there": {func(c *hestia.Client) error {
			return c.Files.AddArchive(t.Context(), "alice", "/home/alice/x.tar", "a")
		}, 1, provider.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.call(withKey(t, newPanel(exit(test.code, http.StatusBadRequest, "Error: canary"))))
			requireExit(t, err, hestia.ExitCode(test.code), test.want)
		})
	}
}

func TestFilesRefusals(t *testing.T) {
	mode := func(permissions string) func(context.Context, *hestia.Client) error {
		return func(ctx context.Context, c *hestia.Client) error {
			return c.Files.ChangeFilePermission(ctx, "alice", "/home/alice/x", permissions)
		}
	}
	checkRefusals(t, []refusal{
		{"two permissions", mode("0644 /home/bob"), "permissions"},
		{"wildcard", mode("*"), "permissions"},
		{"no permissions", mode(""), "permissions"},
		{"no file", func(ctx context.Context, c *hestia.Client) error { return c.Files.DeleteFile(ctx, "alice", "") }, "file"},
		{"blank at the end of a name", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.DeleteDirectory(ctx, "alice", "/home/alice/x ")
		}, "directory"},
		{"too many sources", func(ctx context.Context, c *hestia.Client) error {
			return c.Files.AddArchive(ctx, "alice", "/home/alice/x.tar", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
		}, "arguments"},
	})
}

// Moving or copying directories twice would nest them; deleting them twice does no harm.
func TestFilesLostAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		call  func(*hestia.Client) error
		calls int
	}{
		"move":   {func(c *hestia.Client) error { return c.Files.MoveFile(t.Context(), "alice", "/tmp/a", "/tmp/b") }, 1},
		"copy":   {func(c *hestia.Client) error { return c.Files.CopyDirectory(t.Context(), "alice", "/tmp/a", "/tmp/b") }, 1},
		"delete": {func(c *hestia.Client) error { return c.Files.DeleteFile(t.Context(), "alice", "/tmp/a") }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel(answer{err: io.ErrUnexpectedEOF}, done())
			err := test.call(withKey(t, p))
			require.Equal(t, test.calls, p.calls())
			if test.calls == 1 {
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				return
			}
			require.NoError(t, err)
		})
	}
}
