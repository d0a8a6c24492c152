package bulk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// Whatever an error says, its entry in a log is one line that a person and the next run can read.
func TestLogOfHostileErrors(t *testing.T) {
	all := newServers(t, 1, 1)
	for name, text := range clienttest.HostileTexts() {
		path := filepath.Join(t.TempDir(), "job.log")
		log, err := bulk.OpenLog(path)
		require.NoError(t, err)
		failed := errors.Join(errors.New(text), &provider.Error{Message: text, Fields: map[string]string{text: text}})
		job := &bulk.Job{
			Verb: "look", Targets: bulk.Targets(all.targets(1)), Open: all.open, Log: log,
			Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) { return "", failed },
		}
		for result, err := range job.Run(t.Context()) {
			require.NoError(t, err, name)
			require.ErrorIs(t, result.Err, failed, name)
		}
		require.NoError(t, log.Close())
		entries, err := bulk.ReadLog(path)
		require.NoError(t, err, name)
		require.Len(t, entries, 1, name)
		entry := entries[0]
		require.True(t, strings.HasPrefix(entry.Error, "shown"), name)
		clienttest.Visible(t, entry.Error, 2200)
		log, err = bulk.OpenLog(path)
		require.NoError(t, err, name)
		require.NoError(t, log.Close())
	}
}

// A target's ID comes from a list, and its line in the log shows all of it. The next run knows it.
func TestLogOfHostileTargets(t *testing.T) {
	all := newServers(t, 1, 1)
	for name, text := range clienttest.HostileTexts() {
		if len(text) > 1000 {
			text = text[:1000]
		}
		path := filepath.Join(t.TempDir(), "job.log")
		for _, runs := range []int{1, 0} {
			log, err := bulk.OpenLog(path)
			require.NoError(t, err, name)
			job := &bulk.Job{
				Verb: "look", Targets: bulk.Targets([]bulk.Target{{Server: "web1", ID: text}}), Open: all.open, Log: log,
				Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
					return provider.OutcomeChanged, nil
				},
			}
			done := 0
			for _, err := range job.Run(t.Context()) {
				require.NoError(t, err, name)
				done++
			}
			require.Equal(t, runs, done, name)
			require.NoError(t, log.Close())
		}
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			clienttest.Visible(t, strings.TrimSuffix(line, "\n"), 2000)
		}
		entries, err := bulk.ReadLog(path)
		require.NoError(t, err)
		require.Equal(t, text, entries[0].Account)
	}
}

// An account whose entry the next run could not read ends the job, and not the log.
func TestLogOfEndlessAccount(t *testing.T) {
	all := newServers(t, 1, 1)
	path := filepath.Join(t.TempDir(), "job.log")
	log, err := bulk.OpenLog(path)
	require.NoError(t, err)
	job := &bulk.Job{
		Verb: "look", Targets: bulk.Targets([]bulk.Target{{Server: "web1", ID: strings.Repeat("7", 1<<20)}}), Open: all.open, Log: log,
		Do: func(context.Context, provider.Provider, bulk.Target) (provider.Outcome, error) {
			return provider.OutcomeChanged, nil
		},
	}
	var ended error
	for result, err := range job.Run(t.Context()) {
		if result == nil {
			ended = err
		}
	}
	require.ErrorContains(t, ended, "bulk: write log: the entry of an account is longer than")
	require.NoError(t, log.Close())
	log, err = bulk.OpenLog(path)
	require.NoError(t, err)
	require.NoError(t, log.Close())
}
