package keyhelp_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// panel answers by path; any other path is a 404 in the documented form.
func panel(answers map[string]reply) *wiretap {
	return tapping(func(_ context.Context, r sentRequest) reply {
		if answer, known := answers[r.Method+" "+r.Path]; known {
			return answer
		}
		return reply{Status: http.StatusNotFound, Body: `{"error": "Endpoint not found"}`}
	})
}

var (
	pong          = ok(`{"response": "pong"}`)
	versionAnswer = ok(`{"version": "24.3.1", "build": "3456"}`)
)

func TestAutoDetection(t *testing.T) {
	for name, test := range map[string]struct {
		answers map[string]reply
		want    keyhelp.Dialect
		err     error
		sent    []string
	}{
		"live":       {map[string]reply{"GET /ping": pong}, keyhelp.DialectLive, nil, []string{"GET /ping"}},
		"documented": {map[string]reply{"GET /server/version": versionAnswer}, keyhelp.DialectDocumented, nil, []string{"GET /ping", "GET /server/version"}},
		"ping refused as a method": {map[string]reply{
			"GET /ping": {Status: http.StatusMethodNotAllowed, Body: `{"error": "Method not allowed"}`}, "GET /server/version": versionAnswer,
		}, keyhelp.DialectDocumented, nil, []string{"GET /ping", "GET /server/version"}},
		"neither":      {nil, "", provider.ErrProtocol, []string{"GET /ping", "GET /server/version"}},
		"unauthorized": {map[string]reply{"GET /ping": {Status: 401, Body: `{"error": "Invalid API key"}`}}, "", provider.ErrUnauthorized, []string{"GET /ping"}},
		"out of order": {map[string]reply{"GET /ping": {Status: 500}}, "", provider.ErrUnavailable, []string{"GET /ping"}},
		"no answer":    {map[string]reply{"GET /ping": {Err: errors.New("connection reset")}}, "", provider.ErrUnavailable, []string{"GET /ping"}},
		// A stranger's 404 says nothing about the dialect, which would be remembered.
		"a stray page": {map[string]reply{
			"GET /ping": {Status: http.StatusNotFound, Body: "<html>"}, "GET /server/version": versionAnswer,
		}, "", provider.ErrProtocol, []string{"GET /ping"}},
		"a web page": {map[string]reply{"GET /ping": ok("<html>welcome</html>")}, "", provider.ErrProtocol, []string{"GET /ping"}},
		"unauthorized at the second step": {map[string]reply{
			"GET /server/version": {Status: 401, Body: `{"error": "Invalid API key"}`},
		}, "", provider.ErrUnauthorized, []string{"GET /ping", "GET /server/version"}},
	} {
		t.Run(name, func(t *testing.T) {
			tap := panel(test.answers)
			client := clientOver(t, tap)
			got, err := client.Dialect(t.Context())
			require.Equal(t, test.want, got)
			require.Equal(t, test.sent, tap.Lines())
			if test.err == nil {
				require.NoError(t, err)
				// A detected dialect is remembered.
				_, err = client.Dialect(t.Context())
				require.NoError(t, err)
				require.Equal(t, test.sent, tap.Lines())
				return
			}
			require.ErrorIs(t, err, test.err)
			e := asError(t, err)
			require.Equal(t, keyhelp.Kind, e.Provider)
			require.NotEmpty(t, e.Op)
			require.NotEmpty(t, e.Action)
			// After a failure the next call asks again.
			_, err = client.Dialect(t.Context())
			require.ErrorIs(t, err, test.err)
			require.Equal(t, append(test.sent, test.sent...), tap.Lines())
		})
	}
}

// A server without the API must not make clients look deleted: every method returns the error of
// the detection.
func TestNeitherDialectIsNoNotFound(t *testing.T) {
	for _, m := range vendor(t, keyhelp.DialectDocumented).Methods(t, panel(nil), keyhelp.WithDialect(keyhelp.DialectAuto)) {
		err := m.Run(t).Err
		require.ErrorIs(t, err, provider.ErrProtocol, m.Op)
		require.NotErrorIs(t, err, provider.ErrNotFound, m.Op)
		require.ErrorContains(t, err, "API switched on", m.Op)
	}
}

