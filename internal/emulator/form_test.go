package emulator_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/emulator"
)

// Parameters are found wherever a client puts them, and those of the body win.
func TestReadForm(t *testing.T) {
	const (
		encoded = "application/x-www-form-urlencoded"
		parts   = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1+1\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"ids[]\"\r\n\r\n7\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"ids[]\"\r\n\r\n8\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nf\r\n--x--\r\n"
	)
	for name, test := range map[string]struct {
		method, target, kind, body string
		want                       url.Values
	}{
		"query":                {http.MethodGet, "/m.php?a=1&b=2", "", "", url.Values{"a": {"1"}, "b": {"2"}}},
		"body of a GET":        {http.MethodGet, "/m.php?a=1", encoded, "a=2", url.Values{"a": {"1"}}},
		"query and body":       {http.MethodPost, "/m.php?action=info&a=1", encoded, "a=2&ids[]=7&ids[]=8", url.Values{"action": {"info"}, "a": {"2"}, "ids[]": {"7", "8"}}},
		"charset":              {http.MethodPost, "/m.php", encoded + "; charset=UTF-8", "a=2", url.Values{"a": {"2"}}},
		"broken pairs":         {http.MethodPost, "/m.php", encoded, "a=%zz&b=2", url.Values{"b": {"2"}}},
		"multipart":            {http.MethodPost, "/m.php?b=2", "multipart/form-data; boundary=x", parts, url.Values{"a": {"1+1"}, "b": {"2"}, "ids[]": {"7", "8"}}},
		"multipart, no border": {http.MethodPost, "/m.php", "multipart/form-data", parts, url.Values{}},
		"another type":         {http.MethodPost, "/m.php?a=1", "application/json", `{"a":2}`, url.Values{"a": {"1"}}},
	} {
		r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		form, err := emulator.ReadForm(r)
		require.NoError(t, err, name)
		require.Equal(t, test.want, form, name)
	}
	_, err := emulator.ReadForm(httptest.NewRequest(http.MethodPost, "/m.php", strings.NewReader(strings.Repeat("a", emulator.MaxBody+1))))
	bad, ok := errors.AsType[*emulator.BodyError](err)
	require.True(t, ok)
	require.Equal(t, emulator.BodyTooLarge, bad.Problem)
}
