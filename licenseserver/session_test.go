package licenseserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// door is a session server that can become unreachable in several ways. It has one session and its
// timeout.
type door struct {
	mu      sync.Mutex
	timeout time.Duration
	token   string
	holder  string
	seen    time.Time
	starts  int
	beats   []time.Time
	ends    int
	// down answers instead of the server unless it is nil.
	down func(ctx context.Context) reply
	// lose drops the answer of the next start after the change.
	lose bool
	// refuse is the answer to every heartbeat and start unless it is nil.
	refuse *reply
}

func (d *door) set(change func(*door)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

// look returns a field under the lock.
func look[T any](d *door, field func(*door) T) T {
	d.mu.Lock()
	defer d.mu.Unlock()
	return field(d)
}

func (d *door) ended() int { return look(d, func(d *door) int { return d.ends }) }

func (d *door) heartbeats() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.beats)
}

func refusal(status int, code, text string) reply {
	return reply{Status: status, Body: fmt.Sprintf(`{"error": %q, "code": %q, "status": %d}`, text, code, status)}
}

func (d *door) answer(ctx context.Context, s sentRequest) reply {
	d.mu.Lock()
	if down := d.down; down != nil {
		d.mu.Unlock()
		return down(ctx)
	}
	defer d.mu.Unlock()
	var body map[string]string
	if err := json.Unmarshal([]byte(s.Body), &body); err != nil {
		return refusal(400, "INVALID", "not JSON")
	}
	now := time.Now()
	if d.token != "" && d.timeout > 0 && now.Sub(d.seen) > d.timeout {
		d.token = ""
	}
	switch s.Path {
	case "/api/license/session/start":
		if d.refuse != nil {
			return *d.refuse
		}
		if d.token != "" {
			return refusal(409, "SESSION_ACTIVE", "Es ist nur eine Sitzung erlaubt: "+d.holder)
		}
		d.starts++
		d.token, d.holder, d.seen = fmt.Sprintf("placeholder-token-%d", d.starts), body["machine_id"], now
		if d.lose {
			d.lose = false
			return reply{Err: errors.New("connection reset")}
		}
		return ok(`{"session_token": "` + d.token + `"}`)
	case "/api/license/session/heartbeat":
		d.beats = append(d.beats, now)
		switch {
		case d.refuse != nil:
			return *d.refuse
		case body["session_token"] != d.token:
			return refusal(404, "SESSION_NOT_FOUND", "no such session")
		}
		d.seen = now
		return ok(`{"last_heartbeat": "` + now.UTC().Format(time.RFC3339) + `"}`)
	case "/api/license/session/end":
		if body["session_token"] != d.token {
			return refusal(404, "SESSION_NOT_FOUND", "no such session")
		}
		d.ends++
		d.token = ""
		return ok(`{"reason": "client"}`)
	}
	return refusal(404, "NOT_FOUND", "no such route")
}

// outages are the ways in which a server is unreachable.
var outages = map[string]func(ctx context.Context) reply{
	"no network": func(context.Context) reply { return reply{Err: errors.New("network is unreachable")} },
	"hangs": func(ctx context.Context) reply {
		<-ctx.Done()
		return reply{Err: ctx.Err()}
	},
	"gateway":     func(context.Context) reply { return reply{Status: 502, Body: webPage} },
	"login page":  func(context.Context) reply { return reply{Status: 200, Body: webPage} },
	"proxy's 404": func(context.Context) reply { return reply{Status: 404, Body: webPage} },
	"proxy's 401": func(context.Context) reply { return reply{Status: 401, Body: `{"detail": "sign in"}`} },
	"redirect": func(context.Context) reply {
		return reply{Status: 302, Header: http.Header{"Location": {"https://hotel.example/"}}}
	},
	"rate limited": func(context.Context) reply { return refusal(429, "RATE_LIMITED", "slow down") },
	"broken":       func(context.Context) reply { return refusal(500, "INTERNAL", "database") },
}

