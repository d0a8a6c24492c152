package licenseserver

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider"
)

// adminAuth is how the caller signs in to the panel.
type adminAuth struct {
	sign    func(*http.Request) error
	secrets []provider.Secret
	problem string
}

// WithAdminAuth puts the caller's credentials on each request to the admin panel. How
// one signs in there is undocumented: no login route, cookie name or rule against
// forged requests is told, so it is the caller's to find out. The function is called
// for each attempt and may be called from several goroutines; it sets header fields
// or cookies and must not send the request itself. An error ends the call with
// provider.ErrUnauthorized.
//
// Of WithAdminAuth, WithAdminCookie and WithAdminHeader the last one counts. Without
// any of them admin requests are sent as they are: a cookie jar in
// provider.WithHTTPClient may do the rest.
func WithAdminAuth(sign func(*http.Request) error) provider.Option {
	auth := &adminAuth{sign: sign}
	if sign == nil {
		auth.problem = "nil"
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminCookie signs in to the admin panel with a cookie, such as that of a session
// of a browser. Its name is undocumented; see WithAdminAuth.
func WithAdminCookie(name string, value provider.Secret) provider.Option {
	cookie := &http.Cookie{Name: name, Value: value.Reveal()}
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.AddCookie(cookie)
		return nil
	}}
	switch {
	case value == "":
		auth.problem = "the cookie has no value"
	case cookie.Valid() != nil:
		auth.problem = "not a cookie" // the reason would quote the value
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// WithAdminHeader signs in to the admin panel with a header field, such as
// "Authorization" or "X-API-Key". Which one it takes is undocumented; see
// WithAdminAuth.
func WithAdminHeader(name string, value provider.Secret) provider.Option {
	auth := &adminAuth{secrets: []provider.Secret{value}, sign: func(req *http.Request) error {
		req.Header.Set(name, value.Reveal())
		return nil
	}}
	switch {
	case !isToken(name):
		auth.problem = "the header field has no valid name"
	case value == "":
		auth.problem = "the header field has no value"
	case strings.ContainsFunc(value.Reveal(), func(r rune) bool { return r < ' ' || r == 0x7f }):
		auth.problem = "the value of the header field holds a control character"
	}
	return provider.VendorOption(Kind, "WithAdminAuth", auth)
}

// isToken reports whether a text can be the name of a header field (RFC 9110).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// credentials remembers what signed requests in, so that it can be kept out of texts:
// a function of the caller's may use another value each time.
type credentials struct {
	mu     sync.Mutex
	recent []provider.Secret
}

// maxRecent is how many values are remembered.
const maxRecent = 16

func (c *credentials) signIn(auth *adminAuth, req *http.Request) error {
	if auth == nil {
		return nil
	}
	before := req.Header.Clone()
	if err := auth.sign(req); err != nil {
		return err
	}
	for name, values := range req.Header {
		if slices.Equal(before[name], values) {
			continue
		}
		for _, value := range values {
			c.note(provider.Secret(value))
			if _, token, found := strings.Cut(value, " "); found { // "Bearer ..."
				c.note(provider.Secret(token))
			}
		}
	}
	for _, cookie := range req.Cookies() {
		c.note(provider.Secret(cookie.Value))
	}
	return nil
}

func (c *credentials) note(value provider.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value == "" || slices.Contains(c.recent, value) {
		return
	}
	if len(c.recent) == maxRecent {
		c.recent = slices.Delete(c.recent, 0, 1)
	}
	c.recent = append(c.recent, value)
}

func (c *credentials) values(auth *adminAuth) []provider.Secret {
	c.mu.Lock()
	defer c.mu.Unlock()
	values := slices.Clone(c.recent)
	if auth != nil {
		values = append(values, auth.secrets...)
	}
	return values
}
