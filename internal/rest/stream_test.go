package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var (
	exportThings = &Endpoint{Op: "Things.Export", Verb: "export things", Method: http.MethodGet, Route: "/export", Effect: Read, Accept: "text/csv"}
	importThings = &Endpoint{Op: "Things.Import", Verb: "import things", Method: http.MethodPost, Route: "/import", Effect: Once}
)

var quickly = provider.WithRetry(provider.Retry{Attempts: 3, MinWait: time.Nanosecond, MaxWait: time.Nanosecond})

func TestSinkReceivesTheBodyOfASuccess(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<16)
	tries := 0
	c, _ := over(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "text/csv", r.Header.Get("Accept"))
		if tries++; tries == 1 {
			answer(503, `{"error":"later"}`)(w, r)
			return
		}
		answer(200, large, "Content-Type", "text/csv")(w, r)
	}, provider.WithMaxBody(100), quickly)
	var out bytes.Buffer
	var raw provider.RawResponse
	err := c.Do(provider.CaptureResponse(t.Context(), &raw), &Call{Endpoint: exportThings, MaxBody: 2 << 20, Sink: func(a *Answer) (io.Writer, error) {
		require.Equal(t, 200, a.Status)
		require.Equal(t, "text/csv", a.Header.Get("Content-Type"))
		return &out, nil
	}})
	require.NoError(t, err)
	require.Equal(t, large, out.String())
	require.Equal(t, 2, tries, "a failure before the body is retried")
	require.Equal(t, 200, raw.StatusCode)
	require.Empty(t, raw.Body())
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestSinkFailures(t *testing.T) {
	full := errors.New("disk full")
	refusal := &provider.Error{Kind: provider.ErrUnauthorized, Message: "that is a login page"}
	broken := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "part")
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		sink    func(*Answer) (io.Writer, error)
		kind    error
		text    string
	}{
		"writer":     {answer(200, "text"), func(*Answer) (io.Writer, error) { return failingWriter{full}, nil }, full, "disk full"},
		"refused":    {answer(200, "text"), func(*Answer) (io.Writer, error) { return nil, refusal }, provider.ErrUnauthorized, "login page"},
		"too long":   {answer(200, "12345678901"), func(*Answer) (io.Writer, error) { return io.Discard, nil }, provider.ErrProtocol, "longer than 10 bytes"},
		"broken off": {broken, func(*Answer) (io.Writer, error) { return io.Discard, nil }, provider.ErrUnavailable, "broke off"},
		"status":     {answer(404, `{"e":1}`), func(*Answer) (io.Writer, error) { return nil, full }, provider.ErrNotFound, `{"e":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			c, _ := over(t, func(w http.ResponseWriter, r *http.Request) { tries++; test.handler(w, r) }, quickly)
			err := c.Do(t.Context(), &Call{Endpoint: exportThings, MaxBody: 10, Sink: test.sink})
			require.ErrorIs(t, err, test.kind)
			require.ErrorContains(t, err, test.text)
			require.False(t, asError(t, err).MaybeExecuted)
			require.Equal(t, 1, tries, "what was written cannot be taken back")
		})
	}
}

func TestStreamIsSentOnce(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<16)
	for status, kind := range map[int]error{200: nil, 429: provider.ErrRateLimited, 503: provider.ErrOutcomeUnknown} {
		tries, got := 0, ""
		c, _ := over(t, func(w http.ResponseWriter, r *http.Request) {
			tries++
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Equal(t, "text/csv", r.Header.Get("Content-Type"))
			got = string(body)
			answer(status, "{}")(w, r)
		}, quickly)
		err := c.Do(t.Context(), &Call{Endpoint: importThings, Body: &Stream{ContentType: "text/csv", Reader: strings.NewReader(large)}})
		if kind == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, kind)
		}
		require.Equal(t, large, got)
		require.Equal(t, 1, tries)
	}
	c, _ := over(t, okThing)
	require.ErrorIs(t, c.Do(t.Context(), &Call{Endpoint: importThings, Body: &Stream{}}), provider.ErrInvalid)
}

func TestStreamWithoutConnectionIsNotRetried(t *testing.T) {
	tries := 0
	c := newClient(t, "https://panel.test", quickly, provider.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		tries++
		return nil, errors.New("no network")
	})}))
	err := c.Do(context.Background(), &Call{Endpoint: importThings, Body: &Stream{Reader: strings.NewReader("x")}})
	require.Error(t, err)
	require.Equal(t, 1, tries)
}

func TestRedirectTakenForAnAnswer(t *testing.T) {
	for _, e := range []*Endpoint{createThing, listThings} {
		var tries int
		c, _ := over(t, func(w http.ResponseWriter, r *http.Request) {
			tries++
			answer(302, "", "Location", "/some/where/else")(w, r)
		})
		var raw provider.RawResponse
		require.NoError(t, c.Do(provider.CaptureResponse(t.Context(), &raw), &Call{Endpoint: e, Redirects: true, Out: nil}))
		require.Equal(t, 302, raw.StatusCode)
		require.Equal(t, "/some/where/else", raw.Header().Get("Location"))
		require.Equal(t, 1, tries)
	}
}
