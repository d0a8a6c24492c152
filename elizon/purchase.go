package elizon

import (
	"context"
	"errors"
	"net/http"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// purchase is an order of one service while a call works on it. No answer repeats anything that the
// caller chose, so an order is recognised by what the account had before it, until its service
// carries the mark of its reference.
type purchase struct {
	order.Record
	terms
	c        *Client
	username string
	wants    *wants // nil in Poll, which buys nothing

	// What is known about the order. invoice is what a person has to pay before anything else is known.
	subscription, service, invoice string

	// What this call has seen and done. owners are the references of other orders by their traces, and
	// invoiced is set if some of these are invoices.
	unmarked map[string]bool
	owners   map[string]string
	invoiced bool
	checkout *CheckoutOrderRequest
	detail   *ServiceDetail
	renamed  bool
}

func (c *Client) purchase(reference, username, product string) *purchase {
	return &purchase{c: c, username: username, terms: terms{product: product}, Record: order.Record{Reference: reference}}
}

// Located reports whether something is known that belongs to the order and to no other.
func (p *purchase) Located() bool { return p.subscription != "" || p.service != "" }

// claim notes what belongs to the order, as far as a handle can hold it.
func (p *purchase) claim(subscription, service string) {
	if subscriptionID(subscription) {
		p.subscription = subscription
	}
	if serviceID.MatchString(service) {
		p.service = service
	}
}

// Trace returns the fingerprint of the order's subscription, whose ID may be any text, or what leads to its
// invoice.
func (p *purchase) Trace() string {
	switch {
	case p.subscription != "":
		return fingerprint(p.subscription)
	case p.invoice != "":
		return invoiceTrace(p.invoice)
	}
	return ""
}

// Thing returns the order's service.
func (p *purchase) Thing() string { return p.service }

// Asked is what the order is for, and the highest price that it allows.
func (p *purchase) Asked() map[string]string {
	if p.wants == nil {
		return nil
	}
	return map[string]string{askedPlan: p.wants.product, "username": p.username, optMaxPrice: string(p.wants.maxPrice)}
}

const askedPlan = "plan"

// Alike reports whether an order is for the same product.
func (p *purchase) Alike(asked map[string]string) bool { return asked[askedPlan] == p.wants.product }

// Resume goes on from the handle in the ledger.
func (p *purchase) Resume(handle string) error {
	earlier, problem := p.c.parseHandle(handle)
	if problem != "" {
		return &provider.Error{Kind: provider.ErrConflict, Message: p.c.core.Say("nothing was bought: the handle in the ledger %s", problem)}
	}
	if !p.isOf(earlier.Reference, earlier.username) {
		return &provider.Error{
			Kind: provider.ErrAlreadyExists, Message: p.c.core.Say("the reference belongs to an order under the name %s (service %q)", earlier.username, earlier.service),
			Fields: map[string]string{"Username": "is not that of the reference's order"},
		}
	}
	earlier.wants = p.wants
	*p = *earlier
	return nil
}

// Forget takes back what is known about the order.
func (p *purchase) Forget() { p.subscription, p.service, p.invoice, p.detail = "", "", "", nil }

// orders is what a client knows about its purchases.
type orders struct {
	desk *order.Desk
	// products are those of the catalogue. Using them requires the desk's turn.
	products map[string]knownProduct
}

func newOrders(core *rest.Client, options *provider.Options) *orders {
	return &orders{desk: order.NewDesk(options, order.AccountOf(Kind, core.Root()), core.ServerTime), products: make(map[string]knownProduct)}
}

// Begin prices the order immediately before it is sent, and records the subscriptions that cannot
// be its own. An earlier attempt for another product has settled by now, and was not carried out.
func (p *purchase) Begin(ctx context.Context) (undo func(), err error) {
	earlier := p.terms
	undo = func() { p.terms = earlier }
	p.terms = terms{product: p.wants.product, before: p.unmarked, location: p.wants.location, template: p.wants.template}
	raw := provider.CaptureFromContext(ctx)
	if raw == nil {
		raw = new(provider.RawResponse)
		ctx = provider.CaptureResponse(ctx, raw)
	}
	if p.checkout, err = p.c.quote(ctx, p); err != nil {
		undo()
		return undo, err
	}
	p.cycle = p.checkout.Items[0].BillingCycle
	if date, err := http.ParseTime(raw.Header().Get("Date")); err == nil {
		p.asked = date
	}
	return undo, nil
}

// Send sends the order.
func (p *purchase) Send(ctx context.Context) (order.State, error) {
	answer, err := p.c.Checkout.Order(ctx, p.checkout)
	if err == nil && len(answer.SubscriptionIDs) == 1 {
		p.claim(answer.SubscriptionIDs[0], "")
	}
	switch {
	case p.Located():
	case err == nil && answer.says():
		if p.Accepted = true; answer.RedirectURL.IsZero() {
			break
		}
		if isID(answer.InvoiceID) {
			p.invoice = answer.InvoiceID
		}
		return order.Deploying, p.c.unpaid(answer.InvoiceID)
	case err == nil:
		err = order.Unknown("the platform accepted the order, but its answer names neither a subscription nor an invoice")
	case inProgress(err) && p.Resent:
		// That checkout may be the one that was sent before.
		p.Placed = false
		err = order.Unknown("the platform is working on a checkout, which may be this order: %s", err.Error())
	}
	return "", err
}

// says reports whether a checkout's answer identifies an order in any way.
func (r *CheckoutResult) says() bool {
	return len(r.SubscriptionIDs) > 0 || r.InvoiceID != "" || r.OrderID != "" || r.Processing || r.SEPADetails != nil || !r.RedirectURL.IsZero()
}

func inProgress(err error) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Code == CodeCheckoutInProgress
}
