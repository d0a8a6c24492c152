package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/hostkey/hostkeytest"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// wait is something by which a server could make a caller wait, or keep a call busy.
type wait struct {
	what string
	// serve answers request n of the call, from 0.
	serve func(n int, req *http.Request) *http.Response
	// call is what waits: one read if it is nil.
	call func(ctx context.Context, wire http.RoundTripper) error
	// cap is the longest that one call takes, bound says where the limit is set.
	cap   time.Duration
	bound string
	// requests is the most that one call sends.
	requests int
}

const (
	year      = 365 * 24 * time.Hour
	pausing   = (provider.DefaultAttempts - 1) * provider.DefaultMaxRetryAfter
	backingUp = (provider.DefaultAttempts - 1) * provider.DefaultMaxWait
	attempts  = provider.DefaultAttempts
)

// waits is the table of every wait that a server can choose. A date is told relative to the start
// of the bubble.
func waits() []wait {
	const cap, attempt, size = "Retry.MaxRetryAfter", "WithTimeout", "WithMaxBody"
	in := func(d time.Duration) time.Time { return time.Now().Add(d) }
	unix := func(d time.Duration) string { return strconv.FormatInt(in(d).Unix(), 10) }
	limited := func(after string) func(int, *http.Request) *http.Response { return always(429, after, `{}`) }
	return []wait{
		{what: "Retry-After of 60 s, always", serve: limited("60"), cap: pausing, bound: cap, requests: attempts},
		{what: "Retry-After of 61 s", serve: limited("61"), bound: cap, requests: 1},
		{what: "Retry-After of a year in seconds", serve: limited("31536000"), bound: cap, requests: 1},
		{what: "Retry-After of 1e300", serve: limited("1e300"), bound: cap, requests: 1},
		{what: "Retry-After, a date in a year", serve: limited(in(year).UTC().Format(http.TimeFormat)), bound: cap, requests: 1},
		{what: "Retry-After, Unix time in 30 s", serve: limited(unix(30 * time.Second)), cap: pausing / 2, bound: cap, requests: attempts},
		{what: "Retry-After, Unix time in a year", serve: limited(unix(year)), bound: cap, requests: 1},
		{what: "Retry-After, the same in milliseconds", serve: limited(unix(year) + "000"), bound: cap, requests: 1},
		{what: "503 with Retry-After of 60 s, always", serve: always(503, "60", `{}`), cap: pausing, bound: cap, requests: attempts},
		{what: "503 with Retry-After of a year", serve: always(503, "31536000", `{}`), bound: cap, requests: 1},
		{what: "another call after Retry-After of a year", serve: func(n int, req *http.Request) *http.Response {
			return answered(req, map[bool]int{true: 429, false: 200}[n == 0], "31536000", `{}`)
		}, call: func(ctx context.Context, wire http.RoundTripper) error {
			c := client(wire)
			err := c.Do(ctx, read())
			for err != nil && ctx.Err() == nil {
				time.Sleep(time.Second)
				err = c.Do(ctx, read())
			}
			return errors.New("it was sent") // which is what this row waits for
		}, cap: provider.DefaultMaxRetryAfter, bound: cap, requests: 2},
		{what: "redirects in a circle", serve: func(_ int, req *http.Request) *http.Response {
			resp := answered(req, http.StatusFound, "", "")
			resp.Header.Set("Location", "/again")
			return resp
		}, bound: "5 redirects", requests: 6},
		{what: "no answer", serve: func(_ int, req *http.Request) *http.Response {
			<-req.Context().Done()
			return nil
		}, cap: attempts*provider.DefaultTimeout + backingUp, bound: attempt, requests: attempts},
		{what: "a byte a second", serve: func(_ int, req *http.Request) *http.Response {
			return endless(req, func(p []byte) int { time.Sleep(time.Second); return copy(p, " ") })
		}, cap: attempts*provider.DefaultTimeout + backingUp, bound: attempt, requests: attempts},
		{what: "a body without end", serve: func(_ int, req *http.Request) *http.Response {
			return endless(req, func(p []byte) int { return copy(p, bytes.Repeat([]byte(" "), len(p))) })
		}, bound: size, requests: 1},
		{what: "elizon: retryAfter of a year in the body", serve: always(429, "", fmt.Sprintf(
			`{"success":false,"error":"Too many requests","errorCode":"rateLimited","retryAfter":%d}`, int64(year/time.Second))),
			call: elizonServices, bound: cap, requests: 1},
		{what: "elizon: X-RateLimit-Reset in a year", serve: func(_ int, req *http.Request) *http.Response {
			resp := answered(req, 429, "", `{"success":false,"error":"Too many requests"}`)
			resp.Header.Set("X-RateLimit-Reset", unix(year)+"000")
			return resp
		}, call: elizonServices, bound: cap, requests: 1},
		{what: "elizon: pages without end", serve: func(n int, req *http.Request) *http.Response {
			return answered(req, 200, "", fmt.Sprintf(`{"success":true,"services":[{"id":"s%d","status":"RUNNING"}],"hasMore":true}`, n))
		}, call: elizonServices, bound: "rest.MaxPages", requests: rest.MaxPages},
		{what: "HOSTKEY: pages without end", serve: func(n int, req *http.Request) *http.Response {
			if n == 0 {
				return answered(req, 200, "", `{"result":{"token":"0123456789abcdef"}}`)
			}
			return answered(req, 200, "", fmt.Sprintf(`{"result":"success","totalresults":99999999,"invoices":{"invoice":[{"id":%d,"status":"Paid","total":"1.00"}]}}`, n))
		}, call: func(ctx context.Context, wire http.RoundTripper) error {
			c, err := hostkey.New("https://hostkey.example", provider.NewSecret("0a1b2c3d4e5f0a1b-c0ffeec0ffeec0ff"), provider.WithHTTPClient(&http.Client{Transport: wire}))
			if err != nil {
				return err
			}
			for _, err := range c.WHMCS.Invoices(ctx, nil) {
				if err != nil {
					return err
				}
			}
			return nil
		}, bound: "rest.MaxPages", requests: rest.MaxPages + 1},
		{what: "HOSTKEY: a task without end", call: func(ctx context.Context, _ http.RoundTripper) error {
			srv := hostkeytest.NewServer(hostkeytest.InMemory(), hostkeytest.WithTaskTime(year))
			c, err := hostkey.New(srv.URL, provider.NewSecret(srv.Key), provider.WithHTTPClient(srv.Client()))
			if err != nil {
				return err
			}
			id := strconv.FormatInt(srv.AddMachine(hostkeytest.Machine{Hostname: "web1", PoweredOn: true}).ID, 10)
			outcome, err := hostkey.NewProvider(c).Power(ctx, id, provider.PowerOff)
			return errors.Join(err, fmt.Errorf("the outcome is %s", outcome))
		}, cap: time.Minute, bound: "then it is pending"},
		{what: "Wait: a poll asks to wait for a year", call: func(ctx context.Context, _ http.RoundTripper) error {
			_, err := provider.Wait(ctx, &later{}, "1", nil)
			return errors.Join(err, errors.New("it polled again"))
		}, cap: 30 * time.Second, bound: "WaitOptions.MaxInterval"},
	}
}

