package hestia_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// What would arrive altered, or not at all, is refused before anything is sent, and the error names
// the argument.
func TestRefusedBeforeSending(t *testing.T) {
	for name, test := range map[string]struct {
		run   func(*hestia.Client) error
		field string
	}{
		"required": {func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "", provider.NewSecret("password"), "a@example.com", nil)
		}, "user"},
		"required secret": {func(c *hestia.Client) error { return c.Users.ChangePassword(t.Context(), "a", provider.Secret{}) }, "password"},
		"leading blank": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret(" x"))
		}, "password"},
		"trailing line break": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("x\n"))
		}, "password"},
		"vertical tab": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("\x0bx"))
		}, "password"},
		"line break inside": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("x\ny"))
		}, "password"},
		"carriage return inside": {func(c *hestia.Client) error { return c.Users.ChangeName(t.Context(), "a", "x\ry", nil) }, "name"},
		"NUL": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("x\x00y"))
		}, "password"},
		"not UTF-8": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("x\xff"))
		}, "password"},
		"file name as password": {func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "a", provider.NewSecret("/tmp/x"))
		}, "password"},
		"optional argument": {func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "a", provider.NewSecret("password"), "a@example.com", &hestia.UserAddOptions{Name: "x "})
		}, "name"},
		"comma in a list": {func(c *hestia.Client) error {
			return c.Web.AddDomainAlias(t.Context(), "a", "b.example", []string{"x,y"}, nil)
		}, "aliases"},
		"empty element": {func(c *hestia.Client) error {
			return c.Web.AddDomainAlias(t.Context(), "a", "b.example", []string{""}, nil)
		}, "aliases"},
		"empty list": {func(c *hestia.Client) error { return c.Web.AddDomainAlias(t.Context(), "a", "b.example", nil, nil) }, "aliases"},
		"no address": {func(c *hestia.Client) error { return c.IPs.Delete(t.Context(), netip.Addr{}) }, "ip"},
		"too long": {func(c *hestia.Client) error {
			return c.Users.ChangeName(t.Context(), "a", strings.Repeat("x", 128<<10), nil)
		}, "arguments"},
		"too long once quoted": {func(c *hestia.Client) error {
			return c.Users.ChangeName(t.Context(), "a", strings.Repeat("'", 33<<10), nil)
		}, "arguments"},
		"one name server":   {func(c *hestia.Client) error { return c.Users.ChangeNS(t.Context(), "a", []string{"ns1.example.com"}) }, "ns2"},
		"nine name servers": {func(c *hestia.Client) error { return c.Users.ChangeNS(t.Context(), "a", make([]string, 9)) }, "servers"},
		"nil request":       {func(c *hestia.Client) error { return c.Logs.LogUserLogin(t.Context(), nil) }, "request"},
		"path in a name": {func(c *hestia.Client) error {
			_, err := c.Files.MakeTemp(t.Context(), "../x", provider.NewSecret("y"))
			return err
		}, "name"},
		"gap that cannot be filled": {func(c *hestia.Client) error {
			return c.Web.ChangeDomainProxyTemplate(t.Context(), "a", "b.example", "default", &hestia.WebChangeDomainProxyTemplateOptions{Restart: hestia.RestartNone})
		}, "extensions"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel(done())
			err := test.run(withKey(t, p))
			require.ErrorIs(t, err, provider.ErrInvalid)
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Fields, test.field)
			assert.Zero(t, p.calls(), "nothing was sent")
		})
	}
}

