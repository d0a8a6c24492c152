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

// overTCP is a real server behind in, and a client that uses each connection once, or net/http
// would repeat requests.
func overTCP(t *testing.T, in *faults.Injector, h http.Handler) (*http.Client, string) {
	t.Helper()
	server := httptest.NewServer(in.Handler(h))
	t.Cleanup(server.Close)
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, server.URL
}

func TestFaultsOverTCP(t *testing.T) {
	const answer = `{"answer":"0123456789012345678"}`
	for _, tc := range []struct {
		fault   faults.Fault
		applied int64
		status  int
		body    string
		cut     bool
	}{
		{fault: faults.Fault{Kind: faults.Refuse}},
		{fault: faults.Fault{Kind: faults.Drop}},
		{fault: faults.Fault{Kind: faults.Drop, After: true}, applied: 1},
		{fault: faults.Fault{Kind: faults.Status, StatusCode: 502, After: true}, applied: 1, status: 502, body: `{"error":"injected fault"}`},
		{fault: faults.Fault{Kind: faults.Truncate}, applied: 1, status: 200, body: answer[:16], cut: true},
		{fault: faults.Fault{Kind: faults.HTML, Body: "<p>"}, status: 200, body: "<p>"},
		{fault: faults.Fault{Kind: faults.Garbage, After: true, Body: `[1]`}, applied: 1, status: 200, body: `[1]`},
		{fault: faults.Fault{Kind: faults.Delay, Delay: 1}, applied: 1, status: 200, body: answer},
		{fault: faults.Fault{Kind: faults.Delay, Delay: 1, After: true}, applied: 1, status: 200, body: answer},
	} {
		t.Run(tc.fault.String(), func(t *testing.T) {
			var in faults.Injector
			var c counter
			in.At(0, tc.fault)
			client, url := overTCP(t, &in, &c)
			resp, err := client.Post(url+"/p?q=1", "text/plain", strings.NewReader("sent"))
			require.Equal(t, tc.applied, c.applied.Load())
			if tc.status == 0 {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				body, err := io.ReadAll(resp.Body)
				require.NoError(t, resp.Body.Close())
				require.Equal(t, tc.body, string(body))
				require.Equal(t, tc.status, resp.StatusCode)
				if tc.cut {
					require.ErrorIs(t, err, io.ErrUnexpectedEOF)
					require.EqualValues(t, len(answer), resp.ContentLength)
				} else {
					require.NoError(t, err)
				}
			}
			require.Equal(t, 1, in.Count())
			logged := in.Requests()[0]
			require.Equal(t, "/p", logged.Path)
			require.Equal(t, "q=1", logged.Query)
			require.Equal(t, &tc.fault, logged.Fault)
			if tc.fault.Kind == faults.Refuse {
				require.Empty(t, logged.Body, "a refused connection carries no request")
			} else {
				require.Equal(t, "sent", string(logged.Body))
			}
		})
	}
}

func TestHandlerPassesHugeBodiesWithExpect(t *testing.T) {
	var in faults.Injector
	var got int64
	client, url := overTCP(t, &in, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, _ = io.Copy(io.Discard, r.Body)
	}))
	in.When(func(r *http.Request) bool {
		head, _ := io.ReadAll(r.Body)
		return bytes.HasPrefix(head, []byte("no such body"))
	}, 0, faults.Fault{Kind: faults.Drop})
	req, err := http.NewRequest(http.MethodPut, url, io.LimitReader(zeros{}, 3<<20))
	require.NoError(t, err)
	req.Header.Set("Expect", "100-continue")
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.EqualValues(t, 3<<20, got)
	require.Len(t, in.Requests()[0].Body, 1<<20)
	require.Equal(t, 200, in.Requests()[0].Status)
}

func TestOnePlaceDecides(t *testing.T) {
	var in faults.Injector
	in.At(1, faults.Fault{Kind: faults.Drop})
	client := memory(&in, in.Handler(&counter{}))
	require.Equal(t, []int{200, 0, 200}, statuses(t, client, 3))
	require.Equal(t, 3, in.Count())

	var outer faults.Injector // another Injector in front decides for itself
	outer.At(0, faults.Fault{Kind: faults.Status})
	require.Equal(t, []int{500, 200}, statuses(t, memory(&outer, in.Handler(&counter{})), 2))
	require.Equal(t, 4, in.Count())
}

func TestHandlerKeepsFlushing(t *testing.T) {
	var in faults.Injector
	client, url := overTCP(t, &in, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		require.NoError(t, http.NewResponseController(w).Flush())
		<-r.Context().Done() // the client has its header before the handler returns
	}))
	resp, err := client.Get(url)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
}

// TestFaultHeader: an answer that a fault makes up carries the header that the vendor's would.
func TestFaultHeader(t *testing.T) {
	var in faults.Injector
	var c counter
	in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 400, Header: http.Header{"Exit-Code": {"3"}, "Content-Type": {"text/plain"}}})
	client, url := overTCP(t, &in, &c)
	resp, err := client.Get(url)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "3", resp.Header.Get("Exit-Code"))
	require.Equal(t, []string{"text/plain"}, resp.Header.Values("Content-Type"))
	require.Zero(t, c.applied.Load())
}
