package hostkey_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// portal is a server that issues tokens and accepts only the newest.
type portal struct {
	mu       sync.Mutex
	logins   int
	token    string
	life     time.Duration
	slow     time.Duration // of a sign-in
	failing  *reply        // the answer to sign-ins
	rejected reply         // the answer to a wrong token
	served   map[string]int
}

func newPortal() *portal {
	return &portal{life: time.Hour, rejected: ok(`{"code":-2,"message":"Invalid token"}`), served: make(map[string]int)}
}

func (p *portal) answer(ctx context.Context, r sentRequest) reply {
	form := r.Form()
	if form.Get("action") == "login" {
		if p.slow > 0 {
			select {
			case <-ctx.Done():
				return reply{Err: ctx.Err()}
			case <-time.After(p.slow):
			}
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.logins++
		if p.failing != nil {
			return *p.failing
		}
		p.token = "placeholder-token-" + strconv.Itoa(p.logins)
		session := map[string]any{"token": p.token, "role_type": "Customer"}
		if p.life != 0 {
			session["token_expire"] = time.Now().Add(p.life).Unix()
		}
		return ok(clienttest.JSON(map[string]any{"result": session}))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if form.Get("token") != p.token {
		return p.rejected
	}
	p.served[form.Get("action")]++
	return ok(`{"result":"OK","server_data":{"id":17},"id":17}`)
}

// forget makes the server forget its token.
func (p *portal) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token = "forgotten"
}

func (p *portal) counts() (logins, shown int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logins, p.served["show"]
}

func show(t *testing.T, c *client) error {
	t.Helper()
	_, err := c.Servers.Show(t.Context(), 17)
	return err
}

// One sign-in serves all calls, until two minutes before the token expires.
func TestTokenIsKeptAndRenewed(t *testing.T) {
	for _, test := range []struct {
		life, renewed time.Duration
	}{
		{time.Hour, 58 * time.Minute},
		{2 * time.Hour, 118 * time.Minute},
		{3 * time.Minute, 90 * time.Second}, // half of a short lifetime is used
		{0, 3 * time.Minute},                // unknown: five minutes
		{-time.Hour, 3 * time.Minute},       // over already: the clocks differ
	} {
		t.Run(fmt.Sprint(test.life), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPortal()
				p.life = test.life
				c := bareClient(t, tapping(p.answer))
				start := time.Now()
				for range 3 {
					require.NoError(t, show(t, c))
				}
				time.Sleep(test.renewed - time.Since(start) - time.Second)
				require.NoError(t, show(t, c))
				logins, _ := p.counts()
				require.Equal(t, 1, logins)
				time.Sleep(2 * time.Second)
				require.NoError(t, show(t, c))
				logins, shown := p.counts()
				require.Equal(t, []int{2, 5}, []int{logins, shown})
			})
		})
	}
}

// 200 goroutines that find the token expired sign in once, and those that find it rejected sign in
// once more.
func TestOneSignInForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPortal()
		p.slow = time.Second
		c := bareClient(t, tapping(p.answer), provider.WithMaxConnections(300))
		for round := 1; round <= 4; round++ {
			var failures atomic.Int64
			var all sync.WaitGroup
			for range 200 {
				all.Go(func() {
					if _, err := c.Servers.Show(t.Context(), 17); err != nil {
						failures.Add(1)
					}
				})
			}
			all.Wait()
			require.Zero(t, failures.Load())
			logins, shown := p.counts()
			require.Equal(t, []int{round, 200 * round}, []int{logins, shown})
			if round%2 == 1 {
				time.Sleep(2 * time.Hour) // the token expires
			} else {
				p.forget()
			}
		}
	})
}

// A caller that gives up does not end the sign-in for the others, and its error says that nothing
// was sent. A sign-in without any waiting caller is cancelled.
func TestSignInOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPortal()
		p.slow = time.Minute
		c := bareClient(t, tapping(p.answer), provider.WithTimeout(0))
		var captured provider.RawResponse
		first, cancel := context.WithCancelCause(provider.CaptureResponse(t.Context(), &captured))
		gaveUp := make(chan error)
		go func() {
			_, err := c.Servers.On(first, 17, nil)
			gaveUp <- err
		}()
		synctest.Wait()
		second := make(chan error)
		go func() { second <- show(t, c) }()
		synctest.Wait()
		because := errors.New("because")
		cancel(because)
		err := <-gaveUp
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, because)
		require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
		e := asError(t, err)
		require.Equal(t, []string{hostkey.Kind, "Servers.On", "power on server"}, []string{e.Provider, e.Op, e.Action})
		require.Contains(t, err.Error(), "not sent")
		require.NoError(t, <-second)
		logins, shown := p.counts()
		require.Equal(t, []int{1, 1}, []int{logins, shown})
		require.Zero(t, captured.StatusCode, "the sign-in's answer is not the call's")

		p.forget()
		alone, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		_, err = c.Servers.Show(alone, 17)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		synctest.Wait()
		logins, _ = p.counts()
		require.Equal(t, 1, logins, "continued without a waiting caller")
		require.NoError(t, show(t, c))
	})
}

