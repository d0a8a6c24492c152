package rest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// The failures that were measured with well-known SDKs (godo, hcloud-go, linodego, go-github,
// govultr, stripe-go, openai-go, gophercloud, go-retryablehttp), one test each, for those that
// concern the HTTP core. 8 (speed) is bench_test.go.

// TestNine1LostAnswers: a create whose first two answers are lost leaves three resources with godo,
// govultr, openai-go and bare go-retryablehttp, with hcloud-go on 502, 504 and timeouts, and with
// linodego on 503. The others do not say that the resource may exist.
func TestNine1LostAnswers(t *testing.T) {
	for _, fault := range []faults.Fault{
		{Kind: faults.Delay, After: true, Delay: time.Minute}, // the usual case: slower than the attempt may be
		{Kind: faults.Drop, After: true},
		{Kind: faults.Status, StatusCode: 500, After: true},
		{Kind: faults.Status, StatusCode: 502, After: true},
		{Kind: faults.Status, StatusCode: 503, After: true},
		{Kind: faults.Status, StatusCode: 504, After: true},
		{Kind: faults.Truncate},
		{Kind: faults.HTML, After: true},
		{Kind: faults.Garbage, After: true},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				made := 0
				c, in := inMemory(t, func(w http.ResponseWriter, r *http.Request) { made++; okThing(w, r) })
				in.At(0, fault)
				in.At(1, fault)
				err := c.Do(t.Context(), callOf(Once, new(thing)))
				require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
				assert.Equal(t, 1, made)
			})
		})
	}
}

// TestNine2Redirects: all of them report "created" when a POST is answered with 302, since net/http
// turns it into a GET. Most forward body and key to another host on 307.
func TestNine2Redirects(t *testing.T) {
	var stolen atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer thief.Close()
	for _, status := range redirects {
		for _, target := range []string{"/some/where/api/v2/things/1", thief.URL + "/things"} {
			c, _ := over(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					http.Redirect(w, r, target, status)
					return
				}
				okThing(w, r)
			})
			err := c.Do(t.Context(), callOf(Once, new(thing)))
			require.ErrorIs(t, err, provider.ErrProtocol)
			assert.Contains(t, err.Error(), "configure that URL")
		}
	}
	assert.Zero(t, stolen.Load())
}

// TestNine3HollowAnswers: 200 {} is an empty value without an error in all of them, most accept
// text after the JSON, and all read a body of any size.
func TestNine3HollowAnswers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"{}":          answer(200, "{}"),
		"notice":      answer(200, `{"id":1}<br />Notice: Undefined index`),
		"64 MiB":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, io.LimitReader(zeros{}, 64<<20)) },
		"maintenance": answer(200, "<html><h1>Back soon</h1></html>"),
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := over(t, handler)
			require.ErrorIs(t, c.Do(t.Context(), callOf(Read, new(thing))), provider.ErrProtocol)
			err := c.Do(t.Context(), callOf(Once, new(thing)))
			require.ErrorIs(t, err, provider.ErrProtocol)
			require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestNine4Identifiers: ../../admin reaches /admin through godo and govultr.
func TestNine4Identifiers(t *testing.T) {
	var e echoPath
	c, _ := over(t, e.serve)
	for _, id := range []string{"../../admin", "..", "%2e%2e", "1?admin=1", "1#", "a/b", `..\..\admin`} {
		checkArguments(t, c, &e, id, "x")
	}
}

// TestNine5Waiting: with Retry-After: 3600 and 300 ms left, most sleep and then report the
// deadline, hiding the 429; one sleeps 30 s past the context.
func TestNine5Waiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := inMemory(t, answer(429, "{}", "Retry-After", "3600"))
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := c.Do(ctx, callOf(Once, new(thing)))
		require.ErrorIs(t, err, provider.ErrRateLimited)
		assert.Equal(t, time.Hour, asError(t, err).RetryAfter)
		assert.Zero(t, time.Since(start))
	})
}

// TestNine6Debugging: three of four print passwords.
func TestNine6Debugging(t *testing.T) {
	var out syncBuffer
	c, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answer(422, fmt.Sprintf(`{"error":"refused: %s","key":%q}`, strings.ReplaceAll(string(body), `"`, `\"`), r.Header.Get("X-Api-Key")))(w, r)
	}, provider.WithDumps(&out), provider.WithLogger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	err := c.Do(t.Context(), &Call{Endpoint: createThing, Body: map[string]string{"password": canaryPassword}})
	require.Error(t, err)
	assertClean(t, out.String()+shownBy(err), canaryPassword, canaryKey)
}

// TestNine7Connections: 64 goroutines open 400 to 1,300 connections for 2,000 calls.
func TestNine7Connections(t *testing.T) {
	conns := bulk(t, okThing, func(c *Client, i int) {
		assert.NoError(t, c.Do(t.Context(), callOf(Effect(i%3), new(thing))))
	})
	assert.LessOrEqual(t, conns.ever, 64+few)
}
