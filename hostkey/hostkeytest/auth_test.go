package hostkeytest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey/hostkeytest"
)

func TestLogin(t *testing.T) {
	s := newServer(t, hostkeytest.WithMachines(2))
	ids := s.Machines()
	answer := s.call("auth/login", "key", s.Key, "ttl", "3600")
	token := field(answer, "result", "token").(string)
	require.Len(t, token, 32)
	s.token = ""
	s.want(fmt.Sprintf(`{"result":{"token":%q,"role":"Customer","role_type":"Customer","token_expire":%d,"invapi":"invapi.hostkey.test",
		"servers":[%d,%d],"whmcs_id":"1001","customer_id":2001,"whmcs_location":"whmcs_com",
		"permissions":["pdns/view","pdns/edit","show_products","manage_products","show_invoices","manage_orders"]}}`,
		secondToken(s), start.Add(time.Hour).Unix(), ids[0].ID, ids[1].ID), "auth/login", "key", s.Key, "ttl", "3600")

	s.token = token
	info := s.call("auth/info")
	require.Equal(t, token, field(info, "result", "token"))
	require.Equal(t, "account@customers.test", field(info, "result", "email"))
	require.Equal(t, []any{}, field(info, "result", "deploy_keys"))
	s.ok("auth/logout")
	s.want(`{"code":-2,"message":"Invalid token"}`, "auth/info")
}

// secondToken returns the token that the second sign-in gets: a twin of the server makes the same
// ones.
func secondToken(s *server) string {
	s.t.Helper()
	twin := newServer(s.t, hostkeytest.WithMachines(2))
	twin.call("auth/login", "key", twin.Key)
	return field(twin.call("auth/login", "key", twin.Key), "result", "token").(string)
}

func TestLoginShapes(t *testing.T) {
	for shape, at := range map[hostkeytest.Shape][]string{
		hostkeytest.ShapeLoginFlat: {"token"}, hostkeytest.ShapeLoginScope: {"scope", "token"},
	} {
		s := newServer(t, hostkeytest.WithShapes(shape))
		s.token, _ = field(s.call("auth/login", "key", s.Key), at...).(string)
		require.Len(t, s.token, 32, shape)
		require.Equal(t, "OK", s.call("eq/list")["result"])
	}
}

func TestLoginRefusals(t *testing.T) {
	s := newServer(t)
	s.fails("Incorrect API key format", "auth/login", "key", "not a key")
	s.want(`{"code":-1,"message":"Invalid key"}`, "auth/login", "key", "0a1b-2c3d")
	s.want(`{"result":-2,"error":"auth: malformed request #1"}`, "auth/login")
	s.want(`{"result":-2,"error":"auth: malformed request #1"}`, "auth/login", "key", s.Key, "ttl", "soon")
	s.want(`{"result":-2,"error":"auth: malformed request #1"}`, "auth/login", "key", s.Key, "token", "x")

	s.signIn(s.Key)
	require.True(t, s.DisableKey(s.Key, true))
	s.want(`{"code":-2,"message":"Invalid token"}`, "eq/list")
	s.token = ""
	s.fails("API key is disabled", "auth/login", "key", s.Key)
	require.False(t, s.DisableKey("0a1b-2c3d", true))

	bound := s.AddKey(hostkeytest.Key{Name: "bound", IP: "203.0.113.5"})
	s.fails("API key: ip not allowed", "auth/login", "key", bound)
	s.SetCallerIP("203.0.113.5")
	s.signIn(bound)
}

func TestEmptyAccount(t *testing.T) {
	s := newServer(t, hostkeytest.WithEmptyAccountRefused())
	s.want(`{"result":-1,"error":"No appropriate servers found","code":"NO_APPROPRIATE_SERVERS"}`, "auth/login", "key", s.Key)
	s.AddForeign("first")
	s.signIn(s.Key)
}

func TestTokenLife(t *testing.T) {
	s := newServer(t)
	for ttl, life := range map[string]time.Duration{"": 2 * time.Hour, "60": time.Minute, "999999999999": 3 * time.Hour} {
		s.token = ""
		answer := s.call("auth/login", "key", s.Key, "ttl", ttl)
		require.Equal(t, float64(s.Now().Add(life).Unix()), field(answer, "result", "token_expire"), ttl)
		s.token = field(answer, "result", "token").(string)
		s.Advance(life - time.Second)
		require.Equal(t, "OK", s.call("eq/list")["result"])
		s.Advance(time.Second)
		s.want(`{"code":-2,"message":"Invalid token"}`, "eq/list")
	}
}

