package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Create orders a server; see OrdersService.Place. Called again, it returns OutcomePending while
// the server is being deployed, and OutcomeAlready once it is ready.
//
// A Creation is returned with an error, too, if something was or may have been bought. Call Create again:
// the ledger knows how far the order is (provider.WithLedger). A program without one stores the Handle
// and passes it to the next call, which has to search for the order otherwise.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	place, err := p.placeRequest(req)
	if err != nil {
		return nil, err
	}
	placed, err := p.client.Orders.Place(ctx, place)
	if err != nil {
		err = adapter.InVerb(Kind, err, adapter.CreateAction(req))
	}
	return p.creation(placed, err), err
}

func (p *Provider) creation(placed *PlacedOrder, err error) *provider.Creation {
	if placed == nil {
		return nil
	}
	c := &provider.Creation{Handle: placed.Handle, Outcome: provider.OutcomePending}
	step := provider.Step{Name: "server", Outcome: provider.OutcomeAlready, Err: err}
	if placed.Placed {
		step.Outcome = provider.OutcomeChanged
	}
	switch {
	case err != nil && placed.State == OrderUnclear:
		c.Outcome, step.Outcome = "", ""
	case err != nil:
		// The server is bought, although a later step failed.
		c.Outcome = step.Outcome
		c.Steps = []provider.Step{{Name: "server", Outcome: step.Outcome}, {Name: string(placed.State), Err: err}}
	case placed.State == OrderReady:
		c.Outcome, c.Handle = step.Outcome, ""
	}
	if c.Steps == nil {
		c.Steps = []provider.Step{step}
	}
	if placed.Server != nil {
		c.Account = p.account(placed.Server)
	}
	return c
}

// placeRequest returns what to buy, after checking it.
func (p *Provider) placeRequest(req *provider.CreateRequest) (*OrderPlaceRequest, error) {
	if req == nil {
		return nil, adapter.NilRequest(Kind, "create account")
	}
	problems := adapter.CheckOrder(req, p.Describe())
	if req.Domain != "" {
		problems.Add("Domain", "servers have no domain")
	}
	problems.Required("Plan", req.Plan)
	problems.Note("Username", nameProblem(req.Username))
	values := provider.OptionValues(req.Options)
	order := &ServerOrderRequest{
		Preset: req.Plan, Location: values.String(optLocation), Period: DeployPeriod(values.String(optPeriod)), PromoCode: values.String(optPromoCode),
		Install: Install{RootPassword: req.Password, SSHKey: values.String(optSSHKey), PostInstallScript: req.Secrets[optScript]},
	}
	order.OSID, order.OSName = byIDOrName(values.String(optOS))
	order.SoftID, order.SoftName = byIDOrName(values.String(optSoftware))
	order.TrafficPlan, _ = values.Int(optTrafficPlan)
	order.IPv4, _ = values.Int(optIPv4)
	order.IPv6, _ = values.Bool(optIPv6)
	for field, problem := range order.problems() {
		if name, known := optionOf[field]; known {
			problems.Note(name, problem)
		}
	}
	place := &OrderPlaceRequest{Reference: req.Reference, Name: req.Username, Order: order, Handle: req.Handle, PayFromCredit: true}
	if pay, given := values.Bool(optPay); given {
		place.PayFromCredit = pay
	}
	if req.Handle != "" {
		_, problem := p.client.Orders.given(req.Handle, req.Username, req.Reference)
		problems.Note("Handle", problem)
	}
	p.client.Orders.desk.Refuse(&problems)
	return place, problems.Err(Kind, "", adapter.CreateAction(req))
}

// optionOf maps fields of the order to the fields of the request that they come from.
var optionOf = map[string]string{
	"Location": "Options." + optLocation, "OSID": "Options." + optOS, "SoftID": "Options." + optSoftware, "TrafficPlan": "Options." + optTrafficPlan,
	"Period": "Options." + optPeriod, "PostInstallScript": "Secrets." + optScript, "IPv4": "Options." + optIPv4,
}

// Poll reports the progress of an order by the handle of its Creation, or of the work on a server
// by its ID.
func (p *Provider) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if _, ok := parseID(handle); ok {
		return p.accounts.Poll(ctx, handle)
	}
	placed, err := p.client.Orders.Check(ctx, handle)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, "poll account")
	}
	if placed.State == OrderUnpaid {
		return nil, &provider.Error{
			Provider: Kind, Action: "poll account", Kind: provider.ErrConflict,
			Message: words.Say("the order is placed, and its invoice %d is not paid: pay it with the vendor, or Create again with the option %s=true", placed.InvoiceID, optPay),
		}
	}
	progress := &provider.Progress{Done: placed.State == OrderReady, Message: words.Say("%s", placed.State)}
	if placed.Message != "" {
		progress.Message = p.client.rest.Say("%s: %s", placed.State, placed.Message)
	}
	if placed.Server != nil {
		progress.Account = p.account(placed.Server)
	}
	return progress, nil
}
