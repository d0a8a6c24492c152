package elizon

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// holding is a subscription with its service, or either of them alone.
type holding struct {
	subscription, product string
	cycle                 int64
	began                 time.Time
	service               string
	// The name without the marker, the reference in the marker, and what is wrong with it.
	name, reference string
	marker          provider.Marker
	// named: somebody has given it a name.
	named bool
}

// holdings reads all services and subscriptions of the account. Pages may miss a service while
// others are added or removed; the subscriptions come in one answer and show which one was missed.
// Services that others share with the account are left out. owners are the references of orders that are not
// done, by the fingerprints of their subscriptions.
func (c *Client) holdings(ctx context.Context) (all []*holding, owners map[string]string, err error) {
	byService := make(map[string]*holding)
	owners, err = c.orders.desk.Owners(ctx)
	if err != nil {
		return nil, nil, err
	}
	add := func(s *Service) *holding {
		h := &holding{service: s.ID, named: s.UserDisplayName != ""}
		h.name, h.reference, h.marker = c.core.Markers().Read(s.shownName(), s.ID)
		byService[s.ID] = h
		if !s.Shared {
			all = append(all, h)
		}
		return h
	}
	for service, err := range adapter.Legible(c.Services.List(ctx, &ServiceListOptions{PerPage: perPage})) {
		if err != nil {
			return nil, nil, err
		}
		add(service)
	}
	for subscription, err := range adapter.Legible(c.Subscriptions.List(ctx)) {
		if err != nil {
			return nil, nil, err
		}
		var h *holding
		if subscription.Service != nil {
			if h = byService[subscription.Service.ID]; h == nil {
				detail, err := c.Services.Get(ctx, subscription.Service.ID)
				switch {
				case err == nil:
					h = add(&detail.Service)
				case !errors.Is(err, provider.ErrNotFound):
					return nil, nil, err
				}
			}
		}
		if h == nil {
			h = new(holding)
			all = append(all, h)
		}
		h.subscription, h.began, h.cycle = subscription.ID, subscription.CurrentPeriodStart, subscription.BillingCycleDays
		if subscription.Product != nil {
			h.product = subscription.Product.ID
		}
		if h.reference == "" {
			h.reference = owners[fingerprint(h.subscription)]
		}
	}
	return all, owners, nil
}

// Look searches the account for the order: for a holding that carries its marker or is known to be
// its own, or else for a new unmarked one that is as ordered.
func (p *purchase) Look(ctx context.Context) (*order.Sighting, error) {
	var all []*holding
	var owners map[string]string
	err := p.RetryAfterPayment(ctx, func() (err error) {
		all, owners, err = p.c.holdings(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	wanted := p.product
	if p.wants != nil {
		wanted = p.wants.product
	}
	seen := new(order.Sighting)
	p.unmarked = make(map[string]bool)
	// Another program that continues this order does not know whose these are.
	p.owners, p.invoiced = owners, false
	for trace := range owners {
		if isInvoiceTrace(trace) {
			p.invoiced = true
			continue
		}
		p.unmarked[trace] = true
	}
	var ours, claimed, fresh, young []*holding
	for _, h := range all {
		switch {
		case h.reference == p.Reference:
			ours = append(ours, h)
			continue
		case h.marker.Claim(p.Reference) && h.reference == "":
			claimed = append(claimed, h)
		case h.service != "" && strings.EqualFold(h.name, p.username):
			seen.Refusal = p.hasName(h)
		}
		// A marker that proves nothing is none: whoever broke it may have done so to a lost order's.
		if h.subscription == "" || h.reference != "" {
			continue
		}
		print := fingerprint(h.subscription)
		if p.Sent() && h.mayBeOf(p.product) && !p.before[print] {
			fresh = append(fresh, h)
		}
		if !h.mayBeOf(wanted) {
			continue
		}
		p.unmarked[print] = true
		if window := p.c.settings.orderWindow; window > 0 && !p.c.orders.desk.Remembers() && (h.began.IsZero() || time.Since(h.began) < window) {
			young = append(young, h)
		}
	}
	if seen.Refusal == nil && len(young) > 0 && (!p.Sent() || p.product != wanted) {
		seen.Refusal = p.c.mayBeLost(young)
	}
	switch {
	case len(ours) > 1:
		seen.Conflict = p.conflict("%s all carry the reference %q", listed(ours), p.Reference)
	case len(ours) == 1 && p.service != "" && p.service != ours[0].service:
		seen.Conflict = p.conflict("service %q is known as that of the reference %q, which %s carries, too", p.service, p.Reference, listed(ours))
	case len(ours) == 1:
		p.found(seen, ours[0])
	case len(claimed) > 0:
		seen.Conflict = p.conflict("%s", adapter.Tampered(Kind, "service", &provider.Account{ID: claimed[0].service, Marker: claimed[0].marker}).Message)
	case p.invoice != "" && !p.Located():
		return seen, p.billed(ctx, seen, all)
	case len(fresh) > 0 && !p.Located():
		return seen, p.judge(ctx, seen, fresh)
	}
	return seen, nil
}

// found claims a holding that is the order's.
func (p *purchase) found(seen *order.Sighting, h *holding) {
	if p.claim(h.subscription, h.service); !p.Located() {
		seen.Unclear = fmt.Sprintf("%s is the order's, but its ID is not one that a handle can hold", listed([]*holding{h}))
	}
}

// conflict is the error for what a person has to decide.
func (p *purchase) conflict(format words.Own, args ...any) *provider.Error {
	return &provider.Error{Kind: provider.ErrConflict, Message: p.c.core.Say(format, args...), MaybeExecuted: p.Sent()}
}

// mayBeOf reports whether a holding is of a product, or its product is unknown.
func (h *holding) mayBeOf(product string) bool { return h.product == "" || h.product == product }

// hasName returns the refusal of an order whose name another service has.
func (p *purchase) hasName(h *holding) error {
	err := &provider.Error{Kind: provider.ErrAlreadyExists, Fields: map[string]string{"Username": "taken"}}
	err.Message = p.c.core.Say("service %q has that name and carries no reference", h.service)
	if h.reference != "" {
		err.Message = p.c.core.Say("service %q has that name and belongs to the reference %q", h.service, h.reference)
	}
	return err
}

// mayBeLost returns the refusal of an order without a handle while there are services that may be
// its own.
func (c *Client) mayBeLost(young []*holding) error {
	return &provider.Error{
		Kind: provider.ErrConflict,
		Message: c.core.Say("nothing was bought, because %s of the same product carries no valid marker and is younger than %s: it may be this order, whose handle was lost; "+
			"give the handle, or Adopt the service if it is this order's, or wait", listed(young), c.settings.orderWindow),
	}
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

// fingerprintLength is 8 characters, which is 48 bits: enough that no two subscriptions of an
// account collide, and few enough that a handle has room for hundreds.
const fingerprintLength = 8

func fingerprint(subscription string) string {
	sum := sha256.Sum256([]byte(subscription))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:fingerprintLength]
}
