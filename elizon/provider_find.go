package elizon

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks for a service by reference or user name. The API has no customers.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		if problem := provider.ReferenceProblem(q.Reference); q.Reference != "" && problem != "" {
			return nil, provider.Problems{"Reference": problem}.Err(Kind, "", "")
		}
		var found []string
		for service, err := range adapter.Legible(p.client.Services.List(ctx, &ServiceListOptions{PerPage: perPage})) {
			if len(found) > 0 && adapter.IsOdd(err) {
				break // it need not be looked for in the rows that cannot be read
			}
			if err != nil {
				return nil, err
			}
			if !service.Shared && adapter.Matches(listedAccount(service), q) {
				found = append(found, service.ID)
			}
		}
		switch len(found) {
		case 0:
			return nil, nil
		case 1:
		default:
			return nil, &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: p.client.core.Say("services %s all match", strings.Join(found, ", "))}
		}
		// The list lacks the plan.
		detail, err := p.client.Services.Get(ctx, found[0])
		if errors.Is(err, provider.ErrNotFound) {
			_, err := p.accounts.ProveAbsent(ctx, found[0])
			return nil, err // it may have ended between the two calls
		}
		if err != nil {
			return nil, err
		}
		return account(detail), nil
	})
}

// List lists all services, without their plans.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(size int) (iter.Seq2[*provider.Account, error], error) {
		return p.own(ctx, int64(size)), nil
	})
}

// own yields the account's own services, not those shared with it.
func (p *Provider) own(ctx context.Context, size int64) iter.Seq2[*provider.Account, error] {
	services := p.client.Services.List(ctx, &ServiceListOptions{PerPage: cmp.Or(size, perPage)})
	return adapter.Each(services, func(s *Service) *provider.Account {
		if s.Shared {
			return nil
		}
		return listedAccount(s)
	})
}

// readable checks whether the credentials can list services, with a page of one.
func (p *Provider) readable(ctx context.Context) error {
	for _, err := range p.client.Services.List(ctx, &ServiceListOptions{PerPage: 1}) {
		return err
	}
	return nil
}
