package licenseserver_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// slowly delays requests, in an order that depends on the seed.
func slowly(srv *licenseservertest.Server, seed uint64) {
	var delays []faults.Fault
	for n := range 10 {
		delays = append(delays, faults.Fault{Kind: faults.Delay, Delay: time.Duration(1+3*n) * time.Millisecond, After: n%2 == 0})
	}
	srv.Faults.Random(seed, 1, delays...)
}

// together runs two Creates at once.
func together(t *testing.T, a, b *licenseserver.Provider, orderA, orderB *provider.CreateRequest) (made [2]*provider.Creation, errs [2]error) {
	var group sync.WaitGroup
	group.Go(func() { made[0], errs[0] = a.Create(t.Context(), orderA) })
	group.Go(func() { made[1], errs[1] = b.Create(t.Context(), orderB) })
	group.Wait()
	return made, errs
}

// TestTwoProvidersOneOrder: two programs create the same order at once. One license stays, and both
// calls return it.
func TestTwoProvidersOneOrder(t *testing.T) {
	gaveWay := 0
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			var opts []provider.Option
			if seed%2 == 1 {
				opts = append(opts, searchable)
			}
			a, b := providerOn(t, srv, opts...), providerOn(t, srv, opts...)
			slowly(srv, seed)
			made, errs := together(t, a, b, orderOf(1), orderOf(1))
			require.NoError(t, errs[0], "seed %d", seed)
			require.NoError(t, errs[1], "seed %d", seed)
			ids := marked(srv, "order-1")
			require.Equal(t, []string{made[0].Account.ID}, ids, "seed %d", seed)
			require.Equal(t, []string{made[1].Account.ID}, ids, "seed %d", seed)
			require.Len(t, srv.Licenses(), 1, "seed %d: the losing license is removed", seed)
			for _, r := range srv.Faults.Requests() {
				if r.Path == "/api/licenses/bulk-delete" {
					gaveWay++
				}
			}
		})
	}
	t.Logf("%d gave way", gaveWay)
	require.Greater(t, gaveWay, 10, "the two programs collided")
}

// TestLaterMarkerGivesWay: the license that was marked first stays, not the one that was generated
// first, because the later program can see an earlier marker.
func TestLaterMarkerGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer()
		slow, fast := providerOn(t, srv), providerOn(t, srv)
		srv.Faults.When(to("/register-device"), 1, faults.Fault{Kind: faults.Delay, Delay: time.Minute})
		var group sync.WaitGroup
		var late *provider.Creation
		var lateErr error
		group.Go(func() { late, lateErr = slow.Create(t.Context(), orderOf(1)) })
		time.Sleep(time.Second) // in the bubble's time: the slow one has generated its key
		require.Len(t, srv.Licenses(), 1)
		created, err := fast.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"))
		group.Wait()
		require.NoError(t, lateErr)
		require.Equal(t, []any{provider.OutcomeAlready, created.Account.ID}, []any{late.Outcome, late.Account.ID})
		require.Len(t, srv.Licenses(), 1)
	})
}

// TestTwoProvidersOneName: two orders want the same name at once, and one gets it.
func TestTwoProvidersOneName(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			slowly(srv, seed)
			other := orderOf(2)
			other.Username = "customer1"
			_, errs := together(t, providerOn(t, srv), providerOn(t, srv), orderOf(1), other)
			winner, loser := errs[0], errs[1]
			if winner != nil {
				winner, loser = loser, winner
			}
			require.NoError(t, winner, "seed %d", seed)
			require.ErrorIs(t, loser, provider.ErrAlreadyExists, "seed %d", seed)
			require.Len(t, srv.Licenses(), 1, "seed %d", seed)
		})
	}
}

