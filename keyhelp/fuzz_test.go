package keyhelp_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// fuzzAnswer feeds whole answers to a method and checks what every method promises: no panic, a
// *provider.Error, and no result with an error.
func fuzzAnswer(f *testing.F, op string, call func(context.Context, *keyhelp.Client) (any, bool, error)) {
	for _, d := range bothDialects {
		for _, e := range exchangesOf(f, d) {
			if e.Name == op || len(e.Name) > len(op) && e.Name[:len(op)+1] == op+"," {
				f.Add(e.Response.Bytes())
			}
		}
	}
	for _, body := range []string{``, `{}`, `[]`, `null`, `{"id":"abc"}`, `{"id":1,"username":"u","created_at":"x"}`, `{"error":"e","details":[[{}]]}`} {
		f.Add([]byte(body))
	}
	tap := tapping(nil)
	client, err := keyhelp.New(panelURL, provider.NewSecret(panelKey), keyhelp.WithDialect(keyhelp.DialectLive),
		provider.WithHTTPClient(newHTTPClient(tap)), provider.WithRetry(provider.Retry{Attempts: 1}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		tap.Forget()
		tap.Answer = func(context.Context, sentRequest) reply { return ok(string(body)) }
		_, empty, err := call(t.Context(), client)
		if err == nil {
			if empty {
				t.Fatalf("nothing for %q, and no error", body)
			}
			if !json.Valid(trimmed(body)) {
				t.Fatalf("%q was taken for JSON", body)
			}
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != op || e.Kind == nil || !empty {
			t.Fatalf("%q: %#v", body, err)
		}
	})
}

// pointer reports whether a result is nil.
func pointer[T any](value *T, err error) (any, bool, error) { return value, value == nil, err }

func FuzzClient(f *testing.F) {
	fuzzAnswer(f, "Clients.Get", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) { return pointer(c.Clients.Get(ctx, 1)) })
}

func FuzzDomain(f *testing.F) {
	fuzzAnswer(f, "Domains.Get", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) { return pointer(c.Domains.Get(ctx, 1)) })
}

func FuzzZone(f *testing.F) {
	fuzzAnswer(f, "DNS.Get", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) { return pointer(c.DNS.Get(ctx, 1)) })
}

func FuzzPlan(f *testing.F) {
	fuzzAnswer(f, "HostingPlans.Get", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) {
		return pointer(c.HostingPlans.Get(ctx, 1))
	})
}

func FuzzStats(f *testing.F) {
	fuzzAnswer(f, "Clients.Stats", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) {
		return pointer(c.Clients.Stats(ctx, 1))
	})
}

func FuzzResources(f *testing.F) {
	fuzzAnswer(f, "Clients.Resources", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) {
		return pointer(c.Clients.Resources(ctx, 1))
	})
}

func FuzzSession(f *testing.F) {
	fuzzAnswer(f, "Sessions.Create", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) {
		return pointer(c.Sessions.Create(ctx, 1))
	})
}

func FuzzServer(f *testing.F) {
	fuzzAnswer(f, "Server.Get", func(ctx context.Context, c *keyhelp.Client) (any, bool, error) { return pointer(c.Server.Get(ctx)) })
}

// Errors may have any status and body, for a read and for a change.
func FuzzErrors(f *testing.F) {
	for _, d := range bothDialects {
		for _, e := range exchangesOf(f, d) {
			f.Add(e.Response.Status, e.Response.Bytes())
		}
	}
	f.Add(200, []byte(`{"code": 404, "message": "m"}`))
	f.Add(400, []byte(`{"error": {"error": 1}, "details": [[["x"]], {"a": {"b": null}}]}`))
	tap := tapping(nil)
	client, err := keyhelp.New(panelURL, provider.NewSecret(panelKey), keyhelp.WithDialect(keyhelp.DialectDocumented),
		provider.WithHTTPClient(newHTTPClient(tap)), provider.WithRetry(provider.Retry{Attempts: 1}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		status = 200 + int(uint(status)%400)
		tap.Forget()
		tap.Answer = func(context.Context, sentRequest) reply { return reply{Status: status, Body: string(body)} }
		account, readErr := client.Clients.Get(t.Context(), 1)
		created, writeErr := client.Clients.Create(t.Context(), &keyhelp.ClientCreateRequest{LoginName: "n", Password: provider.NewSecret("placeholder"), Email: "a@b.example"})
		if (account == nil) != (readErr != nil) || (created == nil) != (writeErr != nil) {
			t.Fatalf("%v, %v, %v, %v", account, readErr, created, writeErr)
		}
		for _, err := range []error{readErr, writeErr} {
			var e *provider.Error
			switch {
			case err == nil && status/100 != 2:
				t.Fatalf("%d %q is not an error", status, body)
			case err == nil:
				continue
			case !errors.As(err, &e) || e.Kind == nil || e.Op == "" || e.Action == "" || e.StatusCode != status:
				t.Fatalf("%d %q: %#v", status, body, err)
			}
		}
		if errors.Is(readErr, provider.ErrOutcomeUnknown) {
			t.Fatalf("a read changes nothing: %v", readErr)
		}
		if status >= 500 && !errors.Is(writeErr, provider.ErrOutcomeUnknown) && !errors.Is(writeErr, provider.ErrUnsupported) {
			t.Fatalf("%d %q: %v", status, body, writeErr)
		}
	})
}

// With any text as a time the account stays readable, and a time that package time can parse is
// read the same way.
func FuzzTimestamp(f *testing.F) {
	for _, text := range []string{"2024-01-20 10:30:00", "2019-05-14T11:29:13+02:00", "2019-08-10T19:31:14+0000", "2024-01-20", "", "0000-00-00", "\"", "\\", "é\x00"} {
		f.Add(text)
	}
	tap := tapping(nil)
	client, err := keyhelp.New(panelURL, provider.NewSecret(panelKey), keyhelp.WithDialect(keyhelp.DialectLive), provider.WithHTTPClient(newHTTPClient(tap)))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		tap.Forget()
		tap.Answer = func(context.Context, sentRequest) reply {
			return ok(`{"id": 1, "username": "u", "created_at": ` + string(encoded) + `}`)
		}
		account, err := client.Clients.Get(t.Context(), 1)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want, err := time.Parse(time.RFC3339, text); err == nil && !want.Equal(account.CreatedAt) {
			t.Fatalf("%q: %v", text, account.CreatedAt)
		}
	})
}
