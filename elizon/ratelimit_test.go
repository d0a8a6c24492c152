package elizon_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// limited is a server that allows a number of requests per window, and answers each after a while.
// It records what came when.
type limited struct {
	limit  int
	window time.Duration
	// told writes how long to wait into an answer.
	told func(h http.Header, left time.Duration) (retryAfter string)

	mu      sync.Mutex
	end     time.Time // of the window
	used    int
	refused time.Time // when the first 429 of the window arrived at the client
	windows []struct{ served, refused, late int }
}

func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	l.mu.Lock()
	now := time.Now()
	if !now.Before(l.end) {
		l.end, l.used, l.refused = now.Add(l.window), 0, time.Time{}
		l.windows = append(l.windows, struct{ served, refused, late int }{})
	}
	w := &l.windows[len(l.windows)-1]
	if !l.refused.IsZero() && now.After(l.refused) {
		w.late++
	}
	took := 10*time.Millisecond + time.Duration(l.used%7)*time.Millisecond
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: req}
	body := `{"success":true,"notifications":[]}`
	if l.used >= l.limit {
		w.refused++
		if at := now.Add(took); l.refused.IsZero() || at.Before(l.refused) {
			l.refused = at
		}
		resp.StatusCode = http.StatusTooManyRequests
		body = `{"success":false,"error":"Rate limit exceeded","errorCode":"rateLimitExceededApiKey"` + l.told(resp.Header, l.end.Sub(now.Add(took))) + `}`
	} else {
		l.used++
		w.served++
	}
	resp.Body = io.NopCloser(strings.NewReader(body))
	l.mu.Unlock()
	time.Sleep(took)
	return resp, nil
}

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// 500 calls by 20 goroutines against a limit of 100 per window all succeed, and once a window's
// first 429 has arrived, no further call is sent before the reset.
func TestRateLimit(t *testing.T) {
	reset := func(h http.Header, left time.Duration) {
		h.Set("X-RateLimit-Limit", "100")
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(left+10*time.Millisecond).UnixMilli()+7, 10))
	}
	for name, told := range map[string]func(h http.Header, left time.Duration) string{
		"all of it": func(h http.Header, left time.Duration) string {
			reset(h, left)
			h.Set("Retry-After", strconv.Itoa(seconds(left)))
			return fmt.Sprintf(`,"retryAfter":%d`, seconds(left))
		},
		"body": func(_ http.Header, left time.Duration) string { return fmt.Sprintf(`,"retryAfter":%d`, seconds(left)) },
		"header": func(h http.Header, left time.Duration) string {
			h.Set("Retry-After", strconv.Itoa(seconds(left)))
			return ""
		},
		"reset": func(h http.Header, left time.Duration) string { reset(h, left); return "" },
		"seconds cut off": func(h http.Header, left time.Duration) string {
			reset(h, left)
			return fmt.Sprintf(`,"retryAfter":%d`, int(left/time.Second))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &limited{limit: 100, window: 30 * time.Second, told: told}
				c, err := elizon.New(serverURL, provider.NewSecret(serverKey), provider.WithHTTPClient(&http.Client{Transport: server}))
				require.NoError(t, err)
				work := make(chan int)
				failures := make(chan error, 500)
				var workers sync.WaitGroup
				for range 20 {
					workers.Go(func() {
						for range work {
							_, err := c.Services.Notifications(t.Context(), "srv_1")
							failures <- err
						}
					})
				}
				begun := time.Now()
				for i := range 500 {
					work <- i
				}
				close(work)
				workers.Wait()
				for range 500 {
					require.NoError(t, <-failures)
				}
				served, late := 0, 0
				for i, w := range server.windows {
					t.Logf("window %d: %d served, %d refused with 429, %d sent after the first 429 and before the reset", i+1, w.served, w.refused, w.late)
					served, late = served+w.served, late+w.late
					require.LessOrEqual(t, w.refused, 20)
				}
				t.Logf("%d calls in %v, %d sent too early", served, time.Since(begun).Round(time.Second), late)
				require.Equal(t, 500, served)
				require.Zero(t, late)
				require.Len(t, server.windows, 5)
			})
		})
	}
}

func TestWaitFor(t *testing.T) {
	now := time.UnixMilli(1_677_654_321_000)
	reset := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).UnixMilli(), 10) }
	for _, test := range []struct {
		body, header, reset string
		want                time.Duration
	}{
		{"", "", "", 0},
		{"60", "", "", time.Minute},
		{"60", "5", "", time.Minute},
		{"", "60", "", time.Minute},
		{"", "", reset(1500 * time.Millisecond), 1500 * time.Millisecond},
		{"1", "", reset(1500 * time.Millisecond), 1500 * time.Millisecond},
		{"2", "", reset(1500 * time.Millisecond), 2 * time.Second},
		{"60", "60", reset(time.Hour), time.Minute}, // a clock that is wrong
		{"60", "60", reset(-time.Hour), time.Minute},
		{"", "", reset(-time.Hour), 0},
		{`"60"`, "x", "x", 0},
		{"-5", "-5", "-5", 0},
		{"1e300", "99999999999999999999", "99999999999999999999", 0},
		{"null", "", "0", 0},
	} {
		h := http.Header{}
		h.Set("Retry-After", test.header)
		h.Set("X-RateLimit-Reset", test.reset)
		require.Equal(t, test.want, elizon.WaitFor(h, test.body, now), "%+v", test)
	}
	// A proxy's 429 counts too.
	c, _ := tapped(t, clienttest.Always(clienttest.Reply{Status: 429, Body: "slow down", Header: http.Header{"Retry-After": {"7"}}}))
	_, err := c.Services.Get(t.Context(), "srv_1")
	require.ErrorIs(t, err, provider.ErrRateLimited)
	require.Equal(t, 7*time.Second, clienttest.AsError(t, err).RetryAfter)
}
