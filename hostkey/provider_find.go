package hostkey

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks for a server by reference or user name. The API knows neither e-mail addresses nor
// domains.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		candidates, err := p.candidates(ctx, q)
		if err != nil {
			return nil, err
		}
		// The list has no references.
		var found *provider.Account
		for _, id := range candidates {
			server, err := p.read(ctx, id)
			if errors.Is(err, provider.ErrNotFound) {
				if _, err = p.accounts.ProveAbsent(ctx, id); err == nil {
					continue // it disappeared between the two calls
				}
			}
			if err != nil {
				return nil, err
			}
			account := p.account(server)
			if account.Reference == "" && q.Reference != "" && orderedFor(server.Hostname(), q.Reference) {
				account.Reference = q.Reference // bought, but not marked yet
			}
			if !adapter.Matches(account, q) {
				continue
			}
			if found != nil {
				return nil, adapter.BothMatch(Kind, "", "servers", found.ID, account.ID)
			}
			found = account
		}
		return found, nil
	})
}

// candidates returns the servers that may match a query, judging by the list.
func (p *Provider) candidates(ctx context.Context, q provider.Query) ([]int64, error) {
	if problem := provider.ReferenceProblem(q.Reference); q.Reference != "" && problem != "" {
		return nil, provider.Problems{"Reference": problem}.Err(Kind, "", "")
	}
	var candidates []int64
	for server, err := range adapter.Legible(p.list(ctx)) {
		if err != nil {
			return nil, err
		}
		_, _, ordered := splitHostname(server.Hostname)
		switch {
		case q.Username != "" && !strings.EqualFold(userOf(server.Hostname), q.Username):
		case q.Reference != "" && ordered && !orderedFor(server.Hostname, q.Reference):
		default:
			candidates = append(candidates, server.ID)
		}
	}
	return candidates, nil
}

// List lists all servers, without their references.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(int) (iter.Seq2[*provider.Account, error], error) {
		return adapter.Each(p.list(ctx), listedAccount), nil
	})
}
