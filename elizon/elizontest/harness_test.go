package elizontest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

var start = time.Date(2026, 3, 4, 10, 30, 0, 0, time.UTC)

// server is an emulated platform in memory, with a clock that only Advance moves.
type server struct {
	*elizontest.Server
	t      *testing.T
	header http.Header
}

func newServer(t *testing.T, opts ...elizontest.Option) *server {
	t.Helper()
	opts = append([]elizontest.Option{
		elizontest.InMemory(), elizontest.WithClock(func() time.Time { return start }),
	}, opts...)
	s := &server{Server: elizontest.NewServer(opts...), t: t, header: make(http.Header)}
	s.header.Set("X-Api-Key", s.Key)
	s.header.Set("Content-Type", "application/json")
	s.header.Set("X-Elizon-Client", "desktop")
	t.Cleanup(s.Close)
	return s
}

// signIn makes the next calls use the session instead of the key.
func (s *server) signIn() {
	s.header.Del("X-Api-Key")
	s.header.Set("Authorization", "Bearer "+s.SessionToken)
}

func (s *server) do(method, path, body string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+"/api"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header = s.header.Clone()
	resp, err := s.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, resp.Body.Close()) }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return resp, string(data)
}

// want calls the server and compares the whole answer by value.
func (s *server) want(status int, answer, method, path, body string) {
	s.t.Helper()
	resp, got := s.do(method, path, body)
	require.Equal(s.t, status, resp.StatusCode, "%s %s: %s", method, path, got)
	require.Equal(s.t, "application/json", resp.Header.Get("Content-Type"))
	require.JSONEq(s.t, answer, got, "%s %s", method, path)
}

// fails requires an error with this code.
func (s *server) fails(status int, code, method, path, body string) {
	s.t.Helper()
	resp, text := s.do(method, path, body)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(text), &answer), text)
	require.Equal(s.t, false, answer["success"])
	require.NotEmpty(s.t, answer["error"])
	require.Equal(s.t, code, answer["errorCode"], text)
	require.Equal(s.t, status, resp.StatusCode, text)
}

// call requires a success and returns its object.
func (s *server) call(method, path, body string) object {
	s.t.Helper()
	resp, text := s.do(method, path, body)
	require.Contains(s.t, []int{200, 201}, resp.StatusCode, "%s %s: %s", method, path, text)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal([]byte(text), &answer), text)
	require.Equal(s.t, true, answer["success"])
	return answer
}

func (s *server) get(path string) object { s.t.Helper(); return s.call("GET", path, "") }

func (s *server) post(path, body string) object { s.t.Helper(); return s.call("POST", path, body) }

// object is a JSON object.
type object map[string]any

// at follows a path of field names and array indexes.
func (o object) at(path ...any) any {
	var v any = map[string]any(o)
	for _, step := range path {
		switch key := step.(type) {
		case string:
			v = v.(map[string]any)[key]
		case int:
			v = v.([]any)[key]
		}
	}
	return v
}

func (o object) text(path ...any) string { return fmt.Sprint(o.at(path...)) }

func format(f string, args ...any) string { return fmt.Sprintf(f, args...) }

// cart returns a cart of one line.
func cart(product, more string) string {
	return format(`"items":[{"lineId":"line-1","productId":%q,"productName":"x","quantity":1,"billingCycle":30,"itemType":"new"%s}]`, product, more)
}

// order buys one service from the balance, and returns its Truth.
func (s *server) order(product string) elizontest.Truth {
	s.t.Helper()
	sub := s.post("/checkout", "{"+cart(product, "")+`,"paymentMethod":"guthaben"}`).text("subscriptionIds", 0)
	return s.truth(sub)
}

// running buys a service and waits until it is set up.
func (s *server) running(product string) elizontest.Truth {
	s.t.Helper()
	ordered := s.order(product)
	s.Advance(elizontest.ProvisioningTime)
	return s.truth(ordered.SubscriptionID)
}

func (s *server) truth(subscriptionID string) elizontest.Truth {
	s.t.Helper()
	for _, v := range s.Truths() {
		if v.SubscriptionID == subscriptionID {
			return v
		}
	}
	s.t.Fatalf("no subscription %s", subscriptionID)
	return elizontest.Truth{}
}
