package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/providertest"
)

// TestTornAnywhere cuts the state file at every byte, as a kill may. Everything accepted by then is
// there again: an event is never half stored, and a cut is never an error.
func TestTornAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s, err := openState(path)
	require.NoError(t, err)
	stored := make(map[int64]int) // size of the file to number of events accepted
	for n, e := range []Event{order("evt-1", "1001"), event("evt-2", InvoiceOverdue, "1001", 1), order("evt-3", "1002")} {
		_, fresh, err := s.accept(e)
		require.NoError(t, err)
		require.True(t, fresh)
		info, err := os.Stat(path)
		require.NoError(t, err)
		stored[info.Size()] = n + 1
	}
	require.NoError(t, s.close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	want := 0
	cut := filepath.Join(t.TempDir(), "cut.jsonl")
	for size := range len(whole) + 1 {
		if n, ok := stored[int64(size)]; ok {
			want = n
		}
		require.NoError(t, os.WriteFile(cut, whole[:size], 0o600))
		s := newState()
		require.NoError(t, readLines(cut, s.replay), "cut at %d", size)
		require.Len(t, s.backlog(), want, "cut at %d", size)
		if size%25 != 0 {
			continue // the rest costs many writes to the disk
		}
		s, err := openState(cut)
		require.NoError(t, err, "cut at %d", size)
		require.Len(t, s.backlog(), want, "cut at %d", size)
		_, _, err = s.accept(event("evt-9", Cancelled, "1009", 9))
		require.NoError(t, err)
		require.NoError(t, s.close())
		s, err = openState(cut)
		require.NoError(t, err, "after a cut at %d", size)
		require.Len(t, s.backlog(), want+1)
		require.NoError(t, s.close())
	}
	require.Equal(t, 3, want)
}

func TestDamageIsNotSkipped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	damaged := []byte(journalHead + "\nnot json\n{}\n")
	require.NoError(t, os.WriteFile(path, damaged, 0o600))
	_, err := openState(path)
	require.ErrorContains(t, err, "line 2")
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, damaged, kept, "the file was changed")
	_, err = openState(path)
	require.ErrorContains(t, err, "line 2", "the lock was kept")
}

// TestForeignFile: a file that is no state stays as it is, whoever named it so by mistake, or made a
// link of that name.
func TestForeignFile(t *testing.T) {
	for _, foreign := range []string{"kh_live_0123456789abcdef", "key\n", "{}\n", `{"servers": []}`, `{"servers": []}` + "\n", "\n\n"} {
		path := filepath.Join(t.TempDir(), "state.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(foreign), 0o600))
		_, err := openState(path)
		require.ErrorContains(t, err, "it holds something else", foreign)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, foreign, string(kept))
	}
	for _, name := range []string{"state.jsonl", "state.jsonl.lock"} {
		dir := t.TempDir()
		if os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, name)) != nil {
			return // on Windows only some users may make one
		}
		_, err := openState(filepath.Join(dir, "state.jsonl"))
		require.ErrorContains(t, err, "is a symbolic link", name)
		require.NoFileExists(t, filepath.Join(dir, "elsewhere"))
	}
}

// TestOldState: the state of an earlier version, which had no first line of its own.
func TestOldState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	old := `{"service":{"id":"1001","latest":"2026-01-01T00:00:00Z","server":"web1"}}` + "\n"
	require.NoError(t, os.WriteFile(path, []byte(old+old[:20]), 0o600))
	s, err := openState(path)
	require.NoError(t, err)
	service, ok := s.service("1001")
	require.True(t, ok)
	require.Equal(t, "web1", service.Server)
	require.NoError(t, s.close())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, journalHead+"\n"+old, string(text))
}

func TestOneInstance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s, err := openState(path)
	require.NoError(t, err)
	_, err = openState(path)
	require.ErrorContains(t, err, "another instance")
	require.NoError(t, s.close())
	s, err = openState(path)
	require.NoError(t, err)
	require.NoError(t, s.close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// TestCompaction: a start drops history, old events, and the personal data of cancelled customers.
func TestCompaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.send(event("evt-2", Cancelled, "1001", 1))
		w.settled("evt-2")
		w.send(event("evt-3", InvoicePaid, "1001", 2))
		require.Equal(t, Dead, w.settled("evt-3").Status)
		lines := func() int {
			text, err := os.ReadFile(w.path)
			require.NoError(t, err)
			return bytes.Count(text, []byte("\n"))
		}
		require.Greater(t, lines(), 4)
		w.crash()
		w.open()
		require.Equal(t, 5, lines(), "the head, three events and a service")
		require.Equal(t, 200, w.send(order("evt-1", "1001")))

		w.crash()
		time.Sleep(keep + time.Hour)
		w.open()
		require.Equal(t, 3, lines(), "the head, the dead event and the service")
		text, err := os.ReadFile(w.path)
		require.NoError(t, err)
		require.Contains(t, string(text), "evt-3")
		require.Equal(t, 202, w.send(order("evt-1", "1001")), "forgotten")
		require.Equal(t, Superseded, w.settled("evt-1").Status, "but out of date")
		require.Empty(t, w.panel.Accounts())
	})
}

// TestPersonalDataGoes: of a service that was cancelled long ago, only its end is kept.
func TestPersonalDataGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.send(order("evt-1", "1001"))
		w.settled("evt-1")
		w.send(event("evt-2", Cancelled, "1001", 1))
		w.settled("evt-2")
		w.crash()
		time.Sleep(keep + time.Hour)
		w.open()
		text, err := os.ReadFile(w.path)
		require.NoError(t, err)
		require.NotContains(t, string(text), "max@example.com")
		require.Contains(t, string(text), `"cancelled":true`)
	})
}

// TestFullDisk: an event that cannot be stored is not accepted, and the program says that it cannot
// go on.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		require.NoError(t, w.app.state.journal.file.Close()) // every write fails from now on
		require.Equal(t, 503, w.send(order("evt-1", "1001")))
		<-w.app.state.failed
		_, known := w.app.state.record("evt-1")
		require.False(t, known)
		require.Equal(t, 503, w.send(order("evt-1", "1001")))
		synctest.Wait()
		require.Zero(t, w.panel.Faults().Count())
		status, _ := w.ready()
		require.Equal(t, 503, status)
	})
}
