package licenseserver

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Find looks an account up by user name or reference, which are in its marker. Licenses have
// neither an e-mail address nor a domain: for those the error matches provider.ErrUnsupported.
func (p *Provider) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	return p.accounts.Find(ctx, q, func(ctx context.Context) (*provider.Account, error) {
		wanted := func(n *nameplate) bool {
			return (q.Username == "" || strings.EqualFold(n.username, q.Username)) && (q.Reference == "" || n.reference == q.Reference || n.state.Claim(q.Reference))
		}
		found, err := p.find(ctx, whole, wanted)
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0 && len(p.seen.List()) == 0:
			return nil, adapter.NotFound(Kind, "") // no license was read at all: Accounts asks for proof
		case len(found) == 0:
			return nil, nil
		}
		first := found[0]
		for _, m := range found[1:] {
			// A marker that is not valid takes nothing from one that is, nor one of a Create that will yield.
			if broken := first.plate.state.Tampered == "" && m.plate.state.Tampered != ""; !broken && !m.plate.yields(first.plate) {
				return nil, adapter.BothMatch(Kind, "", "licenses", first.plate.license, m.plate.license)
			}
		}
		if first.license != nil {
			return p.account(first), nil
		}
		return p.show(ctx, first.plate)
	})
}

// List lists all licenses, including those that others created.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return p.accounts.List(ctx, opts, func(size int) (iter.Seq2[*provider.Account, error], error) {
		return func(yield func(*provider.Account, error) bool) {
			for plate, err := range p.plates(ctx, size, whole) {
				var account *provider.Account
				switch {
				case err == nil:
					account, err = p.show(ctx, plate)
				case plate != nil:
					account = &provider.Account{ID: idText(plate.license)}
				}
				if plate != nil && errors.Is(err, provider.ErrNotFound) {
					if _, err = p.accounts.ProveAbsent(ctx, plate.license); err == nil {
						continue // removed meanwhile
					}
					account = &provider.Account{ID: idText(plate.license)}
				}
				if !yield(account, err) {
					return
				}
			}
		}, nil
	})
}