// A rejected token is forgotten. A read is sent once more with a new one, whatever the wording;
// anything else fails and was not executed. A 401 without the API's form may come from a proxy: the
// token is replaced all the same, but it proves nothing.
func TestRejectedToken(t *testing.T) {
	for _, rejected := range []reply{
		{Status: http.StatusUnauthorized}, {Status: http.StatusUnauthorized, Body: "<html>"},
		ok(`{"code":-2,"message":"Invalid token"}`), ok(`{"result":-2,"error":"Invalid token"}`), ok(`{"code":-2,"message":"Session expired"}`),
		ok(`{"code":-2,"message":"stocks/list: invalid token, logout"}`), ok(`{"result":-1,"error":"Invalid hash"}`), ok(`{"result":-1,"error":"authentication required"}`),
	} {
		p := newPortal()
		p.rejected = rejected
		tap := tapping(p.answer)
		c := bareClient(t, tap)
		require.NoError(t, show(t, c))
		p.forget()
		require.NoError(t, show(t, c), rejected.Body)
		logins, shown := p.counts()
		require.Equal(t, []int{2, 2}, []int{logins, shown})

		for _, change := range []func() error{
			func() error { _, err := c.Servers.On(t.Context(), 17, nil); return err },
			func() error { _, err := c.Servers.RestoreBackup(t.Context(), 17, nil); return err },
			func() error {
				_, err := c.Servers.ReinstallInstance(t.Context(), &hostkey.ServerReinstallRequest{ID: 17, Install: hostkey.Install{OwnOS: true, RootPassword: provider.NewSecret("Placeholder-1")}})
				return err
			},
		} {
			p.forget()
			tap.Forget()
			err := change()
			proves := rejected.Status == http.StatusOK
			require.Equal(t, proves, errors.Is(err, provider.ErrUnauthorized), rejected.Body)
			require.Equal(t, proves, errors.Is(err, hostkey.ErrTokenRejected), rejected.Body)
			require.Equal(t, !proves, errors.Is(err, provider.ErrOutcomeUnknown), rejected.Body)
			require.Equal(t, !proves, asError(t, err).MaybeExecuted, rejected.Body)
			require.Len(t, tap.Requests(), 1)
			require.NoError(t, change(), "the next call signs in again")
			require.Len(t, tap.Requests(), 3)
		}
	}
}

// A server that rejects every token is not asked forever. An error that is not about the token does
// not lead to a sign-in.
func TestRejectionsEnd(t *testing.T) {
	tap := tapping(func(_ context.Context, r sentRequest) reply {
		if r.Form().Get("action") == "login" {
			return ok(loginAnswer(serverToken))
		}
		return ok(`{"code":-2,"message":"Invalid token"}`)
	})
	require.ErrorIs(t, show(t, bareClient(t, tap)), hostkey.ErrTokenRejected)
	require.Equal(t, []string{"POST /auth.php", "POST /eq.php", "POST /auth.php", "POST /eq.php"}, tap.Lines())

	for _, text := range []string{"Permission denied", "tag/add: invalid token data, too long"} {
		tap := always(ok(clienttest.JSON(map[string]any{"code": -2, "message": text})))
		require.Error(t, show(t, clientOver(t, tap)))
		require.Len(t, tap.Requests(), 1, text)
	}
}

