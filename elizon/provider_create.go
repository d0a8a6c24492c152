package elizon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// Create buys a service: it looks through the account for the order's mark, prices the cart, checks
// out, and marks the new service by its name. The option max_price limits the price with tax: above
// it nothing is bought, and the error matches provider.ErrQuota. The price is read immediately
// before the order; the order itself cannot carry a limit. E-mail address, name and password are
// not stored.
//
// The platform sets a service up within minutes: the outcome is OutcomePending with a handle, or
// OutcomeAlready if it exists.
//
// No order is sent twice for one reference. Each call sends it at most once, after it was written down in
// the ledger (provider.WithLedger). If its answer is lost, Create looks for it: a new subscription is the
// order's if it is the only one without a valid marker that is as ordered (product, billing cycle, price,
// location and operating system, without a name of its own, begun within the settle time after the order by
// the platform's clock). What may be the order's and may be another's is provider.ErrConflict, and a
// person has to Adopt the right one. If there is nothing, the error matches provider.ErrOutcomeUnknown, and
// only after the settle time will a call buy again. Until then no other order of the same product is sent,
// by whatever program with the ledger: the error matches provider.ErrUnavailable. An order for which a
// person has to pay on a web page is provider.ErrConflict, which names the invoice, until that is paid or
// cancelled.
//
// A program without a ledger keeps the handle, which is returned with errors too, and passes it to the next
// call. There, without its handle, an order that was lost before it was marked cannot be told from
// another one. While there is a service of the product without a valid marker that is younger than the
// order window (see WithOrderWindow), Create without a handle refuses with provider.ErrConflict. A person
// must not order a product while a program does: if the answer to an order is lost that was not carried
// out, the same order of somebody else in that time is taken for it.
//
// A purchase is final: provider.OnFailureUndo undoes nothing here, since ending a service does not
// return the money. The steps show how far the order got.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	b, err := p.newPurchase(req)
	if err != nil {
		return nil, err
	}
	state, err := p.client.orders.desk.Place(ctx, b)
	if err == nil && state == order.Unclear {
		err = order.Unknown("%s", b.Why)
	}
	if err != nil {
		err = adapter.InVerb(Kind, err, adapter.CreateAction(req))
	}
	return b.creation(state, err), err
}

// creation reports how far an order is.
func (p *purchase) creation(state order.State, err error) *provider.Creation {
	if err != nil && (!p.Sent() && !p.Located() || errors.Is(err, provider.ErrAlreadyExists)) {
		return nil // nothing was bought
	}
	done := provider.OutcomeAlready
	if p.Placed {
		done = provider.OutcomeChanged
	}
	checkout, service, name := provider.Step{Name: "checkout", Outcome: done}, provider.Step{Name: "service", Outcome: done}, provider.Step{Name: "name", Outcome: provider.OutcomeAlready}
	c := &provider.Creation{Handle: p.Handle(), Outcome: provider.OutcomePending}
	switch {
	case !p.Located() && !p.Accepted:
		checkout.Outcome, checkout.Err = "", err
		c.Steps = []provider.Step{checkout}
	case p.detail == nil:
		service.Outcome, service.Err = "", err
		c.Steps = []provider.Step{checkout, service}
	case !p.Marked || err != nil:
		name.Outcome, name.Err = "", err
		c.Steps = []provider.Step{checkout, service, name}
	default:
		if p.renamed {
			name.Outcome = provider.OutcomeChanged
		}
		c.Steps = []provider.Step{checkout, service, name}
		if state == order.Ready {
			c.Handle, c.Outcome = "", done
			if p.renamed {
				c.Outcome = provider.OutcomeChanged
			}
		}
	}
	if err != nil {
		c.Outcome = ""
	}
	if p.detail != nil {
		c.Account = p.c.account(p.detail)
	}
	return c
}

// newPurchase checks a request and returns what to buy.
func (p *Provider) newPurchase(req *provider.CreateRequest) (*purchase, error) {
	if req == nil {
		return nil, adapter.NilRequest(Kind, "create account")
	}
	problems := adapter.CheckOrder(req, p.Describe())
	if req.Domain != "" {
		problems.Add("Domain", "must be empty: services are ordered without a domain")
	}
	problems.Word("Plan", req.Plan)
	if name := p.client.core.Markers().Mark(req.Username, req.Reference, ""); len(name) > maxServiceName && provider.ReferenceProblem(req.Reference) == "" {
		problems.Add("Reference", "with the user name and the signature %d characters longer than the name of a service may be", len(name)-maxServiceName)
	}
	values := provider.OptionValues(req.Options)
	w := &wants{
		product: req.Plan, maxPrice: EUR(values.String(optMaxPrice)), payment: PayBalance, mandate: values.String(optMandate), location: values.String(optLocation),
		coupon: values.String(optCoupon), billingAddressID: values.String(optBillingAddress),
	}
	problems.Note("Options."+optMaxPrice, limitProblem(string(w.maxPrice)))
	if payment := values.String(optPayment); payment != "" {
		w.payment = PaymentMethod(payment)
	}
	if w.mandate != "" && w.payment != PayMollieSaved {
		problems.Add("Options."+optMandate, "only with payment=%s", PayMollieSaved)
	}
	for option, to := range map[string]*int64{optCycle: &w.cycle, optTemplate: &w.template} {
		n, given := values.Int(option)
		if given && n <= 0 {
			problems.Add("Options."+option, "must be positive")
		}
		*to = n
	}
	if keys := values.String(optSSHKeys); keys != "" {
		for key := range strings.SplitSeq(keys, ",") {
			key = strings.TrimSpace(key)
			problems.Word("Options."+optSSHKeys, key)
			w.sshKeys = append(w.sshKeys, key)
		}
	}
	b := p.client.purchase(req.Reference, req.Username, req.Plan)
	if req.Handle != "" {
		given, problem := order.Given(req.Handle, p.client.parseHandle, func(given *purchase) bool { return given.isOf(req.Reference, req.Username) })
		if problems.Note("Handle", problem); problem == "" {
			b = given
		}
	}
	b.wants = w
	p.client.orders.desk.Refuse(&problems)
	return b, problems.Err(Kind, "", adapter.CreateAction(req))
}

// Poll reports how far an order is, by the handle of its Creation, or how far the work on a service
// is, by its ID. It buys nothing; it marks the service of an order as soon as it is there. For an
// order that was not carried out, the error matches provider.ErrNotFound: then Create may be called
// again. It also does for a service that has ended.
func (p *Provider) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if serviceID.MatchString(handle) {
		return p.accounts.Poll(ctx, handle)
	}
	b, problem := p.client.parseHandle(handle)
	if problem != "" {
		return nil, provider.Problems{"handle": problem}.Err(Kind, "", "poll account")
	}
	state, err := p.client.orders.desk.Poll(ctx, b)
	if err == nil && state == order.Unclear && !b.Unsettled() {
		err = order.Unknown("%s", b.Why) // and that will not change
	}
	if err != nil {
		return nil, adapter.InVerb(Kind, err, fmt.Sprintf("poll account %q", b.username))
	}
	progress := &provider.Progress{Message: "ordered, not visible yet", Done: state == order.Ready}
	if b.Located() {
		progress.Message = "ordered, without a service yet"
	}
	if b.detail != nil {
		progress.Account, progress.Message = p.client.account(b.detail), p.client.core.Clean(strings.ToLower(b.detail.Status))
	}
	return progress, nil
}