func options(change func(*licenseserver.SessionOptions)) licenseserver.SessionOptions {
	o := licenseserver.SessionOptions{LicenseKey: provider.NewSecret(sampleKey), MachineID: "pc-1", Interval: time.Minute, Jitter: 10 * time.Second, Grace: time.Hour}
	if change != nil {
		change(&o)
	}
	return o
}

// bubble runs a test with a session server in fake time, and fails if a goroutine is left
// afterwards.
func bubble(t *testing.T, change func(*licenseserver.SessionOptions), test func(t *testing.T, d *door, s *licenseserver.Session)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &door{timeout: 5 * time.Minute}
		client := clientOver(t, tapping(d.answer))
		session, err := client.StartSession(t.Context(), options(change))
		require.NoError(t, err)
		test(t, d, session)
		_ = session.Close()
		synctest.Wait()
		requireNoGoroutine(t)
	})
}

// requireNoGoroutine fails if a goroutine runs or waits in the client's code.
func requireNoGoroutine(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, code := range []string{"provkit/licenseserver.", "provkit/internal/rest."} {
		require.NotContains(t, string(stacks), code, "a goroutine is left")
	}
}

func TestSessionBeatsWithJitterAndEnds(t *testing.T) {
	bubble(t, nil, func(t *testing.T, d *door, s *licenseserver.Session) {
		time.Sleep(time.Hour)
		require.NoError(t, s.Err())
		waits := make(map[time.Duration]bool)
		beats := look(d, func(d *door) []time.Time { return d.beats })
		for i := 1; i < len(beats); i++ {
			wait := beats[i].Sub(beats[i-1])
			require.GreaterOrEqual(t, wait, 50*time.Second)
			require.LessOrEqual(t, wait, time.Minute)
			waits[wait] = true
		}
		require.Greater(t, len(waits), 30, "heartbeats are spread")
		require.Equal(t, provider.NewSecret("placeholder-token-1"), s.Token())
		require.WithinDuration(t, time.Now(), s.Confirmed(), time.Minute)
		require.NoError(t, s.Close())
		require.Equal(t, 1, d.ended())
		require.ErrorIs(t, s.Err(), licenseserver.ErrSessionClosed)
		<-s.Done()
		require.NoError(t, s.Close(), "again")
		require.Equal(t, 1, d.ended())
		sent := d.heartbeats()
		time.Sleep(time.Hour)
		require.Equal(t, sent, d.heartbeats())
	})
}

func TestSessionEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{}
		ctx, cancel := context.WithCancelCause(t.Context())
		reason := errors.New("shutting down")
		session, err := clientOver(t, tapping(d.answer)).StartSession(ctx, options(func(o *licenseserver.SessionOptions) {
			o.OnLost = func(error) { t.Error("nothing was lost") }
		}))
		require.NoError(t, err)
		time.Sleep(10 * time.Minute)
		cancel(reason)
		<-session.Done()
		require.ErrorIs(t, session.Err(), reason)
		require.Equal(t, 1, d.ended(), "the end is sent nevertheless")
	})
}

// After outages of random length and kind heartbeats resume, and no license is lost within the
// grace period.
func TestSessionSurvivesOutages(t *testing.T) {
	for name, down := range outages {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(o *licenseserver.SessionOptions) {
				o.OnLost = func(err error) { t.Errorf("lost: %v", err) }
			}, func(t *testing.T, d *door, s *licenseserver.Session) {
				for range 40 {
					d.set(func(d *door) { d.down = down })
					time.Sleep(rand.N(58 * time.Minute))
					require.NoError(t, s.Err())
					before := d.heartbeats()
					d.set(func(d *door) { d.down = nil })
					time.Sleep(5 * time.Minute)
					require.Greater(t, d.heartbeats(), before, "heartbeats resume")
					require.WithinDuration(t, time.Now(), s.Confirmed(), time.Minute)
				}
				require.NoError(t, s.Close())
				require.Equal(t, 1, d.ended())
			})
		})
	}
}