// A refusal of an old token does not drop a newer one.
func TestOnlyTheRefusedTokenIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPortal()
		tap := tapping(func(ctx context.Context, r sentRequest) reply {
			if r.Form().Get("action") == "reboot" {
				time.Sleep(time.Minute)
			}
			return p.answer(ctx, r)
		})
		c := bareClient(t, tap, provider.WithTimeout(0))
		require.NoError(t, show(t, c))
		late := make(chan error)
		go func() {
			_, err := c.Servers.Reboot(t.Context(), 17, nil)
			late <- err
		}()
		synctest.Wait()
		p.forget()
		require.NoError(t, show(t, c)) // signs in again
		require.ErrorIs(t, <-late, hostkey.ErrTokenRejected)
		require.NoError(t, show(t, c))
		logins, _ := p.counts()
		require.Equal(t, 2, logins)
	})
}

// Why a sign-in fails, in the error of the call that was not sent.
func TestSignInErrors(t *testing.T) {
	for _, test := range []struct {
		answer      reply
		kind, cause error
		code        string
	}{
		{ok(`{"result":-1,"error":"Incorrect API key format"}`), provider.ErrUnauthorized, hostkey.ErrKeyInvalid, "-1"},
		{ok(`{"code":-1,"message":"Invalid key"}`), provider.ErrUnauthorized, hostkey.ErrKeyInvalid, "-1"},
		{ok(`{"code":-1,"message":"API key not found"}`), provider.ErrUnauthorized, hostkey.ErrKeyInvalid, "-1"},
		{ok(`{"code":-1,"message":"API key is empty"}`), provider.ErrUnauthorized, hostkey.ErrKeyInvalid, "-1"},
		{ok(`{"code":-1,"message":"API key is disabled"}`), provider.ErrUnauthorized, hostkey.ErrKeyDisabled, "-1"},
		{ok(`{"code":-1,"message":"API key is inactive"}`), provider.ErrUnauthorized, hostkey.ErrKeyDisabled, "-1"},
		{ok(`{"code":-1,"message":"IP not allowed"}`), provider.ErrIPNotAllowed, nil, "-1"},
		{ok(`{"code":-1,"message":"Access denied"}`), provider.ErrForbidden, nil, "-1"},
		{ok(`{"result":-2,"error":"auth: malformed request #1"}`), provider.ErrInvalid, nil, "-2"},
		{ok(`{"result":-1,"error":"No appropriate servers found","code":"NO_APPROPRIATE_SERVERS"}`), provider.ErrForbidden, hostkey.ErrNoServers, "NO_APPROPRIATE_SERVERS"},
		{ok(`{"result":-1,"error":"No appropriate servers found"}`), provider.ErrForbidden, hostkey.ErrNoServers, "-1"},
		{reply{Status: 401, Body: `{"code":-2,"message":"Unauthorized"}`}, provider.ErrUnauthorized, nil, "-2"},
		{reply{Status: 401}, provider.ErrProtocol, nil, ""},
		{reply{Status: 503}, provider.ErrUnavailable, nil, ""},
		{reply{Err: errors.New("refused")}, provider.ErrUnavailable, nil, ""},
		{ok(`{"result":"OK"}`), provider.ErrProtocol, nil, ""},
		{clienttest.HTML(clienttest.WebPage), provider.ErrProtocol, nil, ""},
	} {
		p := newPortal()
		p.failing = &test.answer
		tap := tapping(p.answer)
		c := bareClient(t, tap)
		calls := map[string]func() error{
			"Servers.On": func() error { _, err := c.Servers.On(t.Context(), 17, nil); return err },
			"Auth.Login": func() error { _, err := c.SignIn(t.Context()); return err },
		}
		for op, call := range calls {
			tap.Forget()
			err := call()
			require.ErrorIs(t, err, test.kind, test.answer.Body)
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			e := asError(t, err)
			require.Equal(t, []string{hostkey.Kind, op, test.code}, []string{e.Provider, e.Op, e.Code})
			require.Equal(t, test.answer.Status, e.StatusCode)
			for _, cause := range []error{hostkey.ErrNoServers, hostkey.ErrTokenRejected, hostkey.ErrKeyInvalid, hostkey.ErrKeyDisabled} {
				require.Equal(t, errors.Is(test.cause, cause), errors.Is(err, cause), "%s: %v", test.answer.Body, cause)
			}
			require.Equal(t, []string{"POST /auth.php"}, tap.Lines())
			if errors.Is(err, hostkey.ErrNoServers) {
				require.Contains(t, err.Error(), "order the first one in the panel")
			}
		}
		// The failure is not remembered.
		p.mu.Lock()
		p.failing = nil
		p.mu.Unlock()
		require.NoError(t, show(t, c))
	}
}

