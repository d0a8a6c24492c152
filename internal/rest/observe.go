package rest

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// shownHeaders may appear in dumps. It lists what is harmless, since a list of what is not would
// never be complete.
var shownHeaders = []string{
	"Accept", "Content-Length", "Content-Type", "Date", "Retry-After", "Server", "User-Agent",
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "Hestia-Exit-Code",
}

// observe logs and dumps one attempt.
func (x *exchange) observe(req *http.Request, err error) {
	c := x.client
	if l := c.options.Logger; l != nil && l.Enabled(x.ctx, slog.LevelDebug) {
		x.log(l, err)
	}
	if c.options.Dumps != nil {
		x.dump(req, err)
	}
}

func (x *exchange) log(l *slog.Logger, err error) {
	op := x.client.operation(x.call.Endpoint)
	attrs := []slog.Attr{
		slog.String("op", op.String()),
		slog.String("method", op.Method),
		slog.String("route", op.Route),
		slog.Int("attempt", x.attempts),
		slog.Duration("duration", time.Since(x.started)),
	}
	if x.answered {
		attrs = append(attrs, slog.Int("status", x.status))
	}
	if id := x.requestID(); id != "" {
		attrs = append(attrs, slog.String("request_id", id))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", x.textOf(bare(err))))
	}
	l.LogAttrs(x.ctx, slog.LevelDebug, "request", attrs...)
}

// warn logs what deserves attention although the call succeeded.
func (x *exchange) warn(remark string) {
	l := x.client.options.Logger
	if remark == "" || l == nil || !l.Enabled(x.ctx, slog.LevelWarn) {
		return
	}
	l.LogAttrs(x.ctx, slog.LevelWarn, "the server reported a problem with a success",
		slog.String("op", x.client.operation(x.call.Endpoint).String()),
		slog.String("remark", x.cleaner().Line(remark, 300)))
}

// dump writes request and answer in a readable form, with secrets redacted. Paths are shown as
// templates, since arguments may be secrets (license keys are).
func (x *exchange) dump(req *http.Request, err error) {
	op := x.client.operation(x.call.Endpoint)
	var b strings.Builder
	fmt.Fprintf(&b, "> %s %s (%s, attempt %d)\n", req.Method, op.Route, op, x.attempts)
	x.dumpHeaders(&b, "> ", req.Header)
	x.dumpBody(&b, "> ", string(x.sent), req.Header.Get("Content-Type"))
	if x.answered {
		fmt.Fprintf(&b, "< %d\n", x.status)
		x.dumpHeaders(&b, "< ", x.header)
		x.dumpBody(&b, "< ", x.body.String(), x.header.Get("Content-Type"))
	}
	if err != nil {
		fmt.Fprintf(&b, "! %s\n", x.textOf(bare(err)))
	}
	b.WriteByte('\n')
	x.client.dumps.Lock()
	defer x.client.dumps.Unlock()
	_, _ = fmt.Fprint(x.client.options.Dumps, b.String())
}

func (x *exchange) dumpHeaders(b *strings.Builder, prefix string, h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := redacted
		if slices.Contains(shownHeaders, name) {
			value = x.scrub(strings.Join(h[name], ", "))
		}
		fmt.Fprintf(b, "%s%s: %s\n", prefix, words.Line(name, words.MaxCode), value)
	}
}

// maxDumped is how many bytes of a body a dump shows.
const maxDumped = 256 << 10

func (x *exchange) dumpBody(b *strings.Builder, prefix, body, contentType string) {
	if body == "" {
		return
	}
	size := len(body)
	body = words.Cut(body, maxDumped)
	answer := prefix == "< "
	switch {
	case answer && x.call.Endpoint.Sensitive:
		body = fmt.Sprintf("[%d bytes withheld]", size)
	case !answer && contentType == typeForm[0]:
		body = redactForm(body, x.call.HiddenFields)
	default: // a server's Content-Type proves nothing
		body = redactText(body)
	}
	// No line of a body passes for one of the dump's own.
	for line := range strings.Lines(x.cleaner().Lines(body, 2*maxDumped)) {
		fmt.Fprintf(b, "%s%s\n", prefix, strings.TrimSuffix(line, "\n"))
	}
	if size > maxDumped {
		fmt.Fprintf(b, "[%d bytes more]\n", size-maxDumped)
	}
}
