package clienttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
)

// Spellings returns the ways in which a secret may appear in a text.
func Spellings(secret string) []string {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(secret); err != nil {
		panic(err)
	}
	inner := strings.Trim(JSON(secret), `"`)
	quoted := strconv.Quote(secret)
	return []string{
		secret, inner, strings.Trim(strings.TrimSpace(plain.String()), `"`), strings.Trim(JSON(inner), `"`),
		url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), quoted[1 : len(quoted)-1],
		fmt.Sprintf("%x", secret),
	}
}

// spellings caches Spellings, since a test looks for the same few secrets in thousands of texts.
var spellings sync.Map // string to []string

func spellingsOf(secret string) []string {
	kept, have := spellings.Load(secret)
	if !have {
		kept, _ = spellings.LoadOrStore(secret, Spellings(secret))
	}
	return kept.([]string)
}

// JSON encodes a value for an answer.
func JSON(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

// requireNoCanary searches a text for every secret in every spelling.
func (v *Vendor) requireNoCanary(t testing.TB, text, what string) {
	t.Helper()
	for _, secret := range v.Canaries {
		for _, spelling := range spellingsOf(secret) {
			if strings.Contains(text, spelling) {
				t.Fatalf("%s shows the secret %q:\n%s", what, spelling, text)
			}
		}
	}
}

// Said returns everything that a request says, credentials first, in the spelling that the server
// reads.
func Said(r Request) string {
	path, err := url.PathUnescape(r.Path)
	if err != nil {
		panic(err)
	}
	return fmt.Sprint(r.Header, " ", path, " ", map[string][]string(r.Query), " ", map[string][]string(r.Form()), " ", r.Body)
}

// Echoes returns servers that answer with what they were sent, as real ones do when they refuse it.
// The caller adds those with its own envelope.
func Echoes() map[string]Answer {
	echo := func(reply func(said string) Reply) Answer {
		return func(_ context.Context, r Request) Reply { return reply(Said(r)) }
	}
	return map[string]Answer{
		"echo of a conflict": echo(func(said string) Reply { return Reply{Status: 409, Body: "taken: " + said} }),
		"echo in HTML": echo(func(said string) Reply {
			return Reply{Status: 500, Body: "<pre>" + html.EscapeString(said) + "</pre>"}
		}),
		"echo as text":     echo(func(said string) Reply { return OK("Notice: " + said) }),
		"echo, broken off": echo(func(said string) Reply { return OK(`{"error": "wrong", "x": ` + JSON(said)) }),
		"echo in a header": echo(func(said string) Reply {
			return Reply{Status: 307, Header: http.Header{"Location": {"https://example.com/?q=" + url.QueryEscape(said)}, "X-Request-Id": {said}}}
		}),
		"echo in a path": echo(func(said string) Reply {
			return Reply{Status: 307, Header: http.Header{"Location": {"https://example.com/" + url.PathEscape(said)}}}
		}),
		"echo of the transport": echo(func(said string) Reply { return Reply{Err: errors.New("cannot send " + said)} }),
	}
}

// CheckSecrets calls every method of a client that logs and dumps, against an answer. No canary may
// appear in errors, results, the log or the dump. It returns the last two. dial makes a client with
// canaries as credentials; it must leave retries to the options.
func (v *Vendor) CheckSecrets(t testing.TB, dial Dial, answer Answer) (log, dump string) {
	t.Helper()
	var logs, dumps buffer
	logger := slog.New(slog.NewJSONHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	client := dial(t, v.Tap(answer), provider.WithLogger(logger), provider.WithDumps(&dumps),
		provider.WithRetry(provider.Retry{Attempts: 2, MinWait: time.Nanosecond, MaxWait: time.Nanosecond}))
	for _, m := range v.methodsOf(t, client) {
		out := m.Run(t)
		if out.Err != nil {
			logger.Error("failed", "err", out.Err, "in text", fmt.Sprint(out.Err))
			for e := range chain(out.Err) {
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
					v.requireNoCanary(t, fmt.Sprintf(verb, e), m.Op+": error under "+verb)
				}
			}
			for field, problem := range AsError(t, out.Err).Fields {
				v.requireNoCanary(t, field+problem, m.Op+": Fields")
			}
		}
		for _, value := range out.Values {
			if v.Shown != nil && v.Shown(value) {
				continue
			}
			v.requirePrintsClean(t, logger, value, m.Op+": result", "%v", "%+v", "%#v")
		}
	}
	v.requireNoCanary(t, logs.String(), "the log")
	v.requireNoCanary(t, dumps.String(), "the dump")
	return logs.String(), dumps.String()
}

// CheckPrinted prints what may be printed by accident: the client, its services and the values, and
// what they point to.
func (v *Vendor) CheckPrinted(t testing.TB, client any, values ...any) {
	t.Helper()
	all := []any{client, []any{client}, map[string]any{"c": client}, struct{ C any }{client}}
	services(client, func(_ string, service reflect.Value) { all = append(all, service.Interface()) })
	for _, value := range values {
		all = append(all, value)
		if pointer := reflect.ValueOf(value); pointer.Kind() == reflect.Pointer && !pointer.IsNil() {
			all = append(all, pointer.Elem().Interface())
		}
	}
	var logs buffer
	logger := slog.New(slog.NewJSONHandler(&logs, nil))
	for _, value := range all {
		v.requirePrintsClean(t, logger, value, fmt.Sprintf("%T", value), "%v", "%+v", "%#v", "%s", "%q")
	}
	v.requireNoCanary(t, logs.String(), "the log")
}

// requirePrintsClean prints a value with the verbs and as JSON, and logs it. For %s and %q, which
// are not verbs for structs, fmt calls no methods of values behind pointers in a struct.
func (v *Vendor) requirePrintsClean(t testing.TB, logger *slog.Logger, value any, what string, verbs ...string) {
	t.Helper()
	for _, verb := range verbs {
		v.requireNoCanary(t, fmt.Sprintf(verb, value), what+" under "+verb)
	}
	if encoded, err := json.Marshal(value); err == nil {
		v.requireNoCanary(t, string(encoded), what+" as JSON")
	}
	logger.Info("value", "value", value)
}

// chain yields an error and all errors that it wraps, since error trackers print each of them.
func chain(err error) iter.Seq[error] {
	return func(yield func(error) bool) {
		pending := []error{err}
		for len(pending) > 0 {
			e := pending[0]
			pending = pending[1:]
			if !yield(e) {
				return
			}
			switch e := e.(type) { //nolint:errorlint // this is what walks the chain
			case interface{ Unwrap() error }:
				if inner := e.Unwrap(); inner != nil {
					pending = append(pending, inner)
				}
			case interface{ Unwrap() []error }:
				pending = append(pending, e.Unwrap()...)
			}
		}
	}
}

// buffer is a writer for several goroutines.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
