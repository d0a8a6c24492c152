package main

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

// TestGracefulStop: the program finishes the work in progress and begins nothing new.
func TestGracefulStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.panel.Faults().When(func(r *http.Request) bool { return r.Method == http.MethodPost }, 1, faults.Fault{Kind: faults.Delay, Delay: 20 * time.Second})
		w.send(order("evt-1", "1001"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), grace)
		defer cancel()
		asked := time.Now()
		require.NoError(t, w.app.stop(ctx))
		require.Equal(t, 20*time.Second, time.Since(asked))
		r, _ := w.app.state.record("evt-1")
		require.Equal(t, Done, r.Status)
		require.True(t, w.only().Complete)
	})
}

// TestStopHasAnEnd: work that takes longer than the grace period is cut off, and done by the next
// instance.
func TestStopHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		w.panel.Faults().When(func(r *http.Request) bool { return r.Method == http.MethodPost }, 1, faults.Fault{Kind: faults.Delay, After: true, Delay: time.Hour})
		w.send(order("evt-1", "1001"))
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), grace)
		defer cancel()
		asked := time.Now()
		require.NoError(t, w.app.stop(ctx))
		require.Equal(t, grace, time.Since(asked))
		w.open()
		r := w.settled("evt-1")
		require.Equal(t, Done, r.Status)
		require.Zero(t, r.Attempts, "the end of the program counts as a failure")
		require.True(t, w.only().Complete)
	})
}
