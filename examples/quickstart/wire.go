package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider"
)

// wire records what is sent over the network. It is an ordinary http.RoundTripper: tracing and
// metrics libraries are added in the same way.
type wire struct {
	mu    sync.Mutex
	lines []string
}

func newWire() *wire { return &wire{} }

func (w *wire) client() *http.Client { return &http.Client{Transport: w} }

// RoundTrip records the route of a request, not its URL, since URLs contain IDs and secrets.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(req)
	op, _ := provider.OperationFromContext(req.Context())
	line := fmt.Sprintf("%s %s", op.Method, strings.TrimPrefix(op.Route, "/api/v2"))
	if op.Route == "/api/" { // all calls have this route, so show the command
		line = op.Name
	}
	if err != nil {
		line += " failed"
	} else {
		line += fmt.Sprintf(" %d", resp.StatusCode)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
	return resp, err
}

func (w *wire) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = nil
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.lines)
}

// summary returns equal requests as one with a count, in the order of their first appearance.
func (w *wire) summary() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.lines) == 0 {
		return "nothing sent"
	}
	counts := make(map[string]int)
	var distinct []string
	for _, line := range w.lines {
		if counts[line]++; counts[line] == 1 {
			distinct = append(distinct, line)
		}
	}
	for i, line := range distinct {
		if n := counts[line]; n > 1 {
			distinct[i] = fmt.Sprintf("%s x%d", line, n)
		}
	}
	return strings.Join(distinct, ", ")
}
