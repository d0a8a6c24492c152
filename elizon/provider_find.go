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
		anyones := q
		anyones.Reference = ""
		var found, claimed []string
		carriers := make(map[string][]string) // of the references
		reference := ""                       // of what was found
		for service, err := range adapter.Legible(p.client.Services.List(ctx, &ServiceListOptions{PerPage: perPage})) {
			if len(found) > 0 && adapter.IsOdd(err) {
				break // it need not be looked for in the rows that cannot be read
			}
			if err != nil {
				return nil, err
			}
			if service.Shared {
				continue
			}
			account := p.client.listedAccount(service)
			if account.Reference != "" {
				carriers[account.Reference] = append(carriers[account.Reference], account.ID)
			}
			switch {
			case adapter.Matches(account, q):
				found, reference = append(found, account.ID), account.Reference
			case account.Marker.Claim(q.Reference) && adapter.Matches(account, anyones):
				claimed = append(claimed, account.ID)
			}
		}
		switch {
		case len(found) > 1:
			return nil, &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: p.client.core.Say("services %s all match", strings.Join(found, ", "))}
		case len(carriers[reference]) > 1:
			return nil, &provider.Error{
				Provider: Kind, Kind: provider.ErrConflict,
				Message: p.client.core.Say("services %s all carry the reference %q", strings.Join(carriers[reference], ", "), reference),
			}
		case len(found) == 0 && len(claimed) == 0:
			return nil, nil
		}
		id := append(found, claimed...)[0] // what only claims to be it Accounts.Find refuses
		// The list lacks the plan.
		detail, err := p.client.Services.Get(ctx, id)
		if errors.Is(err, provider.ErrNotFound) {
			_, err := p.accounts.ProveAbsent(ctx, id)
			return nil, err // it may have ended between the two calls
		}
		if err != nil {
			return nil, err
		}
		return p.client.account(detail), nil
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
		return p.client.listedAccount(s)
	})
}

// readable checks whether the credentials can list services, with a page of one.
func (p *Provider) readable(ctx context.Context) error {
	for _, err := range p.client.Services.List(ctx, &ServiceListOptions{PerPage: 1}) {
		return err
	}
	return nil
}
