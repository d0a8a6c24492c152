package licenseserver_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/licenseserver/licenseservertest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestDevicesOfAnother: a proxy answers for one license with the devices of another. The order must not
// seem missing, which would sell it again.
func TestDevicesOfAnother(t *testing.T) {
	srv := licenseservertest.NewServer(licenseservertest.InMemory())
	made, err := providerOn(t, srv).Create(t.Context(), orderOf(0))
	require.NoError(t, err)
	other, err := providerOn(t, srv).Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	before := len(srv.Licenses())
	srv.Faults.When(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/"+made.Account.ID+"/devices") }, 1, faults.Fault{
		Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.URL.Path = strings.Replace(r.URL.Path, made.Account.ID, other.Account.ID, 1)
			next.ServeHTTP(w, r)
		},
	})
	p := providerOn(t, srv)
	_, err = p.Create(t.Context(), orderOf(0))
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.Len(t, srv.Licenses(), before)
	again, err := p.Create(t.Context(), orderOf(0))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, again.Outcome)
}

// answeredAs has the server answer the n next requests for the devices of a license with those of another.
func answeredAs(srv *licenseservertest.Server, n int, license, other string) {
	srv.Faults.When(to("/"+license+"/devices"), n, faults.Fault{
		Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.URL.Path = strings.Replace(r.URL.Path, license, other, 1)
			next.ServeHTTP(w, r)
		},
	})
}

// TestDevicesOfAnotherInVerbs: whose a license is shows in its devices only. One answer about another
// license is read again, and of two nothing is believed.
func TestDevicesOfAnotherInVerbs(t *testing.T) {
	for name, verb := range map[string]func(ctx context.Context, p provider.Provider, id string) (any, error){
		"get": func(ctx context.Context, p provider.Provider, id string) (any, error) { return p.Get(ctx, id) },
		"find": func(ctx context.Context, p provider.Provider, _ string) (any, error) {
			return p.Find(ctx, provider.Query{Username: "customer0"})
		},
		"absent": func(ctx context.Context, p provider.Provider, _ string) (any, error) {
			return provider.Ensure(ctx, p, provider.Desired{Status: provider.StatusAbsent, Create: orderOf(0)})
		},
	} {
		for strays := 1; strays <= 2; strays++ {
			srv := newServer()
			other, err := providerOn(t, srv).Create(t.Context(), orderOf(1))
			require.NoError(t, err)
			p := providerOn(t, srv)
			mine, err := p.Create(t.Context(), orderOf(0))
			require.NoError(t, err)
			answeredAs(srv, strays, mine.Account.ID, other.Account.ID)
			got, err := verb(t.Context(), p, mine.Account.ID)
			if name == "find" && err == nil || name == "get" && err == nil {
				require.Equal(t, "customer0", got.(*provider.Account).Username, "%s, %d", name, strays)
			}
			if err != nil {
				require.NotErrorIs(t, err, provider.ErrNotFound, "%s, %d", name, strays)
				require.Equal(t, []string{mine.Account.ID}, marked(srv, "order-0"))
			} else if name == "absent" {
				require.Empty(t, marked(srv, "order-0"))
			}
			require.Equal(t, []string{other.Account.ID}, marked(srv, "order-1"), "%s, %d", name, strays)
		}
	}
}

// TestMarkerThatIsGone: a license whose marker is not listed any more does not make its order new.
func TestMarkerThatIsGone(t *testing.T) {
	srv := newServer()
	p := providerOn(t, srv)
	other := srv.AddLicense(licenseservertest.License{})
	mine, err := p.Create(t.Context(), orderOf(0))
	require.NoError(t, err)
	answeredAs(srv, 4, mine.Account.ID, strconv.FormatInt(other.ID, 10))
	for range 2 {
		_, err = p.Create(t.Context(), orderOf(0))
		require.ErrorIs(t, err, provider.ErrConflict)
		require.ErrorContains(t, err, "the marker of license "+mine.Account.ID+" is not listed any more")
	}
	again, err := p.Create(t.Context(), orderOf(0))
	require.NoError(t, err)
	require.Equal(t, provider.OutcomeAlready, again.Outcome)
}

// TestMarkedAsAnother: the look after a marker was written is answered with another license's devices.
// The marker may be there: neither is a second license sold, nor is it said that nothing was done.
func TestMarkedAsAnother(t *testing.T) {
	srv := newServer()
	other, err := providerOn(t, srv).Create(t.Context(), orderOf(1))
	require.NoError(t, err)
	free := srv.AddLicense(licenseservertest.License{MaxActivations: 3})
	id := strconv.FormatInt(free.ID, 10)
	registered := false
	srv.Faults.When(func(r *http.Request) bool {
		registered = registered || strings.HasSuffix(r.URL.Path, "/register-device")
		return registered && r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/devices")
	}, 2, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.URL.Path = "/api/license/" + other.Account.ID + "/devices"
		next.ServeHTTP(w, r)
	}})
	_, err = providerOn(t, srv, searchable).Adopt(t.Context(), id, "order-5")
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Equal(t, []string{id}, marked(srv, "order-5"))

	registered = false
	_, err = providerOn(t, srv).Create(t.Context(), orderOf(7))
	if err != nil {
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	}
	require.Len(t, marked(srv, "order-7"), 1)
}
