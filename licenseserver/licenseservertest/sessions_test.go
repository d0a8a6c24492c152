package licenseservertest_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
)

const (
	startPath = "/api/license/session/start"
	beatPath  = "/api/license/session/heartbeat"
	endPath   = "/api/license/session/end"
)

func TestSession(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(2))
	l, other := s.Licenses()[0], s.Licenses()[1]
	status, token := s.start(l.Key, "PC-1")
	require.Equal(t, 200, status)
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, token)
	s.fails(409, "SESSION_CONFLICT", licenseservertest.SingleSession, "POST", startPath, startBody(l.Key, "PC-2"))
	status, _ = s.start(other.Key, "PC-2")
	require.Equal(t, 200, status, "another license")
	s.get(`{"count":2}`, "/api/sessions/active-count")
	require.Equal(t, s.Sessions(), s.OpenSessions())

	s.now = s.now.Add(59 * time.Second)
	s.post(`{"last_heartbeat":"2026-03-04T10:30:59Z"}`, beatPath, beatBody(l.Key, token))
	s.fails(404, "SESSION_NOT_FOUND", "Session not found", "POST", beatPath, beatBody(other.Key, token))
	s.fails(404, "SESSION_NOT_FOUND", "Session not found", "POST", beatPath, beatBody(l.Key, "x"))
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", beatPath, beatBody("x", token))

	s.now = s.now.Add(time.Second)
	s.post(`{"session_duration":60,"end_reason":"normal"}`, endPath, endBody(token))
	s.fails(404, "SESSION_ENDED", "Session has ended: normal", "POST", endPath, endBody(token))
	s.fails(404, "SESSION_ENDED", "Session has ended: normal", "POST", beatPath, beatBody(l.Key, token))
	s.fails(404, "SESSION_NOT_FOUND", "Session not found", "POST", endPath, endBody("x"))
	for body, missing := range map[string]string{`{}`: "session_token is required", `{"session_token":1}`: "session_token must be of type string"} {
		s.fails(400, "VALIDATION_ERROR", missing, "POST", endPath, body)
	}
	s.fails(400, "VALIDATION_ERROR", "machine_id is required", "POST", startPath, `{}`)
	s.fails(400, "VALIDATION_ERROR", "session_token is required", "POST", beatPath, `{"license_key":"x"}`)

	status, _ = s.start(l.Key, "PC-2")
	require.Equal(t, 200, status)
	first := s.Sessions()[0]
	require.Equal(t, licenseservertest.Session{
		Token: token, LicenseID: l.ID, MachineID: "PC-1", HardwareHash: "hash-PC-1", Version: "2.4.0", StartedAt: start,
		LastHeartbeat: start.Add(59 * time.Second), EndedAt: start.Add(60 * time.Second), EndReason: licenseservertest.EndNormal,
	}, first)
	require.False(t, first.Open())
}

func TestSessionUpdate(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(1))
	key := s.Licenses()[0].Key
	_, text := s.do("POST", startPath, startBody(key, "PC"))
	require.NotContains(t, text, "update")
	s.AddVersion(licenseservertest.Version{Number: "2.10.0"})
	_, text = s.do("POST", startPath, startBody(key, "PC"))
	require.JSONEq(t, at(`{"session_token":%q,"update_available":true,"latest_version":"2.10.0"}`, s.OpenSessions()[0].Token), text)
}

func TestSameMachineStartsAgain(t *testing.T) {
	for _, strict := range []bool{false, true} {
		opts := []licenseservertest.Option{licenseservertest.WithSeedLicenses(1)}
		if strict {
			opts = append(opts, licenseservertest.WithStrictSessions())
		}
		s := newServer(t, opts...)
		key := s.Licenses()[0].Key
		_, old := s.start(key, "PC-1")
		status, token := s.start(key, "PC-1")
		if strict {
			require.Equal(t, 409, status)
			continue
		}
		require.Equal(t, 200, status)
		require.NotEqual(t, old, token)
		s.fails(404, "SESSION_ENDED", "Session has ended: restarted", "POST", beatPath, beatBody(key, old))
		require.Len(t, s.OpenSessions(), 1)
		s.fails(409, "SESSION_CONFLICT", licenseservertest.SingleSession, "POST", startPath,
			at(`{"license_key":%q,"machine_id":"PC-1","hardware_hash":"other"}`, key))
	}
}

func TestSessionTimeout(t *testing.T) {
	for timeout, opts := range map[time.Duration][]licenseservertest.Option{
		licenseservertest.SessionTimeout: nil,
		time.Second:                      {licenseservertest.WithSessionTimeout(time.Second)},
	} {
		s := newServer(t, append(opts, licenseservertest.WithSeedLicenses(1))...)
		key := s.Licenses()[0].Key
		_, token := s.start(key, "PC-1")
		for range 3 {
			s.now = s.now.Add(timeout - 1)
			resp, _ := s.do("POST", beatPath, beatBody(key, token))
			require.Equal(t, 200, resp.StatusCode)
		}
		last := s.now
		s.now = s.now.Add(timeout - 1)
		status, _ := s.start(key, "PC-2")
		require.Equal(t, 409, status)
		s.now = s.now.Add(time.Hour)
		require.Empty(t, s.OpenSessions())
		require.Equal(t, last.Add(timeout), s.Sessions()[0].EndedAt, "not when the state was read")
		require.Equal(t, licenseservertest.EndTimeout, s.Sessions()[0].EndReason)
		s.fails(404, "SESSION_ENDED", "Session has ended: timeout", "POST", beatPath, beatBody(key, token))
		status, _ = s.start(key, "PC-2")
		require.Equal(t, 200, status)
	}
}

