package elizon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

const (
	// showTime is how long a service's record may lag behind a change of it.
	showTime = 5 * time.Second
	// workTime is how long a verb waits for what a machine does. What takes longer is
	// pending.
	workTime = 30 * time.Second
	lookTime = time.Second
)

// change makes a change of a service unless it is as wanted already, and reads it back.
func (p *Provider) change(ctx context.Context, id, verb string, want func(*ServiceDetail) bool, do func(context.Context) error) (provider.Outcome, error) {
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	action := verb + " " + id
	detail, err := p.client.Services.Get(ctx, id)
	switch {
	case err != nil:
		return "", named(err, action)
	case want(detail):
		return provider.OutcomeAlready, nil
	}
	err = provider.Confirm(ctx, do, func(ctx context.Context) (bool, error) { return p.await(ctx, id, showTime, want) })
	if err != nil {
		return "", named(err, action)
	}
	return provider.OutcomeChanged, nil
}

// await looks until a service is as wanted, for a while.
func (p *Provider) await(ctx context.Context, id string, limit time.Duration, want func(*ServiceDetail) bool) (bool, error) {
	return adapter.Until(ctx, limit, lookTime, func(ctx context.Context) (bool, error) {
		detail, err := p.client.Services.Get(ctx, id)
		return err == nil && want(detail), err
	})
}

// proof is nil if a "not found" can be believed.
func (p *Provider) proof(ctx context.Context, id string) error {
	err := p.readable(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return &provider.Error{
		Provider: Kind, Kind: provider.ErrForbidden, Err: err,
		Message: fmt.Sprintf("service %q cannot be read, and neither can the list of services, so that nothing is proved: %v", id, err),
	}
}

// pollService waits for what was begun on a service: its reinstallation, a change of power
// or plan, or its end.
func (p *Provider) pollService(ctx context.Context, id string) (*provider.Progress, error) {
	action := "poll account " + id
	detail, err := p.client.Services.Get(ctx, id)
	if errors.Is(err, provider.ErrNotFound) {
		if proofErr := p.proof(ctx, id); proofErr != nil {
			err = proofErr
		}
	}
	if err != nil {
		return nil, named(err, action)
	}
	progress := &provider.Progress{Account: account(detail)}
	progress.Message = string(progress.Account.Status)
	switch want := p.works.Get(id); {
	case progress.Account.Status == provider.StatusPending, progress.Account.Status == provider.StatusEnding:
	case want != nil && !want(detail):
		progress.Message = "waiting for it to show"
	default:
		p.works.Done(id)
		progress.Done = true
	}
	return progress, nil
}
