package hestiatest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// exchange is one recorded request and its answer.
type exchange struct {
	Name    string `json:"name"`
	Request struct {
		Method      string            `json:"method"`
		Path        string            `json:"path"`
		ContentType string            `json:"content_type"`
		Form        map[string]string `json:"form"`
		JSON        map[string]any    `json:"json"`
		Body        string            `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	} `json:"response"`
}

// command returns the command and arguments of an exchange, as tables name it.
func (e exchange) command() string {
	form := e.Request.Form
	words := []string{form["cmd"]}
	for _, key := range []string{"arg1", "arg2", "arg3", "arg4"} {
		if value, there := form[key]; there {
			words = append(words, value)
		}
	}
	return strings.Join(words, " ")
}

func readExchanges(t *testing.T, name string) []exchange {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "hestia", name+".jsonl"))
	require.NoError(t, err)
	var all []exchange
	for line := range bytes.Lines(data) {
		var e exchange
		require.NoError(t, json.Unmarshal(line, &e))
		all = append(all, e)
	}
	return all
}

// recordedPanel returns a panel with the credentials and the users of the recordings.
func recordedPanel(opts ...Option) *Server {
	now := time.Date(2026, 11, 21, 4, 35, 7, 0, time.UTC)
	s := NewServer(append([]Option{InMemory(), WithClock(func() time.Time { return now })}, opts...)...)
	st := s.st
	st.apiKeys = []string{"SECRETHASHSECRETHASHSECRETHASH00"}
	st.keys.rows = nil
	st.user("admin").password = "SECRET"
	st.user("admin").conf["CONTACT"] = "admin@example.com"
	for _, name := range []string{"keyowner", "keyother"} {
		s.AddUser(User{Name: name, Password: "SECRET-" + name, Email: name + "@example.com", DisplayName: "Key " + name})
	}
	for _, key := range [][4]string{
		{"ACCESSKEYADMIN000000", "SECRETKEYADMINSECRETSECRETSECRETSECRETSE", "admin", ""},
		{"ACCESSKEYBILLING0000", "SECRETKEYBILLINGSECRETSECRETSECRETSECRET", "admin", "billing"},
		{"ACCESSKEYOWNER000000", "SECRETKEYOWNERSECRETSECRETSECRETSECRETSE", "keyowner", "mail-accounts,update-dns-records"},
		{"ACCESSKEYOTHER000000", "SECRETKEYOTHERSECRETSECRETSECRETSECRETSE", "keyother", "mail-accounts"},
		{"ACCESSKEYNEW00000000", "SECRETKEYNEWSECRETSECRETSECRETSECRETSECR", "keyowner", "mail-accounts"},
		{"ACCESSKEYNEWTWO00000", "SECRETKEYNEWTWOSECRETSECRETSECRETSECRETS", "admin", "billing,sync-dns-cluster"},
	} {
		st.keys.add(row{
			"ACCESS_KEY_ID": key[0], "SECRET_ACCESS_KEY": key[1], "USER": key[2], "PERMISSIONS": key[3], "COMMENT": keyComments[key[0]],
			"TIME": "04:32:59", "DATE": "2026-11-21",
		})
	}
	return s
}

var keyComments = map[string]string{
	"ACCESSKEYADMIN000000": "main key", "ACCESSKEYBILLING0000": "billing only", "ACCESSKEYOWNER000000": "own mail",
	"ACCESSKEYOTHER000000": "other mail", "ACCESSKEYNEW00000000": "made by api", "ACCESSKEYNEWTWO00000": "made by api 2",
}

// send sends the recorded request.
func (e exchange) send(t *testing.T, s *Server) (int, http.Header, string) {
	t.Helper()
	body, kind := e.Request.Body, e.Request.ContentType
	switch {
	case e.Request.Form != nil:
		values := url.Values{}
		for key, value := range e.Request.Form {
			values.Set(key, value)
		}
		body, kind = values.Encode(), "application/x-www-form-urlencoded"
	case e.Request.JSON != nil:
		data, err := json.Marshal(e.Request.JSON)
		require.NoError(t, err)
		body, kind = string(data), "application/json"
	}
	req, err := http.NewRequest(e.Request.Method, s.URL+e.Request.Path, strings.NewReader(body))
	require.NoError(t, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	client := s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode, resp.Header, string(data)
}

var (
	reTime    = regexp.MustCompile(`\d\d:\d\d:\d\d`)
	reDay     = regexp.MustCompile(`20\d\d-\d\d-\d\d`)
	reArchive = regexp.MustCompile(`_\d\d-\d\d-\d\d\.tar`)
	reTitle   = regexp.MustCompile(`<title>.*</title>`)
	reDrawn   = regexp.MustCompile(`"(ACCESS_KEY_ID|SECRET_ACCESS_KEY|user|password)":"(hestia_sso_)?[^"]*"`)
	reDKIM    = regexp.MustCompile(`p=[A-Za-z0-9+/=]+'`)
	reRKey    = regexp.MustCompile(`"RKEY": "[^"]*"`)
)

// plain removes from a body what differs from run to run: times, secrets, the server's name, and
// the white space of JSON. The order of keys stays.
func plain(body string, s *Server) string {
	if s != nil {
		for _, a := range s.st.users {
			body = strings.ReplaceAll(body, a.conf["RKEY"], "SECRETRKEY000000")
		}
		body = strings.ReplaceAll(body, hostName, "panel.example.com")
	}
	body = reArchive.ReplaceAllString(body, "_hh-mm-ss.tar")
	body = reTime.ReplaceAllString(body, "hh:mm:ss")
	body = reDay.ReplaceAllString(body, "yyyy-mm-dd")
	body = reRKey.ReplaceAllString(body, `"RKEY": ""`)
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(body)) == nil {
		end := ""
		if strings.HasSuffix(body, "\n") {
			end = "\n"
		}
		return compact.String() + end
	}
	return body
}

// differs compares an answer with the recorded one, and returns what differs; "" if nothing.
func (e exchange) differs(s *Server, status int, header http.Header, body string) string {
	want := e.Response
	switch {
	case status != want.Status:
		return "status"
	case header.Get("Hestia-Exit-Code") != want.Headers["Hestia-Exit-Code"]:
		return "exit code"
	case header.Get("Content-Type") != want.Headers["Content-Type"]:
		return "content type"
	case strings.HasPrefix(want.Body, "<!doctype"):
		// For a page of the web server, comparing the title is enough.
		if reTitle.FindString(body) != reTitle.FindString(want.Body) {
			return "title"
		}
	case e.Request.Form["cmd"] == "v-list-access-keys":
		// These are sorted by IDs, for which the recordings have dummies.
		var a, b any
		if json.Unmarshal([]byte(plain(body, s)), &a) != nil || json.Unmarshal([]byte(plain(want.Body, nil)), &b) != nil || !reflect.DeepEqual(a, b) {
			return "body"
		}
	case e.masked(plain(body, s)) != e.masked(plain(want.Body, nil)):
		return "body"
	}
	return ""
}

// masked hides what a command generates randomly.
func (e exchange) masked(body string) string {
	switch e.Request.Form["cmd"] {
	case "v-add-access-key", "v-add-database-temp-user":
		return reDrawn.ReplaceAllString(body, `"$1":"$2drawn"`)
	case "v-list-mail-domain-dkim-dns":
		return reDKIM.ReplaceAllString(body, "p=key'")
	}
	return body
}
