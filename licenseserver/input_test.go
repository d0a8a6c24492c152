package licenseserver_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// refused checks an error for bad input: the fields and no others, nothing sent.
func refused(t *testing.T, tap *wiretap, err error, fields ...string) {
	t.Helper()
	vendor(t).Refused(t, tap, err, fields...)
}

func TestBadInput(t *testing.T) {
	type call = func(ctx context.Context, c *client) error
	lists := func(ids ...int64) call {
		return func(ctx context.Context, c *client) error { _, err := c.Licenses.BulkDelete(ctx, ids...); return err }
	}
	for name, test := range map[string]struct {
		fields string
		call   call
	}{
		"activate": {"LicenseKey HardwareHash", func(ctx context.Context, c *client) error {
			_, err := c.Licenses.Activate(ctx, &licenseserver.LicenseActivateRequest{})
			return err
		}},
		"verify": {"LicenseKey HardwareHash", func(ctx context.Context, c *client) error {
			_, err := c.Licenses.Verify(ctx, &licenseserver.LicenseVerifyRequest{LicenseKey: provider.NewSecret("a b")})
			return err
		}},
		"key, line break": {"licenseKey", func(ctx context.Context, c *client) error {
			_, err := c.Licenses.Info(ctx, provider.NewSecret("a\nb"))
			return err
		}},
		"start": {"LicenseKey MachineID", func(ctx context.Context, c *client) error {
			_, err := c.Sessions.Start(ctx, &licenseserver.SessionStartRequest{})
			return err
		}},
		"edit nothing": {"request", func(ctx context.Context, c *client) error {
			_, err := c.Licenses.QuickEdit(ctx, 1, &licenseserver.LicenseQuickEditRequest{})
			return err
		}},
		"edit below zero": {"MaxActivations MaxUsers", func(ctx context.Context, c *client) error {
			_, err := c.Licenses.QuickEdit(ctx, 1, &licenseserver.LicenseQuickEditRequest{MaxActivations: new(int64(-1)), MaxUsers: new(int64(-1))})
			return err
		}},
		"bulk none":  {"licenseIDs", lists()},
		"bulk zero":  {"licenseIDs", lists(1, 0)},
		"bulk twice": {"licenseIDs", lists(1, 1)},
		"device": {"HardwareHash", func(ctx context.Context, c *client) error {
			_, err := c.Devices.Register(ctx, 1, &licenseserver.DeviceRegisterRequest{})
			return err
		}},
		"devices": {"licenseID deviceID", func(ctx context.Context, c *client) error { _, err := c.Devices.Deactivate(ctx, 0, -1); return err }},
		"allocate": {"LicenseID ResourceIDs", func(ctx context.Context, c *client) error {
			_, err := c.Resources.Allocate(ctx, &licenseserver.ResourceAllocateRequest{})
			return err
		}},
		"check": {"resourceType count", func(ctx context.Context, c *client) error {
			_, err := c.Resources.CheckAvailability(ctx, "", 0)
			return err
		}},
		"search": {"Query Limit", func(ctx context.Context, c *client) error {
			_, err := c.Search.Query(ctx, &licenseserver.SearchRequest{Limit: -1})
			return err
		}},
		"detail": {"Type Value", func(ctx context.Context, c *client) error {
			_, err := c.Leads.AddDetail(ctx, 1, &licenseserver.ContactDetailAddRequest{})
			return err
		}},
		"export":  {"w limit", func(ctx context.Context, c *client) error { _, err := c.Leads.Export(ctx, nil, -1); return err }},
		"import":  {"contentType body", func(ctx context.Context, c *client) error { _, err := c.Leads.Import(ctx, "", nil); return err }},
		"Do":      {"Method Route", func(ctx context.Context, c *client) error { return c.Do(ctx, &provider.Request{Route: "x"}, nil) }},
		"DoAdmin": {"request", func(ctx context.Context, c *client) error { return c.DoAdmin(ctx, nil, nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			tap := always(ok(`{"id": 1}`))
			refused(t, tap, test.call(t.Context(), clientOver(t, tap)), strings.Fields(test.fields)...)
		})
	}
}

// Every method refuses invalid IDs, empty names and nil.
func TestBadArgumentsOfEveryMethod(t *testing.T) {
	optional := []string{ // where the zero value means something
		"Customers.Search", "Leads.Institutions", "Licenses.GenerateKey", "Leads.CreateInstitution 2", "Leads.Delete 2", "Leads.Export 2",
	}
	refusals := vendor(t).CheckArguments(t, func(m clienttest.Method, place int, want reflect.Type) []any {
		switch {
		case slices.Contains(optional, m.Op) || slices.Contains(optional, m.Op+" "+strconv.Itoa(place)):
			return nil
		case want.Kind() == reflect.Int64:
			return []any{int64(0), int64(-1), int64(-1 << 63)}
		case m.Op == "Licenses.Info":
			return secrets(provider.NewSecret(".."), provider.NewSecret("a/../b"), provider.NewSecret(`..\x`), provider.Secret{}, provider.NewSecret("a b"), provider.NewSecret("a\x00"))
		case want == reflect.TypeFor[provider.Secret]():
			return secrets(provider.Secret{}, provider.NewSecret("a b"), provider.NewSecret("a\x00"))
		case want.Kind() == reflect.String:
			return []any{"", " "}
		}
		return []any{nil}
	})
	require.Greater(t, refusals, 60)
}

func secrets(values ...provider.Secret) (all []any) {
	for _, value := range values {
		all = append(all, value)
	}
	return all
}

func TestBadConfiguration(t *testing.T) {
	for name, test := range map[string]struct {
		url, key string
		opts     []provider.Option
		fields   string
	}{
		"nothing":       {"", "", nil, "apiKey baseURL"},
		"short key":     {serverURL, "AF-2000-placeholder", nil, "apiKey"},
		"long key":      {serverURL, serverKey + "0", nil, "apiKey"},
		"other key":     {serverURL, strings.Replace(serverKey, "AF", "AB", 1), nil, "apiKey"},
		"no year":       {serverURL, strings.Replace(serverKey, "2000", "20x0", 1), nil, "apiKey"},
		"white space":   {serverURL, strings.Replace(serverKey, "placeholder", "place older", 1), nil, "apiKey"},
		"line break":    {serverURL, serverKey + "\n", nil, "apiKey"},
		"plain http":    {"http://license.example.com", serverKey, nil, "baseURL"},
		"admin URL":     {serverURL, serverKey, []provider.Option{licenseserver.WithAdminURL("http://panel.example.com")}, "WithAdminURL"},
		"no admin URL":  {serverURL, serverKey, []provider.Option{licenseserver.WithAdminURL("")}, "WithAdminURL"},
		"search path":   {serverURL, serverKey, []provider.Option{licenseserver.WithSearchPath("https://elsewhere.example/x")}, "WithSearchPath"},
		"search query":  {serverURL, serverKey, []provider.Option{licenseserver.WithSearchPath("/x?y={z}")}, "WithSearchPath"},
		"no auth":       {serverURL, serverKey, []provider.Option{licenseserver.WithAdminAuth(nil)}, "WithAdminAuth"},
		"no cookie":     {serverURL, serverKey, []provider.Option{licenseserver.WithAdminCookie("session", provider.Secret{})}, "WithAdminAuth"},
		"bad cookie":    {serverURL, serverKey, []provider.Option{licenseserver.WithAdminCookie("a b", provider.NewSecret("placeholder"))}, "WithAdminAuth"},
		"bad value":     {serverURL, serverKey, []provider.Option{licenseserver.WithAdminCookie("a", provider.NewSecret("placeholder;x\n"))}, "WithAdminAuth"},
		"header":        {serverURL, serverKey, []provider.Option{licenseserver.WithAdminHeader("X Y", provider.NewSecret("placeholder"))}, "WithAdminAuth"},
		"no header":     {serverURL, serverKey, []provider.Option{licenseserver.WithAdminHeader("X", provider.Secret{})}, "WithAdminAuth"},
		"header value":  {serverURL, serverKey, []provider.Option{licenseserver.WithAdminHeader("X", provider.NewSecret("placeholder\r\nY: 1"))}, "WithAdminAuth"},
		"other vendor":  {serverURL, serverKey, []provider.Option{provider.VendorOption("hestia", "WithX", 1)}, "hestia.WithX"},
		"base with key": {"https://user:placeholder@license.example.com", serverKey, nil, "baseURL"},
		"all together":  {"x", "x", []provider.Option{licenseserver.WithAdminURL("y"), provider.WithMaxBody(-1)}, "apiKey baseURL WithAdminURL WithMaxBody"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := licenseserver.New(test.url, provider.NewSecret(test.key), test.opts...)
			require.Nil(t, c)
			refused(t, always(ok("")), err, strings.Fields(test.fields)...)
			require.NotContains(t, err.Error(), "placeholder")
		})
	}
}

