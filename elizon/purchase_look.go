package elizon

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// holding is a subscription with its service, or either of them alone.
type holding struct {
	subscription, product string
	began                 time.Time
	service               string
	// name without the mark, and the reference of the mark.
	name, reference string
}

// holdings reads all that the account has. Pages may miss a service while others come and
// go; the subscriptions come in one piece and tell which one was missed. Services that
// others share with the account are not its own.
func (c *Client) holdings(ctx context.Context) ([]*holding, error) {
	var all []*holding
	byService := make(map[string]*holding)
	add := func(s *Service) *holding {
		name, reference := marked(s)
		h := &holding{service: s.ID, name: name, reference: reference}
		byService[s.ID] = h
		if !s.Shared {
			all = append(all, h)
		}
		return h
	}
	for service, err := range c.Services.List(ctx, &ServicesOptions{PerPage: perPage}) {
		if err != nil {
			return nil, err
		}
		add(service)
	}
	for subscription, err := range c.Subscriptions.List(ctx) {
		if err != nil {
			return nil, err
		}
		var h *holding
		if subscription.Service != nil {
			if h = byService[subscription.Service.ID]; h == nil {
				detail, err := c.Services.Get(ctx, subscription.Service.ID)
				switch {
				case err == nil:
					h = add(&detail.Service)
				case !errors.Is(err, provider.ErrNotFound):
					return nil, err
				}
			}
		}
		if h == nil {
			h = new(holding)
			all = append(all, h)
		}
		h.subscription, h.began = subscription.ID, subscription.CurrentPeriodStart
		if subscription.Product != nil {
			h.product = subscription.Product.ID
		}
		if h.reference == "" {
			h.reference = c.orders.ownerOf(h.subscription)
		}
	}
	return all, nil
}

// marked is the name of a service without the mark of its reference, and that reference.
func marked(s *Service) (name, reference string) {
	for _, text := range []string{s.UserDisplayName, s.Name} {
		if name, reference = provider.Unmark(text); reference != "" {
			return name, reference
		}
	}
	if s.UserDisplayName != "" {
		return s.UserDisplayName, ""
	}
	return s.Name, ""
}

// sighting is what the account tells about an order.
type sighting struct {
	// ours carries the order's mark, or is known to be its.
	ours []*holding
	// fresh are of the product, carry no mark, and were not there before.
	fresh []*holding
	// young are of the product, carry no mark, and may be a lost order.
	young []*holding
	// unmarked are the fingerprints of all of the product that carry no mark.
	unmarked map[string]bool
	// taken tells who else has the name.
	taken string
}

func (c *Client) look(ctx context.Context, b *purchase) (*sighting, error) {
	var all []*holding
	err := b.retryAfterPayment(ctx, func() (err error) {
		all, err = c.holdings(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	seen := &sighting{unmarked: make(map[string]bool)}
	for _, h := range all {
		switch {
		case h.reference == b.reference:
			seen.ours = append(seen.ours, h)
			continue
		case h.service != "" && strings.EqualFold(h.name, b.username):
			seen.taken = fmt.Sprintf("service %q has that name and carries no reference", h.service)
			if h.reference != "" {
				seen.taken = fmt.Sprintf("service %q has that name and belongs to the reference %q", h.service, h.reference)
			}
		}
		if h.subscription == "" || h.reference != "" || h.product != "" && h.product != b.product {
			continue
		}
		print := fingerprint(h.subscription)
		seen.unmarked[print] = true
		if !b.before[print] {
			seen.fresh = append(seen.fresh, h)
		}
		if window := c.settings.orderWindow; window > 0 && (h.began.IsZero() || time.Since(h.began) < window) {
			seen.young = append(seen.young, h)
		}
	}
	return seen, nil
}

// claim finds the order among what was seen.
func (c *Client) claim(b *purchase, seen *sighting) error {
	found := seen.ours
	if len(found) == 0 && b.sent() {
		found = seen.fresh
	}
	switch {
	case len(seen.ours) > 1:
		return &provider.Error{Kind: provider.ErrConflict, Message: fmt.Sprintf("%s all carry the reference %q", listed(seen.ours), b.reference)}
	case len(found) > 1:
		return unclear("the order is one of %s, which carry no mark: a person has to tell; Adopt the one", listed(found))
	case len(found) == 1:
		b.subscription, b.service = found[0].subscription, found[0].service
		if b.sent() {
			_ = c.note(b)
		}
	}
	return nil
}

func listed(all []*holding) string {
	texts := make([]string, 0, len(all))
	for _, h := range all {
		switch {
		case len(texts) == 5:
			return strings.Join(texts, ", ") + " and more"
		case h.service == "":
			texts = append(texts, fmt.Sprintf("subscription %q", h.subscription))
		default:
			texts = append(texts, fmt.Sprintf("service %q", h.service))
		}
	}
	return strings.Join(texts, ", ")
}

// fingerprintLength of 8 characters is 48 bits: enough that no two subscriptions of an
// account meet, and little enough that a handle can hold hundreds of them.
const fingerprintLength = 8

func fingerprint(subscription string) string {
	sum := sha256.Sum256([]byte(subscription))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:fingerprintLength]
}
