package keyhelp_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// bodyOf returns the JSON that a client last sent.
func bodyOf(t *testing.T, tap *wiretap) map[string]any {
	t.Helper()
	requests := tap.Requests()
	require.NotEmpty(t, requests)
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(requests[len(requests)-1].Body), &body))
	return body
}

// One dialect reports that a domain is enabled, the other that it is disabled.
func TestDisabledIsTheReverseOfEnabled(t *testing.T) {
	for field, disabled := range map[string]bool{
		`"is_enabled": true`: false, `"is_enabled": false`: true, `"is_disabled": true`: true, `"is_disabled": false`: false,
		`"is_enabled": null`: false, `"x": 0`: false,
	} {
		client := clientOver(t, always(ok(`{"id": 1, "domain": "a.example", `+field+`}`)), keyhelp.WithDialect(keyhelp.DialectLive))
		domain, err := client.Domains.Get(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, disabled, domain.Disabled, field)
	}
}

func TestDisplayNameBecomesFirstAndLastName(t *testing.T) {
	for name, want := range map[string][2]string{
		"Max Mustermann":           {"Max", "Mustermann"},
		"  Max   Mustermann  ":     {"Max", "Mustermann"},
		"Anna Maria von Muster":    {"Anna Maria von", "Muster"},
		"Prince":                   {"", "Prince"},
		"Jörg Müller-Lüdenscheidt": {"Jörg", "Müller-Lüdenscheidt"},
		"":                         {"", ""},
	} {
		tap := always(ok(`{"id": 1}`))
		client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
		require.NoError(t, client.Clients.Update(t.Context(), 1, &keyhelp.ClientUpdateRequest{DisplayName: &name}))
		require.Equal(t, map[string]any{"contact_data": map[string]any{"first_name": want[0], "last_name": want[1]}}, bodyOf(t, tap), name)
	}
}

// An explicit contact takes precedence over the parts of the display name.
func TestContactGoesBeforeDisplayName(t *testing.T) {
	tap := always(reply{Status: 201, Body: `{"id": 1}`})
	client := clientOver(t, tap, keyhelp.WithDialect(keyhelp.DialectLive))
	created, err := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{
		LoginName: "name", Password: provider.NewSecret("placeholder"), Email: "a@b.example", DisplayName: "Max Mustermann",
		Contact: &keyhelp.ContactData{LastName: "Muster", City: "Jena"},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"first_name": "Max", "last_name": "Muster", "city": "Jena"}, bodyOf(t, tap)["contact_data"])
	require.Equal(t, "Max Mustermann", created.DisplayName)
}

func TestFirstAndLastNameBecomeDisplayName(t *testing.T) {
	for contact, want := range map[string]string{
		`{"first_name": "Max", "last_name": "Mustermann"}`: "Max Mustermann",
		`{"first_name": "", "last_name": "Prince"}`:        "Prince",
		`{"first_name": "Max"}`:                            "Max",
		`{}`:                                               "",
		`null`:                                             "",
	} {
		client := clientOver(t, always(ok(`{"id": 1, "username": "u", "contact_data": `+contact+`}`)), keyhelp.WithDialect(keyhelp.DialectLive))
		account, err := client.Clients.Get(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, want, account.DisplayName, contact)
	}
}