// The grace period is kept exactly, whatever the outage, and OnLost is called exactly once.
func TestSessionGrace(t *testing.T) {
	for name, down := range outages {
		for _, grace := range []time.Duration{0, 10 * time.Second, 7 * time.Minute, 3 * time.Hour} {
			t.Run(fmt.Sprint(name, " ", grace), func(t *testing.T) {
				var lost []error
				bubble(t, func(o *licenseserver.SessionOptions) {
					o.Grace = grace
					o.OnLost = func(err error) { lost = append(lost, err) }
				}, func(t *testing.T, d *door, s *licenseserver.Session) {
					time.Sleep(10 * time.Minute)
					confirmed := s.Confirmed()
					d.set(func(d *door) { d.down = down })
					<-s.Done()
					offline := time.Since(confirmed)
					if grace > time.Minute {
						require.Equal(t, grace, offline)
					} else { // the first heartbeat decides, with the client's own time limit
						require.LessOrEqual(t, offline, 2*time.Minute)
					}
					require.GreaterOrEqual(t, offline, grace)
					require.ErrorIs(t, s.Err(), licenseserver.ErrLicenseLost)
					require.ErrorIs(t, s.Err(), licenseserver.ErrGraceOver)
					d.set(func(d *door) { d.down = nil })
					beats := d.heartbeats()
					time.Sleep(24 * time.Hour)
					require.NoError(t, s.Close())
					require.Equal(t, []error{s.Err()}, lost)
					require.Equal(t, beats, d.heartbeats())
					require.Empty(t, s.Token())
				})
			})
		}
	}
}

func TestSessionWithoutEndOfGrace(t *testing.T) {
	bubble(t, func(o *licenseserver.SessionOptions) { o.Grace = -1 }, func(t *testing.T, d *door, s *licenseserver.Session) {
		d.set(func(d *door) { d.down = outages["no network"] })
		time.Sleep(3 * 24 * time.Hour)
		require.NoError(t, s.Err())
		d.set(func(d *door) { d.down = nil })
		time.Sleep(2 * time.Minute)
		require.Equal(t, 2, look(d, func(d *door) int { return d.starts }), "the old session had timed out")
	})
}

// A refusal by the server itself loses the license at once, even within the grace period.
func TestSessionLostByTheServersWord(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(*door)
		kind    error
		text    string
	}{
		"another machine": {func(d *door) { d.token, d.holder, d.seen = "placeholder-other", "pc-2", time.Now().Add(time.Hour) }, licenseserver.ErrSessionActive, "Es ist nur eine Sitzung erlaubt: pc-2"},
		"inactive":        {func(d *door) { r := refusal(403, "INACTIVE", "license is not active"); d.refuse = &r }, provider.ErrForbidden, "license is not active"},
		"key":             {func(d *door) { r := refusal(401, "INVALID_API_KEY", "bad key"); d.refuse = &r }, provider.ErrUnauthorized, "bad key"},
		"deleted":         {func(d *door) { r := refusal(404, "NOT_FOUND", "no such license"); d.refuse = &r }, provider.ErrNotFound, "no such license"},
	} {
		t.Run(name, func(t *testing.T) {
			lost := 0
			bubble(t, func(o *licenseserver.SessionOptions) {
				o.OnLost = func(err error) {
					lost++
					require.ErrorIs(t, err, test.kind)
				}
			}, func(t *testing.T, d *door, s *licenseserver.Session) {
				time.Sleep(10 * time.Minute)
				d.set(test.happens)
				happened := time.Now()
				<-s.Done()
				require.LessOrEqual(t, time.Since(happened), time.Minute)
				require.ErrorIs(t, s.Err(), licenseserver.ErrLicenseLost)
				require.NotErrorIs(t, s.Err(), licenseserver.ErrGraceOver)
				require.ErrorContains(t, s.Err(), test.text)
				synctest.Wait()
				require.Equal(t, 1, lost)
				require.Zero(t, d.ended())
			})
		})
	}
}

