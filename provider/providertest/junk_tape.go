package providertest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/provkit/provkit/provider/faults"
)

// reply is what a server said.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (a *reply) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// said is a request and the server's own answer to it.
type said struct {
	request *http.Request
	answer  *reply
	// changed is set if the accounts were others afterwards.
	changed bool
}

// tape keeps what a server said.
type tape struct {
	mu  sync.Mutex
	all []said
	// id and username are those of the account that it was about.
	id, username string
	// state returns the accounts; nil if nobody wants to know what changes them.
	state func() []Truth
}

// serve has the server answer, and keeps the answer.
func (t *tape) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	kept := r.Clone(r.Context())
	kept.Body, r.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	var was []Truth
	if t.state != nil {
		was = t.state()
	}
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	a := &reply{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
	changed := t.state != nil && !reflect.DeepEqual(was, t.state())
	t.mu.Lock()
	t.all = append(t.all, said{kept, a, changed})
	t.mu.Unlock()
	a.write(w)
}

func (t *tape) last() *reply {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return nil
	}
	return t.all[len(t.all)-1].answer
}

func (t *tape) request(i int) *http.Request {
	if i >= len(t.all) {
		return nil
	}
	return t.all[i].request
}

// changes reports whether request i is the one that makes the change, as far as the server's state shows that.
func (t *tape) changes(i int) bool {
	return i < len(t.all) && t.all[i].changed || !slices.ContainsFunc(t.all, func(s said) bool { return s.changed })
}

// record runs a verb undisturbed, and keeps what the server said.
func (t *tape) record(c *probe, v verb) {
	k := c.prepare(v)
	t.state = c.w.Accounts
	c.w.Faults.When(nil, 0, faults.Fault{Kind: faults.Custom, Answer: t.serve})
	c.see(v.run(c.context(), c.p, k).err)
	c.w.Faults.Clear()
	t.id, t.username = k.id, k.req.Username
	if found := ours(c.w.Accounts(), k.req); t.id == "" && len(found) == 1 {
		t.id = found[0].ID
	}
}

// another returns the answer on the tape to a request like r, which is the i-th, for the tape's
// account; nil if r is about the same account, or about none.
func (t *tape) another(i int, r *http.Request) *reply {
	if r == nil || t.mentioned(asked(r)) {
		return nil
	}
	var like *reply
	for n, s := range t.all {
		if s.answer.status/100 != 2 || route(r) != route(s.request) || !t.mentioned(asked(s.request)) || !t.mentioned(string(s.answer.body)) {
			continue
		}
		if like = s.answer; n >= i {
			break
		}
	}
	return like
}

// asked returns all of a request that may name an account.
func asked(r *http.Request) string {
	text := r.URL.RequestURI() + " " + sentBody(r)
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// sentBody leaves the body to be read again.
func sentBody(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

func (t *tape) mentioned(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if word == t.id || word == t.username {
			return true
		}
	}
	return false
}

// route returns what two requests have in common that ask the same of two accounts. What names an
// account has a digit. Where all requests have one path, a field of the form names the route:
// "action" or "cmd".
func route(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "0123456789") {
			parts[i] = "*"
		}
	}
	form, _ := url.ParseQuery(sentBody(r))
	return fmt.Sprint(r.Method, " ", strings.Join(parts, "/"), " ", cmp.Or(form.Get("action"), form.Get("cmd")))
}
