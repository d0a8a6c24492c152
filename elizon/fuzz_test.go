package elizon_test

import (
	"context"
	"errors"
	"testing"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// every stands for all methods instead of one.
const every = -1

// No answer to any method causes a panic; errors are of the documented types, and nothing is
// returned with them.
func FuzzAnswers(f *testing.F) {
	v := vendor(f)
	// Running all methods takes time, so a part of the fixtures is enough as seeds.
	for i, e := range exchanges(f) {
		if i%10 == 0 {
			f.Add(every, e.Response.Status, e.Response.Bytes())
		}
	}
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{"success":true}`, `{"ok":false}`, `{"error":[[{}]],"status":404}`, `{"success":false}`, `{"success":true,"services":[{"id":1e99}]}`,
		`{"success":true,"statuses":{"a":{"status":{"status":{"status":{}}}}}}`, `{"success":true,"price":1e9999999}`, `{"success":true,"item":{"productId":{}}}`,
	} {
		f.Add(every, 200, []byte(body))
	}
	tap := v.Tap(nil)
	methods := v.Methods(f, tap)
	f.Fuzz(func(t *testing.T, which, status int, body []byte) {
		// 429 makes all calls of a client wait, which is tested elsewhere.
		if status = 200 + int(uint(status)%400); status == 429 {
			status = 428
		}
		tap.Answer = func(context.Context, clienttest.Request) clienttest.Reply {
			return clienttest.Reply{Status: status, Body: string(body)}
		}
		some := methods
		if which != every {
			some = methods[int(uint(which)%uint(len(methods))):][:1]
		}
		for _, m := range some {
			tap.Forget()
			out := m.Run(t)
			var e *provider.Error
			switch {
			case out.Err == nil && status >= 400 && m.Op != "Auth.Login": // which asks for the second factor by an error
				t.Fatalf("%s: %d %q is no error", m.Op, status, body)
			case out.Err == nil || out.List && len(out.Values) > 0: // a list yields its pages before one fails
			case errors.Is(out.Err, provider.ErrRateLimited): // by a code under another status
				return
			case !errors.As(out.Err, &e) || e.Op != m.Op || e.Kind == nil || !out.Empty():
				t.Fatalf("%s: %d %q: %#v", m.Op, status, body, out.Err)
			}
		}
	})
}
