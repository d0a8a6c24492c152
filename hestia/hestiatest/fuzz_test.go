package hestiatest

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// FuzzServer sends arbitrary requests to the front door. It must answer with a status of its own,
// and never panic: in memory a panic of the handler reaches this test.
func FuzzServer(f *testing.F) {
	for name := range commands {
		f.Add(true, "POST", name+"\x00alice\x00example.com\x00info\x00json", "")
		f.Add(false, "POST", name+"\x00alice\x00json", "")
	}
	for _, body := range []string{
		`{"user":"admin"`, `[]`, `{"cmd":["x"],"access_key":1,"secret_key":null}`, `{"hash":{"a":1}}`, "a=b&c%zz=+&access_key[]=x&user=%00",
		"access_key=x&secret_key=y&cmd=v-list-users", `{"user":"admin","password":[],"cmd":5}`,
	} {
		f.Add(true, "POST", "", body)
		f.Add(false, "PUT", "", body)
	}
	f.Fuzz(func(t *testing.T, modern bool, method, words, body string) {
		s := populated()
		if words != "" {
			values := url.Values{"hash": {s.APIKey}}
			if modern {
				values = url.Values{"access_key": {s.AccessKey}, "secret_key": {s.SecretKey}}
			}
			for i, word := range strings.Split(words, "\x00") {
				if i == 0 {
					values.Set("cmd", word)
				} else {
					values.Set("arg"+strconv.Itoa(i), word)
				}
			}
			body = values.Encode()
		}
		for range 2 { // the second request meets what the first one left
			req, err := http.NewRequest(method, s.URL+"/api/", strings.NewReader(body))
			if err != nil {
				return
			}
			if modern || words != "" {
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			resp, err := s.Client().Do(req)
			if err != nil {
				return // not a request that net/http would send
			}
			data, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			switch resp.StatusCode {
			case 200, 400, 401, 404, 405, 422, 500:
			case 204:
				if len(data) > 0 {
					t.Fatalf("204 with a body: %q", data)
				}
			default:
				t.Fatalf("status %d", resp.StatusCode)
			}
		}
		s.Users()
		s.Packages()
	})
}