// TestWaits is the table of deadlines: no server makes a call take longer than its cap.
func TestWaits(t *testing.T) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "what the server does\tcap\ttook\trequests\tat most\tbound by")
	var names []string
	synctest.Test(t, func(*testing.T) {
		for _, row := range waits() {
			names = append(names, row.what)
		}
	})
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Unix(1_796_000_000, 0))) // a Unix time has ten digits
				row := waits()[i]
				if row.call == nil {
					row.call = func(ctx context.Context, wire http.RoundTripper) error { return client(wire).Do(ctx, read()) }
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*year)
				defer cancel()
				sent, start := 0, time.Now()
				err := row.call(ctx, wire(func(req *http.Request) (*http.Response, error) {
					sent++
					if resp := row.serve(sent-1, req); resp != nil && sent <= 2*row.requests+10 {
						return resp, nil
					}
					return nil, errors.Join(req.Context().Err(), errors.New("no answer"))
				}))
				took := time.Since(start)
				t.Log(err)
				require.Error(t, err)
				require.NoError(t, ctx.Err())
				require.LessOrEqual(t, took, row.cap)
				require.LessOrEqual(t, sent, row.requests)
				_, _ = fmt.Fprintf(w, "%s\t%v\t%v\t%d\t%d\t%s\n", name, row.cap, took.Round(time.Second), sent, row.requests, row.bound)
			})
		})
	}
	_ = w.Flush()
	t.Logf("waits that a server can choose, with the default options:\n%s", &table)
}

func client(wire http.RoundTripper) *rest.Client {
	form := func(*rest.Answer) bool { return true }
	c, err := rest.New(rest.Config{Provider: "test", BaseURL: "https://panel.example", Genuine: form}, provider.WithHTTPClient(&http.Client{Transport: wire}))
	if err != nil {
		panic(err)
	}
	return c
}

func read() *rest.Call {
	return &rest.Call{Endpoint: &rest.Endpoint{Op: "Things.Get", Verb: "get thing", Method: http.MethodGet, Route: "/thing", Effect: rest.Read}}
}

func elizonServices(ctx context.Context, wire http.RoundTripper) error {
	c, err := elizon.New("https://elizon.example", provider.NewSecret("elz_0123456789012345678901234567890123456789"), provider.WithHTTPClient(&http.Client{Transport: wire}))
	if err != nil {
		return err
	}
	for _, err := range c.Services.List(ctx, nil) {
		if err != nil {
			return err
		}
	}
	return nil
}

// wire is a transport with the behaviour of a server.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) { return w(req) }

func always(status int, after, body string) func(int, *http.Request) *http.Response {
	return func(_ int, req *http.Request) *http.Response { return answered(req, status, after, body) }
}

func answered(req *http.Request, status int, after, body string) *http.Response {
	resp := endless(req, nil)
	resp.StatusCode, resp.Status, resp.Body = status, fmt.Sprintf("%d %s", status, http.StatusText(status)), io.NopCloser(strings.NewReader(body))
	resp.ContentLength = int64(len(body))
	if after != "" {
		resp.Header.Set("Retry-After", after)
	}
	return resp
}

// endless answers with what more writes, until the call is given up.
func endless(req *http.Request, more func([]byte) int) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: req,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: stream{req.Context(), more},
	}
}

type stream struct {
	ctx  context.Context
	more func([]byte) int
}

func (s stream) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	return s.more(p), nil
}

func (s stream) Close() error { return nil }

// later is a provider whose first poll is refused with an absurd wait.
type later struct {
	provider.Provider
	polled bool
}

func (l *later) Describe() *provider.Description { return &provider.Description{Kind: "test"} }

func (l *later) Poll(context.Context, string) (*provider.Progress, error) {
	if l.polled {
		return &provider.Progress{Done: true}, nil
	}
	l.polled = true
	return nil, &provider.Error{Kind: provider.ErrRateLimited, RetryAfter: year}
}
