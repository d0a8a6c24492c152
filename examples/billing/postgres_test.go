//go:build unix

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/postgrestest"
	"github.com/provkit/provkit/provider/riverprovider"
)

// TestPostgres: programs that start at once with an empty database all find their tables.
func TestPostgres(t *testing.T) {
	s := postgrestest.Installed(t)
	if s == nil {
		return
	}
	t.Cleanup(func() { require.NoError(t, postgrestest.Stop()) })
	opened := make(chan error, 3)
	for range cap(opened) {
		go func() {
			db, err := openDatabase(t.Context(), s.URL("postgres", ""))
			if err == nil {
				queue, _ := riverprovider.New(db.DB, riverprovider.Config{})
				err = db.migrate(t.Context(), queue)
				_ = db.Close()
			}
			opened <- err
		}()
	}
	for range cap(opened) {
		require.NoError(t, <-opened)
	}
}
