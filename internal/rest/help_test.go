package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// thing is worthless without its ID, like most of what the APIs return.
type thing struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func (t *thing) UnmarshalJSON(data []byte) error {
	type plain thing
	if err := json.Unmarshal(data, (*plain)(t)); err != nil {
		return err
	}
	if t.ID == 0 {
		return errors.New(`lacks "id"`)
	}
	return nil
}

func (t *thing) Identity() Identity { return Identity{ID: strconv.FormatInt(t.ID, 10), Name: t.Name} }

const canaryKey = `kEy-"c\a/n<a>r&y%+ü`

var (
	getThing    = &Endpoint{Op: "Things.Get", Verb: "get thing", Method: http.MethodGet, Route: "/things/{id}", Effect: Read}
	listThings  = &Endpoint{Op: "Things.List", Verb: "list things", Method: http.MethodGet, Route: "/things", Effect: Read}
	putThing    = &Endpoint{Op: "Things.Update", Verb: "update thing", Method: http.MethodPut, Route: "/things/{id}", Effect: Idempotent}
	createThing = &Endpoint{Op: "Things.Create", Verb: "create thing", Method: http.MethodPost, Route: "/things", Effect: Once}
	signOn      = &Endpoint{Op: "Things.SignOn", Verb: "sign on", Method: http.MethodPost, Route: "/sign-on", Effect: Read, Sensitive: true}
)

// callOf returns a typical call of each kind.
func callOf(kind Effect, out any) *Call {
	switch kind {
	case Read:
		return &Call{Endpoint: getThing, Args: []string{"1"}, Out: out}
	case Idempotent:
		return &Call{Endpoint: putThing, Args: []string{"1"}, Body: map[string]string{"name": "x"}, Out: out}
	default:
		return &Call{Endpoint: createThing, Subject: `"x"`, Body: map[string]string{"name": "x"}, Out: out}
	}
}

func (r Effect) String() string { return [...]string{"Once", "Idempotent", "Read"}[r] }

func testConfig(base string) Config {
	return Config{
		Provider: "test", BaseURL: base, APIPath: "/api/v2", RequestID: "X-Request-Id",
		Header: http.Header{"Accept": {"application/json"}},
		Authorize: func(_ context.Context, req *http.Request) error {
			req.Header["X-Api-Key"] = []string{canaryKey}
			return nil
		},
		Secrets: func() []provider.Secret { return []provider.Secret{provider.NewSecret(canaryKey)} },
		Genuine: looksLikeJSON, Refuses429: true,
	}
}

// looksLikeJSON is the form of the test's vendor: its failures are JSON. The tests of decoding judge
// its successes.
func looksLikeJSON(a *Answer) bool {
	body := Content(a.Body)
	return a.Status/100 == 2 || len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

func newClient(t testing.TB, base string, opts ...provider.Option) *Client {
	t.Helper()
	c, err := New(testConfig(base), opts...)
	require.NoError(t, err)
	return c
}

// inMemory returns a client without sockets, for a panel below a path.
func inMemory(t testing.TB, handler http.HandlerFunc, opts ...provider.Option) (*Client, *faults.Injector) {
	t.Helper()
	in := new(faults.Injector)
	transport := &http.Client{Transport: in.Transport(handler)}
	return newClient(t, "https://panel.test/some/where/", append([]provider.Option{provider.WithHTTPClient(transport)}, opts...)...), in
}

// over returns a client of a real server on loopback.
func over(t testing.TB, handler http.HandlerFunc, opts ...provider.Option) (*Client, *httptest.Server) {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	c := newClient(t, srv.URL+"/some/where", opts...)
	t.Cleanup(c.closeIdle)
	return c, srv
}

func (c *Client) transport() *http.Transport {
	return c.http.Transport.(*attempt).inner.(*http.Transport)
}

func (c *Client) closeIdle() { c.transport().CloseIdleConnections() }

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		if body != "" {
			_, _ = io.WriteString(w, body)
		}
	}
}

var okThing = answer(200, `{"id":1,"name":"x"}`, "Content-Type", "application/json")

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func asError(t testing.TB, err error) *provider.Error {
	t.Helper()
	var e *provider.Error
	require.ErrorAs(t, err, &e)
	return e
}

// syncBuffer is a bytes.Buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// piped replaces a client's network with pipes to the handler: real net/http on both ends, and
// still inside a synctest bubble.
func piped(t testing.TB, c *Client, handler http.HandlerFunc) {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := &http.Server{Handler: handler}
	served := make(chan struct{})
	go func() { defer close(served); _ = srv.Serve(l) }()
	c.transport().DialContext = l.dial
	t.Cleanup(func() {
		c.closeIdle()
		_ = srv.Close()
		<-served
	})
}

type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, errors.New("closed")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
