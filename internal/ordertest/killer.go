package ordertest

import (
	"context"
	"net/http"
	"sync"
)

// Killer is a transport that kills a program at one of its requests: before that is sent, or after its
// answer has arrived and before it is read. At -1 it does not.
type Killer struct {
	Inner http.RoundTripper
	At    int
	After bool
	Kill  context.CancelFunc

	mu    sync.Mutex
	count int
}

// Requests returns how many the program has made.
func (k *Killer) Requests() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.count
}

// RoundTrip implements http.RoundTripper.
func (k *Killer) RoundTrip(req *http.Request) (*http.Response, error) {
	k.mu.Lock()
	n := k.count
	k.count++
	k.mu.Unlock()
	if n < k.At || k.At < 0 {
		return k.Inner.RoundTrip(req)
	}
	if n == k.At && k.After {
		if resp, err := k.Inner.RoundTrip(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	k.Kill()
	return nil, context.Canceled
}
