package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/provkit/provkit/provider"
)

// The benchmarks compare the core, with everything switched on, with hand-written calls, over the
// same loopback server in one run:
//
//	go test -run '^$' -bench . -count 10 ./internal/rest | tee /tmp/bench
//	go run golang.org/x/perf/cmd/benchstat@latest -col /by /tmp/bench

type benchThing struct {
	ID       int64             `json:"id"`
	Username string            `json:"username"`
	Email    string            `json:"email"`
	Status   string            `json:"status"`
	Plan     string            `json:"plan"`
	Notes    string            `json:"notes"`
	Disk     int64             `json:"disk"`
	Traffic  int64             `json:"traffic"`
	Active   bool              `json:"active"`
	Domains  []string          `json:"domains"`
	Contact  map[string]string `json:"contact"`
}

func benchBody(notes int) string {
	body, _ := json.Marshal(benchThing{
		ID: 4711, Username: "example_com", Email: "jane@example.com", Status: "active", Plan: "business", Notes: strings.Repeat("n", notes),
		Disk: 1 << 30, Traffic: 1 << 40, Active: true, Domains: []string{"example.com", "www.example.com", "example.org"},
		Contact: map[string]string{"first_name": "Jane", "last_name": "Doe", "city": "Berlin", "country": "DE"},
	})
	return string(body)
}

func benchServer(b *testing.B, body string) (string, *Client) {
	b.Helper()
	payload := []byte(body)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(payload)))
		_, _ = w.Write(payload)
	}))
	b.Cleanup(srv.Close)
	c := newClient(b, srv.URL,
		provider.WithRateLimit(1e9, 1e6),
		provider.WithRetry(provider.Retry{Attempts: 4}),
		provider.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	)
	b.Cleanup(c.closeIdle)
	return srv.URL, c
}

// byHand is a careful hand-written call: context, key, status.
func byHand(b *testing.B, client *http.Client, url string, read func(io.Reader) error) {
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("X-Api-Key", "key")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "bench")
	resp, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		b.Fatal(resp.Status)
	}
	if err := read(resp.Body); err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
}

func readAll(out any) func(io.Reader) error {
	return func(r io.Reader) error {
		body, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, out)
	}
}

func stream(out any) func(io.Reader) error {
	return func(r io.Reader) error { return json.NewDecoder(r).Decode(out) }
}

func BenchmarkObject(b *testing.B) {
	url, c := benchServer(b, benchBody(1024-len(benchBody(0))))
	hand := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}
	defer hand.CloseIdleConnections()
	b.Run("by=ReadAll", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out benchThing
			byHand(b, hand, url+"/api/v2/things/4711", readAll(&out))
		}
	})
	b.Run("by=Decoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out benchThing
			byHand(b, hand, url+"/api/v2/things/4711", stream(&out))
		}
	})
	b.Run("by=rest", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var out benchThing
			if err := c.Do(b.Context(), &Call{Endpoint: getThing, Args: []string{"4711"}, Out: &out}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
