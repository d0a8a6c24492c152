package elizontest_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon/elizontest"
)

func TestConsoles(t *testing.T) {
	s := newServer(t)
	vps, game, web := s.running("prod-vps-s"), s.running("prod-game-s"), s.running("prod-web-s")
	at := func(v elizontest.Truth) string { return "/services/" + v.ServiceID + "/console" }
	vnc := s.get(at(vps))
	require.Equal(t, []string{"vnc", "/api" + at(vps) + "/websocket", "2026-03-04T10:39:30.000Z"},
		[]string{vnc.text("console", "type"), vnc.text("console", "wsPath"), vnc.text("console", "expiresAt")})
	require.NotEqual(t, vnc.at("console", "vncPassword"), s.get(at(vps)).at("console", "vncPassword"))
	resp, page := s.do("GET", at(vps)+"/embed", "")
	require.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Contains(t, page, "<iframe")

	terminal := s.get(at(game))
	require.Equal(t, []string{"terminal", "/api" + at(game) + "/stream", "/api" + at(game) + "/command"}, []string{
		terminal.text("console", "type"), terminal.text("console", "streamUrl"), terminal.text("console", "commandUrl"),
	})
	s.post(at(game)+"/command", `{"command":"say \"hi\""}`)
	s.post(at(game)+"/command", `{"type":"power","command":"stop"}`)
	require.Equal(t, "STOPPED", s.truth(game.SubscriptionID).Status)
	resp, stream := s.do("GET", at(game)+"/stream", "")
	require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	require.Equal(t, "event: connected\ndata: {\"serviceId\":\""+game.ServiceID+"\"}\n\nevent: auth_success\ndata: {}\n\n"+
		"event: console_output\ndata: {\"output\":\"\\u003e say \\\"hi\\\"\"}\n\n"+
		"event: console_output\ndata: {\"output\":\"\\u003e stop\"}\n\nevent: disconnected\ndata: {}\n\n", stream)

	require.Regexp(t, `^https://elizon\.test/console/[a-z0-9]{24}$`, s.get(at(web)).text("console", "url"))
	s.fails(400, "consoleNotAvailableForThisService", "GET", at(web)+"/embed", "")
	s.fails(400, "consoleStreamingOnlySupportedForPterodactylServices", "GET", at(web)+"/stream", "")
	s.fails(400, "consoleStreamingOnlySupportedForPterodactylServices", "GET", at(vps)+"/stream", "")
	s.fails(400, "invalidRequest", "POST", at(game)+"/command", `{}`)
	s.fails(400, "invalidRequest", "POST", at(game)+"/command", `{"type":"power","command":"explode"}`)

	s = newServer(t, elizontest.WithAbsoluteConsoleURLs())
	game = s.running("prod-game-s")
	require.Equal(t, s.URL+"/api"+at(game)+"/stream", s.get(at(game)).text("console", "streamUrl"))
}

func TestHeldStream(t *testing.T) {
	srv := elizontest.NewServer(elizontest.WithProvisioning(0))
	defer srv.Close()
	srv.HoldStreams(true)
	path := srv.URL + "/api/services/" + srv.AddService(elizontest.Service{ProductID: "prod-game-s"}).ID + "/console"
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	call := func(method, path, body string) *http.Response {
		req, err := http.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("X-Api-Key", srv.Key)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		return resp
	}
	stream := call("GET", path+"/stream", "")
	defer func() { _ = stream.Body.Close() }()
	lines := bufio.NewScanner(stream.Body)
	next := func(prefix string) {
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), prefix) {
				return
			}
		}
		t.Fatalf("the stream ended before %q: %v", prefix, lines.Err())
	}
	next("event: auth_success")
	require.NoError(t, call("POST", path+"/command", `{"command":"list"}`).Body.Close())
	next("event: console_output")
}
