package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/providertest"
)

// TestRefusals: a refused webhook changes neither the state nor the server.
func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		before, err := os.ReadFile(w.path)
		require.NoError(t, err)
		good, err := json.Marshal(order("evt-1", "1001"))
		require.NoError(t, err)

		require.Equal(t, 401, w.post(good, time.Now(), provider.NewSecret("wrong")).Code)
		require.Equal(t, 401, w.post(good, time.Now().Add(-window-time.Second), provider.NewSecret(secret)).Code)
		require.Equal(t, 401, w.post(good, time.Now().Add(window+time.Second), provider.NewSecret(secret)).Code)
		require.Equal(t, 413, w.post([]byte(strings.Repeat(" ", maxBody+1)), time.Now(), provider.NewSecret(secret)).Code)

		// The signature is valid only for this body and this time.
		req := httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(strings.Replace(string(good), "1001", "1002", 1)))
		timestamp, signature := signer{provider.NewSecret(secret)}.webhook(time.Now(), good)
		req.Header.Set(headerTimestamp, timestamp)
		req.Header.Set(headerSignature, signature)
		require.Equal(t, 401, w.do(req).Code)
		req = httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(string(good)))
		req.Header.Set(headerTimestamp, timestamp+"0")
		req.Header.Set(headerSignature, signature)
		require.Equal(t, 401, w.do(req).Code)
		require.Equal(t, 401, w.do(httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(string(good)))).Code)

		for body, field := range map[string]string{
			`{`: "body",
			`{"id":"a/b","type":"cancelled","service":"1","at":"1999-12-31T00:00:00Z"}`:                                 "id",
			`{"id":"a","type":"cancelled","service":"","at":"1999-12-31T00:00:00Z"}`:                                    "service",
			`{"id":"a","type":"canceled","service":"1","at":"1999-12-31T00:00:00Z"}`:                                    "type",
			`{"id":"a","type":"cancelled","service":"1"}`:                                                               "at",
			`{"id":"a","type":"cancelled","service":"1","at":"2099-12-31T00:00:00Z"}`:                                   "at",
			`{"id":"a","type":"order.paid","service":"1","at":"1999-12-31T00:00:00Z"}`:                                  "order",
			`{"id":"a","type":"cancelled","service":"1","at":"1999-12-31T00:00:00Z","order":{"email":"a@example.com"}}`: "order",
			`{"id":"a","type":"order.paid","service":"1","at":"1999-12-31T00:00:00Z","order":{}}`:                       "order.email",
		} {
			rec := w.post([]byte(body), time.Now(), provider.NewSecret(secret))
			require.Equal(t, 422, rec.Code, body)
			var told struct{ Fields map[string]string }
			require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &told))
			require.Len(t, told.Fields, 1, body)
			require.Contains(t, told.Fields, field, body)
		}
		after, err := os.ReadFile(w.path)
		require.NoError(t, err)
		require.Equal(t, string(before), string(after))
		require.Zero(t, w.panel.Faults().Count())
	})
}

// TestDuplicates: the same event, sent many times at once, is carried out once.
func TestDuplicates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		var accepted, known atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				switch w.send(order("evt-1", "1001")) {
				case http.StatusAccepted:
					accepted.Add(1)
				case http.StatusOK:
					known.Add(1)
				}
			})
		}
		all.Wait()
		require.Equal(t, int64(1), accepted.Load())
		require.Equal(t, int64(19), known.Load())
		require.Equal(t, Done, w.settled("evt-1").Status)
		require.Equal(t, "1001", w.only().Reference)
		requests := w.panel.Faults().Count()
		require.Equal(t, 200, w.send(order("evt-1", "1001")))
		other := order("evt-1", "1001")
		other.Order.Domain = "example.org"
		require.Equal(t, 409, w.send(other))
		synctest.Wait()
		require.Equal(t, requests, w.panel.Faults().Count(), "a duplicate reached the server")
	})
}

func TestOperatorRoutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, providertest.NewMemory(nil))
		require.Equal(t, 202, w.send(order("evt-1", "1001")))
		w.settled("evt-1")
		for _, path := range []string{"/events/evt-1", "/services/1001/initial-password"} {
			for _, header := range []string{"", "Bearer ", "Bearer wrong", token} {
				req := httptest.NewRequest(http.MethodGet, path, nil)
				req.Header.Set("Authorization", header)
				rec := w.do(req)
				require.Equal(t, 401, rec.Code)
				require.NotContains(t, rec.Body.String(), "1001")
			}
		}
		var r Record
		require.Equal(t, 200, w.get("/events/evt-1", &r))
		require.Equal(t, []string{"create: absent -> active"}, r.Changes)
		require.Equal(t, 404, w.get("/events/evt-2", &r))

		// The password for the customer is that on the server, and is in no file.
		var told map[string]string
		require.Equal(t, 200, w.get("/services/1001/initial-password", &told))
		account := w.only()
		require.Equal(t, map[string]string{"username": account.Username, "password": account.Password}, told)
		require.Len(t, account.Password, passwordLength)
		kept, err := os.ReadFile(w.path)
		require.NoError(t, err)
		require.NotContains(t, string(kept), account.Password)
		require.NotContains(t, w.logs.String(), account.Password)
		require.Equal(t, 404, w.get("/services/1002/initial-password", &told))
	})
}
