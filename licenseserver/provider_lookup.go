package licenseserver

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up by user name or reference, which stand in its marker. The
// server knows neither an address nor a domain of a license: provider.ErrUnsupported.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	action, err := adapter.CheckQuery(Kind, q, "licenses have neither an e-mail address nor a domain")
	if err != nil {
		return nil, err
	}
	found, err := p.find(ctx, func(n *nameplate) bool {
		return (q.Username == "" || strings.EqualFold(n.username, q.Username)) && (q.Reference == "" || n.reference == q.Reference)
	})
	if err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	if len(found) == 0 {
		return nil, adapter.NotFound(Kind, action)
	}
	first := found[0]
	for _, n := range found[1:] {
		// Two of the same order are one too many, of which the later one will go.
		if n.username != first.username || n.reference != first.reference {
			return nil, adapter.BothMatch(Kind, action, "licenses", first.license, n.license)
		}
	}
	account, err := p.read(ctx, first)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	return account, nil
}

// List lists all licenses, those of others too.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		const verb = "list accounts"
		size, err := adapter.PageSize(Kind, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		for plate, err := range p.plates(ctx, size) {
			var account *provider.Account
			if err == nil {
				account, err = p.read(ctx, plate)
			}
			if plate != nil && errors.Is(err, provider.ErrNotFound) {
				continue // gone meanwhile
			}
			if err != nil {
				yield(nil, adapter.InVerb(Kind, err, verb))
				return
			}
			if !yield(account, nil) {
				return
			}
		}
	}
}
