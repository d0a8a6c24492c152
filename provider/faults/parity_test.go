package faults_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

// TestLikeNetHTTP holds the in-memory transport against a real server: same handler, same answer.
func TestLikeNetHTTP(t *testing.T) {
	write := func(w http.ResponseWriter, n int) { _, _ = w.Write(bytes.Repeat([]byte("a"), n)) }
	for name, h := range map[string]http.HandlerFunc{
		"nothing":  func(http.ResponseWriter, *http.Request) {},
		"small":    func(w http.ResponseWriter, _ *http.Request) { write(w, 10) },
		"at limit": func(w http.ResponseWriter, _ *http.Request) { write(w, 2048) },
		"large":    func(w http.ResponseWriter, _ *http.Request) { write(w, 5000) },
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			write(w, 10)
			w.(http.Flusher).Flush()
			write(w, 10)
		},
		"declared": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			write(w, 10)
			write(w, 1)
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204); write(w, 3) },
		"odd status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(599); w.WriteHeader(200) },
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(103)
			w.Header().Set("X-Late", "yes")
			w.WriteHeader(201)
			w.Header().Set("X-Too-Late", "yes")
		},
		"reads all":  func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
		"cut before": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut header": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic(http.ErrAbortHandler) },
		"cut declared": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			write(w, 10)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"cut chunked": func(w http.ResponseWriter, _ *http.Request) {
			write(w, 10)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"too short": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "100"); write(w, 10) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(h)
			defer server.Close()
			var in faults.Injector
			get := func(transport http.RoundTripper) (resp *http.Response, body string, failed bool, bodyErr error) {
				req, err := http.NewRequest(http.MethodPost, server.URL, strings.NewReader("request body"))
				require.NoError(t, err)
				resp, err = transport.RoundTrip(req)
				if err != nil {
					return nil, "", true, nil
				}
				defer func() { _ = resp.Body.Close() }()
				data, err := io.ReadAll(resp.Body)
				resp.Header.Del("Date")
				return resp, string(data), false, err
			}
			want, wantBody, wantFailed, wantErr := get(server.Client().Transport)
			got, gotBody, gotFailed, gotErr := get(in.Transport(h))
			require.Equal(t, wantFailed, gotFailed)
			if wantFailed {
				require.Zero(t, in.Requests()[0].Status)
				return
			}
			require.Equal(t, wantBody, gotBody)
			require.Equal(t, wantErr, gotErr)
			require.Equal(t, want.Status, got.Status)
			require.Equal(t, want.Proto, got.Proto)
			require.Equal(t, want.Header, got.Header)
			require.Equal(t, want.ContentLength, got.ContentLength)
			require.Equal(t, want.TransferEncoding, got.TransferEncoding)
			require.Equal(t, want.StatusCode, in.Requests()[0].Status)
		})
	}
}