// Section 1.4 of the facts, and cases without a source: an odd date must not make an account
// unreadable.
func TestTimes(t *testing.T) {
	for text, want := range map[string]time.Time{
		`"2024-01-20 10:30:00"`:       time.Date(2024, 1, 20, 10, 30, 0, 0, time.UTC),
		`"2024-01-20T10:30:00"`:       time.Date(2024, 1, 20, 10, 30, 0, 0, time.UTC),
		`"2024-01-20T10:30:00Z"`:      time.Date(2024, 1, 20, 10, 30, 0, 0, time.UTC),
		`"2019-05-14T11:29:13+02:00"`: time.Date(2019, 5, 14, 9, 29, 13, 0, time.UTC),
		`"2019-05-14T11:29:13-05:30"`: time.Date(2019, 5, 14, 16, 59, 13, 0, time.UTC),
		`"2019-08-10T19:31:14+0000"`:  time.Date(2019, 8, 10, 19, 31, 14, 0, time.UTC),
		`"2019-08-10T19:31:14-0130"`:  time.Date(2019, 8, 10, 21, 1, 14, 0, time.UTC),
		`"2024-01-20 10:30:00+02:00"`: time.Date(2024, 1, 20, 8, 30, 0, 0, time.UTC),
		`"2024-01-20 10:30:00+0200"`:  time.Date(2024, 1, 20, 8, 30, 0, 0, time.UTC),
		`"2024-01-20"`:                time.Date(2024, 1, 20, 0, 0, 0, 0, time.UTC),
		`""`:                          {},
		`null`:                        {},
		`"0000-00-00 00:00:00"`:       {},
		`"2024-13-45"`:                {},
		`"soon"`:                      {},
		`"` + "é" + `"`:               {},
		`"20`:                         {}, // broken JSON, see below
		`0`:                           {},
		`1705746600`:                  time.Date(2024, 1, 20, 10, 30, 0, 0, time.UTC),
		`true`:                        {},
		`{"date": "2024-01-20"}`:      {},
		`["2024-01-20"]`:              {},
	} {
		client := clientOver(t, always(ok(`{"id": 1, "username": "u", "created_at": `+text+`}`)), keyhelp.WithDialect(keyhelp.DialectLive))
		account, err := client.Clients.Get(t.Context(), 1)
		if text == `"20` {
			require.ErrorIs(t, err, provider.ErrProtocol)
			continue
		}
		require.NoError(t, err, text)
		require.True(t, want.Equal(account.CreatedAt), "%s: %v", text, account.CreatedAt)
		require.Equal(t, want.IsZero(), account.CreatedAt.IsZero(), text)
	}
}

// Every time field is read by the same code, in either dialect.
func TestTimeFields(t *testing.T) {
	const text = `"2024-01-20T11:30:00+0100"`
	want := time.Date(2024, 1, 20, 10, 30, 0, 0, time.UTC)
	client := clientOver(t, always(ok(`{"id": 1, "username": "u", "domain": "d", "url": "https://a.example", "created_at": `+text+
		`, "updated_at": `+text+`, "suspend_on": `+text+`, "delete_on": `+text+`, "valid_till": `+text+`, "expires_at": `+text+`}`)),
		keyhelp.WithDialect(keyhelp.DialectLive))
	account, err := client.Clients.Get(t.Context(), 1)
	require.NoError(t, err)
	domain, err := client.Domains.Get(t.Context(), 1)
	require.NoError(t, err)
	certificate, err := client.Certificates.Get(t.Context(), 1)
	require.NoError(t, err)
	session, err := client.Sessions.Create(t.Context(), 1)
	require.NoError(t, err)
	for i, got := range []time.Time{
		account.CreatedAt, account.UpdatedAt, account.SuspendOn, account.DeleteOn,
		domain.CreatedAt, domain.UpdatedAt, domain.DeleteOn, certificate.ValidTill, session.ExpiresAt,
	} {
		require.True(t, want.Equal(got), "%d: %v", i, got)
	}
}

// Panels send numbers as texts and texts as numbers.
func TestLenientTypes(t *testing.T) {
	client := clientOver(t, always(ok(`{"id": 1, "domain": "d", "status": "1", "traffic": "5000000000", "target": {"forwarding_type": null}}`)),
		keyhelp.WithDialect(keyhelp.DialectLive))
	domain, err := client.Domains.Get(t.Context(), 1)
	require.NoError(t, err)
	require.EqualValues(t, 1, domain.Status)
	require.EqualValues(t, 5000000000, domain.Traffic)

	for _, wrong := range []string{`"abc"`, `1.5`, `true`, `"99999999999999999999"`} {
		client := clientOver(t, always(ok(`{"id": 1, "domain": "d", "status": `+wrong+`}`)), keyhelp.WithDialect(keyhelp.DialectLive))
		_, err := client.Domains.Get(t.Context(), 1)
		require.ErrorIs(t, err, provider.ErrProtocol, wrong)
	}
}

