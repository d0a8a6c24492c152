package licenseserver_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
)

// Whatever the answer, no method panics, every error is a *provider.Error, and no result comes with
// an error.
func FuzzAnswers(f *testing.F) {
	for _, e := range exchanges(f) {
		f.Add(e.Response.Status, e.Response.Bytes())
	}
	for _, body := range []string{``, `{}`, `[]`, `null`, `{"error":[[{}]],"status":"404"}`, `{"success":false}`, `{"devices":[{"id":1e99}]}`} {
		f.Add(200, []byte(body))
	}
	tap := tapping(nil)
	methods := vendor(f).Methods(f, tap)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		// 429 makes all calls of a client wait, which is tested elsewhere.
		if status = 200 + int(uint(status)%400); status == 429 {
			status = 428
		}
		tap.Answer = func(context.Context, sentRequest) reply { return reply{Status: status, Body: string(body)} }
		for _, m := range methods {
			tap.Forget()
			out := m.Run(t)
			var e *provider.Error
			switch {
			case out.Err == nil && status >= 400:
				t.Fatalf("%s: %d %q is not an error", m.Op, status, body)
			case out.Err == nil || out.List && len(out.Values) > 0: // a list yields its pages before one fails
			case !errors.As(out.Err, &e) || e.Op != m.Op || e.Kind == nil || !out.Empty():
				t.Fatalf("%s: %d %q: %#v", m.Op, status, body, out.Err)
			}
		}
	})
}

// Samples that were parsed can be written and parsed again with the same result.
func FuzzMetrics(f *testing.F) {
	for _, text := range []string{
		"a 1\n", "a{} 1 2\n", `a{b="c",d="\\\"\n",} NaN`, "# TYPE a counter\na 1", "a_bucket{le=\"+Inf\"} -Inf -5", "a{b=\"}\"} 1e999", "{a=\"b\"} 1",
		"a{b=\"c\" 1", "a{b=\"c", "a{b=\"\\", "a{b}", "0 1", "a", "a x", "a 1 x", "a 1 2 3", "#", "# TYPE", "a{b=\"x\",b=\"y\"} 1", "a\xff 1", "\r\na\t1\r\n",
	} {
		f.Add(text)
	}
	tap := tapping(nil)
	c := clientOver(f, tap)
	read := func(t *testing.T, body string) ([]licenseserver.Sample, error) {
		tap.Forget()
		tap.Answer = func(context.Context, sentRequest) reply { return ok(body) }
		return c.Status.Metrics(t.Context())
	}
	escape := strings.NewReplacer("\\", `\\`, "\n", `\n`, `"`, `\"`)
	f.Fuzz(func(t *testing.T, text string) {
		samples, err := read(t, text)
		if err != nil {
			if !errors.Is(err, provider.ErrProtocol) || samples != nil {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		var b strings.Builder
		b.WriteString("#\n")
		for i := range samples {
			s := &samples[i]
			s.Type = ""
			b.WriteString(s.Name + "{")
			for name, value := range s.Labels {
				b.WriteString(name + `="` + escape.Replace(value) + `",`)
			}
			b.WriteString("} " + strconv.FormatFloat(s.Value, 'g', -1, 64))
			if !s.Timestamp.IsZero() {
				b.WriteString(" " + strconv.FormatInt(s.Timestamp.UnixMilli(), 10))
			}
			b.WriteString("\n")
			if s.Labels == nil {
				s.Labels = map[string]string{}
			}
			if math.IsNaN(s.Value) {
				s.Value = 0
			}
		}
		again, err := read(t, b.String())
		if err != nil {
			t.Fatalf("%q, written as %q: %v", text, b.String(), err)
		}
		for i := range again {
			if math.IsNaN(again[i].Value) {
				again[i].Value = 0
			}
		}
		if !reflect.DeepEqual(samples, again) {
			t.Fatalf("%q: %+v, %+v", text, samples, again)
		}
	})
}
