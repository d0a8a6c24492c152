package faults_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
)

// counter is a handler that counts what was applied and answers 200 with a body of 32 bytes.
type counter struct{ applied atomic.Int64 }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	c.applied.Add(1)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"answer":"0123456789012345678"}`)
}

func memory(in *faults.Injector, h http.Handler) *http.Client {
	return &http.Client{Transport: in.Transport(h)}
}

// statuses sends n GETs to /<index> and returns what came of each: the status, or 0.
func statuses(t *testing.T, client *http.Client, n int) []int {
	t.Helper()
	var got []int
	for range n {
		resp, err := client.Get("http://emulator.test/x")
		if err != nil {
			got = append(got, 0)
			continue
		}
		require.NoError(t, resp.Body.Close())
		got = append(got, resp.StatusCode)
	}
	return got
}

func TestAtHitsOneRequestFromNowOn(t *testing.T) {
	var in faults.Injector
	client := memory(&in, &counter{})
	require.Equal(t, []int{200}, statuses(t, client, 1))
	in.At(1, faults.Fault{Kind: faults.Drop})
	in.At(0, faults.Fault{Kind: faults.Status})
	in.At(1, faults.Fault{Kind: faults.Status, StatusCode: 503}) // replaces the drop
	require.Equal(t, []int{500, 503, 200, 200}, statuses(t, client, 4))
	in.Forget() // must not move the numbers
	in.At(0, faults.Fault{Kind: faults.Refuse})
	require.Equal(t, []int{0, 200}, statuses(t, client, 2))
}

func TestWhenMatchesPathAndBody(t *testing.T) {
	var in faults.Injector
	client := memory(&in, &counter{})
	in.When(func(r *http.Request) bool { return r.FormValue("cmd") == "suspend" }, 2, faults.Fault{Kind: faults.Status})
	in.When(func(r *http.Request) bool { return r.URL.Path == "/always" && r.URL.Host == "" }, 0, faults.Fault{Kind: faults.Status, StatusCode: 502})
	post := func(path, cmd string) int {
		resp, err := client.PostForm("http://emulator.test"+path, url.Values{"cmd": {cmd}})
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.StatusCode
	}
	require.Equal(t, 200, post("/", "list"))
	require.Equal(t, 500, post("/", "suspend"))
	require.Equal(t, 500, post("/", "suspend"))
	require.Equal(t, 200, post("/", "suspend"), "used up")
	for range 3 {
		require.Equal(t, 502, post("/always", "list"))
	}
	in.Clear()
	require.Equal(t, 200, post("/always", "list"))
	require.Equal(t, 8, in.Count(), "Clear keeps the log")
	require.Equal(t, "cmd=suspend", string(in.Requests()[1].Body), "a matcher must not eat the body")
}

func TestWhenNilMatchesAll(t *testing.T) {
	var in faults.Injector
	in.When(nil, 1, faults.Fault{Kind: faults.Status})
	require.Equal(t, []int{500, 200}, statuses(t, memory(&in, &counter{}), 2))
}

func TestAtWinsAndSparesTheRule(t *testing.T) {
	var in faults.Injector
	in.When(nil, 1, faults.Fault{Kind: faults.Status, StatusCode: 501})
	in.Random(1, 1, faults.Fault{Kind: faults.Status, StatusCode: 599})
	in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 500})
	require.Equal(t, []int{500, 501, 599}, statuses(t, memory(&in, &counter{}), 3))
}

func TestRandomRepeats(t *testing.T) {
	run := func(seed uint64, share float64) []int {
		var in faults.Injector
		in.Random(seed, share, faults.Fault{Kind: faults.Status}, faults.Fault{Kind: faults.Drop})
		return statuses(t, memory(&in, &counter{}), 200)
	}
	first := run(7, 0.5)
	require.Equal(t, first, run(7, 0.5))
	require.NotEqual(t, first, run(8, 0.5))
	require.Subset(t, first, []int{200, 500, 0})
	require.NotContains(t, run(7, 1), 200)
	require.NotContains(t, run(7, 0), 500)
}

func TestRandomDefaultsToTheCatalogue(t *testing.T) {
	var in faults.Injector
	in.Random(3, 1)
	statuses(t, memory(&in, &counter{}), 300)
	seen := map[string]bool{}
	for _, r := range in.Requests() {
		seen[r.Fault.String()] = true
	}
	require.Len(t, seen, len(faults.Catalogue()))
}

func TestLogIsACopy(t *testing.T) {
	var in faults.Injector
	client := memory(&in, &counter{})
	in.At(1, faults.Fault{Kind: faults.Drop, After: true})
	send := func() {
		req, err := http.NewRequest(http.MethodPost, "http://emulator.test/a%2Fb/c?x=1&y=%20", strings.NewReader("hello"))
		require.NoError(t, err)
		req.Header.Set("X-Api-Key", "k")
		if resp, err := client.Do(req); err == nil {
			require.NoError(t, resp.Body.Close())
		}
		req.Header.Set("X-Api-Key", "changed")
	}
	send()
	send()
	logged := in.Requests()
	logged[0].Header.Set("X-Api-Key", "changed")
	logged[0].Body[0] = 'j'
	logged[1].Fault.Kind = faults.Refuse

	want := faults.Request{
		Method: "POST", Path: "/a%2Fb/c", Query: "x=1&y=%20",
		Header: http.Header{"X-Api-Key": {"k"}}, Body: []byte("hello"), Status: 200,
	}
	lost := want
	lost.Status = 0
	lost.Fault = &faults.Fault{Kind: faults.Drop, After: true}
	require.Equal(t, []faults.Request{want, lost}, in.Requests())
	in.Forget()
	require.Zero(t, in.Count())
	require.Empty(t, in.Requests())
}

func TestConcurrentUse(t *testing.T) {
	var in faults.Injector
	var c counter
	client := memory(&in, &c)
	in.When(func(*http.Request) bool { return in.Count() >= 0 }, 25, faults.Fault{Kind: faults.Drop})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if resp, err := client.Post("http://emulator.test/", "text/plain", strings.NewReader("x")); err == nil {
					_ = resp.Body.Close()
				}
				in.Requests()
			}
		})
	}
	wg.Wait()
	require.Equal(t, 200, in.Count())
	require.EqualValues(t, 175, c.applied.Load(), "a rule fires exactly as often as it was told")
}

// TestLate: the request is applied when the delay is over, whole, and although its sender has given up.
func TestLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in faults.Injector
		var mu sync.Mutex // both are applied at the same moment
		var applied []string
		client := memory(&in, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			applied = append(applied, r.Method+" "+r.URL.Path+" "+string(body)+" "+r.Header.Get("X-Key"))
			require.NoError(t, r.Context().Err())
		}))
		send := func(f faults.Fault) (string, error) {
			in.At(0, f)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://emulator.test/buy", strings.NewReader("plan=small"))
			require.NoError(t, err)
			req.Header.Set("X-Key", "k")
			resp, err := client.Do(req)
			if err != nil {
				return "", err
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			return resp.Status + " " + string(body), err
		}
		_, err := send(faults.Fault{Kind: faults.Late, Delay: time.Hour})
		require.Error(t, err)
		answer, err := send(faults.Fault{Kind: faults.Late, Delay: time.Hour, StatusCode: http.StatusAccepted, Body: `{"queued":true}`})
		require.NoError(t, err)
		require.Equal(t, `202 Accepted {"queued":true}`, answer)
		time.Sleep(time.Hour - time.Second)
		mu.Lock()
		require.Empty(t, applied)
		mu.Unlock()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{"POST /buy plan=small k", "POST /buy plan=small k"}, applied)
	})
}
