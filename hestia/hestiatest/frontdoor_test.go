package hestiatest

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// panel is a panel and the test that calls it.
type panel struct {
	*Server
	t *testing.T
}

// ask posts a form. words are the command and its arguments, extra are further fields.
func (p panel) ask(sign url.Values, words []string, extra ...string) (int, string, string, http.Header) {
	p.t.Helper()
	values := url.Values{}
	maps.Copy(values, sign)
	for i, word := range words {
		if i == 0 {
			values.Set("cmd", word)
		} else {
			values.Set("arg"+strconv.Itoa(i), word)
		}
	}
	for i := 0; i < len(extra); i += 2 {
		values.Set(extra[i], extra[i+1])
	}
	return p.post("/api/", "application/x-www-form-urlencoded", values.Encode())
}

func (p panel) post(path, kind, body string) (int, string, string, http.Header) {
	p.t.Helper()
	req, err := http.NewRequest(http.MethodPost, p.URL+path, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("Content-Type", kind)
	client := p.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	require.NoError(p.t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	return resp.StatusCode, resp.Header.Get("Hestia-Exit-Code"), string(data), resp.Header
}

func (p panel) modern() url.Values {
	return url.Values{"access_key": {p.AccessKey}, "secret_key": {p.SecretKey}}
}

func (p panel) legacy() url.Values { return url.Values{"hash": {p.APIKey}} }

// want posts a form and compares status, exit code and body.
func (p panel) want(status int, code, body string, sign url.Values, words []string, extra ...string) {
	p.t.Helper()
	gotStatus, gotCode, gotBody, _ := p.ask(sign, words, extra...)
	require.Equal(p.t, status, gotStatus, gotBody)
	require.Equal(p.t, code, gotCode)
	require.Equal(p.t, body, gotBody)
}

func newPanel(t *testing.T, opts ...Option) panel {
	s := NewServer(append([]Option{InMemory()}, opts...)...)
	t.Cleanup(s.Close)
	return panel{s, t}
}

func TestOversizedCommand(t *testing.T) {
	p := newPanel(t)
	p.want(204, "-1", "", p.modern(), cmd("v-change-user-name", "admin", strings.Repeat("x", 128<<10)))
	p.want(200, "-1", "-1", p.modern(), cmd("v-change-user-name", "admin", strings.Repeat("x", 128<<10)), "returncode", "yes")
	p.want(200, "", "OK", p.legacy(), cmd("v-change-user-name", "admin", strings.Repeat("x", 128<<10)))
	prefix := len("/usr/bin/sudo /usr/local/hestia/bin/v-list-user-ns 'admin' ''")
	p.want(204, "0", "", p.modern(), cmd("v-list-user-ns", "admin", strings.Repeat("x", 128<<10-prefix-1)))
	p.want(204, "-1", "", p.modern(), cmd("v-list-user-ns", "admin", strings.Repeat("x", 128<<10-prefix)))
	p.want(204, "-1", "", p.modern(), cmd("v-list-user-ns", "admin", strings.Repeat("'", 33<<10)))
	p.want(204, "0", "", p.modern(), cmd("v-make-tmp-file", strings.Repeat("x", 200<<10), "big"))
	require.Len(t, p.Files()["/tmp/big"], 200<<10+1)
}

func TestTemporaryFiles(t *testing.T) {
	p := newPanel(t)
	p.want(204, "0", "", p.modern(), cmd("v-make-tmp-file", "secret pass\nmore", "../x/pw"))
	require.Equal(t, "secret pass\nmore\n", p.Files()["/tmp/pw"])
	p.want(200, "0", "0", p.modern(), cmd("v-make-tmp-file", "x", "y"), "returncode", "yes")
	p.want(200, "", "OK", p.legacy(), cmd("v-make-tmp-file", "x", "y"))
	p.want(200, "", "", p.legacy(), cmd("v-make-tmp-file", "x", "y"), "returncode", "yes")
	status, _, _, _ := p.ask(p.modern(), cmd("v-make-tmp-file", "x"))
	require.Equal(t, 500, status)
	p.want(204, "0", "", p.modern(), cmd("v-make-tmp-file"), "arg2", "empty")
	require.Equal(t, "\n", p.Files()["/tmp/empty"])

	p.want(204, "0", "", p.modern(), cmd("v-add-user", "dora", "/tmp/pw", "dora@example.com"))
	dora, ok := p.User("dora")
	require.True(t, ok)
	require.Equal(t, "secret pass", dora.Password)
	p.want(204, "0", "", p.modern(), cmd("v-change-user-password", "dora", "/tmp/none"))
	dora, _ = p.User("dora")
	require.Equal(t, "/tmp/none", dora.Password)
}

func TestBodies(t *testing.T) {
	p := newPanel(t)
	sign := `"access_key":"` + p.AccessKey + `","secret_key":"` + p.SecretKey + `"`
	for body, want := range map[string]int{
		`{` + sign + `,"cmd":"v-list-user-ns","arg1":"admin","arg2":"json"}`:             200,
		`{` + sign + `,"cmd":"v-list-user-ns","arg1":"admin","arg3":null,"arg4":"json"}`: 200,
		`{` + sign + `,"cmd":"v-list-user-ns","arg1":["admin"]}`:                         500,
		`{` + sign + `,"cmd":{"a":1}}`:                                                   500,
		`{` + sign + `,"cmd":"v-list-user-ns","arg1":false,"returncode":true}`:           400,
		`{` + sign + `,"cmd":"v-list-user-ns","arg1":true}`:                              400,
		`{"access_key":["x"],"secret_key":"y","cmd":"v-list-users"}`:                     500,
		`{"access_key":"x","secret_key":null,"cmd":"v-list-users"}`:                      405,
		`{"hash":["x"],"cmd":"v-list-users"}`:                                            500,
		`{"user":"admin","password":["x"],"cmd":"v-list-users"}`:                         401,
		`{}`: 405, `0`: 405, `"user"`: 405, `true`: 405, `[{"user":1}]`: 405,
	} {
		for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded"} {
			if status, _, text, _ := p.post("/api/", kind, body); status != want && !(kind == "application/x-www-form-urlencoded" && want == 500) {
				require.Equal(t, want, status, "%s: %s", body, text)
			}
		}
	}
	multipart := "--x\r\nContent-Disposition: form-data; name=\"hash\"\r\n\r\n" + p.APIKey +
		"\r\n--x\r\nContent-Disposition: form-data; name=\"cmd\"\r\n\r\nv-get-user-value\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"arg1\"\r\n\r\nadmin\r\n--x\r\nContent-Disposition: form-data; name=\"arg2\"\r\n\r\nrole\r\n--x--\r\n"
	status, _, text, _ := p.post("/api/", "multipart/form-data; boundary=x", multipart)
	require.Equal(t, 200, status)
	require.Equal(t, "admin\n", text)
	status, _, _, _ = p.post("/api/", "multipart/form-data", multipart)
	require.Equal(t, 405, status)
	status, _, _, _ = p.post("/api/?hash="+p.APIKey+"&cmd=v-list-users", "text/plain", "")
	require.Equal(t, 405, status, "the query string is ignored")
	status, _, text, _ = p.post("/api/", "application/x-www-form-urlencoded", "hash="+p.APIKey+"&cmd=v-get-user-value&arg1=admin&arg2=%5")
	require.Equal(t, 200, status)
	require.Equal(t, "Error: invalid key format :: %5\n", text, "a broken escape stays as it is")
	status, _, _, _ = p.post("/api/", "application/x-www-form-urlencoded", "hash="+p.APIKey+"&cmd=v-get-user-value&arg1[]=admin")
	require.Equal(t, 500, status)
	status, _, _, _ = p.post("/api/", "application/x-www-form-urlencoded", "hash="+p.APIKey+"&cmd=v-get-user-value&arg1=a%00b&arg2=x")
	require.Equal(t, 500, status)
}

func TestArgumentsBeyondThirteenAreIgnored(t *testing.T) {
	p := newPanel(t)
	status, _, body, _ := p.ask(p.modern(), cmd("v-list-user-ns", "admin"), "arg13", "json", "arg14", "plain")
	require.Equal(t, 200, status)
	require.JSONEq(t, `["ns1.example.com","ns2.example.com"]`, body)
	status, _, body, _ = p.ask(p.modern(), cmd("v-list-user-ns", "admin"), "arg14", "json")
	require.Equal(t, 200, status)
	require.Equal(t, "NS\n--\nns1.example.com\nns2.example.com", body)
}

func TestKeyFormats(t *testing.T) {
	p := newPanel(t)
	sign := func(id, secret string) url.Values {
		return url.Values{"access_key": {id}, "secret_key": {secret}}
	}
	list := cmd("v-list-users")
	p.want(401, "9", "Error: invalid access_key_id format :: short", sign("short", p.SecretKey), list)
	p.want(401, "9", "Error: invalid secret_access_key format", sign(p.AccessKey, "short"), list)
	p.want(401, "9", "Error: Authentication failed", sign("", ""), list)
	p.want(401, "9", "Error: Authentication failed", sign("0", p.SecretKey), list)
	p.want(401, "9", "Error: authentication failed", url.Values{"hash": {"short"}}, list)
	p.want(401, "10", "Error: authentication failed", url.Values{"hash": {"0"}}, list)
	p.SetConfig("DEMO_MODE", "yes")
	p.want(400, "1", "Error: ERROR: Unable to perform operation due to security restrictions that are in place.", sign("short", "x"), list)
	p.want(401, "9", "Error: authentication failed", p.legacy(), list)
	p.SetConfig("DEMO_MODE", "")
	p.RevokeKey()
	p.want(401, "9", "Error: key "+p.AccessKey+" doesn't exist", p.modern(), list)
	p.want(401, "9", "Error: authentication failed", p.legacy(), list)
	p.want(401, "9", "Error: authentication failed", url.Values{"user": {p.AdminUser}, "password": {p.AdminPassword}}, list)
}

func TestProfiles(t *testing.T) {
	p := newPanel(t, WithAPISystem(2))
	p.AddUser(User{Name: "alice", WebDomains: []string{"example.com"}})
	p.AddUser(User{Name: "bob"})
	id, secret := p.AddAccessKey(p.AdminUser, "billing")
	billing := url.Values{"access_key": {id}, "secret_key": {secret}}
	p.want(204, "0", "", billing, cmd("v-make-tmp-file", "x", "y"))
	p.want(204, "0", "", billing, cmd("v-suspend-user", "alice"))
	for forbidden := range strings.FieldsSeq("v-list-user-packages v-list-web-domains v-change-user-contact v-list-sys-info v-list-sys-config") {
		p.want(401, "10", "Error: Key "+id+" don't have permission to run the command "+forbidden, billing, cmd(forbidden, "alice"))
	}
	id, secret = p.AddAccessKey("bob", "purge-nginx-cache")
	own := url.Values{"access_key": {id}, "secret_key": {secret}}
	p.want(200, "0", "{\n}", own, cmd("v-list-web-domains", "bob", "json"))
	p.want(401, "10", "Error: Key "+id+` - the "user" argument doesn\'t match the key\'s user`, own, cmd("v-list-web-domains", "alice", "json"))
	p.want(401, "10", "Error: Key "+id+" don't have permission to run the command v-make-tmp-file", own, cmd("v-make-tmp-file", "x", "y"))
	p.SetConfig("API_SYSTEM", "1")
	p.want(401, "21", "Error: API has been disabled", own, cmd("v-list-web-domains", "bob", "json"))
	p.SetConfig("API_SYSTEM", "2")
	require.True(t, p.RemoveUser("bob"))
	p.want(401, "9", "Error: user bob doesn't exist", own, cmd("v-list-web-domains", "bob", "json"))
	id, secret = p.AddAccessKey("alice")
	p.want(401, "10", "Error: Key "+id+" don't have permission to run the command v-list-users",
		url.Values{"access_key": {id}, "secret_key": {secret}}, cmd("v-list-users"))
	p.AddProfile("provisioning", "admin", "v-list-user-packages")
	id, secret = p.AddAccessKey(p.AdminUser, "provisioning")
	p.want(204, "0", "", url.Values{"access_key": {id}, "secret_key": {secret}}, cmd("v-list-user-packages", "none"))
	require.Panics(t, func() { p.AddAccessKey("nobody") })
	require.Panics(t, func() { p.AddAccessKey("alice", "nothing") })
}

func TestAllowedAddresses(t *testing.T) {
	for _, c := range []struct {
		ips            []string
		modern, legacy int
	}{
		{nil, 401, 401}, {[]string{"192.0.2.1"}, 200, 200}, {[]string{"198.51.100.1", "192.0.2.1"}, 200, 200},
		{[]string{"192.0.2.0/24"}, 401, 401}, {[]string{"0.0.0.0"}, 200, 401}, {[]string{"allow-all"}, 200, 200},
	} {
		p := newPanel(t, WithAllowedIPs(c.ips...))
		status, _, _, _ := p.ask(p.modern(), cmd("v-list-users"))
		require.Equal(t, c.modern, status, c.ips)
		status, _, _, _ = p.ask(p.legacy(), cmd("v-list-users"))
		require.Equal(t, c.legacy, status, c.ips)
	}
}

func TestSwitchedOff(t *testing.T) {
	p := newPanel(t, WithAPI(false), WithAPISystem(0))
	p.want(400, "11", "Error: API has been disabled", p.modern(), cmd("v-list-users"))
	p.want(400, "11", "Error: API has been disabled11", p.legacy(), cmd("v-list-users"), "returncode", "yes")
	gone := newPanel(t, WithoutAPI())
	status, code, body, header := gone.ask(gone.modern(), cmd("v-list-users"))
	require.Equal(t, 404, status)
	require.Empty(t, code)
	require.Contains(t, body, "<title>Page Not Found</title>")
	require.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
}