// An outage during the detection is not remembered.
func TestDetectionRecovers(t *testing.T) {
	answers := map[string]reply{"GET /ping": {Status: 500}}
	client := clientOver(t, panel(answers))
	require.ErrorIs(t, client.Server.Ping(t.Context()), provider.ErrUnavailable)
	answers["GET /ping"] = pong
	require.NoError(t, client.Server.Ping(t.Context()))

	synctest.Test(t, func(t *testing.T) {
		slow := true
		tap := tapping(func(ctx context.Context, r sentRequest) reply {
			if slow {
				<-ctx.Done()
				return reply{Err: ctx.Err()}
			}
			return pong
		})
		client := clientOver(t, tap, provider.WithTimeout(time.Second))
		require.ErrorIs(t, client.Server.Ping(t.Context()), provider.ErrUnavailable)
		slow = false
		require.NoError(t, client.Server.Ping(t.Context()))
	})
}

func TestDetectionHappensOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tap := tapping(func(ctx context.Context, r sentRequest) reply {
			if r.Path == "/ping" {
				<-time.After(time.Second) // in the bubble's time, so that all callers are waiting
				return reply{Status: 404, Body: `{"error": "Endpoint not found"}`}
			}
			return versionAnswer
		})
		client := clientOver(t, tap)
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				dialect, err := client.Dialect(t.Context())
				if err != nil || dialect != keyhelp.DialectDocumented {
					t.Errorf("%q, %v", dialect, err)
				}
			})
		}
		group.Wait()
		require.Equal(t, []string{"GET /ping", "GET /server/version"}, tap.Lines())
	})
}

// One caller detects the dialect while others wait: each wait ends with its own context, and when
// the detecting caller's context ends, the next one takes over.
func TestDetectionUnderCancelledContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		tap := tapping(func(ctx context.Context, r sentRequest) reply {
			if first {
				first = false
				<-ctx.Done()
				return reply{Err: ctx.Err()}
			}
			return pong
		})
		client := clientOver(t, tap)
		type result struct {
			err  error
			took time.Duration
		}
		start := time.Now()
		ask := func(ctx context.Context, to chan<- result) {
			_, err := client.Dialect(ctx)
			to <- result{err, time.Since(start)}
		}
		finder, stopFinder := context.WithTimeout(t.Context(), 10*time.Second)
		defer stopFinder()
		impatient, stopImpatient := context.WithTimeout(t.Context(), time.Second)
		defer stopImpatient()
		results := [3]chan result{make(chan result, 1), make(chan result, 1), make(chan result, 1)}
		go ask(finder, results[0])
		synctest.Wait()
		go ask(impatient, results[1])
		go ask(t.Context(), results[2])

		waited := <-results[1]
		require.ErrorIs(t, waited.err, context.DeadlineExceeded)
		require.Equal(t, time.Second, waited.took)
		e := asError(t, waited.err)
		require.Nil(t, e.Kind, "nothing was sent")
		require.Equal(t, "Server.Ping", e.Op)

		found := <-results[0]
		require.ErrorIs(t, found.err, context.DeadlineExceeded)
		require.Equal(t, 10*time.Second, found.took)

		last := <-results[2]
		require.NoError(t, last.err)
		require.Equal(t, 10*time.Second, last.took)
		require.Equal(t, []string{"GET /ping", "GET /ping"}, tap.Lines())
	})
}

