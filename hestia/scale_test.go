package hestia_test

import (
	"io"
	"iter"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// counted counts requests and the bytes of their answers.
type counted struct {
	http.RoundTripper
	requests, bytes atomic.Int64
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	resp, err := c.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Body = countedBody{resp.Body, &c.bytes}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}

// TestManyUsers: what a verb costs on a panel with many users, in requests, and in bytes for each user. The full run
// prints a table for 10,000, with the time and the memory of client and emulator together.
func TestManyUsers(t *testing.T) {
	const none, name, row, record = 0, 20, 450, 2200 // bytes for each user
	users := testsize.Pick(60, 10_000)
	legacyKey := func(srv *hestiatest.Server) hestia.Auth { return hestia.APIKey(provider.NewSecret(srv.APIKey)) }
	for kind, sign := range map[string]struct {
		auth   func(*hestiatest.Server) hestia.Auth
		absent int64 // what proves that somebody is not there
	}{"access key": {rootKey, row}, "API key": {legacyKey, name}} {
		srv := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithSeedUsers(users))
		traffic := &counted{RoundTripper: srv.Client().Transport}
		client, err := hestia.New(srv.URL, sign.auth(srv), provider.WithHTTPClient(&http.Client{Transport: traffic}))
		require.NoError(t, err)
		p := hestia.NewProvider(client)
		find := func(q provider.Query, kind error) func() error {
			return func() error {
				_, err := p.Find(t.Context(), q)
				require.ErrorIs(t, err, kind)
				return nil
			}
		}
		terminate := func(login string, kind error) func() error {
			return func() error {
				_, err := p.Terminate(t.Context(), login)
				require.ErrorIs(t, err, kind)
				return nil
			}
		}
		create := func() error {
			order := orderOf(1)
			order.Plan = "default"
			_, err := p.Create(t.Context(), order)
			return err
		}
		for _, verb := range []struct {
			name     string
			requests int64
			each     int64
			do       func() error
		}{
			{"check", 4, record, func() error { _, err := p.Check(t.Context()); return err }},
			{"list", 1, record, func() error { return every(t, users, p.List(t.Context(), nil)) }},
			{"fleet usage", 1, record, func() error { return every(t, users, p.FleetUsage(t.Context())) }},
			{"find, name", 1, none, find(provider.Query{Username: "seed0042"}, nil)},
			{"find, name of nobody", 2, sign.absent, find(provider.Query{Username: "nobody"}, provider.ErrNotFound)},
			{"find, reference of nobody", 1, record, find(provider.Query{Reference: "order-9"}, provider.ErrNotFound)},
			{"terminate", 5, sign.absent, terminate("seed0007", nil)},
			{"terminate, nobody", 3, sign.absent, terminate("nobody", provider.ErrNotFound)},
			{"create", 5, record, create},
			{"create again", 4, none, create},
		} {
			traffic.requests.Store(0)
			traffic.bytes.Store(0)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			require.NoError(t, verb.do(), verb.name)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			assert.Equal(t, verb.requests, traffic.requests.Load(), "requests of %s with an %s", verb.name, kind)
			assert.Less(t, traffic.bytes.Load(), verb.each*int64(users)+8<<10, "bytes of %s with an %s", verb.name, kind)
			t.Logf("%-10s  %6d users  %-25s  %d requests  %9d bytes of answers  %5d ms  %4d MiB allocated", kind, users, verb.name,
				traffic.requests.Load(), traffic.bytes.Load(), took.Milliseconds(), (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

// every checks that a sequence has as many things as there are users, and no error.
func every[T any](t *testing.T, users int, all iter.Seq2[*T, error]) error {
	t.Helper()
	n := 0
	for _, err := range all {
		if err != nil {
			return err
		}
		n++
	}
	require.Equal(t, users, n)
	return nil
}
