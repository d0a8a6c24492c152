package main

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/provkit/provkit/provider"
)

// backoff says when a failed event is tried again.
type backoff struct {
	// First and Longest bound the wait, which doubles.
	First, Longest time.Duration
	// Attempts until an event is given up.
	Attempts int
}

// With these an event is tried for about a day.
var patient = backoff{First: 5 * time.Second, Longest: time.Hour, Attempts: 32}

// after returns how long to wait after so many attempts. A server that asks for more
// gets it.
func (b backoff) after(attempts int, err error) time.Duration {
	wait := b.First
	for i := 1; i < attempts && wait < b.Longest; i++ {
		wait *= 2
	}
	wait = min(wait, b.Longest)
	// A quarter of jitter: what failed together need not come back together.
	wait -= time.Duration(rand.Int64N(int64(wait)/4 + 1))
	var e *provider.Error
	if errors.As(err, &e) && e.RetryAfter > wait {
		wait = e.RetryAfter
	}
	return wait
}

// hopeless tells that trying again cannot help, only a person can. Credentials, quotas
// and servers that are down get repaired; a bad order does not repair itself.
func hopeless(err error) bool {
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		return false // the next try finds out
	}
	for _, kind := range []error{provider.ErrInvalid, provider.ErrAlreadyExists, provider.ErrNotFound, provider.ErrUnsupported} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
