package hostkey_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestCancellationsOfAnother: the list of a server's cancellations is answered with another server's,
// which has none.
func TestCancellationsOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := hostkeytest.NewServer(hostkeytest.InMemory())
		asked, other := srv.AddMachine(hostkeytest.Machine{}), srv.AddMachine(hostkeytest.Machine{})
		client, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), spending(provider.WithHTTPClient(srv.Client()))...)
		require.NoError(t, err)
		p, id := hostkey.NewProvider(client), strconv.FormatInt(asked.ID, 10)
		_, err = p.Cancel(t.Context(), id)
		require.NoError(t, err)
		srv.Faults.When(func(r *http.Request) bool {
			return r.FormValue("action") == "get_cancellation_requests" && r.FormValue("id") == id
		}, 1, faults.Fault{Kind: faults.Custom, Answer: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			text := strings.ReplaceAll(string(body), id, strconv.FormatInt(other.ID, 10))
			r.Body, r.Form, r.PostForm = io.NopCloser(strings.NewReader(text)), nil, nil
			next.ServeHTTP(w, r)
		}})
		outcome, err := p.UndoCancel(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, provider.OutcomeChanged, outcome)
		now, _ := srv.Machine(asked.ID)
		require.Zero(t, now.Canceled)
	})
}