// PHP encodes numbers, flags and empty objects in its own ways.
func TestSpellings(t *testing.T) {
	for body, want := range map[string]keyhelp.ClientAccount{
		`{"id": "17", "username": "u", "contact_data": [], "is_suspended": 1, "id_hosting_plan": "2"}`:    {ID: 17, LoginName: "u", Locked: true, HostingPlanID: 2},
		`{"id": 17.0, "username": "u", "is_suspended": "0", "is_locked": "", "email": 5, "notes": false}`: {ID: 17, LoginName: "u", Email: "5", Notes: "false"},
		`{"ID": 17, "Username": "u", "login_name": "v", "is_suspended": true, "is_locked": false}`:        {ID: 17, LoginName: "u", Locked: true},
	} {
		client := clientOver(t, always(ok(body)), keyhelp.WithDialect(keyhelp.DialectLive))
		account, err := client.Clients.Get(t.Context(), 17)
		require.NoError(t, err, body)
		require.Equal(t, want, *account, body)
	}
	for _, body := range []string{
		`{"id": 17, "username": 5}`, `{"id": 17, "username": "u", "is_suspended": "perhaps"}`, `{"id": 17, "ID": 99, "username": "u"}`,
		`{"id": 17, "username": "u", "contact_data": [1]}`, `{"id": true, "username": "u"}`,
	} {
		client := clientOver(t, always(ok(body)), keyhelp.WithDialect(keyhelp.DialectLive))
		_, err := client.Clients.Get(t.Context(), 17)
		require.ErrorIs(t, err, provider.ErrProtocol, body)
	}
}

// Fields and values that are newer than this package are not an error.
func TestUnknownFieldsAreIgnored(t *testing.T) {
	client := clientOver(t, always(ok(`{"id": 1, "username": "u", "language": "tlh", "brand_new": {"a": [1]}}`)), keyhelp.WithDialect(keyhelp.DialectLive))
	account, err := client.Clients.Get(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, "tlh", account.Language)
}

// TestThingsWithoutIdentity: an answer without an ID is an error, whatever else it contains.
func TestThingsWithoutIdentity(t *testing.T) {
	for what, call := range map[string]func(*keyhelp.Client) error{
		`{"domain": "example.com", "id_client": 17}`: func(c *keyhelp.Client) error { _, err := c.Domains.Get(t.Context(), 3); return err },
		`{"username": "example_com", "email": "a@example.com"}`: func(c *keyhelp.Client) error {
			_, err := c.Clients.Get(t.Context(), 17)
			return err
		},
		`{"login_name": "example_com", "email": "a@example.com"}`: func(c *keyhelp.Client) error {
			_, err := c.Clients.Get(t.Context(), 17)
			return err
		},
	} {
		for _, d := range bothDialects {
			err := call(clientOver(t, always(ok(what)), keyhelp.WithDialect(d)))
			require.ErrorIs(t, err, provider.ErrProtocol, "%s: %s", d, what)
			require.ErrorContains(t, err, `lacks "id"`, "%s: %s", d, what)
		}
	}
}

func TestImpossibleUsage(t *testing.T) {
	client := clientOver(t, always(ok(`{"disk_space": {"value": -5, "max": 7}}`)), keyhelp.WithDialect(keyhelp.DialectLive))
	_, err := keyhelp.NewProvider(client).Usage(t.Context(), "17")
	require.ErrorIs(t, err, provider.ErrProtocol)
	require.ErrorContains(t, err, "disk")
}
