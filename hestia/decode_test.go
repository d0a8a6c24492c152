package hestia_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// hostile are bad answers that claim success.
var hostile = map[string]string{
	"HTML":              "<html><body>It works!</body></html>",
	"truncated":         `{"alice": {"ROLE": "user", "SUSP`,
	"text behind":       `{"alice": {"ROLE": "user", "SUSPENDED": "no"}} PHP Notice`,
	"an error":          "Error: something",
	"a number":          "1",
	"a text":            `"alice"`,
	"null":              "null",
	"empty object":      `{"alice": {}}`,
	"unknown fields":    `{"alice": {"error": "x"}}`,
	"list in an object": `{"alice": []}`,
	"null in an object": `{"alice": null}`,
	"no number":         `{"alice": {"U_DISK": "much"}}`,
	"number too large":  `{"alice": {"U_DISK": "99999999999999999999"}}`,
	"no flag":           `{"alice": {"SUSPENDED": "perhaps"}}`,
	"no date":           `{"alice": {"DATE": "yesterday", "TIME": ""}}`,
	"object as a value": `{"alice": {"U_DISK": {"a": "b"}}}`,
	"list as a value":   `{"alice": {"SUSPENDED": ["no"]}}`,
	"deep":              strings.Repeat("[", 100_000),
	"true":              "true",
	"objects in a list": `[{"alice": "x"}]`,
}

func TestHostileAnswers(t *testing.T) {
	for name, body := range hostile {
		t.Run(name, func(t *testing.T) {
			c := withKey(t, newPanel(exit(0, 200, body)))
			user, err := c.Users.Get(t.Context(), "alice")
			require.ErrorIs(t, err, provider.ErrProtocol)
			assert.Nil(t, user)
			users, err := collect(c.Users.List(t.Context()))
			require.ErrorIs(t, err, provider.ErrProtocol)
			assert.Empty(t, users)
			_, err = c.System.GetInfo(t.Context())
			require.ErrorIs(t, err, provider.ErrProtocol)
			_, err = c.System.ListUsers(t.Context())
			require.ErrorIs(t, err, provider.ErrProtocol)
		})
	}
	t.Run("huge", func(t *testing.T) {
		c := withKey(t, newPanel(exit(0, 200, strings.Repeat("x", 2<<10))), provider.WithMaxBody(1<<10))
		_, err := c.Users.Get(t.Context(), "alice")
		require.ErrorIs(t, err, provider.ErrProtocol)
	})
	t.Run("nothing, where something is due", func(t *testing.T) {
		c := withKey(t, newPanel(done()))
		_, err := c.Users.Get(t.Context(), "alice")
		require.ErrorIs(t, err, provider.ErrProtocol)
		_, err = c.System.GetTimezone(t.Context())
		require.ErrorIs(t, err, provider.ErrProtocol)
	})
	t.Run("a new key that cannot be read may exist", func(t *testing.T) {
		_, err := withKey(t, newPanel(exit(0, 200, "x"))).Keys.GenerateAPIKey(t.Context())
		require.NoError(t, err)
		_, err = withKey(t, newPanel(exit(0, 200, "{"))).Keys.AddAccessKey(t.Context(), "alice", nil)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		_, err = withKey(t, newPanel(done())).Keys.GenerateAPIKey(t.Context())
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	})
}

func TestEmptyLists(t *testing.T) {
	for name, a := range map[string]answer{
		"object": exit(0, 200, "{\n}"), "object with a blank line": exit(0, 200, "{\n\n}"), "array": exit(0, 200, "[\n]"), "nothing": done(),
	} {
		c := withKey(t, newPanel(a))
		users, err := collect(c.Users.List(t.Context()))
		require.NoError(t, err, name)
		assert.Empty(t, users)
		names, err := c.Users.ListNS(t.Context(), "alice")
		require.NoError(t, err, name)
		assert.Empty(t, names)
	}
}

func TestListsKeepTheirOrder(t *testing.T) {
	body := `{"zoe": {"ROLE": "user"}, "adam": {"ROLE": "admin"}, "mia": {"ROLE": "user"}}`
	c := withKey(t, newPanel(exit(0, 200, body)))
	for range 20 {
		users, err := collect(c.Users.List(t.Context()))
		require.NoError(t, err)
		require.Len(t, users, 3)
		assert.Equal(t, []string{"zoe", "adam", "mia"}, []string{users[0].Login, users[1].Login, users[2].Login})
	}
	for user, err := range c.Users.List(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "zoe", user.Login)
		break
	}
}