// The base URL may end in the API's path, as the documents print it. The panel and the license
// server may be two hosts, and each gets its own credentials only.
func TestTwoServers(t *testing.T) {
	tap := tapping(func(context.Context, sentRequest) reply { return ok(`{"count": 1, "version": "1"}`) })
	c := clientOver(t, tap, licenseserver.WithAdminURL("https://panel.example.com:8443/p/api/"),
		licenseserver.WithAdminHeader("Authorization", provider.NewSecret("Bearer placeholder")))
	_, err := c.Monitoring.ActiveSessions(t.Context())
	require.NoError(t, err)
	_, err = c.Versions.Latest(t.Context())
	require.NoError(t, err)
	require.NoError(t, c.Do(t.Context(), &provider.Request{Method: "GET", Route: "/api/new/{id}", Args: []string{"a b"}, Query: url.Values{"x": {"1"}}}, nil))
	require.NoError(t, c.DoAdmin(t.Context(), &provider.Request{Method: "POST", Route: "/api/new", Body: map[string]any{"x": 1}}, nil))
	require.Equal(t, []string{
		"GET !https://panel.example.com:8443/p/api/sessions/active-count", "GET /api/version/latest", "GET /api/new/a%20b",
		"POST !https://panel.example.com:8443/p/api/new",
	}, tap.Lines())
	for i, admin := range []bool{true, false, false, true} {
		header := tap.Requests()[i].Header
		require.Equal(t, admin, header.Get("Authorization") == "Bearer placeholder")
		require.Equal(t, !admin, header.Get("X-Api-Key") == serverKey)
	}
	plain, err := licenseserver.New(serverURL+"/api/", provider.NewSecret(serverKey), provider.WithHTTPClient(&http.Client{Transport: tap}))
	require.NoError(t, err)
	require.Equal(t, "licenseserver client of "+serverURL, plain.String())
	_, err = plain.Search.Query(t.Context(), &licenseserver.SearchRequest{Query: "x"})
	require.ErrorIs(t, err, provider.ErrUnsupported)
	require.Len(t, tap.Requests(), 4)
}

