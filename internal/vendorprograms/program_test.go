// Package vendorprograms walks the flows of other people's programs on our emulators, through the
// network and on default settings. Each program is written from its source alone: it sends what the
// original sends, and accepts nothing that the original would refuse. It knows nothing of our
// clients, so that an emulator and a client cannot be wrong together.
//
// A step that fails names the source that demands it. Who is right, the emulator or the program, is
// for whoever maintains the emulator to decide.
package vendorprograms

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// program is somebody's program as a server sees it.
type program struct {
	base   string // without a slash at its end
	header http.Header
}

func newProgram(base string, header ...string) *program {
	p := &program{base: strings.TrimSuffix(base, "/"), header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		p.header.Set(header[i], header[i+1])
	}
	return p
}

// answer is what a server said, whatever its status.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// network follows no redirect: a program that does says so.
var network = &http.Client{
	Timeout:       10 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (p *program) send(t *testing.T, method, path, contentType, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = p.header.Clone()
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := network.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: read}
}

func (p *program) form(t *testing.T, path string, fields url.Values) answer {
	t.Helper()
	return p.send(t, http.MethodPost, path, "application/x-www-form-urlencoded", fields.Encode())
}

func (p *program) multipart(t *testing.T, path string, fields url.Values) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return p.send(t, http.MethodPost, path, w.FormDataContentType(), body.String())
}

// fields are those of a JSON object.
type fields = map[string]any

// str is a text, or "" for anything else.
func str(v any) string {
	s, _ := v.(string)
	return s
}

// need ends a step whose forerunner has failed, so that one fault is not told twice.
func need(t *testing.T, have bool, forerunner string) {
	t.Helper()
	if !have {
		t.Fatalf("not walked: the step %q has failed", forerunner)
	}
}
