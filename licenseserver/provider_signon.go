package licenseserver

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// SignOn creates a token for the analytics. It is for operators: it gives access to the analytics
// of all licenses, not only those of the account, so do not give it to a customer. Where to present
// it is undocumented.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, n int64) (*provider.SignOn, error) {
		if _, err := p.look(ctx, n); err != nil {
			return nil, err
		}
		token, err := p.client.Auth.Token(ctx)
		if err != nil {
			return nil, err
		}
		return &provider.SignOn{Kind: provider.SignOnToken, Token: token.Token, ExpiresAt: token.ExpiresAt}, nil
	}, provider.SignOnToken)
}
