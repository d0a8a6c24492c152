package main

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

func TestBar(t *testing.T) {
	require.Equal(t, "[                              ] 0/4", bar(bulk.JobProgress{Total: 4}))
	require.Equal(t, "[======================        ] 3/4, 1 failed, 2.5/s, 1m30s left",
		bar(bulk.JobProgress{Done: 2, Skipped: 1, Failed: 1, Total: 4, Rate: 2.54, Remaining: 90 * time.Second}))
	require.Equal(t, "[                              ] 1/0", bar(bulk.JobProgress{Done: 1}))
}

// TestTerminal: the bar moves at most ten times a second, and failures stay visible.
func TestTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(terminal{out: &out, live: true}, map[bulk.Key]string{{Server: "web1", By: bulk.ByID, Account: "17"}: "web1/max"})
		target := bulk.Target{Server: "web1", ID: "17"}
		for n := range 100 {
			p.note(bulk.JobProgress{Done: n + 1, Total: 200})
			p.result(&bulk.Result{Target: target, Outcome: provider.OutcomeChanged})
			time.Sleep(10 * time.Millisecond)
		}
		require.Equal(t, 10, bytes.Count(out.Bytes(), []byte("\r\x1b[K[")))
		require.NotContains(t, out.String(), "web1")
		out.Reset()
		p.note(bulk.JobProgress{Done: 101, Failed: 1, Total: 200})
		p.result(&bulk.Result{Target: target, Err: errors.New("it burns")})
		require.Equal(t, "\r\x1b[Kweb1/max: FAILED: it burns\n\r\x1b[K[===============               ] 101/200, 1 failed", out.String())
		p.end()
		require.True(t, bytes.HasSuffix(out.Bytes(), []byte("101/200, 1 failed\n")))
	})
}

// TestPipe: there is one line for each account and nothing else.
func TestPipe(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(terminal{out: &out}, map[bulk.Key]string{{Server: "web1", By: bulk.ByID, Account: "17"}: "web1/max"})
	p.note(bulk.JobProgress{Done: 1, Skipped: 1, Total: 3})
	p.result(&bulk.Result{Target: bulk.Target{Server: "web1", ID: "17"}, Outcome: provider.OutcomeAlready})
	p.end()
	require.Equal(t, "[2/3] web1/max: already\n", out.String())
}
