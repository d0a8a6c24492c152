package elizontest

import (
	"net/http"
	"strconv"
	"time"
)

// spend counts one request against the key's window, writes the headers, and reports whether it was
// one too many.
func (s *Server) spend(key *Key, w http.ResponseWriter) (reply, bool) {
	if s.cfg.rate <= 0 {
		return reply{}, false
	}
	now, b := s.now(), &key.budget
	over := b.Spend(now, s.cfg.rate, s.cfg.window)
	header := w.Header()
	header.Set("X-RateLimit-Limit", strconv.Itoa(s.cfg.rate))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, s.cfg.rate-b.Spent)))
	header.Set("X-RateLimit-Reset", strconv.FormatInt(ceil(b.Until.UnixNano(), int64(time.Millisecond)), 10))
	if !over {
		return reply{}, false
	}
	wait := ceil(int64(b.Until.Sub(now)), int64(time.Second))
	header.Set("Retry-After", strconv.FormatInt(wait, 10))
	a := fail(http.StatusTooManyRequests, codeRateLimit, "Rate limit exceeded")
	a.body["retryAfter"] = wait
	return a, true
}

func ceil(n, unit int64) int64 { return (n + unit - 1) / unit }