// Gaps are filled with the script's defaults, so that nothing shifts.
func TestGaps(t *testing.T) {
	for name, test := range map[string]struct {
		run  func(*hestia.Client) error
		want []string
	}{
		"none": {func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "a", provider.NewSecret("password"), "a@example.com", nil)
		}, []string{"a", "password", "a@example.com"}},
		"default in a gap": {func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "a", provider.NewSecret("password"), "a@example.com", &hestia.UserAddOptions{LastName: "X"})
		}, []string{"a", "password", "a@example.com", "default", "", "X"}},
		"empty in a gap": {func(c *hestia.Client) error {
			return c.Web.AddDomain(t.Context(), "a", "b.example", &hestia.WebAddDomainOptions{Aliases: []string{"x.b.example", "y.b.example"}})
		}, []string{"a", "b.example", "", "", "x.b.example,y.b.example"}},
		"before the format": {func(c *hestia.Client) error { _, err := collect(c.Keys.ListAccessKeys(t.Context(), nil)); return err }, []string{"", "json"}},
		"default before the format": {func(c *hestia.Client) error {
			_, err := c.Web.ListDomainAccessLog(t.Context(), "a", "b.example", nil)
			return err
		}, []string{"a", "b.example", "70", "json"}},
		"the zero value on purpose": {func(c *hestia.Client) error {
			return c.Web.ChangeDomainDocRoot(t.Context(), "a", "b.example", &hestia.WebChangeDomainDocRootOptions{TargetDomain: "c.example", Directory: new(string)})
		}, []string{"a", "b.example", "c.example", ""}},
		"empty where it may be": {func(c *hestia.Client) error { return c.System.ChangeConfigValue(t.Context(), "KEY", "") }, []string{"KEY", ""}},
		"no":                    {func(c *hestia.Client) error { return c.System.ChangeDemoMode(t.Context(), false) }, []string{"no"}},
		"restart": {func(c *hestia.Client) error {
			return c.Users.Delete(t.Context(), "a", &hestia.RestartOptions{Restart: hestia.RestartNone})
		}, []string{"a", "no"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel(exit(0, 200, "{}"))
			_ = test.run(withKey(t, p))
			assert.Equal(t, test.want, args(p.sent()))
		})
	}
}

// Passwords with any characters arrive as they are, or are refused.
func TestPasswordsArriveUnchanged(t *testing.T) {
	alphabet := []rune("aZ09 '\"$\\`!&|;<>(){}[]*?#~%^=+-_.,:/@äöüßéñ中😀\t\n\r\x00\x0b\u00a0")
	random := rand.New(rand.NewPCG(1, 2))
	sent, refused := 0, 0
	try := func(password string) {
		p := newPanel(done())
		err := withKey(t, p).Users.ChangePassword(t.Context(), "alice", provider.NewSecret(password))
		if err != nil {
			require.ErrorIs(t, err, provider.ErrInvalid, "%q", password)
			require.Zero(t, p.calls())
			if clean := strings.TrimSpace(password); len(clean) > 3 {
				assert.NotContains(t, err.Error(), clean)
			}
			refused++
			return
		}
		// This is what PHP's trim and $_POST do to it.
		require.Equal(t, strings.Trim(password, " \t\n\r\x00\x0b"), p.sent().Get("arg2"), "%q", password)
		require.NotContains(t, password, "\n")
		sent++
	}
	for _, password := range []string{`"quoted"`, `it's`, `$HOME`, "a b", `\n\\`, "päßwörd", "%41", "a+b&c=d;e", "/tmp", "tmp/"} {
		before := sent
		try(password)
		assert.Equal(t, before+1, sent, "%q is refused", password)
	}
	for range 1000 {
		password := make([]rune, 1+random.IntN(20))
		for i := range password {
			password[i] = alphabet[random.IntN(len(alphabet))]
		}
		try(string(password))
	}
	t.Logf("%d sent unchanged, %d refused", sent, refused)
	assert.Greater(t, sent, 200)
	assert.Greater(t, refused, 200)
}

