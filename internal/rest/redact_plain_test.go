package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestRedactPlain: values under the names of secrets, in the forms that SECURITY.md lists, and what is left
// of the text.
func TestRedactPlain(t *testing.T) {
	const value = "dUmpCanary"
	inJSON := func(text string) string { b, _ := json.Marshal(text); return string(b) }
	for text, want := range map[string]string{
		`{"password":"` + value + `","a":1}`:                                        `{"password":"[redacted]","a":1}`,
		`{"data":` + inJSON(`{"password":"`+value+`","a":"b"}`) + `}`:               `{"data":"{\"password\":\"[redacted]\",\"a\":\"b\"}"}`,
		`{"data":` + inJSON(inJSON(`{"token" : "`+value+`\"x","a":1}`)) + `}`:       `{"data":"\"{\\\"token\\\" : \\\"[redacted]\\\",\\\"a\\\":1}\""}`,
		`{"data":` + inJSON(`{"password":["`+value+`"],"a":1}`) + `}`:               `{"data":"{\"password\":[redacted],\"a\":1}"}`,
		`{'password': '` + value + `', 'a': 1}`:                                     `{'password': '[redacted]', 'a': 1}`,
		`array('root_pass' => '` + value + `')`:                                     `array('root_pass' => '[redacted]')`,
		`a=1&password=` + value + `&b=2`:                                            `a=1&password=[redacted]&b=2`,
		`params[password]=` + value + `&b=2`:                                        `params[password]=[redacted]&b=2`,
		`params%5Bpassword%5d=` + value:                                             `params%5Bpassword%5d=[redacted]`,
		`{"link":"https:\/\/p.test\/?token=` + value + `#x"}`:                       `{"link":"https:\/\/p.test\/?token=[redacted]"}`,
		`at https://u:` + value + `@p.test/x@y`:                                     `at https:[redacted]@p.test/x@y`,
		`{"link":"https:\/\/u:` + value + `@p.test\/"}`:                             `{"link":"https:[redacted]@p.test\/"}`,
		"X: 1\nAuthorization: Bearer " + value + "\nY: 2":                           "X: 1\nAuthorization: [redacted]\nY: 2",
		inJSON("Set-Cookie: a=" + value + "; b=" + value + "\nY: 2"):                `"Set-Cookie: [redacted]\nY: 2"`,
		`curl -H 'X-API-Key: ` + value + `' -v`:                                     `curl -H 'X-API-Key: [redacted]' -v`,
		"user: a\npassword: " + value + " and more\nb: 2":                           "user: a\npassword: [redacted]\nb: 2",
		inJSON("a\nkey: " + value + `\x` + "\nb: 2"):                                `"a\nkey: [redacted]\nb: 2"`,
		`<a><password>` + value + `</password></a>`:                                 `<a><password>[redacted]</password></a>`,
		"a -----BEGIN PRIVATE KEY-----\n" + value + "\n-----END PRIVATE KEY----- b": "a [redacted] b",
		"a -----BEGIN PRIVATE KEY-----\n" + value:                                   "a [redacted]",
		`password=` + value:                                                         `password=[redacted]`,
		`password=` + value + `\`:                                                   `password=[redacted]\`,

		// Nothing to hide.
		`{"created":"2026-01-02T10:11:12Z","note":"see https://p.test/a?b=c, mail a@b.test"}`: `{"created":"2026-01-02T10:11:12Z","note":"see https://p.test/a?b=c, mail a@b.test"}`,
		`the password is wrong: try again`: `the password is wrong: try again`,
		`password:`:                        `password:`, `:`: `:`, `]=`: `]=`, `<>`: `<>`, `\=`: `\=`, `https://`: `https://`, `at https://p.test:80`: `at https://p.test:80`,
	} {
		assert.Equal(t, want, redactText(text), text)
		for i := range len(text) { // wherever it breaks off
			assert.NotContains(t, redactText(text[:i]), value[:8], text[:i])
		}
	}
	long := strings.Repeat(`{"name":"x","at":"10:11:12","url":"https://p.test/?a=b"},`, 5000)
	assert.Equal(t, long, redactText(long))
}

// BenchmarkRedact is the body of a dump: 256 KB of a list.
func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat(`{"id":17,"username":"alice","email":"a@b.test","created_at":"2026-01-02T10:11:12+00:00","is_suspended":false},`, 2300)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		redactText(text)
	}
}
