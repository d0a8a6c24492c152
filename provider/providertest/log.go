package providertest

import (
	"bytes"
	"sync"
	"testing"

	"github.com/provkit/provkit/provider"
)

// Log collects what the clients of a World log and dump. Pass it to them as a writer, and its
// String method as World.Logs. It is safe for concurrent use. The zero value is ready.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write adds to the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String returns everything that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Dumps is provider.WithDumps for the clients of a World that Harness.Open opens with t. In the default
// run cases with faults go without, or dumps would be a quarter of their time; the full run has them in
// all.
func (l *Log) Dumps(t testing.TB) provider.Option {
	if _, ok := t.(undumped); ok {
		return func(*provider.Options) {}
	}
	return provider.WithDumps(l)
}

// undumped is the testing.TB of worlds without dumps.
type undumped struct{ testing.TB }

// withoutDumps returns the suite with such worlds.
func (s *suite) withoutDumps() *suite {
	other := *s
	other.h.Open = func(t testing.TB) *World { return s.h.Open(undumped{t}) }
	return &other
}
