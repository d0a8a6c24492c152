//go:build unix

package statefile_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/statefile"
)

// TestPipe: a pipe is refused at once, where opening it would wait for its other end.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	for _, flag := range []int{os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_CREATE} {
		_, err := statefile.Open(path, flag)
		require.ErrorContains(t, err, "is a named pipe")
	}
	_, err := statefile.Create(path)
	require.ErrorContains(t, err, "is a named pipe")
	_, err = statefile.Open("/dev/null", os.O_RDWR)
	require.ErrorContains(t, err, "is not a regular file")
}