// What the client signs in with.
func TestSignInRequest(t *testing.T) {
	for name, test := range map[string]struct {
		opts []provider.Option
		want map[string][]string
	}{
		"default": {nil, map[string][]string{"action": {"login"}, "key": {serverKey}, "ttl": {"3600"}}},
		"options": {
			[]provider.Option{hostkey.WithTokenTTL(90 * time.Minute), hostkey.WithTokenBoundToIP(false)},
			map[string][]string{"action": {"login"}, "key": {serverKey}, "ttl": {"5400"}, "fix_ip": {"0"}},
		},
		"bound": {
			[]provider.Option{hostkey.WithTokenBoundToIP(true)},
			map[string][]string{"action": {"login"}, "key": {serverKey}, "ttl": {"3600"}, "fix_ip": {"1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tap := always(ok(`{"result":{"token":"placeholder-session","invapi":"invapi.elsewhere.example","role_type":"server 55054"}}`))
			c := bareClient(t, tap, test.opts...)
			session, err := c.SignIn(t.Context())
			require.NoError(t, err)
			require.Equal(t, test.want, map[string][]string(tap.Requests()[0].Form()))
			// The host that the server asks for is returned, but not used.
			require.Equal(t, "invapi.elsewhere.example", session.Portal)
			require.False(t, session.AccountKey())
			require.True(t, (&hostkey.Session{RoleType: "Customer"}).AccountKey())
			_, err = c.Servers.On(t.Context(), 17, nil)
			require.ErrorIs(t, err, provider.ErrProtocol)
			require.Equal(t, []string{"POST /auth.php", "POST /eq.php"}, tap.Lines())
			require.Equal(t, "placeholder-session", tap.Requests()[1].Form().Get("token"))
		})
	}
}

// Signing out drops the token, even one that the server has forgotten. Without one it does nothing.
func TestLogout(t *testing.T) {
	p := newPortal()
	tap := tapping(p.answer)
	c := bareClient(t, tap)
	require.NoError(t, c.Auth.Logout(t.Context()))
	require.Empty(t, tap.Requests())
	require.NoError(t, show(t, c))
	require.NoError(t, c.Auth.Logout(t.Context()))
	require.NoError(t, c.Auth.Logout(t.Context()))
	require.Len(t, tap.Requests(), 3)
	require.NoError(t, show(t, c))
	p.forget()
	require.NoError(t, c.Auth.Logout(t.Context()))
	logins, _ := p.counts()
	require.Equal(t, 2, logins)

	failing := always(reply{Status: http.StatusBadGateway})
	c = clientOver(t, failing)
	require.Error(t, c.Auth.Logout(t.Context()))
	require.Error(t, c.Auth.Logout(t.Context()), "the token is kept")
	require.Len(t, failing.Requests(), 2)
}

func TestNew(t *testing.T) {
	for name, test := range map[string]struct {
		url, field string
		key        provider.Secret
		opts       []provider.Option
	}{
		"no key":          {hostkey.RegionCOM, "apiKey", provider.Secret{}, nil},
		"key and more":    {hostkey.RegionCOM, "apiKey", provider.NewSecret("key\n"), nil},
		"no URL":          {"", "baseURL", provider.NewSecret(serverKey), nil},
		"plain http":      {"http://invapi.example.com", "baseURL", provider.NewSecret(serverKey), nil},
		"short life":      {hostkey.RegionRU, "WithTokenTTL", provider.NewSecret(serverKey), []provider.Option{hostkey.WithTokenTTL(time.Second)}},
		"another's":       {hostkey.RegionCOM, "keyhelp.WithDialect", provider.NewSecret(serverKey), []provider.Option{provider.VendorOption("keyhelp", "WithDialect", 1)}},
		"negative option": {hostkey.RegionCOM, "WithTimeout", provider.NewSecret(serverKey), []provider.Option{provider.WithTimeout(-1)}},
	} {
		c, err := hostkey.New(test.url, test.key, test.opts...)
		require.Nil(t, c, name)
		require.ErrorIs(t, err, provider.ErrInvalid, name)
		require.Len(t, asError(t, err).Fields, 1, name)
		require.Contains(t, asError(t, err).Fields, test.field, name)
	}
	for _, region := range []string{hostkey.RegionCOM, hostkey.RegionRU} {
		c, err := hostkey.New(region, provider.NewSecret(serverKey))
		require.NoError(t, err)
		require.Equal(t, "hostkey client of "+region, c.String())
	}
}