// No secret appears in an error, a log line or a dump, however the panel quotes it.
func TestSecretsNowhere(t *testing.T) {
	const canary = "CANARY 1&2<3>\"4\"\\5 ünï"
	runs := map[string]func(*hestia.Client) error{
		"change": func(c *hestia.Client) error {
			return c.Users.ChangePassword(t.Context(), "alice", provider.NewSecret(canary))
		},
		"add": func(c *hestia.Client) error {
			return c.Users.Add(t.Context(), "alice", provider.NewSecret(canary), "a@example.com", nil)
		},
		"check": func(c *hestia.Client) error {
			return c.Users.CheckPassword(t.Context(), "alice", provider.NewSecret(canary), nil)
		},
		"run": func(c *hestia.Client) error {
			_, err := c.Run(t.Context(), "v-add-user", "alice", canary, "a@example.com")
			return err
		},
		"run what is unknown": func(c *hestia.Client) error {
			_, err := c.Run(t.Context(), "v-of-tomorrow", canary)
			return err
		},
		"file": func(c *hestia.Client) error {
			_, err := c.Files.MakeTemp(t.Context(), "x", provider.NewSecret(canary))
			return err
		},
	}
	quoting := canary + " " + url.QueryEscape(canary) + " " + strings.ReplaceAll(canary, `"`, `\"`)
	said := func(quoting string) map[string]answer {
		return map[string]answer{
			"refused":   exit(2, 422, "Error: invalid password format :: "+quoting),
			"remark":    exit(0, 200, "Error: "+quoting),
			"page":      {status: 200, body: "<html>" + quoting},
			"crash":     {status: 500, body: quoting},
			"legacy":    legacy("Error: invalid password format :: " + quoting + "\n"),
			"no answer": {err: fmt.Errorf("dial: %s", quoting)},
			"redirect":  {status: 302, header: map[string]string{"Location": "https://example.com/?" + url.QueryEscape(canary)}},
		}
	}
	for credential, auth := range map[string]hestia.Auth{
		keySecret:               hestia.AccessKey(keyID, provider.NewSecret(keySecret)),
		keyID + ":" + keySecret: hestia.AccessKeyHash(provider.NewSecret(keyID + ":" + keySecret)),
		legacyKey:               hestia.APIKey(provider.NewSecret(legacyKey)),
		"Pa ss&wört":            hestia.Password("admin", provider.NewSecret("Pa ss&wört")),
	} {
		for run, f := range runs {
			for kind, a := range said(quoting + " " + credential + " " + url.QueryEscape(credential)) {
				var seen bytes.Buffer
				logger := slog.New(slog.NewJSONHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
				c := dial(t, newPanel(a), auth, provider.WithLogger(logger), provider.WithDumps(&seen))
				if err := f(c); err != nil {
					for _, verb := range []string{"%v", "%+v", "%#v"} {
						fmt.Fprintf(&seen, verb+"\n", err)
					}
					logger.Error("failed", "err", err)
				}
				for _, secret := range []string{"CANARY", credential, url.QueryEscape(credential)} {
					if i := strings.Index(seen.String(), secret); i >= 0 {
						text := seen.String()
						t.Errorf("%s, %s, %v: %q is in: %s", run, kind, auth, secret, text[max(0, i-200):min(len(text), i+100)])
					}
				}
			}
		}
	}
}

func TestNamesOfArgumentsInDumps(t *testing.T) {
	var dump bytes.Buffer
	c := withKey(t, newPanel(done()), provider.WithDumps(&dump))
	require.NoError(t, c.Users.ChangePassword(t.Context(), "alice", provider.NewSecret("abc")))
	assert.Contains(t, dump.String(), "arg1=alice")
	assert.Contains(t, dump.String(), "arg2=[redacted]", "even if the value is too short to be searched for")
	assert.Contains(t, dump.String(), "cmd=v-change-user-password")
	assert.Contains(t, dump.String(), "secret_key=[redacted]")
}

func TestPackageFile(t *testing.T) {
	pkg := &hestia.Package{NameServers: []string{"ns1.example.com", "ns2.example.com"}}
	pkg.Limits.WebDomains = hestia.LimitOf(3)
	pkg.Limits.DiskQuota = hestia.NoLimit()
	file, err := hestia.PackageFile(pkg)
	require.NoError(t, err)
	assert.Contains(t, file, "WEB_DOMAINS='3'\n")
	assert.Contains(t, file, "DISK_QUOTA='unlimited'\n")
	assert.Contains(t, file, "NS='ns1.example.com,ns2.example.com'\n")

	p := newPanel(done())
	path, err := withKey(t, p).Files.MakeTemp(t.Context(), "gold.pkg", provider.NewSecret(file))
	require.NoError(t, err)
	assert.Equal(t, "/tmp/gold.pkg", path)
	assert.Equal(t, strings.TrimSuffix(file, "\n"), p.sent().Get("arg1"), "the panel adds the last line break")

	pkg.Shell = "x'; reboot; '"
	pkg.RateLimit = hestia.NoLimit()
	_, err = hestia.PackageFile(pkg)
	require.ErrorIs(t, err, provider.ErrInvalid)
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, e.Fields, "SHELL")
	assert.Contains(t, e.Fields, "RateLimit")
	_, err = hestia.PackageFile(nil)
	require.ErrorIs(t, err, provider.ErrInvalid)
}

var _ http.RoundTripper = (*panel)(nil)
