package keyhelp

import (
	"context"
	"errors"

	"github.com/provkit/provkit/provider"
)

// SignOn creates a link that opens the customer's panel.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, n int64) (*provider.SignOn, error) {
		session, err := p.client.Sessions.Create(ctx, n)
		if errors.Is(err, provider.ErrInvalid) {
			// The answer for an unknown client is undocumented; a 400 may mean that.
			if _, readErr := p.read(ctx, n); errors.Is(readErr, provider.ErrNotFound) {
				err = readErr
			}
		}
		if err != nil {
			return nil, err
		}
		return &provider.SignOn{Kind: provider.SignOnSession, URL: session.URL, Method: "GET", ExpiresAt: session.ExpiresAt}, nil
	}, provider.SignOnSession)
}
