package licenseserver

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// fits reports whether a license can be the one that a lost answer named: generated when that was sent,
// and still as the server generates them.
func (p *Provider) fits(page *order.Page, l *License) bool {
	usual := p.usual
	if usual == nil {
		usual = formBefore(page)
	}
	return l.Active && isUnclaimed(l) && len(l.Activations) == 0 && p.madeWhen(page.SentAt, l) && (usual == nil || usual.like(formOf(l)))
}

// madeWhen reports whether a license can be from a request that was sent at a time, as far as its date tells.
func (p *Provider) madeWhen(sent time.Time, l *License) bool {
	const day = 24 * time.Hour // dates, of a server in any time zone
	return l.ValidFrom.IsZero() ||
		!l.ValidFrom.Before(sent.Add(-2*day)) && !l.ValidFrom.After(sent.Add(day+p.client.license.SettleTime()))
}

// form is what all licenses have alike that a server generates. Days is -1 if they have no end.
type form struct {
	Type        string `json:"type"`
	Activations int64  `json:"activations"`
	Users       int64  `json:"users"`
	Days        int64  `json:"days"`
}

func formOf(l *License) *form {
	f := &form{Type: l.Type, Activations: l.MaxActivations, Users: l.MaxUsers, Days: -1}
	if !l.ValidUntil.IsZero() {
		f.Days = int64(l.ValidUntil.Sub(l.ValidFrom).Hours() / 24)
	}
	return f
}

func (f *form) like(other *form) bool {
	leap := f.Days - other.Days
	return f.Type == other.Type && f.Activations == other.Activations && f.Users == other.Users &&
		(f.Days < 0) == (other.Days < 0) && -2 < leap && leap < 2
}

// newLicense generates a key and marks its license. A license that turns out to belong to another
// order or customer is left alone.
func (p *Provider) newLicense(ctx context.Context, o *request, page *order.Page, certain *bool) (*made, error) {
	for range maxRivals {
		key, fresh, err := p.newKey(ctx, o, page)
		if err != nil {
			return nil, err
		}
		var license *License
		limit := time.Duration(0)
		if fresh {
			limit = p.accounts.Lag
		}
		_, ended := adapter.Until(ctx, limit, func(ctx context.Context) (bool, error) {
			license, err = p.client.Licenses.Info(ctx, key)
			return !errors.Is(err, provider.ErrNotFound), nil
		})
		if ended != nil {
			return nil, ended
		}
		if errors.Is(err, provider.ErrNotFound) {
			if !fresh {
				page.Forget(ctx) // it was removed
				continue
			}
			return nil, &provider.Error{
				Provider: Kind, Op: licensesInfo.Op, Kind: provider.ErrUnsupported, StatusCode: 404,
				Message: "a key was generated, but it has no license: either the server stores none until it is created in the panel, " +
					"or the API key may not read it",
			}
		}
		if err != nil {
			return nil, err
		}
		license.Key = key
		if fresh {
			p.usual = formOf(license)
		}
		plate := &nameplate{license: license.ID}
		if isMarked(license) {
			plate, err = p.lookFor(ctx, license.ID, key)
		}
		if err == nil && plate.marker == 0 {
			if !fresh && !isUnclaimed(license) {
				page.Forget(ctx) // it has been put to use
				continue
			}
			p.named(ctx, page, license.ID)
			plate, err = p.mark(ctx, license.ID, key, o.Username, o.Reference, madeByCreate)
		}
		if errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrOutcomeUnknown) {
			page.Forget(ctx) // it was removed just now
			continue
		}
		if err != nil {
			return nil, err
		}
		if plate.ours(o.Username, o.Reference) {
			p.sold(ctx, o, page, license.ID)
			*certain = fresh
			return &made{plate, license}, nil
		}
		page.Forget(ctx)
	}
	return nil, &provider.Error{
		Provider: Kind, Op: devicesRegister.Op, Kind: provider.ErrConflict,
		Message: "other programs mark or remove each license that this order generates",
	}
}

// isUnclaimed reports whether a license is still as it was generated. Name plates do not count:
// their owner is read when the license is marked.
func isUnclaimed(l *License) bool {
	return l.CustomerName == "" && !slices.ContainsFunc(l.Activations, func(a Activation) bool {
		_, _, _, is := splitPlate(a.HardwareHash)
		return !is
	})
}

