package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider/faults"
)

// system is one emulated system, as this program serves and prints it.
type system struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	URL  string `json:"url"`
	// Credentials in the order in which they are printed.
	Credentials []credential `json:"credentials"`
	// Certificate (PEM) and Pin (sha256/...) are set with -tls.
	Certificate string  `json:"certificate,omitempty"`
	Pin         string  `json:"pin,omitempty"`
	Try         request `json:"try"`

	faults *faults.Injector
	relay  *relay
	close  func()

	requests int
	met      map[string]int
}

// credential is something to sign in with, and what it is for.
type credential struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

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

// serveAt makes the system reachable at an address of the user's choice. Links in its answers still
// name the port that it chose itself, and work.
func (e *system) serveAt(address string) error {
	if address == "" {
		return nil
	}
	own, err := url.Parse(e.URL)
	if err != nil {
		return err
	}
	if e.relay, err = newRelay(address, own.Host); err != nil {
		return fmt.Errorf("-%s: %w", e.Kind, err)
	}
	own.Host = e.relay.listener.Addr().String()
	e.URL = own.String()
	return nil
}

// describeTry completes the request to try, once the URL is known.
func (e *system) describeTry() {
	t := &e.Try
	t.URL = e.URL + t.Path
	line := []string{"curl", "-sS"}
	if e.Pin != "" {
		// Trust this certificate and no other.
		line = append(line, "-k", "--pinnedpubkey", quote(strings.Replace(e.Pin, "/", "//", 1)))
	}
	for name, value := range t.Header {
		if t.Body == "" { // with a body, curl sends the right content type by itself
			line = append(line, "-H", quote(name+": "+value))
		}
	}
	if t.Body != "" {
		line = append(line, "-d", quote(t.Body))
	}
	t.Curl = strings.Join(append(line, quote(t.URL)), " ")
}

// quote returns a text as one word of a POSIX shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (e *system) print(out io.Writer) {
	fmt.Fprintf(out, "%s (%s)\n  URL: %s\n", e.Name, e.Kind, e.URL)
	for _, c := range e.Credentials {
		fmt.Fprintf(out, "  %s: %s\n", c.Name, c.Value)
	}
	if e.Pin != "" {
		fmt.Fprintf(out, "  public key of the certificate: %s\n", e.Pin)
	}
	fmt.Fprintf(out, "  try: %s\n\n", e.Try.Curl)
}

func (e *system) stop() {
	if e.relay != nil {
		e.relay.stop()
	}
	e.close()
}

// count adds up the requests since the last time, and the faults that they met.
func (e *system) count() {
	requests := e.faults.Requests()
	e.faults.Forget()
	e.requests += len(requests)
	for _, r := range requests {
		if r.Fault != nil {
			e.met[r.Fault.String()]++
		}
	}
}

func (e *system) tally() string {
	var parts []string
	for name, n := range e.met {
		parts = append(parts, fmt.Sprintf("%s x%d", name, n))
	}
	slices.Sort(parts)
	return fmt.Sprintf("%d requests, faults: %s", e.requests, cmp.Or(strings.Join(parts, ", "), "none"))
}