func TestLicenseLostDuringSession(t *testing.T) {
	s := newServer(t, licenseservertest.WithSeedLicenses(3))
	ls := s.Licenses()
	tokens := make([]string, len(ls))
	for i, l := range ls {
		_, tokens[i] = s.start(l.Key, "PC")
	}
	s.post(`{"success":true,"affected":1,"message":"1 licenses deactivated"}`, "/api/licenses/bulk-deactivate", at(`{"license_ids":[%d]}`, ls[0].ID))
	require.True(t, s.RemoveLicense(ls[1].ID))
	require.True(t, s.UpdateLicense(ls[2].ID, func(l *licenseservertest.License) { l.ValidUntil = start.AddDate(0, 0, -1) }))
	require.Len(t, s.OpenSessions(), 1)
	s.fails(403, "LICENSE_INACTIVE", "License is not active", "POST", beatPath, beatBody(ls[0].Key, tokens[0]))
	s.fails(404, "LICENSE_NOT_FOUND", "License not found", "POST", beatPath, beatBody(ls[1].Key, tokens[1]))
	for range 2 {
		s.fails(403, "LICENSE_EXPIRED", "License has expired", "POST", beatPath, beatBody(ls[2].Key, tokens[2]))
	}
	var reasons []string
	for _, session := range s.Sessions() {
		reasons = append(reasons, session.EndReason)
	}
	require.Equal(t, []string{licenseservertest.EndLicenseInactive, licenseservertest.EndLicenseDeleted, licenseservertest.EndLicenseExpired}, reasons)
	s.fails(403, "LICENSE_INACTIVE", "License is not active", "POST", startPath, startBody(ls[0].Key, "PC"))

	// Activating the license does not reopen its session.
	s.post(`{"success":true,"affected":1,"message":"1 licenses activated"}`, "/api/licenses/bulk-activate", at(`{"license_ids":[%d]}`, ls[0].ID))
	s.fails(404, "SESSION_ENDED", "Session has ended: license_inactive", "POST", beatPath, beatBody(ls[0].Key, tokens[0]))
}

// TestOneSessionAtAnyTime lets two machines fight for a license. A model of the rule, kept apart
// from the server, determines who has the session; the server must agree after every step.
func TestOneSessionAtAnyTime(t *testing.T) {
	const timeout = time.Minute
	s := newServer(t, licenseservertest.WithSeedLicenses(1), licenseservertest.WithSessionTimeout(timeout))
	key := s.Licenses()[0].Key
	dice := rand.New(rand.NewPCG(1, 2))
	machines := []string{"PC-A", "PC-B"}
	tokens := make([]string, 2) // the token that each machine believes to have
	holder, last := -1, time.Time{}
	seen := map[string]int{}
	for step := range 10_000 {
		me := dice.IntN(2)
		s.now = s.now.Add(time.Duration(dice.Int64N(int64(20 * time.Second))))
		kind := dice.IntN(20)
		if kind == 0 { // both machines sleep until the session times out
			s.now = s.now.Add(timeout)
			seen["time-out"]++
		}
		if holder >= 0 && s.now.Sub(last) >= timeout {
			holder = -1
		}
		switch {
		case kind < 8:
			status, token := s.start(key, machines[me])
			if holder >= 0 && holder != me {
				require.Equal(t, 409, status, step)
				seen["refused"]++
				break
			}
			require.Equal(t, 200, status, step)
			holder, last, tokens[me] = me, s.now, token
			seen["started"]++
		case kind < 15:
			resp, text := s.do("POST", beatPath, beatBody(key, tokens[me]))
			if tokens[me] == "" {
				require.Equal(t, 400, resp.StatusCode, text)
				break
			}
			if holder != me {
				require.Equal(t, 404, resp.StatusCode, text)
				tokens[me] = ""
				seen["lost"]++
				break
			}
			require.Equal(t, 200, resp.StatusCode, text)
			last = s.now
			seen["heartbeat"]++
		case kind < 18:
			tokens[me] = "" // a crash: the session stays until it times out, or until this machine starts again
			if holder == me {
				seen["crash"]++
			}
		case tokens[me] != "":
			resp, text := s.do("POST", endPath, endBody(tokens[me]))
			if holder != me {
				require.Equal(t, 404, resp.StatusCode, text)
				seen["ended too late"]++
			} else {
				require.Equal(t, 200, resp.StatusCode, text)
				holder = -1
				seen["ended"]++
			}
			tokens[me] = ""
		}
		open := s.OpenSessions()
		if holder < 0 {
			require.Empty(t, open, step)
			continue
		}
		require.Len(t, open, 1, step)
		require.Equal(t, machines[holder], open[0].MachineID, step)
	}
	for _, what := range []string{"started", "refused", "heartbeat", "lost", "crash", "ended", "ended too late", "time-out"} {
		require.Greater(t, seen[what], 20, "%s in %v", what, seen)
	}
	// No two sessions of the whole history overlap.
	all := s.Sessions()
	for i := 1; i < len(all); i++ {
		require.False(t, all[i-1].Open())
		require.False(t, all[i].StartedAt.Before(all[i-1].EndedAt), "%v and %v", all[i-1], all[i])
	}
}
