package licenseserver

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/provkit/provkit/provider"
)

// adminAuth is the caller's way to sign in to the panel.
type adminAuth struct {
	sign    func(*http.Request) error
	secrets []provider.Secret
	problem string
}

// isToken reports whether a text can be the name of a header field (RFC 9110).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// credentials remembers the credentials of recent requests, so that they can be kept out of errors
// and logs: the caller's function may use a different value each time.
type credentials struct {
	mu     sync.Mutex
	recent []provider.Secret
}

// maxRecent limits how many values are remembered.
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
			c.note(provider.NewSecret(value))
			if _, token, found := strings.Cut(value, " "); found { // "Bearer ..."
				c.note(provider.NewSecret(token))
			}
		}
	}
	for _, cookie := range req.Cookies() {
		c.note(provider.NewSecret(cookie.Value))
	}
	return nil
}

func (c *credentials) note(value provider.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value.IsZero() || slices.Contains(c.recent, value) {
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
