package hostkey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Create orders a server; see OrdersService.Place. Called again while the server is being
// deployed, it returns OutcomePending again, and OutcomeAlready when it is there.
//
// The Creation stands beside an error too if something was or may have been bought. Keep
// its Handle and give it back: it knows the order, where a mere repetition has to search.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	place, action, err := p.order(req)
	if err != nil {
		return nil, err
	}
	placed, err := p.client.Orders.Place(ctx, place)
	if err != nil {
		err = adapter.InVerb(Kind, err, action)
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
		// What is bought is bought; that the rest failed stands beside it.
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

// order is what to buy, checked.
func (p *Provider) order(req *provider.CreateRequest) (*PlaceRequest, string, error) {
	if req == nil {
		return nil, "", provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	action := fmt.Sprintf("create account %q", adapter.Shorten(req.Username))
	problems := adapter.CheckOrder(req, p.Describe())
	if req.Domain != "" {
		problems.Add("Domain", "servers have none")
	}
	if strings.ContainsAny(req.Name, "\r\n") {
		problems.Add("Name", "holds a line break")
	}
	if req.Plan == "" {
		problems.Add("Plan", "required: the name of a preset")
	}
	if problem := nameProblem(req.Username); problem != "" && problems["Username"] == "" {
		problems.Add("Username", "%s", problem)
	}
	values := provider.OptionValues(req.Options)
	order := &OrderRequest{
		Preset: req.Plan, Location: values.String(optLocation), Period: DeployPeriod(values.String(optPeriod)), PromoCode: values.String(optPromoCode),
		Install: Install{RootPassword: req.Password, SSHKey: values.String(optSSHKey), PostInstallScript: provider.Secret(values.String(optScript))},
	}
	order.OSID, order.OSName = byIDOrName(values.String(optOS))
	order.SoftID, order.SoftName = byIDOrName(values.String(optSoftware))
	order.TrafficPlan, _ = values.Int(optTrafficPlan)
	order.IPv4, _ = values.Int(optIPv4)
	order.IPv6, _ = values.Bool(optIPv6)
	for field, problem := range order.problems() {
		if name, known := optionOf[field]; known && problems["Options."+name] == "" {
			problems.Add("Options."+name, "%s", problem)
		}
	}
	place := &PlaceRequest{Reference: req.Reference, Name: req.Username, Order: order, Handle: req.Handle, PayFromCredit: true}
	if keep := p.client.settings.keepHandle; keep != nil {
		place.OnHandle = func(handle string) error { return keep(req.Reference, handle) }
	}
	if pay, given := values.Bool(optPay); given {
		place.PayFromCredit = pay
	}
	if req.Handle != "" {
		_, problem := p.client.Orders.given(req.Handle, OrderHostname(req.Username, req.Reference))
		adapter.Add(&problems, "Handle", problem)
	}
	return place, action, problems.Err(Kind, "", action)
}

// optionOf names the option that a field of the order comes from.
var optionOf = map[string]string{
	"Location": optLocation, "OSID": optOS, "SoftID": optSoftware, "TrafficPlan": optTrafficPlan, "Period": optPeriod,
	"PostInstallScript": optScript, "IPv4": optIPv4,
}

// Poll tells how far an order is, by the handle of its Creation, or how far the work on a
// server is, by its ID.
func (p *Provider) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if id, ok := parseID(handle); ok {
		return p.pollServer(ctx, id)
	}
	if _, problem := p.client.Orders.parseHandle(handle); problem != "" {
		return nil, provider.Problems{"handle": problem}.Err(Kind, "", "poll")
	}
	placed, err := p.client.Orders.Check(ctx, handle)
	if placed == nil || err != nil {
		return nil, err
	}
	progress := &provider.Progress{Done: placed.State == OrderReady, Message: string(placed.State)}
	if placed.Message != "" {
		progress.Message += ": " + placed.Message
	}
	if placed.Server != nil {
		progress.Account = p.account(placed.Server)
	}
	return progress, nil
}

// pollServer waits for what was begun on a server: a reinstallation, a change of power,
// or its end.
func (p *Provider) pollServer(ctx context.Context, id int64) (*provider.Progress, error) {
	server, err := p.client.Servers.Show(ctx, id)
	if err != nil {
		return nil, err
	}
	progress := &provider.Progress{Account: p.account(server), Message: string(server.Status)}
	begun := p.works.Get(id)
	if begun.key != "" {
		state, err := p.client.Tasks.Check(ctx, begun.key)
		switch {
		case errors.Is(err, ErrTaskGone):
			// It may have succeeded: the server tells.
		case err != nil:
			return nil, err
		case state.State == TaskRunning:
			progress.Message = "under way"
			return progress, nil
		case state.State == TaskFailed:
			p.works.Done(id)
			return nil, &provider.Error{Provider: Kind, Action: "wait for work on server " + idText(id), Kind: provider.ErrConflict, Message: state.reason(), Err: ErrTaskFailed}
		}
	}
	if begun.want != nil && !begun.want(server) {
		progress.Message = "waiting for it to show"
		return progress, nil
	}
	p.works.Done(id)
	progress.Done = progress.Account.Status != provider.StatusPending && !installing(server)
	return progress, nil
}

// installing tells by the tags that the system keeps while it installs.
func installing(s *Server) bool {
	return s.Tag("reinstall_start") != nil || s.Tag("autodeploy_start") != nil
}