// TestTwoProvidersOneKey: the request of one program is lost before it arrives, so that it mistakes
// the license that the other has just generated for its own. The first marker decides, and two
// orders never share one license.
func TestTwoProvidersOneKey(t *testing.T) {
	met := 0
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer()
			a, b := providerOn(t, srv, searchable), providerOn(t, srv, searchable)
			slowly(srv, seed)
			srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Drop, Delay: time.Duration(seed%20) * time.Millisecond})
			made, errs := together(t, a, b, orderOf(1), orderOf(2))
			for i, p := range []*licenseserver.Provider{a, b} {
				if errors.Is(errs[i], provider.ErrOutcomeUnknown) { // the dashboard and the search disagreed for a moment
					made[i], errs[i] = p.Create(t.Context(), orderOf(i+1))
				}
				require.NoError(t, errs[i], "seed %d", seed)
				require.Equal(t, []string{made[i].Account.ID}, marked(srv, "order-"+strconv.Itoa(i+1)), "seed %d", seed)
			}
			require.NotEqual(t, made[0].Account.ID, made[1].Account.ID, "seed %d", seed)
			require.Len(t, srv.Licenses(), 2, "seed %d", seed)
			perLicense := make(map[string]int)
			for _, r := range srv.Faults.Requests() {
				if strings.HasSuffix(r.Path, "/register-device") {
					if perLicense[r.Path]++; perLicense[r.Path] == 2 {
						met++
					}
				}
			}
		})
	}
	t.Logf("met on %d licenses", met)
	require.Greater(t, met, 0, "they never collided on a license")
}

// TestRestarts: the program dies at each request of a Create, before or after it was carried out,
// and another program creates the order again.
func TestRestarts(t *testing.T) {
	for _, opts := range [][]provider.Option{nil, {searchable}} {
		for _, after := range []bool{false, true} {
			for at := 0; ; at++ {
				srv := newServer()
				ctx, die := context.WithCancel(t.Context())
				client := dyingAt(srv, at, after, die)
				order := orderOf(1)
				order.Options = map[string]string{"resource_ids": strconv.FormatInt(srv.Resources()[0].ID, 10)}
				_, err := providerOn(t, srv, append(opts, client)...).Create(ctx, order)
				if err == nil {
					require.Greater(t, at, 8)
					break
				}
				require.ErrorIs(t, err, context.Canceled)
				created, err := providerOn(t, srv, opts...).Create(t.Context(), order)
				require.NoError(t, err, "died at %d", at)
				require.Equal(t, []string{created.Account.ID}, marked(srv, "order-1"), "died at %d", at)
				id, _ := strconv.ParseInt(created.Account.ID, 10, 64)
				for _, d := range srv.Devices(id) {
					require.False(t, d.Active, "died at %d: the marker counts as an activation", at)
				}
				require.Equal(t, "basic", created.Account.Plan)
				require.Equal(t, id, srv.Resources()[0].LicenseID, "died at %d", at)
				require.LessOrEqual(t, len(srv.Licenses()), 2, "at most one unclaimed key")
				die()
			}
		}
	}
}

// dyingAt ends the context at a request, before it is sent or after it was answered.
func dyingAt(srv *licenseservertest.Server, at int, after bool, die func()) provider.Option {
	var mu sync.Mutex
	count := 0
	return provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		mu.Lock()
		n := count
		count++
		mu.Unlock()
		if n > at || n == at && !after {
			die()
			return nil, context.Canceled
		}
		resp, err := srv.Client().Transport.RoundTrip(req)
		if n == at {
			die()
			return nil, context.Canceled
		}
		return resp, err
	})})
}

// TestWaitingForATurn: a Create that waits for another one honors its context.
func TestWaitingForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer()
		p := providerOn(t, srv)
		srv.Faults.When(to("/generate-license-key"), 1, faults.Fault{Kind: faults.Delay, Delay: 10 * time.Second})
		var group sync.WaitGroup
		group.Go(func() {
			_, err := p.Create(t.Context(), orderOf(1))
			require.NoError(t, err)
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		_, err := p.Create(ctx, orderOf(2))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, errors.Is(err, provider.ErrOutcomeUnknown))
		require.Equal(t, time.Second, time.Since(started))
		group.Wait()
	})
}
