package elizon

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Power switches a machine. Turning it on and off waits for its status to show it;
// whether a restart or a reset has taken place shows nowhere, so that a lost answer is
// provider.ErrOutcomeUnknown. A suspended service refuses all of it.
func (p *Provider) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	const verb = "switch power of account"
	switch action {
	case provider.PowerOn:
		return p.switchTo(ctx, id, verb, ActionStart, isOn)
	case provider.PowerOff:
		return p.switchTo(ctx, id, verb, ActionStop, isOff)
	case provider.PowerReboot:
		return p.push(ctx, id, verb, ActionRestart)
	case provider.PowerReset:
		return p.push(ctx, id, verb, ActionReset)
	}
	problems := make(provider.Problems)
	problems.Add("action", "%q is not an action", action)
	return "", problems.Err(Kind, "", verb+" "+adapter.Shorten(id))
}

// isOn and isOff read the status as the vendor's app does: what is neither up nor on its
// way there is down.
func isOn(d *ServiceDetail) bool {
	switch strings.ToUpper(d.Status) {
	case StatusRunning, StatusActive, "ONLINE", "STARTING", "BOOTING":
		return true
	}
	return false
}

func isOff(d *ServiceDetail) bool {
	return !isOn(d) && d.Status != "" && statusOf(d.Status) != provider.StatusPending
}

// switchable reads a service whose power can be switched.
func (p *Provider) switchable(ctx context.Context, id string) (*ServiceDetail, error) {
	detail, err := p.client.Services.Get(ctx, id)
	if err == nil && detail.Suspended {
		err = &provider.Error{Kind: provider.ErrConflict, Message: "the service is suspended: resume it first"}
	}
	return detail, err
}

func (p *Provider) switchTo(ctx context.Context, id, verb string, action ServiceAction, want func(*ServiceDetail) bool) (provider.Outcome, error) {
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	asked := verb + " " + id
	detail, err := p.switchable(ctx, id)
	switch {
	case err != nil:
		return "", named(err, asked)
	case want(detail):
		return provider.OutcomeAlready, nil
	}
	accepted, seen := false, false
	err = provider.Confirm(ctx,
		func(ctx context.Context) error {
			err := p.act(id, action)(ctx)
			accepted = err == nil
			return err
		},
		func(ctx context.Context) (_ bool, err error) {
			seen, err = p.await(ctx, id, workTime, want)
			return seen || err == nil && accepted, err
		})
	switch {
	case err != nil:
		return "", named(err, asked)
	case !seen:
		p.works.Begin(id, want)
		return provider.OutcomePending, nil
	}
	return provider.OutcomeChanged, nil
}

// push does what leaves nothing to read back.
func (p *Provider) push(ctx context.Context, id, verb string, action ServiceAction) (provider.Outcome, error) {
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	_, err := p.switchable(ctx, id)
	if err == nil {
		err = p.act(id, action)(ctx)
	}
	if err != nil {
		return "", named(err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

// Reinstall wipes the service's disk and sets it up with a template: Image is its ID, as
// Products.Templates has it. Its login cannot be chosen, since no document names the field:
// a Password is refused. The outcome is OutcomePending, and Wait takes the ID.
//
// It is sent once. A lost answer is provider.ErrOutcomeUnknown, unless the service shows
// that its reinstallation is under way.
func (p *Provider) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	const verb = "reinstall account"
	if req == nil {
		return "", provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	if err := checkID(req.AccountID, verb); err != nil {
		return "", err
	}
	action := verb + " " + req.AccountID
	problems := make(provider.Problems)
	template, err := strconv.ParseInt(req.Image, 10, 64)
	if err != nil || template <= 0 {
		problems.Add("Image", "must be the ID of a template, a positive number")
	}
	if req.Password != "" {
		problems.Add("Password", "cannot be set")
	}
	provider.CheckOptions(&problems, "Options.", nil, req.Options)
	if err := problems.Err(Kind, "", action); err != nil {
		return "", err
	}
	detail, err := p.client.Services.Get(ctx, req.AccountID)
	switch {
	case err != nil:
		return "", named(err, action)
	case detail.ReinstallPending:
		return provider.OutcomePending, nil // never a second one while the first is open
	case detail.Suspended:
		return "", &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrConflict, Message: "the service is suspended: resume it first"}
	}
	_, err = p.client.Services.Reinstall(ctx, req.AccountID, &ServiceReinstallRequest{TemplateID: template})
	if errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil {
		if now, lookErr := p.client.Services.Get(ctx, req.AccountID); lookErr == nil && now.ReinstallPending {
			err = nil
		}
	}
	if err != nil {
		return "", named(err, action)
	}
	return provider.OutcomePending, nil
}

func notFound(err error) bool { return errors.Is(err, provider.ErrNotFound) }
