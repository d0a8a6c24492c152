package emulator

import (
	"context"
	"html"
	"io"
	"net/http"
	"strings"
	"time"
)

// Links are the addresses that an emulated system hands out for a browser: to sign on, to pay, to
// see a console. Whoever opens one reads on a small page what came of it. Links is not safe for
// concurrent use, since the emulator's state has a lock already.
type Links struct{ byToken map[string]*Link }

// Link is such an address. It works once.
type Link struct {
	// Until is when it expires; a zero time is never.
	Until time.Time
	// Open does what the link is for and returns what the page says, such as "Signed in as max.", or
	// "" if what it led to is gone.
	Open func(now time.Time) string

	used bool
}

// Add hands out a link. Its token is what tells it from others.
func (l *Links) Add(token string, link Link) {
	if l.byToken == nil {
		l.byToken = make(map[string]*Link)
	}
	l.byToken[token] = &link
}

// Open returns the page of a link. Only a GET uses it up, so that a program that looks ahead with
// HEAD leaves it to the person.
func (l *Links) Open(method, token string, now time.Time) Page {
	link := l.byToken[token]
	switch {
	case method != http.MethodGet && method != http.MethodHead:
		return Page{Status: http.StatusMethodNotAllowed, Text: "Links are opened with GET."}
	case link == nil:
		return Page{Status: http.StatusNotFound, Text: "There is no such link."}
	case link.used:
		return Page{Status: http.StatusGone, Text: "This link has been used."}
	case !link.Until.IsZero() && !now.Before(link.Until):
		return Page{Status: http.StatusGone, Text: "This link has expired."}
	case method == http.MethodHead:
		return Page{Status: http.StatusOK}
	}
	text := link.Open(now)
	if text == "" {
		return Page{Status: http.StatusGone, Text: "What this link led to is gone."}
	}
	link.used = true
	return Page{Status: http.StatusOK, Text: text}
}

// Page is a small HTML page.
type Page struct {
	Status int
	// Text is its one sentence.
	Text string
	// Fields are those of a form below it, which is posted to the page's own address.
	Fields []Field
}

// Field is a field of a form.
type Field struct {
	Name  string
	Value string
	// Type is that of the HTML element: text, password, hidden.
	Type string
}

// Write answers with the page.
func (p Page) Write(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(p.Status)
	var b strings.Builder
	text := html.EscapeString(p.Text)
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" + text + "</title></head>\n<body>\n<h1>" + text + "</h1>\n")
	if p.Fields != nil {
		b.WriteString("<form method=\"post\">\n")
		for _, f := range p.Fields {
			name, value := html.EscapeString(f.Name), html.EscapeString(f.Value)
			input := `<input type="` + f.Type + `" name="` + name + `" value="` + value + `">`
			if f.Type != "hidden" {
				input = "<label>" + name + " " + input + "</label>"
			}
			b.WriteString(input + "\n")
		}
		b.WriteString("<button>OK</button>\n</form>\n")
	}
	b.WriteString("</body>\n</html>\n")
	_, _ = io.WriteString(w, b.String())
}

type addressKey struct{}

// Address returns the address at which a client has reached the emulator, without a slash at its
// end: scheme, host and prefix. Links are made from it, since only the client knows under which name
// and port it sees the emulator.
func Address(r *http.Request) string {
	address, _ := r.Context().Value(addressKey{}).(string)
	return address
}

// addressed notes the address of each request for Address, while the path has the prefix.
func addressed(prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), addressKey{}, scheme+"://"+r.Host+prefix)))
	})
}