// Values may become numbers, flags or lists in later panels.
func TestValuesOfOtherTypes(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	body := `{"alice": {"SUSPENDED": true, "U_DISK": 12, "WEB_DOMAINS": 3, "NS": ["a", "b"], "NAME": null, "NEW": {"x": [1]},
		"DISK_QUOTA": "unlimited", "DATE": "2026-01-02", "TIME": "10:11:12", "RKEY": "code"}}`
	c := withKey(t, newPanel(exit(0, 200, body)), hestia.WithLocation(berlin))
	user, err := c.Users.Get(t.Context(), "alice")
	require.NoError(t, err)
	assert.Equal(t, "alice", user.Login)
	assert.True(t, user.Suspended)
	assert.EqualValues(t, 12, user.Usage.Disk)
	assert.Equal(t, hestia.LimitOf(3), user.Limits.WebDomains)
	assert.Equal(t, hestia.NoLimit(), user.Limits.DiskQuota)
	assert.Equal(t, []string{"a", "b"}, user.NameServers)
	assert.Equal(t, time.Date(2026, 1, 2, 10, 11, 12, 0, berlin), user.Created)
	assert.Equal(t, provider.NewSecret("code"), user.ResetCode)

	body = `{"example.com": {"IP": "192.0.2.1", "IP6": "", "FTP_USER": "a_x:a_y", "U_DISK": "", "SSL": "no"}}`
	site, err := withKey(t, newPanel(exit(0, 200, body))).Web.GetDomain(t.Context(), "alice", "example.com")
	require.NoError(t, err)
	assert.Equal(t, netip.MustParseAddr("192.0.2.1"), site.IP)
	assert.Equal(t, []string{"a_x", "a_y"}, site.FTPUsers)
	assert.True(t, site.Created.IsZero())
}

// The panel is known to print these instead of JSON.
func TestUnescapedAnswers(t *testing.T) {
	for printed, want := range map[string]string{
		"{\"1\": {\"CMD\": \"grep '\\d' C:\\x\"}}":               `grep '\d' C:\x`,
		"{\"1\": {\"CMD\": \"a\tb\"},}":                          "a\tb",
		"{\"1\": {\"CMD\": \"a\nb\", }}":                         "a\nb",
		`{"1": {"CMD": "printf 'a\tb\n\\ \u0041\/' > \"x\""}}`:   `printf 'a\tb\n\\ \u0041\/' > "x"`,
		"{\"1\": {\"CMD\": \"echo \\\", \\\",\n\"JOB\": \"1\"}}": `echo ", \`,
		"{\"1\": {\"JOB\": \"1\", \"CMD\": \"a\\\"\n}}":          `a\`,
	} {
		job, err := withKey(t, newPanel(exit(0, 200, printed))).Cron.GetJob(t.Context(), "alice", 1)
		require.NoError(t, err, printed)
		require.Equal(t, want, job.Command)
	}
	on, err := withKey(t, newPanel(exit(0, 200, "[\n\t\"Disabled\",\n]"))).System.GetHestiaAutoupdate(t.Context())
	require.NoError(t, err)
	require.False(t, on)
}

func FuzzAnswers(f *testing.F) {
	for _, body := range hostile {
		if len(body) < 1000 {
			f.Add(body, "0", 200, false)
		}
	}
	f.Add("[\n\t\"Disabled\",\n]", "0", 200, true)
	f.Add("Error: user x doesn't exist\n", "", 200, true)
	f.Add("", "-1", 204, false)
	f.Add(`{"alice": {"ROLE": "user", "DATE": "2026-01-02"}}`, "0", 200, false)
	f.Add("{\"a\": {\"CMD\": \"\\d\t\"},}", "0", 200, true)
	f.Fuzz(func(t *testing.T, body, code string, status int, old bool) {
		if status < 200 || status > 599 || status/100 == 3 || strings.ContainsAny(code, "\r\n\x00") {
			return
		}
		a := answer{status: status, body: body}
		if code != "" {
			a.header = map[string]string{"Hestia-Exit-Code": code}
		}
		auth := hestia.AccessKey(keyID, provider.NewSecret(keySecret))
		if old {
			auth = hestia.APIKey(provider.NewSecret(legacyKey))
		}
		c := dial(t, newPanel(a), auth, provider.WithRetry(provider.Retry{Attempts: 1, MinWait: 1, MaxWait: 1}))
		users, err := collect(c.Users.List(t.Context()))
		if err == nil && !old {
			require.Equal(t, "0", strings.TrimLeft(strings.TrimSpace(code), "+-0")+"0", "success without exit code 0")
		}
		for _, user := range users {
			require.NotNil(t, user)
		}
		_, _ = c.System.GetHestiaAutoupdate(t.Context())
		_, _ = c.System.GetConfig(t.Context())
		_, _ = c.Users.GetValue(t.Context(), "a", "b")
		_ = c.Users.ChangeShell(t.Context(), "a", "sh")
	})
}

func FuzzLegacyText(f *testing.F) {
	f.Add("Error: user alice doesn't exist")
	f.Add("Usage: v-list-user USER")
	f.Fuzz(func(_ *testing.T, printed string) { _, _ = hestia.CodeInText(printed) })
}
