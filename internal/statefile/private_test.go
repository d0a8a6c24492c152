package statefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/statefile"
)

func TestPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	for _, mode := range []os.FileMode{0o666, 0o640, 0o600} {
		require.NoError(t, os.Chmod(path, mode))
		file, err := statefile.Open(path, os.O_RDWR)
		require.NoError(t, err)
		require.NoError(t, statefile.Private(file))
		require.NoError(t, file.Close())
		private(t, path, "x")
	}
}
