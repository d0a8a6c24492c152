package keyhelp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
)

// People write the address of a panel in several ways.
func TestBaseURL(t *testing.T) {
	for _, prefix := range []string{"", "/panel", "/a/b"} {
		srv := keyhelptest.NewServer(keyhelptest.WithDialect(keyhelptest.Documented), keyhelptest.WithPathPrefix(prefix))
		defer srv.Close()
		for _, spelling := range []string{srv.URL, srv.URL + "/", srv.URL + "/api/v2", srv.URL + "/api/v2/", srv.URL + "/api/v1", " " + srv.URL + "\n"} {
			client, err := keyhelp.New(spelling, provider.NewSecret(srv.Key), keyhelp.WithDialect(keyhelp.DialectDocumented))
			require.NoError(t, err, spelling)
			require.NoError(t, client.Server.Ping(t.Context()), spelling)
			id := srv.AddClient(keyhelptest.Client{Username: "u" + strings.Repeat("x", len(srv.Clients())), Email: "a@b.example"})
			session, err := client.Sessions.Create(t.Context(), id)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(session.URL.Reveal(), srv.URL+"/login?token="), "the login page is not below the API")
		}
	}
}

func TestTLS(t *testing.T) {
	srv := keyhelptest.NewServer(keyhelptest.WithTLS())
	defer srv.Close()
	other := keyhelptest.NewServer(keyhelptest.WithTLS())
	defer other.Close()
	require.NotEqual(t, srv.Pin, other.Pin)
	named := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	require.NotEqual(t, srv.URL, named, "the emulator listens on an address")

	for name, test := range map[string]struct {
		url     string
		tls     provider.TLS
		refused string
	}{
		"default, address":      {srv.URL, provider.TLS{}, "certificate"},
		"default, name":         {named, provider.TLS{}, "certificate"},
		"auto, address":         {srv.URL, provider.TLS{Auto: true}, ""},
		"auto, name":            {named, provider.TLS{Auto: true}, "certificate"},
		"auto, name, no-verify": {named, provider.TLS{Auto: true, NoVerify: true}, ""},
		"pin":                   {srv.URL, provider.TLS{PinnedKeys: []string{srv.Pin}}, ""},
		"pin, name":             {named, provider.TLS{PinnedKeys: []string{srv.Pin}}, ""},
		"one pin of two":        {srv.URL, provider.TLS{PinnedKeys: []string{other.Pin, srv.Pin}}, ""},
		"other pin":             {srv.URL, provider.TLS{PinnedKeys: []string{other.Pin}}, srv.Pin},
		"own authority":         {srv.URL, provider.TLS{RootCAs: srv.CertificatePEM}, ""},
		"other authority":       {srv.URL, provider.TLS{RootCAs: other.CertificatePEM}, "certificate"},
		"anybody":               {srv.URL, provider.TLS{InsecureSkipVerify: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := srv.Faults.Count()
			client, err := keyhelp.New(test.url, provider.NewSecret(srv.Key), keyhelp.WithDialect(keyhelp.DialectLive), provider.WithTLS(test.tls))
			require.NoError(t, err)
			err = client.Server.Ping(t.Context())
			if test.refused == "" {
				require.NoError(t, err)
				require.Equal(t, before+1, srv.Faults.Count())
				return
			}
			require.ErrorIs(t, err, provider.ErrUnavailable)
			require.ErrorContains(t, err, test.refused)
			require.Equal(t, before, srv.Faults.Count(), "no request, and so no key, reached the server")
			// A change that did not reach the server has changed nothing.
			_, err = client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Password: provider.NewSecret("placeholder"), Email: "a@b.example"})
			require.ErrorIs(t, err, provider.ErrUnavailable)
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		})
	}
}

// The error for a self-signed certificate contains the pin that would trust it.
func TestRefusedCertificateTellsItsPin(t *testing.T) {
	srv := keyhelptest.NewServer(keyhelptest.WithTLS())
	defer srv.Close()
	client, err := keyhelp.New(srv.URL, provider.NewSecret(srv.Key))
	require.NoError(t, err)
	require.ErrorContains(t, client.Server.Ping(t.Context()), srv.Pin)
}

// keyLog is a server that records the keys and bodies of its requests.
type keyLog struct {
	mu   sync.Mutex
	seen []string
}

func (l *keyLog) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, r.Method+" "+r.Header.Get("X-Api-Key"))
	_, _ = w.Write([]byte(`{"id": 1, "username": "u", "response": "pong", "version": "1"}`))
}

// net/http would send the key along with a redirect: it only removes Authorization and Cookie.
func TestRedirectsKeepTheKeyHome(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		log := &keyLog{}
		elsewhere := httptest.NewServer(log)
		defer elsewhere.Close()
		panel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		}))
		defer panel.Close()
		for _, d := range bothDialects {
			v := vendor(t, d)
			uses := v.Uses(t)
			require.NotEmpty(t, uses)
			v.Dial = func(t testing.TB, _ http.RoundTripper, _ ...provider.Option) any {
				client, err := keyhelp.New(panel.URL, provider.NewSecret(panelKey), keyhelp.WithDialect(d))
				require.NoError(t, err)
				return client
			}
			for _, u := range uses {
				err := v.Method(t, nil, u.Op).Run(t).Err
				require.ErrorIs(t, err, provider.ErrProtocol, "%s after %d", u.Op, status)
				if !strings.HasPrefix(u.Op, "Sessions.") && u.Op != "Clients.Create" { // whose answers are secret
					require.ErrorContains(t, err, "configure that URL", u.Op)
				}
			}
		}
		require.Empty(t, log.seen, "after %d", status)
	}
}

// Within the panel a read may be redirected; a change may not, since net/http would turn it into a
// read that looks like success.
func TestRedirectsWithinThePanel(t *testing.T) {
	log := &keyLog{}
	panel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			log.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, r.URL.Path+"/", http.StatusFound)
	}))
	defer panel.Close()
	client, err := keyhelp.New(panel.URL, provider.NewSecret(panelKey), keyhelp.WithDialect(keyhelp.DialectLive))
	require.NoError(t, err)
	account, err := client.Clients.Get(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "u", account.LoginName)
	require.Equal(t, []string{"GET " + panelKey}, log.seen)

	_, err = client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Password: provider.NewSecret("placeholder"), Email: "a@b.example"})
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.ErrorIs(t, client.Clients.Delete(t.Context(), 1), provider.ErrProtocol)
	require.Len(t, log.seen, 1)
}