// A field that the dialect lacks is refused by name, and nothing is sent.
func TestFieldsOfTheOtherDialect(t *testing.T) {
	yes, when, text := new(true), time.Now(), new("x")
	create := func(change func(*keyhelp.ClientCreateRequest)) func(*keyhelp.Client) error {
		req := &keyhelp.ClientCreateRequest{LoginName: "name", Password: provider.NewSecret("placeholder"), Email: "a@b.example"}
		change(req)
		return func(c *keyhelp.Client) error { _, err := c.Clients.Create(context.Background(), req); return err }
	}
	update := func(req *keyhelp.ClientUpdateRequest) func(*keyhelp.Client) error {
		return func(c *keyhelp.Client) error { return c.Clients.Update(context.Background(), 1, req) }
	}
	domain := func(change func(*keyhelp.DomainCreateRequest)) func(*keyhelp.Client) error {
		req := &keyhelp.DomainCreateRequest{ClientID: 1, Name: "name.example"}
		change(req)
		return func(c *keyhelp.Client) error { _, err := c.Domains.Create(context.Background(), req); return err }
	}
	for fields, call := range map[string]func(*keyhelp.Client) error{
		"Language":             create(func(r *keyhelp.ClientCreateRequest) { r.Language = "de" }),
		"Notes":                create(func(r *keyhelp.ClientCreateRequest) { r.Notes = "n" }),
		"SuspendOn":            create(func(r *keyhelp.ClientCreateRequest) { r.SuspendOn = &when }),
		"DeleteOn":             create(func(r *keyhelp.ClientCreateRequest) { r.DeleteOn = &time.Time{} }),
		"Contact":              create(func(r *keyhelp.ClientCreateRequest) { r.Contact = &keyhelp.ContactData{} }),
		"SendLoginCredentials": create(func(r *keyhelp.ClientCreateRequest) { r.SendLoginCredentials = yes }),
		"CreateSystemDomain":   create(func(r *keyhelp.ClientCreateRequest) { r.CreateSystemDomain = yes }),
		"Locked":               create(func(r *keyhelp.ClientCreateRequest) { r.Locked = yes }),
		"LoginName":            update(&keyhelp.ClientUpdateRequest{LoginName: text}),
		"Skeleton":             create(func(r *keyhelp.ClientCreateRequest) { r.Skeleton = "s" }),
		"Language Notes":       create(func(r *keyhelp.ClientCreateRequest) { r.Language, r.Notes = "de", "n" }),
		"Contact Language":     update(&keyhelp.ClientUpdateRequest{Language: text, Contact: &keyhelp.ContactData{}}),
		"DeleteOn Notes":       update(&keyhelp.ClientUpdateRequest{Notes: text, DeleteOn: &when}),
		"ParentID":             domain(func(r *keyhelp.DomainCreateRequest) { r.ParentID = 1 }),
		"PHPVersion":           domain(func(r *keyhelp.DomainCreateRequest) { r.PHPVersion = "8.3" }),
		"Disabled":             domain(func(r *keyhelp.DomainCreateRequest) { r.Disabled = yes }),
		"DNSDisabled":          domain(func(r *keyhelp.DomainCreateRequest) { r.DNSDisabled = yes }),
		"EmailDomain":          domain(func(r *keyhelp.DomainCreateRequest) { r.EmailDomain = yes }),
		"CreateWWW":            domain(func(r *keyhelp.DomainCreateRequest) { r.CreateWWW = yes }),
		"Target":               domain(func(r *keyhelp.DomainCreateRequest) { r.Target = &keyhelp.DomainTarget{} }),
		"Security":             domain(func(r *keyhelp.DomainCreateRequest) { r.Security = &keyhelp.DomainSecurity{} }),
	} {
		t.Run(fields, func(t *testing.T) {
			tap := always(reply{Status: 201, Body: `{"id": 1}`})
			err := call(clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectDocumented)))
			require.ErrorIs(t, err, provider.ErrUnsupported)
			require.Empty(t, tap.Requests())
			e := asError(t, err)
			require.Len(t, e.Fields, len(strings.Fields(fields)))
			for field := range strings.FieldsSeq(fields) {
				require.Equal(t, "not in the documented dialect", e.Fields[field])
				require.ErrorContains(t, err, field)
			}
			// The live dialect has all of these fields.
			require.NoError(t, call(clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))))
		})
	}
}

// An endpoint that the dialect lacks is refused without asking the panel.
func TestOperationsOfTheOtherDialect(t *testing.T) {
	rows := inventory(t, keyhelp.DialectDocumented)
	unsupported := 0
	tap := always(pong)
	for _, m := range vendor(t, keyhelp.DialectLive).Methods(t, tap, keyhelp.WithDialect(keyhelp.DialectDocumented)) {
		if slices.ContainsFunc(rows, func(r clienttest.Row) bool { return slices.Contains(r.Operations, m.Op) }) {
			continue
		}
		unsupported++
		out := m.Run(t)
		require.ErrorIs(t, out.Err, provider.ErrUnsupported, m.Op)
		e := asError(t, out.Err)
		require.Equal(t, m.Op, e.Op)
		require.NotEmpty(t, e.Action, m.Op)
		require.True(t, out.Empty(), m.Op)
	}
	require.Equal(t, 49, unsupported, "the documented dialect has 11 of 60 methods")
	require.Empty(t, tap.Requests())
}
