package elizon

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Create buys a service: it looks through the account for the order's mark, prices the
// cart, checks out, and marks the service that comes of it by its name. The option
// max_price bounds what it costs with tax: above it nothing is bought, and the error
// matches provider.ErrQuota. The price is read immediately before the order; the order
// itself cannot carry a limit. E-mail address, name and password are not stored.
//
// The platform sets a service up within minutes: the outcome is OutcomePending with a
// handle, or OutcomeAlready when it is there.
//
// No order is sent twice for one reference. It is sent once in a call, and if its answer
// gets lost it is looked for: the one new subscription of the product that carries no mark
// is the order's. If there is none the error matches provider.ErrOutcomeUnknown, and only
// after two minutes a call with the handle buys again. So keep the handle, which stands
// beside errors too, and give it back; provider.WithHandles gives it before anything is bought.
//
// Without its handle an order that was lost before it was marked cannot be told from
// somebody else's. While there is a service of the product that carries no mark and is
// younger than the order window (see WithOrderWindow), Create without a handle refuses
// with provider.ErrConflict. Orders of one product must not be sent by several programs
// at once, nor by hand while a program orders.
//
// What is bought is bought: provider.OnFailureUndo undoes nothing here, since to end a
// service does not bring the money back. The steps tell how far it came.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	b, action, err := p.order(req)
	if err != nil {
		return nil, err
	}
	release, err := p.client.orders.take(ctx)
	if err != nil {
		return nil, named(err, action)
	}
	defer release()
	if known := p.client.orders.handleOf(b.reference); known != "" && !b.located() {
		earlier, _ := parseHandle(known)
		if !strings.EqualFold(earlier.username, b.username) {
			return nil, &provider.Error{
				Provider: Kind, Action: action, Kind: provider.ErrAlreadyExists, Message: "the reference is that of an order under the name " + earlier.username,
			}
		}
		earlier.wants = b.wants
		b = earlier
	}
	err = p.client.buy(ctx, b)
	if err != nil {
		err = named(err, action)
	}
	return b.creation(err), err
}

// creation tells how far an order is.
func (b *purchase) creation(err error) *provider.Creation {
	if err != nil && (!b.sent() && !b.located() || errors.Is(err, provider.ErrAlreadyExists)) {
		return nil // nothing was bought
	}
	done := provider.OutcomeAlready
	if b.placed {
		done = provider.OutcomeChanged
	}
	checkout, service, name := provider.Step{Name: "checkout", Outcome: done}, provider.Step{Name: "service", Outcome: done}, provider.Step{Name: "name", Outcome: provider.OutcomeAlready}
	c := &provider.Creation{Handle: b.handle(), Outcome: provider.OutcomePending}
	switch {
	case !b.located() && !b.accepted:
		checkout.Outcome, checkout.Err = "", err
		c.Steps = []provider.Step{checkout}
	case b.detail == nil:
		service.Outcome, service.Err = "", err
		c.Steps = []provider.Step{checkout, service}
	case !b.named || err != nil:
		name.Outcome, name.Err = "", err
		c.Steps = []provider.Step{checkout, service, name}
	default:
		if b.renamed {
			name.Outcome = provider.OutcomeChanged
		}
		c.Steps = []provider.Step{checkout, service, name}
		if statusOf(b.detail.Status) != provider.StatusPending {
			c.Handle, c.Outcome = "", done
			if b.renamed {
				c.Outcome = provider.OutcomeChanged
			}
		}
	}
	if err != nil {
		c.Outcome = ""
	}
	if b.detail != nil {
		c.Account = account(b.detail)
	}
	return c
}

// order is what to buy, checked.
func (p *Provider) order(req *provider.CreateRequest) (*purchase, string, error) {
	if req == nil {
		return nil, "", provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	action := fmt.Sprintf("create account %q", adapter.Shorten(req.Username))
	problems := adapter.CheckOrder(req, p.Describe())
	if req.Domain != "" {
		problems.Add("Domain", "services are ordered without one")
	}
	if strings.ContainsAny(req.Name, "\r\n") {
		problems.Add("Name", "holds a line break")
	}
	adapter.Add(&problems, "Plan", idProblem(req.Plan))
	values := provider.OptionValues(req.Options)
	w := &wants{
		product: req.Plan, maxPrice: EUR(values.String(optMaxPrice)), payment: PayBalance, mandate: values.String(optMandate), location: values.String(optLocation),
		coupon: values.String(optCoupon), billingAddressID: values.String(optBillingAddress),
	}
	adapter.Add(&problems, "Options."+optMaxPrice, limitProblem(string(w.maxPrice)))
	if payment := values.String(optPayment); payment != "" {
		w.payment = PaymentMethod(payment)
	}
	if w.mandate != "" && w.payment != PayMollieSaved {
		problems.Add("Options."+optMandate, "goes with payment=%s only", PayMollieSaved)
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
			adapter.Add(&problems, "Options."+optSSHKeys, idProblem(key))
			w.sshKeys = append(w.sshKeys, key)
		}
	}
	b := &purchase{reference: req.Reference, username: req.Username, product: req.Plan}
	if req.Handle != "" {
		given, problem := parseHandle(req.Handle)
		switch {
		case problem != "":
			problems.Add("Handle", "%s", problem)
		case given.reference != req.Reference || !strings.EqualFold(given.username, req.Username):
			problems.Add("Handle", "belongs to another order")
		default:
			b = given
		}
	}
	b.wants = w
	return b, action, problems.Err(Kind, "", action)
}

// Poll tells how far an order is, by the handle of its Creation, or how far the work on a
// service is, by its ID. It buys nothing; it marks the service of an order as soon as it
// is there. Of an order that was not carried out the error matches provider.ErrNotFound:
// then Create may be called again. So it does of a service that has come to its end.
func (p *Provider) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if serviceID.MatchString(handle) {
		return p.pollService(ctx, handle)
	}
	b, problem := parseHandle(handle)
	if problem != "" {
		return nil, provider.Problems{"handle": problem}.Err(Kind, "", "poll")
	}
	action := fmt.Sprintf("poll order of account %q", b.username)
	release, err := p.client.orders.take(ctx)
	if err != nil {
		return nil, named(err, action)
	}
	defer release()
	if err := p.client.find(ctx, b); err != nil {
		return nil, named(err, action)
	}
	progress := &provider.Progress{Message: "ordered, and not to be seen yet"}
	if b.located() {
		progress.Message = "ordered, and without a service yet"
	}
	if b.detail != nil {
		progress.Account, progress.Message = account(b.detail), strings.ToLower(b.detail.Status)
		progress.Done = b.named && statusOf(b.detail.Status) != provider.StatusPending
	}
	return progress, nil
}

// find is buy without buying.
func (c *Client) find(ctx context.Context, b *purchase) error {
	if !b.located() {
		seen, err := c.look(ctx, b)
		if err != nil {
			return err
		}
		if err := c.claim(b, seen); err != nil && !errors.Is(err, provider.ErrOutcomeUnknown) {
			return err
		}
	}
	switch {
	case b.located():
		return c.follow(ctx, b)
	case b.accepted, b.unsettled():
		return nil
	}
	return &provider.Error{Kind: provider.ErrNotFound, Message: "no service has come of the order: it was not carried out, place it again"}
}
