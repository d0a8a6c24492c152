package hestia_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/provider"
)

// sending is a call of a method and what it must send.
type sending struct {
	op   string
	call func(context.Context, *hestia.Client) error
	// want is the command and its arguments, separated by bars.
	want string
	// prints is what the command answers.
	prints string
}

// checkSendings performs each call and compares the form by value. Every method of the service must
// be among them.
func checkSendings(t *testing.T, service string, all []sending) {
	t.Helper()
	seen := make(map[string]bool)
	for _, s := range all {
		seen[s.op] = true
		t.Run(s.op+" "+s.want, func(t *testing.T) {
			p := newPanel(done())
			if s.prints != "" {
				p = newPanel(exit(0, http.StatusOK, s.prints))
			}
			require.NoError(t, s.call(t.Context(), withKey(t, p)))
			words := strings.Split(s.want, "|")
			want := url.Values{"access_key": {keyID}, "secret_key": {keySecret}, "cmd": {words[0]}}
			for i, word := range words[1:] {
				want.Set("arg"+strconv.Itoa(i+1), word)
			}
			require.Equal(t, want, p.sent())
			require.Equal(t, 1, p.calls())
		})
	}
	for op := range methodsOf(withKey(t, newPanel(done()))) {
		if strings.HasPrefix(op, service+".") && op != "Files.MakeTemp" {
			assert.True(t, seen[op], "%s is not among the sendings", op)
		}
	}
}

// drop drops the value and returns the error.
func drop[T any](_ T, err error) error { return err }

// drain reads a sequence to its end.
func drain[T any](seq iter.Seq2[*T, error]) error { return drop(collect(seq)) }

// play gives a recorded answer to a method, and compares what the method sends with the recorded
// form.
func play[T any](t *testing.T, file, name string, call func(context.Context, *hestia.Client) (T, error)) (T, error) {
	t.Helper()
	all := recorded(t)
	i := slices.IndexFunc(all, func(e exchange) bool { return e.File == file && e.Name == name })
	require.GreaterOrEqual(t, i, 0, "no exchange %q in %s", name, file)
	e := all[i]
	auth, _ := e.auth()
	p := newPanel(e.answer())
	c := dial(t, p, auth, hestia.WithReturnCodes(e.fields()["returncode"] == "yes"))
	value, err := call(t.Context(), c)
	checkForm(t, &e, p, true)
	return value, err
}

// playChange is play for methods that return only an error.
func playChange(t *testing.T, file, name string, call func(context.Context, *hestia.Client) error) error {
	t.Helper()
	_, err := play(t, file, name, func(ctx context.Context, c *hestia.Client) (any, error) { return nil, call(ctx, c) })
	return err
}

// requireExit checks for a code and its portable error.
func requireExit(t *testing.T, err error, code hestia.ExitCode, kind error) {
	t.Helper()
	var got hestia.ExitCode
	require.ErrorAs(t, err, &got)
	require.Equal(t, code, got)
	require.ErrorIs(t, err, kind)
}

// changed is a recorded exchange with the outcome that it proves.
type changed struct {
	file, name string
	call       func(context.Context, *hestia.Client) error
	code       hestia.ExitCode
	kind       error
}

func checkChanged(t *testing.T, all []changed) {
	t.Helper()
	for _, test := range all {
		t.Run(test.file+" "+test.name, func(t *testing.T) {
			err := playChange(t, test.file, test.name, test.call)
			if test.code == hestia.ExitOK {
				require.NoError(t, err)
				return
			}
			requireExit(t, err, test.code, test.kind)
		})
	}
}

// refusal is a call with input that must not be sent.
type refusal struct {
	name  string
	call  func(context.Context, *hestia.Client) error
	field string
}

func checkRefusals(t *testing.T, all []refusal) {
	t.Helper()
	for _, test := range all {
		t.Run(test.name, func(t *testing.T) {
			p := newPanel(done())
			err := test.call(t.Context(), withKey(t, p))
			require.ErrorIs(t, err, provider.ErrInvalid)
			var e *provider.Error
			require.ErrorAs(t, err, &e)
			require.Contains(t, e.Fields, test.field)
			require.Zero(t, p.calls(), "something was sent")
		})
	}
}

// checkHostile gives bad answers to reading calls, and expects provider.ErrProtocol from each.
func checkHostile(t *testing.T, calls map[string]func(context.Context, *hestia.Client) error, bodies map[string]string) {
	t.Helper()
	for call, f := range calls {
		for kind, body := range bodies {
			t.Run(call+", "+kind, func(t *testing.T) {
				c := withKey(t, newPanel(exit(0, http.StatusOK, body)))
				require.ErrorIs(t, f(t.Context(), c), provider.ErrProtocol)
			})
		}
	}
}

// notLists are bad answers to a listing.
var notLists = map[string]string{
	"page":                "<html><body>502</body></html>",
	"text":                "alice\tdefault\tno",
	"cut off":             `{"a": {"TIME": "10:00:00", "DATE": "2026-01-02", "SUSPENDED": "no"`,
	"number":              "17",
	"texts":               `["a", "b"]`,
	"flat":                `{"a": "b"}`,
	"other fields":        `{"a": {"COLOUR": "red"}}`,
	"bad date":            `{"a": {"TIME": "25:00:00", "DATE": "2026-01-02"}}`,
	"neither yes nor no":  `{"a": {"SUSPENDED": "perhaps"}}`,
	"object in a field":   `{"a": {"SUSPENDED": {"deep": "yes"}}}`,
	"list in a list":      `{"a": {"TIME": [["x"]], "DATE": "2026-01-02"}}`,
	"something behind it": `{"a": {"SUSPENDED": "no"}} {"b": {"SUSPENDED": "no"}}`,
}