// A new start whose answer was lost may have opened a session, which then blocks our own starts
// until it times out. That is no reason to give up the license.
func TestSessionWaitsForItsOwnGhost(t *testing.T) {
	bubble(t, func(o *licenseserver.SessionOptions) {
		o.OnLost = func(err error) { t.Errorf("lost: %v", err) }
	}, func(t *testing.T, d *door, s *licenseserver.Session) {
		d.set(func(d *door) { d.token, d.lose = "", true })
		time.Sleep(10 * time.Minute)
		require.NoError(t, s.Err())
		require.Equal(t, provider.NewSecret("placeholder-token-3"), s.Token())
	})
}

// Close is quick at any time and leaves nothing behind.
func TestSessionClosesWhileTheServerHangs(t *testing.T) {
	bubble(t, nil, func(t *testing.T, d *door, s *licenseserver.Session) {
		d.set(func(d *door) { d.down = outages["hangs"] })
		time.Sleep(61 * time.Second) // a heartbeat is under way
		began := time.Now()
		require.Error(t, s.Close())
		require.Equal(t, licenseserver.DefaultEndTimeout, time.Since(began))
		require.ErrorIs(t, s.Err(), licenseserver.ErrSessionClosed)
	})
}

// A start that is under way when the session is closed may still open one: Close waits for it, and
// ends what it opened.
func TestSessionClosesWhileItStartsAgain(t *testing.T) {
	bubble(t, nil, func(t *testing.T, d *door, s *licenseserver.Session) {
		d.set(func(d *door) { d.token = "" })
		under := make(chan struct{})
		d.set(func(d *door) {
			d.down = func(context.Context) reply {
				d.set(func(d *door) { d.down = nil }) // the heartbeat learns that the session is gone
				defer d.set(func(d *door) {
					d.down = func(context.Context) reply { // the start takes a while
						close(under)
						d.set(func(d *door) { d.down = nil })
						time.Sleep(2 * time.Second)
						d.set(func(d *door) { d.token, d.starts, d.seen = "placeholder-late", d.starts+1, time.Now() })
						return ok(`{"session_token": "placeholder-late"}`)
					}
				})
				return refusal(404, "SESSION_NOT_FOUND", "no such session")
			}
		})
		<-under
		require.NoError(t, s.Close())
		require.Equal(t, 1, d.ended())
		require.Empty(t, look(d, func(d *door) string { return d.token }))
	})
}

func TestSessionCloseFromOnLost(t *testing.T) {
	var session *licenseserver.Session
	closed := false
	bubble(t, func(o *licenseserver.SessionOptions) {
		o.OnLost = func(error) { closed = session.Close() == nil }
	}, func(t *testing.T, d *door, s *licenseserver.Session) {
		session = s
		d.set(func(d *door) { d.token, d.seen = "placeholder-other", time.Now().Add(time.Hour) })
		<-s.Done()
		synctest.Wait()
		require.True(t, closed)
	})
}

func TestSessionCannotStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{token: "placeholder-other", holder: "pc-2", seen: time.Now()}
		client := clientOver(t, tapping(d.answer))
		session, err := client.StartSession(t.Context(), options(nil))
		require.Nil(t, session)
		require.ErrorIs(t, err, licenseserver.ErrSessionActive)
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "Es ist nur eine Sitzung erlaubt: pc-2")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = client.StartSession(ctx, options(nil))
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestSessionBadOptions(t *testing.T) {
	tap := always(ok(`{}`))
	session, err := clientOver(t, tap).StartSession(t.Context(), licenseserver.SessionOptions{Interval: -1, Jitter: time.Hour, EndTimeout: -1})
	require.Nil(t, session)
	refused(t, tap, err, "LicenseKey", "MachineID", "Interval", "Jitter", "EndTimeout")
}

func TestSessionPrintsNoSecret(t *testing.T) {
	bubble(t, nil, func(t *testing.T, _ *door, s *licenseserver.Session) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			text := fmt.Sprintf(verb, s)
			require.False(t, strings.Contains(text, "placeholder-token") || strings.Contains(text, sampleKey), text)
		}
	})
}

func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
