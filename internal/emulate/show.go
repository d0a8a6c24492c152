package emulate

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// shown is what is said of a system: with -json, and by the control path.
type shown struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	URL     string `json:"url"`
	Control string `json:"control"`
	// Credentials by names that stay the same.
	Credentials map[string]string `json:"credentials"`
	// Certificate (PEM) and Pin (sha256/...) are set with -tls.
	Certificate string  `json:"certificate,omitempty"`
	Pin         string  `json:"pin,omitempty"`
	Try         request `json:"try"`

	labelled []credential
}

// credential is something to sign in with: its name for programs, and for people.
type credential struct{ name, label, value string }

// request is a request to try, in parts and as a line for a shell.
type request struct {
	Method string            `json:"method"`
	Path   string            `json:"-"`
	URL    string            `json:"url"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
	Curl   string            `json:"curl"`
}

// get returns a request that reads a path with a credential in a header.
func get(path, header, value string) request {
	return request{Method: http.MethodGet, Path: path, Header: map[string]string{header: value}}
}

// post returns a request that sends a form.
func post(path string, form url.Values) request {
	return request{
		Method: http.MethodPost, Path: path, Body: form.Encode(),
		Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
	}
}

// dialects say of KeyHelp's two dialects which one a program needs that was written for running
// panels.
var dialects = map[string]string{
	`"live"`:       "live dialect: the one that running panels speak",
	`"documented"`: "documented dialect: running panels speak the other one (-dialect live)",
}

// show describes the system as it is now.
func (s *system) show() *shown {
	current := s.emulator.Load()
	server := current.server
	origin := url.URL{Scheme: "http", Host: s.address()}
	e := &shown{Kind: s.name, Name: s.kind.title, Credentials: make(map[string]string)}
	for _, set := range current.settings {
		if set.name == "WithDialect" {
			e.Name = s.kind.title + ", " + dialects[string(set.args[0])]
		}
	}
	if s.certificate != nil {
		origin.Scheme = "https"
		e.Certificate, e.Pin = string(s.certificate.PEM), s.certificate.Pin
	}
	e.Control = origin.String() + controlPath
	prefix, _ := url.Parse(server.Elem().FieldByName("URL").String())
	e.URL = origin.String() + prefix.Path
	e.labelled, e.Try = s.kind.access(server.Interface())
	for _, c := range e.labelled {
		e.Credentials[c.name] = c.value
	}
	e.Try.URL = e.URL + e.Try.Path
	e.Try.Curl = e.Try.curl(e.Pin)
	return e
}

// curl returns the request as a line for a shell.
func (t *request) curl(pin string) string {
	line := []string{"curl", "-sS"}
	if pin != "" {
		// Trust this certificate and no other.
		line = append(line, "-k", "--pinnedpubkey", quote(strings.Replace(pin, "/", "//", 1)))
	}
	for name, value := range t.Header {
		if t.Body == "" { // with a body, curl sends the right content type by itself
			line = append(line, "-H", quote(name+": "+value))
		}
	}
	if t.Body != "" {
		line = append(line, "-d", quote(t.Body))
	}
	return strings.Join(append(line, quote(t.URL)), " ")
}

// quote returns a text as one word of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (e *shown) print(out io.Writer) {
	fmt.Fprintf(out, "%s (%s)\n  URL: %s\n", e.Name, e.Kind, e.URL)
	for _, c := range e.labelled {
		fmt.Fprintf(out, "  %s: %s\n", c.label, c.value)
	}
	if e.Pin != "" {
		fmt.Fprintf(out, "  public key of the certificate: %s\n", e.Pin)
	}
	fmt.Fprintf(out, "  control path: %s\n  try: %s\n\n", e.Control, e.Try.Curl)
}

// printJSON prints all systems as one JSON object.
func printJSON(out io.Writer, all []*shown) error {
	lines := json.NewEncoder(out)
	lines.SetIndent("", "  ")
	lines.SetEscapeHTML(false)
	return lines.Encode(map[string][]*shown{"emulators": all})
}