// notThings are bad answers to a read of one thing.
var notThings = map[string]string{
	"page":               notLists["page"],
	"text":               notLists["text"],
	"cut off":            notLists["cut off"],
	"number":             notLists["number"],
	"other fields":       notLists["other fields"],
	"neither yes nor no": notLists["neither yes nor no"],
	"two":                `{"a": {"SUSPENDED": "no"}, "b": {"SUSPENDED": "no"}}`,
	"none":               "{\n}",
}

// made parses a time as recordings have it.
func made(text string) time.Time {
	at, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return at
}

func day(text string) time.Time { return made(text + " 00:00:00") }

// Passwords, keys and hashes appear in no error, log line or dump, however the panel quotes them.
func TestGroupSecretsNowhere(t *testing.T) {
	const canary = `CANARY 1&2<3>"4"\5 ünï`
	ctx := t.Context()
	for name, call := range map[string]func(*hestia.Client) error{
		"mailbox": func(c *hestia.Client) error {
			return c.Mail.AddAccount(ctx, "a", "a.example", "info", provider.NewSecret(canary), nil)
		},
		"mailbox password": func(c *hestia.Client) error {
			return c.Mail.ChangeAccountPassword(ctx, "a", "a.example", "info", provider.NewSecret(canary))
		},
		"mailbox hash": func(c *hestia.Client) error {
			return c.Mail.CheckAccountHash(ctx, hestia.MailHashBcrypt, provider.NewSecret("other"), provider.NewSecret(canary))
		},
		"relay": func(c *hestia.Client) error {
			return c.Mail.AddDomainSMTPRelay(ctx, "a", "a.example", "b.example", &hestia.MailRelayOptions{Password: provider.NewSecret(canary)})
		},
		"server's relay": func(c *hestia.Client) error {
			return c.Mail.AddSysSMTPRelay(ctx, "b.example", &hestia.MailRelayOptions{Password: provider.NewSecret(canary)})
		},
		"panel's account": func(c *hestia.Client) error {
			return c.Mail.AddSysSMTP(ctx, &hestia.MailAddSysSMTPRequest{Domain: "b.example", Port: 25, Security: "SSL", Username: "u", Password: provider.NewSecret(canary), Email: "a@a.example"})
		},
		"database": func(c *hestia.Client) error {
			return c.Databases.Add(ctx, &hestia.DatabaseAddRequest{User: "a", Database: "b", Login: "c", Password: provider.NewSecret(canary)}, nil)
		},
		"database password": func(c *hestia.Client) error {
			return c.Databases.ChangePassword(ctx, "a", "a_b", provider.NewSecret(canary))
		},
		"database login": func(c *hestia.Client) error {
			return c.Databases.ChangeUser(ctx, "a", "a_b", "c", &hestia.DatabaseChangeUserOptions{Password: provider.NewSecret(canary)})
		},
		"database server": func(c *hestia.Client) error {
			return c.Databases.AddHost(ctx, &hestia.DatabaseAddHostRequest{Type: "mysql", Host: "b.example", Login: "c", Password: provider.NewSecret(canary)}, nil)
		},
		"its password": func(c *hestia.Client) error {
			return c.Databases.ChangeHostPassword(ctx, &hestia.DatabaseChangeHostPasswordRequest{Type: "mysql", Host: "b.example", Login: "c", Password: provider.NewSecret(canary)})
		},
		"cluster host": func(c *hestia.Client) error {
			return c.DNS.AddRemoteHost(ctx, &hestia.DNSAddRemoteHostRequest{Host: "b.example", Port: 8083, User: provider.NewSecret("admin")}, &hestia.DNSAddRemoteHostOptions{Password: provider.NewSecret(canary)})
		},
		"cluster key": func(c *hestia.Client) error {
			return c.DNS.AddRemoteHost(ctx, &hestia.DNSAddRemoteHostRequest{Host: "b.example", Port: 8083, User: provider.NewSecret(canary)}, nil)
		},
		"archives": func(c *hestia.Client) error {
			return c.Backups.AddHost(ctx, "sftp", "b.example", &hestia.BackupAddHostOptions{Password: provider.NewSecret(canary)})
		},
		"repository": func(c *hestia.Client) error {
			return c.Backups.AddHostRestic(ctx, &hestia.BackupAddHostResticRequest{Repo: provider.NewSecret(canary)})
		},
		"repository key": func(c *hestia.Client) error {
			return drop(c.Backups.RestoreUserFullRestic(ctx, "a", "1a2b", provider.NewSecret(canary), nil))
		},
	} {
		for kind, a := range map[string]answer{
			"refused":   exit(2, http.StatusUnprocessableEntity, "Error: invalid format :: "+canary),
			"done":      exit(0, http.StatusOK, "Error: "+canary),
			"crash":     {status: http.StatusInternalServerError, body: canary + url.QueryEscape(canary)},
			"no answer": {err: errors.New("dial: " + canary)},
		} {
			var seen bytes.Buffer
			logger := slog.New(slog.NewJSONHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
			c := withKey(t, newPanel(a), provider.WithLogger(logger), provider.WithDumps(&seen))
			if err := call(c); err != nil {
				fmt.Fprintf(&seen, "%v %+v %#v", err, err, err)
			}
			require.Contains(t, seen.String(), "redacted", "%s, %s", name, kind)
			require.NotContains(t, seen.String(), "CANARY", "%s, %s", name, kind)
		}
	}
}