func TestAdminAuthFails(t *testing.T) {
	tap := always(ok(`{"count": 1}`))
	expired := errors.New("session expired")
	c := clientOver(t, tap, licenseserver.WithAdminAuth(func(*http.Request) error { return expired }))
	_, err := c.Monitoring.ActiveSessions(t.Context())
	require.ErrorIs(t, err, provider.ErrUnauthorized)
	require.ErrorIs(t, err, expired)
	require.Empty(t, tap.Requests())
}

// Pages are requested until the list ends, but not forever.
func TestPages(t *testing.T) {
	institutions := func(body func(page string) string) (*wiretap, *client) {
		tap := tapping(func(_ context.Context, s sentRequest) reply { return ok(body(s.Query.Get("page"))) })
		return tap, clientOver(t, tap)
	}
	count := func(c *client) (n int) {
		for _, err := range c.Leads.Institutions(t.Context(), nil) {
			require.NoError(t, err)
			n++
		}
		return n
	}
	tap, c := institutions(func(page string) string {
		return map[string]string{
			"1": `{"institutions": [{"id": 1}, {"id": 2}], "total": 3}`, "2": `{"institutions": [{"id": 3}], "total": 3}`,
		}[page]
	})
	list := c.Leads.Institutions(t.Context(), nil)
	for range 2 { // a list can be ranged over again
		n := 0
		for _, err := range list {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, 3, n)
	}
	require.Len(t, tap.Requests(), 4)
	tap, c = institutions(func(string) string { return `{"institutions": [{"id": 1}], "total": 99}` })
	require.Equal(t, 2, count(c))
	require.Len(t, tap.Requests(), 2, "a server without paging")
	tap, c = institutions(func(string) string { return `{"institutions": [], "total": 99}` })
	require.Zero(t, count(c))
	require.Len(t, tap.Requests(), 1)
	customers := tapping(func(_ context.Context, s sentRequest) reply {
		return ok(map[string]string{
			"1": `{"results": [{"id": 1}, {"id": 2}], "pagination": {"more": true}}`, "2": `{"results": [{"id": 3}], "pagination": {"more": false}}`,
		}[s.Query.Get("page")])
	})
	n := 0
	for _, err := range clientOver(t, customers).Customers.Search(t.Context(), "") {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 3, n)
	require.Len(t, customers.Requests(), 2)
}

func TestExport(t *testing.T) {
	file := strings.Repeat("0123456789", 10)
	csv := http.Header{"Content-Type": {"text/csv"}}
	c := clientOver(t, always(reply{Status: 200, Body: file, Header: csv}), provider.WithMaxBody(10))
	got, err := c.Leads.Export(t.Context(), io.Discard, 100)
	require.NoError(t, err)
	require.Equal(t, int64(100), got.Bytes)
	_, err = c.Leads.Export(t.Context(), io.Discard, 99)
	require.ErrorIs(t, err, provider.ErrProtocol)
	page := clientOver(t, always(reply{Status: 200, Body: webPage, Header: http.Header{"Content-Type": {"text/html"}}}))
	var out strings.Builder
	_, err = page.Leads.Export(t.Context(), &out, 0)
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.ErrorContains(t, err, "sign in")
	require.Empty(t, out.String())
}

// The default limit is 100 requests in any minute.
func TestDefaultRateLimit(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var times []time.Time
		tap := tapping(func(context.Context, sentRequest) reply {
			times = append(times, time.Now())
			return ok(`{"status": "ok"}`)
		})
		c, err := licenseserver.New(serverURL, provider.NewSecret(serverKey), provider.WithHTTPClient(&http.Client{Transport: tap}))
		require.NoError(t, err)
		for range 400 {
			_, err := c.Status.Health(t.Context())
			require.NoError(t, err)
		}
		for i := range times[:len(times)-100] {
			require.GreaterOrEqual(t, times[i+100].Sub(times[i]), 59*time.Second)
		}
	})
}
