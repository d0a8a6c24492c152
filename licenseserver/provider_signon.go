package licenseserver

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// SignOn mints a token for the analytics. It is an operator's: it opens the analytics of
// all licenses, not those of the account alone, so do not hand it to a customer. Where
// it is presented is undocumented.
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