func TestTokenIsTiedToItsAddress(t *testing.T) {
	s := signedIn(t)
	tied := s.token
	s.token = ""
	free := field(s.call("auth/login", "key", s.Key, "fix_ip", "0"), "result", "token").(string)
	s.SetCallerIP("203.0.113.7")
	s.token = tied
	s.want(`{"code":-2,"message":"Invalid token"}`, "eq/list")
	s.token = free
	require.Equal(t, "OK", s.call("eq/list")["result"])
	s.SetCallerIP("")
	s.token = tied
	require.Equal(t, "OK", s.call("eq/list")["result"])
}

func TestExpiredTokenWordings(t *testing.T) {
	s := signedIn(t)
	s.ExpireTokens()
	want := map[hostkeytest.ExpiredToken]string{
		hostkeytest.ExpiredMessage:      `{"code":-2,"message":"Invalid token"}`,
		hostkeytest.ExpiredError:        `{"result":-2,"error":"Invalid token"}`,
		hostkeytest.ExpiredSession:      `{"code":-2,"message":"Session expired"}`,
		hostkeytest.ExpiredLogout:       `{"code":-2,"message":"eq/list: invalid token, logout"}`,
		hostkeytest.ExpiredHash:         `{"code":-2,"message":"Invalid hash"}`,
		hostkeytest.ExpiredAuthRequired: `{"code":-2,"message":"authentication required"}`,
		hostkeytest.ExpiredUnauthorized: `{"code":-2,"message":"Unauthorized"}`,
	}
	require.Len(t, hostkeytest.ExpiredTokens(), len(want))
	for _, wording := range hostkeytest.ExpiredTokens() {
		s.SetExpiredToken(wording)
		status, body := s.post("eq/list")
		require.JSONEq(t, want[wording], body)
		require.Equal(t, wording == hostkeytest.ExpiredUnauthorized, status == 401, wording)
	}
	other := newServer(t, hostkeytest.WithExpiredToken(hostkeytest.ExpiredHash))
	other.want(`{"code":-2,"message":"Invalid hash"}`, "eq/list")
}

func TestServerKey(t *testing.T) {
	s := signedIn(t)
	s.fails("No appropriate servers found", "api_keys/add", "params[name]", "panel")
	mine, other := s.AddForeign("mine"), s.AddForeign("other")
	added := s.call("api_keys/add", "params[name]", "panel", "params[server_id]", text(mine))
	secret := field(added, "data", "api_key").(string)
	_, listed := s.post("api_keys/list_for_server", "params[server_id]", text(mine))
	require.Contains(t, listed, `"panel"`)
	require.NotContains(t, listed, secret)
	require.Len(t, field(s.call("api_keys/list_for_server", "params[server_id]", text(other)), "data"), 0)

	s.signIn(secret)
	require.Equal(t, "server "+text(mine), field(s.call("auth/info"), "result", "role_type"))
	require.Equal(t, []any{float64(mine)}, s.call("eq/list")["servers"])
	require.Equal(t, []any{float64(mine)}, s.call("eq/update_servers")["servers"])
	require.Equal(t, "OK", s.call("eq/show", "id", text(mine))["result"])
	s.fails("EQ/show: server not exist", "eq/show", "id", text(other))
	s.fails("Access denied", "whmcs/get_client")
	s.want(permissionDenied, "eq/order_instance", buy("web1")...)
	s.want(permissionDenied, "api_keys/list")
	require.Empty(t, s.Orders())
}

func TestAccessDeniedAsMessage(t *testing.T) {
	s := newServer(t, hostkeytest.WithMachines(1), hostkeytest.WithShapes(hostkeytest.ShapeAccessMessage))
	s.signIn(s.AddKey(hostkeytest.Key{ServerID: s.Machines()[0].ID}))
	s.want(`{"code":-1,"message":"Access denied"}`, "whmcs/get_client")
}

