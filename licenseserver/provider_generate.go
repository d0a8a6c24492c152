package licenseserver

import (
	"context"
	"errors"
	"slices"

	"github.com/provkit/provkit/provider"
)

// attempt is what is known of an order between generating a key and marking its
// license. It lives as long as the Provider.
type attempt struct {
	// key that was generated.
	key provider.Secret
	// before is the licenses that existed before a key was generated whose answer was
	// lost.
	before map[int64]provider.Secret
}

// newLicense generates a key and marks its license. A license that turns out to be
// somebody else's is left to them.
func (p *Provider) newLicense(ctx context.Context, o *order) (*made, error) {
	for range maxRivals {
		key, fresh, err := p.newKey(ctx, o)
		if err != nil {
			return nil, err
		}
		license, err := p.client.Licenses.Info(ctx, key)
		if errors.Is(err, provider.ErrNotFound) {
			if !fresh {
				delete(p.attempts, o.id()) // somebody removed it
				continue
			}
			return nil, &provider.Error{
				Provider: Kind, Op: licensesInfo.Op, Kind: provider.ErrUnsupported, StatusCode: 404,
				Message: "a key was generated, but no license is seen under it: either the server keeps none until somebody makes it in the panel, or the API key may not see it",
			}
		}
		if err != nil {
			return nil, err
		}
		if !fresh && !isUnclaimed(license) {
			delete(p.attempts, o.id()) // somebody has put it to use
			continue
		}
		license.Key = key
		plate, err := p.mark(ctx, license.ID, key, o.Username, o.Reference, madeByCreate)
		if errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrOutcomeUnknown) {
			delete(p.attempts, o.id()) // somebody removed it just now
			continue
		}
		if err != nil {
			return nil, err
		}
		delete(p.attempts, o.id())
		if plate.ours(o.Username, o.Reference) {
			return &made{plate, license}, nil
		}
	}
	return nil, &provider.Error{Provider: Kind, Op: devicesRegister.Op, Kind: provider.ErrConflict, Message: "others mark or remove each license that this order generates"}
}

// isUnclaimed reports whether a license is as a generated key leaves it. Name plates do not
// count: whose they are is read when it is marked.
func isUnclaimed(l *License) bool {
	return l.CustomerName == "" && !slices.ContainsFunc(l.Activations, func(a Activation) bool {
		_, _, is := splitPlate(a.HardwareHash)
		return !is
	})
}

// newKey returns a key for an order: what an earlier call generated and did not come to
// mark, or a new one, which is fresh.
func (p *Provider) newKey(ctx context.Context, o *order) (key provider.Secret, fresh bool, err error) {
	a := p.attempts[o.id()]
	if a != nil && a.key != "" {
		return a.key, false, nil
	}
	if a != nil {
		if key, err := p.newUnclaimedKey(ctx, a.before); err != nil || key != "" {
			a.key = key
			return key, false, err
		}
	} else {
		a = new(attempt)
		licenses, trusted, err := p.enumerate(ctx)
		if err != nil {
			return "", false, err
		}
		if trusted {
			a.before = licenses
		}
	}
	err = provider.Resolve(ctx,
		func(ctx context.Context) (err error) {
			key, err = p.client.Licenses.GenerateKey(ctx, nil)
			fresh = err == nil
			return err
		},
		func(ctx context.Context) (found bool, err error) {
			key, err = p.newUnclaimedKey(ctx, a.before)
			return key != "", err
		})
	switch {
	case err == nil:
		a.key = key
		p.attempts[o.id()] = a
	case errors.Is(err, provider.ErrOutcomeUnknown) && a.before != nil:
		p.attempts[o.id()] = a
	}
	return key, fresh, err
}

// newUnclaimedKey returns the key of the one license that was not there before, and that is
// nobody's and unmarked; "" if there is none.
func (p *Provider) newUnclaimedKey(ctx context.Context, before map[int64]provider.Secret) (provider.Secret, error) {
	unseen := &provider.Error{Provider: Kind, Op: licensesGenerateKey.Op, Kind: provider.ErrOutcomeUnknown}
	if before == nil {
		unseen.Message = "a key may have been generated that nobody can find: with WithSearchPath it could be"
		return "", unseen
	}
	licenses, trusted, err := p.enumerate(ctx)
	if err != nil {
		return "", err
	}
	if !trusted {
		unseen.Message = "the panel's search does not find all licenses"
		return "", unseen
	}
	var found provider.Secret
	for id, key := range licenses {
		if _, old := before[id]; old {
			continue
		}
		license, err := p.client.Licenses.Info(ctx, key)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			continue
		case err != nil:
			return "", err
		case license.ID != id, !isUnclaimed(license), len(license.Activations) > 0:
			continue
		case found != "":
			unseen.Message = "several licenses are new and nobody's: which of them was generated for this order cannot be told"
			return "", unseen
		}
		found = key
	}
	return found, nil
}
