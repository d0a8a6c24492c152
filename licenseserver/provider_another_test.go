package licenseserver_test

import (
	"net/http"
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
