package elizon

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// workTime is how long a verb waits for a machine to act. If it takes longer, the outcome is
// pending.
const workTime = 30 * time.Second

// Power switches a machine. Turning it on or off waits until its status shows that; nothing shows
// whether a restart or a reset has taken place, so a lost answer is provider.ErrOutcomeUnknown. A
// suspended service refuses all actions.
func (p *Provider) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	const verb = "switch power of account"
	var problems provider.Problems
	switch action {
	case provider.PowerOn:
		return p.accounts.Change(ctx, id, p.powered(verb, ActionStart, isOn))
	case provider.PowerOff:
		return p.accounts.Change(ctx, id, p.powered(verb, ActionStop, isOff))
	case provider.PowerReboot, provider.PowerReset:
	default:
		problems.Add("action", "%q is not an action", action)
	}
	return adapter.Verb(ctx, p.accounts, verb, id, problems, func(ctx context.Context, id string) (provider.Outcome, error) {
		now, err := p.client.Services.Get(ctx, id)
		switch {
		case err != nil:
		case now.Suspended:
			err = errSuspended
		case action == provider.PowerReset:
			err = p.act(ActionReset)(ctx, id, now)
		default:
			err = p.act(ActionRestart)(ctx, id, now)
		}
		return provider.OutcomeChanged, err
	})
}

var errSuspended = &provider.Error{Kind: provider.ErrConflict, Message: "the service is suspended: resume it first"}

// powered is a change of a machine's power.
func (p *Provider) powered(verb string, action ServiceAction, want func(*ServiceDetail) bool) change {
	return change{
		Verb: verb, Patience: workTime, Concerns: "power",
		Already: func(d *ServiceDetail) bool { return !d.Suspended && want(d) }, Made: want,
		Do: func(ctx context.Context, id string, now *ServiceDetail) error {
			if now.Suspended {
				return errSuspended
			}
			return p.act(action)(ctx, id, now)
		},
	}
}

// isOn and isOff read the status as the vendor's app does: a machine that is neither on nor
// starting is off.
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

// Reinstall wipes the service's disk and sets it up with a template: Image is its ID, as
// Products.Templates returns it. A Password is refused, since its field is undocumented. The
// outcome is OutcomePending, and Wait takes the ID.
//
// It is sent once. A lost answer is provider.ErrOutcomeUnknown, unless the service shows that its
// reinstallation is in progress.
func (p *Provider) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	const verb = "reinstall account"
	if req == nil {
		return "", adapter.NilRequest(Kind, verb)
	}
	var problems provider.Problems
	template, err := strconv.ParseInt(req.Image, 10, 64)
	if err != nil || template <= 0 {
		problems.Add("Image", "must be the ID of a template, a positive number")
	}
	if !req.Password.IsZero() {
		problems.Add("Password", "cannot be set")
	}
	req.CheckOptions(&problems, nil)
	return adapter.Verb(ctx, p.accounts, verb, req.AccountID, problems, func(ctx context.Context, id string) (provider.Outcome, error) {
		now, err := p.client.Services.Get(ctx, id)
		switch {
		case err != nil:
			return "", err
		case now.ReinstallPending, time.Now().Before(p.accounts.Pending(id).Until):
			return provider.OutcomePending, nil // never a second one while the first is pending
		case now.Suspended:
			return "", errSuspended
		}
		_, err = p.client.Services.Reinstall(ctx, id, &ServiceReinstallRequest{TemplateID: template})
		if errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil {
			if now, lookErr := p.client.Services.Get(ctx, id); lookErr == nil && now.ReinstallPending {
				err = nil
			}
		}
		if err == nil {
			p.accounts.Begin(id, adapter.Work[ServiceDetail]{Until: time.Now().Add(p.accounts.Lag)})
		}
		return provider.OutcomePending, err
	})
}
