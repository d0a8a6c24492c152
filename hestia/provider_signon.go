package hestia

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/provkit/provkit/provider"
)

// resetLife is how long the panel accepts a reset link.
const resetLife = 900 * time.Second

// SignOn returns the login page, since the panel has no login link. For the kind
// provider.SignOnReset it returns a link with which the customer chooses a new password within 15
// minutes; that needs a key with full rights, and a panel whose policy allows resets. The panel accepts the link only in a
// browser that has opened the login page before, in the same session, and not from a click on another website, since its
// cookie is SameSite=Strict: show the login page first, and have the link pasted there. What works without that is
// ChangePassword with a generated password, handed over once.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, login string) (*provider.SignOn, error) {
		if _, err := p.customer(ctx, login); err != nil {
			return nil, err
		}
		page := p.client.rest.Root()
		page.RawPath = ""
		if req.Kind != provider.SignOnReset {
			page.Path += "/login/"
			return &provider.SignOn{Kind: provider.SignOnPlain, URL: provider.NewSecret(page.String()), Method: "GET"}, nil
		}
		code := rand.Text()
		hash, err := bcrypt.GenerateFromPassword([]byte(code), bcrypt.DefaultCost)
		if err != nil {
			return nil, &provider.Error{Provider: Kind, Kind: provider.ErrUnavailable, Message: "hashing the code failed"}
		}
		minted := time.Now()
		if err := p.client.Users.ChangeRKey(ctx, login, &UserChangeRKeyOptions{Hash: provider.NewSecret(string(hash))}); err != nil {
			return nil, err
		}
		page.Path += "/reset/"
		page.RawQuery = url.Values{"action": {"confirm"}, "user": {login}, "code": {code}}.Encode()
		return &provider.SignOn{Kind: provider.SignOnReset, URL: provider.NewSecret(page.String()), Method: "GET", ExpiresAt: minted.Add(resetLife)}, nil
	}, provider.SignOnPlain, provider.SignOnReset)
}