func TestKeys(t *testing.T) {
	s := signedIn(t, hostkeytest.WithMachines(1))
	secret := field(s.call("api_keys/add", "params[name]", "ci", "params[login_notify_method]", "email"), "data", "api_key").(string)
	require.Regexp(t, `^[0-9a-f]+-[0-9a-f]+$`, secret)
	keys := s.Keys()
	require.Len(t, keys, 2)
	added := text(keys[1].ID)
	view := fmt.Sprintf(`{"id":%s,"name":"ci","ip":"","active":1,"server_id":0,"login_notify_method":"email","login_notify_address":""}`, added)
	s.want(`{"result":"OK","module":"api_keys","action":"view","data":`+view+`}`, "api_keys/view", "params[id]", added)
	s.call("api_keys/edit", "params[id]", added, "params[name]", "ci2", "params[login_notify_method]", "none", "params[active]", "0", "params[ip]", "203.0.113.1")
	changed := s.Keys()[1]
	require.Equal(t, []any{"ci2", true, "203.0.113.1", "none"}, []any{changed.Name, changed.Disabled, changed.IP, changed.NotifyMethod})
	history := field(s.call("api_keys/history", "params[id]", added), "data").([]any)
	require.Len(t, history, 2)
	s.ok("api_keys/delete", "params[id]", added)
	s.fails("API key not found", "api_keys/delete", "params[id]", added)
	s.token = ""
	s.want(`{"code":-1,"message":"Invalid key"}`, "auth/login", "key", secret)
}

func TestSSHKeys(t *testing.T) {
	s := signedIn(t)
	s.fails("Missing required keys: key", "ssh_keys/add", "params[name]", "k", "key", "flat is not enough")
	added := s.call("ssh_keys/add", "params[name]", "k", "params[key]", "ssh-ed25519 AAAA", "params[default]", "1")
	id := text(id(field(added, "sshkey", "id")))
	row := `{"id":` + id + `,"customer_id":2001,"name":"k","key":"ssh-ed25519 AAAA","default":1,"created":"2026-03-04"}`
	s.want(`{"result":"OK","module":"ssh_keys","action":"list","sshkeys":[`+row+`]}`, "ssh_keys/list")
	s.ok("ssh_keys/delete", "id", id)
	s.fails("SSH key not found", "ssh_keys/delete", "id", id)
	require.Empty(t, s.SSHKeys())
}

func TestFrontDoor(t *testing.T) {
	s := signedIn(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		answer             string
	}{
		{"POST", "/presets.php", "", 200, `{"code":-1,"message":"presets: action required"}`},
		{"POST", "/eq.php", "action=fly&token=" + s.token, 200, `{"code":-1,"message":"eq: action required"}`},
		{"POST", "/ip.php?action=get_client_ip", "", 200, `{"result":"OK","data":{"ip":"192.0.2.1"}}`},
		{"GET", "/eq.php?action=on&id=1&token=" + s.token, "", 200, `{"code":-1,"message":"eq: action required"}`},
		{"GET", "/ip.php?action=get_client_ip", "", 200, `{"result":"OK","data":{"ip":"192.0.2.1"}}`},
		{"POST", "/ip.php", "action=get_client_ip&%zz=1", 200, `{"result":"OK","data":{"ip":"192.0.2.1"}}`},
		{"POST", "/nothing.php", "action=list", 404, ""},
		{"POST", "/eq", "action=list", 404, ""},
		{"PUT", "/eq.php", "action=list", 405, ""},
		{"POST", "/eq.php", "action=list&x=" + strings.Repeat("a", 1<<20), 413, ""},
	} {
		status, body := s.send(test.method, test.path, test.body)
		require.Equal(t, test.status, status, test.path)
		if test.answer != "" {
			require.JSONEq(t, test.answer, body)
		}
	}
	// Signing in by GET works, too.
	status, body := s.send("GET", "/auth.php?"+url.Values{"action": {"login"}, "key": {s.Key}}.Encode(), "")
	require.Equal(t, 200, status)
	require.Contains(t, body, "token_expire")
	s.fails("eq/show: invalid id", "eq/show", "id", "55054x")
	s.fails("EQ/show: server not exist", "eq/show", "id", "999999")
	require.Equal(t, 14, s.Faults.Count(), "the journal")
}

// TestKeyLogIsBounded: thousands of sign-ins leave a history of bounded length.
func TestKeyLogIsBounded(t *testing.T) {
	s := newServer(t)
	for range 2100 {
		s.signIn(s.Key)
	}
	history := field(s.call("api_keys/history", "params[id]", text(s.Keys()[0].ID)), "data").([]any)
	require.LessOrEqual(t, len(history), 1000)
	require.Greater(t, len(history), 500)
}
