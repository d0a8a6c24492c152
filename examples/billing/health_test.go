package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider/faults"
	"github.com/provkit/provkit/provider/providertest"
)

func (w *world) ready() (int, string) {
	rec := w.do(httptest.NewRequest(http.MethodGet, "/ready", nil))
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

// TestReady: the servers are checked, but not for every request.
func TestReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		status, body := w.ready()
		require.Equal(t, 200, status)
		require.Equal(t, `{"servers":{"web1":"ok"},"waiting":0}`, body)
		asked := w.panel.Faults().Count()
		require.NotZero(t, asked)
		w.panel.Faults().When(nil, 0, faults.Fault{Kind: faults.Refuse})
		status, _ = w.ready()
		require.Equal(t, 200, status)
		require.Equal(t, asked, w.panel.Faults().Count())

		time.Sleep(checkAge)
		status, body = w.ready()
		require.Equal(t, 503, status)
		require.Contains(t, body, `"web1":"failed: `)
		require.Equal(t, 200, w.do(httptest.NewRequest(http.MethodGet, "/health", nil)).Code)

		w.panel.Faults().Clear()
		time.Sleep(checkAge)
		status, _ = w.ready()
		require.Equal(t, 200, status)
		w.app.stopWork()
		status, _ = w.ready()
		require.Equal(t, 503, status)
	})
}