// isMarked reports whether a license has a marker already: that of an earlier call or of another order.
func isMarked(l *License) bool {
	return slices.ContainsFunc(l.Activations, func(a Activation) bool {
		_, _, marker, _ := splitPlate(a.HardwareHash)
		return marker
	})
}

// newKey returns a key for an order: one that an earlier call generated but did not mark, or a new
// one, which is fresh.
func (p *Provider) newKey(ctx context.Context, o *request, page *order.Page) (key provider.Secret, fresh bool, err error) {
	if key, ok := p.client.sealer.Open(page.Handle); ok {
		return key, false, nil
	}
	sentBefore := page.State != ""
	if _, known := highestBefore(page); known {
		key, err := p.newUnclaimedKey(ctx, page)
		if err == nil && key.IsZero() && p.client.lasting {
			err = page.Settled(ctx)
		}
		if err != nil {
			return key, false, err
		}
		if !key.IsZero() {
			p.generated(ctx, page, key)
			return key, false, nil
		}
	} else {
		page.Learnt = nil
		licenses, trusted, err := p.enumerate(ctx)
		if err != nil {
			return key, false, err
		}
		if trusted {
			p.setBefore(page, licenses)
		}
	}
	page.Asked, page.Handle = o.asked(), ""
	if err := page.Send(ctx); err != nil {
		return key, false, err
	}
	err = adapter.Resolve(ctx, p.accounts.Lag,
		adapter.Once(func(ctx context.Context) (err error) {
			key, err = p.client.Licenses.GenerateKey(ctx, nil)
			fresh = err == nil
			return err
		}),
		func(ctx context.Context) (found bool, err error) {
			key, err = p.newUnclaimedKey(ctx, page)
			return !key.IsZero(), err
		})
	switch {
	case err == nil:
		p.generated(ctx, page, key)
	case !errors.Is(err, provider.ErrOutcomeUnknown) && (p.client.lasting || !sentBefore):
		page.Forget(ctx) // nor did an earlier one happen: it has settled
	}
	return key, fresh, err
}

// newUnclaimedKey returns the key of a license that did not exist before and that nobody has put to
// use; "" if there is none. Several are told apart only if other orders have lost as many answers at that
// time: it does not matter which of them gets which. One that a person has generated looks alike until he edits it: what does not
// look as if it were generated by the lost request is for a person to decide.
func (p *Provider) newUnclaimedKey(ctx context.Context, page *order.Page) (provider.Secret, error) {
	unseen := &provider.Error{Provider: Kind, Op: licensesGenerateKey.Op, Kind: provider.ErrOutcomeUnknown}
	highest, known := highestBefore(page)
	if !known {
		unseen.Message = "a key may have been generated that cannot be found without WithSearchPath"
		return provider.Secret{}, unseen
	}
	licenses, trusted, err := p.enumerate(ctx)
	if err != nil {
		return provider.Secret{}, err
	}
	if !trusted {
		unseen.Message = "the panel's search does not find all licenses"
		return provider.Secret{}, unseen
	}
	taken, lost, err := p.openOrders(ctx, page)
	if err != nil {
		return provider.Secret{}, err
	}
	var found []int64
	var strange error
	for _, id := range slices.Sorted(maps.Keys(licenses)) {
		key := licenses[id]
		if id <= highest || taken[p.client.sealer.Seal(key)] {
			continue
		}
		license, err := p.client.Licenses.Info(ctx, key)
		switch {
		case errors.Is(err, provider.ErrNotFound):
			continue
		case err != nil:
			return provider.Secret{}, err
		case license.ID != id, !isUnclaimed(license), len(license.Activations) > 0:
			continue
		case !p.fits(page, license):
			strange = &provider.Error{
				Provider: Kind, Op: licensesGenerateKey.Op, Kind: provider.ErrConflict,
				Message: words.Say("license %d is new and nobody's, but differs from what this order would have generated: "+
					"give it to a customer, adopt it for the order, or remove it", id),
			}
			continue
		}
		found = append(found, id)
	}
	switch {
	case len(found) == 0:
		return provider.Secret{}, page.Undecided(strange)
	case len(found) > lost:
		unseen.Message = words.Say("licenses %d and %d are new and unclaimed: it is unknown which of them was generated for this order: "+
			"give the other one to a customer, or remove it", found[0], found[1])
		return provider.Secret{}, unseen
	}
	return licenses[found[0]], nil
}
