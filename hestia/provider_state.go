package hestia

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend takes the user's sites, mail, databases and login out of service.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.change(ctx, id, "suspend account", "suspension", nil, func(u *User) bool { return u.Suspended }, func(ctx context.Context) error {
		return p.client.Users.Suspend(ctx, id, nil)
	})
}

// Unsuspend puts the user back into service, including what had been suspended individually.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return p.change(ctx, id, "unsuspend account", "suspension", nil, func(u *User) bool { return !u.Suspended }, func(ctx context.Context) error {
		return p.client.Users.Unsuspend(ctx, id, nil)
	})
}

// ChangePlan puts the user on another package.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	input := adapter.Input("plan", planProblem(plan))
	return p.change(ctx, id, "change plan of account", "plan", input, func(u *User) bool { return u.Package == plan }, func(ctx context.Context) error {
		return blamePlan(p.client.Packages.ChangeUser(ctx, id, plan, nil))
	})
}

// change reads back what it changed, since the panel also says "done" when it did nothing.
func (p *Provider) change(
	ctx context.Context, id, verb, concerns string, input provider.Problems, already func(*User) bool, do func(context.Context) error,
) (provider.Outcome, error) {
	return p.accounts.Change(ctx, id, adapter.Change[string, User]{
		Verb: verb, Concerns: concerns, Input: input, Already: already,
		Do: func(ctx context.Context, _ string, _ *User) error {
			err := do(ctx)
			if errors.Is(err, ExitSuspended) || errors.Is(err, ExitUnsuspended) {
				return nil // another caller or an earlier attempt was faster; the read decides
			}
			return err
		},
	})
}

// ChangePassword sets the password of the user. The panel refuses it for suspended users.
func (p *Provider) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	input := adapter.Input("password", passwordProblem(password))
	return adapter.Verb(ctx, p.accounts, "change password of account", id, input, func(ctx context.Context, login string) (provider.Outcome, error) {
		_, err := p.customer(ctx, login)
		if err == nil {
			if err = p.client.Users.ChangePassword(ctx, login, password); errors.Is(err, provider.ErrNotFound) {
				err = provider.Unresolved(err, errors.New("a password cannot be read, and the user was there a moment ago"))
			}
		}
		return provider.OutcomeChanged, err
	})
}
