package rest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func gzipped(t *testing.T, body string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(body))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

// TestContentEncoding: an encoding that nobody asked for is named, in success and in failure.
func TestContentEncoding(t *testing.T) {
	const body = `{"id": 1, "name": "thing"}`
	once := gzipped(t, body)
	for name, row := range map[string]struct{ header, body, want string }{
		"none":            {"", body, ""},
		"identity":        {"identity", body, ""},
		"gzip":            {"gzip", once, ""},
		"brotli":          {"br", "\x0b\x05\x80{}", "br"},
		"zstd":            {"zstd", "\x28\xb5\x2f\xfd", "zstd"},
		"deflate":         {"deflate", "x\x9c", "deflate"},
		"gzip twice":      {"gzip, gzip", gzipped(t, once), "gzip, gzip"},
		"gzip, told once": {"gzip", gzipped(t, once), "gzip"},
		"gzip, not told":  {"", once, "gzip"},
		"hostile":         {"br\u202e\u009b2J", "x", "br"},
	} {
		for _, status := range []int{200, 404, 503} {
			c, _ := over(t, func(w http.ResponseWriter, _ *http.Request) {
				if row.header != "" {
					w.Header().Set("Content-Encoding", row.header)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(row.body))
			}, provider.WithRetry(provider.Retry{Attempts: 1}))
			err := c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{"1"}, Out: new(thing)})
			if row.want == "" {
				require.Equal(t, status == 200, err == nil, "%s: %v", name, err)
				continue
			}
			require.Error(t, err, name)
			require.ErrorContains(t, err, "in the encoding "+row.want, name)
			require.ErrorContains(t, err, "which was not asked for and cannot be read", name)
			require.NotContains(t, err.Error(), "\u202e")
			require.NotErrorIs(t, err, provider.ErrNotFound, name)
		}
	}
}

// TestByteOrderMarks: each file of a PHP program may send one.
func TestByteOrderMarks(t *testing.T) {
	for _, before := range []string{"\ufeff", "\ufeff\ufeff", " \ufeff\r\n\ufeff \ufeff"} {
		var got thing
		c, _ := over(t, answer(200, before+`{"id": 1, "name": "thing"}`))
		require.NoError(t, c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{"1"}, Out: &got}), "%q", before)
		require.EqualValues(t, 1, got.ID)
	}
	c, _ := over(t, answer(200, `{"id": 1, "name": "thing"}`+"\ufeff"))
	require.ErrorIs(t, c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{"1"}, Out: new(thing)}), provider.ErrProtocol)
}
