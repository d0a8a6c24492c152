package rest

import (
	"net/http"
	"sync"
	"time"
)

// serverClock is the server's time, by the Date of its answers. What was ordered when is told by the
// server's clock, since ours may be set to another time between two runs of a program, and since two
// programs have two.
type serverClock struct {
	mu   sync.Mutex
	date time.Time // of the answer that was furthest ahead
	at   time.Time // when it came, by our clock: only what has passed since counts
}

// note reads the Date of an answer. One that is older than another says nothing: it was kept on the way.
func (s *serverClock) note(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || header.Get("Age") != "" {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at.IsZero() || date.After(s.date.Add(now.Sub(s.at))) {
		s.date, s.at = date, now
	}
}

// ServerTime returns the time by the server's clock, to about a second. ok is false before the first
// answer, and for servers that do not tell.
func (c *Client) ServerTime() (now time.Time, ok bool) {
	s := &c.clock
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at.IsZero() {
		return time.Time{}, false
	}
	return s.date.Add(time.Since(s.at)), true
}
