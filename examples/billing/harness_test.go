package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/providertest"
)

const (
	secret    = "canary-billing-secret"
	token     = "canary-operator-token"
	initially = "canary-password-secret"
)

// world is an instance with one emulated server in memory. It opens no socket, so it works in a
// testing/synctest bubble, where waits take no time.
type world struct {
	*testing.T
	panel  *providertest.Memory
	server provider.Provider // panel, or a wrapper of the test's
	path   string
	app    *app
	logs   *buffer
}

// buffer is a log with several writers.
type buffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func newWorld(t *testing.T, panel *providertest.Memory) *world {
	w := &world{T: t, panel: panel, server: panel, path: filepath.Join(t.TempDir(), "state.jsonl"), logs: new(buffer)}
	w.open()
	t.Cleanup(func() {
		w.crash()
		for _, canary := range []string{secret, token, initially} {
			require.NotContains(t, w.logs.String(), canary)
		}
	})
	return w
}

func (w *world) open() {
	w.Helper()
	servers, err := fleet.New(&fleet.Server{Name: "web1", Provider: w.server})
	require.NoError(w, err)
	w.app, err = start(config{
		StatePath: w.path, Workers: 2, Backoff: patient, Secret: provider.NewSecret(secret), Token: provider.NewSecret(token), Passwords: provider.NewSecret(initially),
	}, servers, slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	require.NoError(w, err)
}

// crash ends the instance as a kill does: nothing more is written.
func (w *world) crash() {
	_ = w.app.state.close()
	w.app.kill()
	w.app.stopWork()
	<-w.app.worked
}

func (w *world) do(req *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.app.server.Handler.ServeHTTP(rec, req)
	return rec
}

// send posts an event as the billing system does and returns the status.
func (w *world) send(e Event) int {
	w.Helper()
	body, err := json.Marshal(e)
	require.NoError(w, err)
	return w.post(body, time.Now(), provider.NewSecret(secret)).Code
}

func (w *world) post(body []byte, at time.Time, by provider.Secret) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/events", bytes.NewReader(body))
	timestamp, signature := signer{by}.webhook(at, body)
	req.Header.Set(headerTimestamp, timestamp)
	req.Header.Set(headerSignature, signature)
	return w.do(req)
}

// get reads a route as an operator, and returns the status.
func (w *world) get(path string, into any) int {
	w.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	rec := w.do(req)
	require.NoError(w, json.Unmarshal(rec.Body.Bytes(), into))
	return rec.Code
}

// settled waits until nothing more happens to an event.
func (w *world) settled(id string) Record {
	w.Helper()
	return w.until(id, func(r Record) bool { return r.Status != Waiting })
}

// failed waits until an event has failed that many times.
func (w *world) failed(id string, attempts int) Record {
	w.Helper()
	return w.until(id, func(r Record) bool { return r.Attempts >= attempts })
}

func (w *world) until(id string, reached func(Record) bool) Record {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 48*time.Hour)
	defer cancel()
	for {
		next := w.app.state.next()
		r, ok := w.app.state.record(id)
		require.True(w, ok, "event %s is unknown", id)
		if reached(r) {
			return r
		}
		select {
		case <-next:
		case <-ctx.Done():
			require.Fail(w, "the event never got there", "%+v", r)
		}
	}
}

// began is before every event of a test.
var began = time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC) // a bubble's clock begins in 2000

func order(id, service string) Event {
	return Event{ID: id, Type: OrderPaid, Service: service, At: began, Order: &Order{Plan: "small", Domain: "example.com", Email: "max@example.com", Name: "Max"}}
}

func event(id string, what Type, service string, minutes int) Event {
	return Event{ID: id, Type: what, Service: service, At: began.Add(time.Duration(minutes) * time.Minute)}
}

// only returns the only account on the panel.
func (w *world) only() providertest.Truth {
	w.Helper()
	all := w.panel.Accounts()
	require.Len(w, all, 1)
	return all[0]
}
