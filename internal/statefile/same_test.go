package statefile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/statefile"
)

func TestSame(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	path := filepath.Join(dir, "list.csv")
	require.True(t, statefile.Same("list.csv", path), "there is none yet")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.WriteFile("other.csv", nil, 0o600))
	for _, same := range []string{"list.csv", "./list.csv", dir + "/./x/../list.csv"} {
		require.True(t, statefile.Same(same, path), same)
	}
	for _, other := range []string{"other.csv", "none.csv", "x/list.csv", dir} {
		require.False(t, statefile.Same(other, path), other)
	}
	if os.Link(path, "link.csv") == nil {
		require.True(t, statefile.Same("link.csv", path))
	}
}
