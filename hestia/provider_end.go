package hestia

import (
	"context"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Terminate deletes the user with everything that belongs to it, and verifies that it is gone.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, adapter.Removal[string, User]{Do: func(ctx context.Context, login string) error {
		return p.client.Users.Delete(ctx, login, nil)
	}})
}

// Poll reads one account, on which nothing pends for longer than a call. Unlike Get, it says that the
// account does not exist only with proof.
func (p *Provider) Poll(ctx context.Context, id string) (*provider.Progress, error) {
	return p.accounts.Poll(ctx, id)
}

// proveAbsent proves that a user does not exist: the list of users works and lacks it.
func (p *Provider) proveAbsent(ctx context.Context, login string) (evidence string, err error) {
	found, err := p.listed(ctx, func(name string) bool { return name == login })
	if err == nil && found != "" {
		err = adapter.Listed
	}
	return "the key can list the users", err
}
