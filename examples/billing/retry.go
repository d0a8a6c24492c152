package main

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/provkit/provkit/provider"
)

// backoff says when a failed event is tried again.
type backoff struct {
	// First and Longest limit the wait, which doubles.
	First, Longest time.Duration
	// Attempts is how many failures it takes to give up an event.
	Attempts int
}

// patient tries an event for about a day.
var patient = backoff{First: 5 * time.Second, Longest: time.Hour, Attempts: 32}

// after returns how long to wait after that many attempts. A server that asks for more gets it.
func (b backoff) after(attempts int, err error) time.Duration {
	wait := b.First
	for i := 1; i < attempts && wait < b.Longest; i++ {
		wait *= 2
	}
	wait = min(wait, b.Longest)
	// A quarter of jitter, so that what failed together does not come back together.
	wait -= time.Duration(rand.Int64N(int64(wait)/4 + 1))
	var e *provider.Error
	if errors.As(err, &e) && e.RetryAfter > wait {
		wait = e.RetryAfter
	}
	return wait
}

// hopeless reports whether a retry cannot help, only a person can. Credentials, quotas and servers
// that are down get repaired; a bad order does not.
func hopeless(err error) bool {
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		return false // the next attempt finds out
	}
	for _, kind := range []error{provider.ErrInvalid, provider.ErrAlreadyExists, provider.ErrNotFound, provider.ErrUnsupported} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
