package hestia

import (
	"context"
	"errors"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Create adds the user, then its domain. Both steps look before they repeat, and a second call with
// the same request finishes what the first one left.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := checkOrder(req); err != nil {
		return nil, err
	}
	creation := &adapter.Steps{Kind: Kind, Action: adapter.CreateAction(req), Policy: req.OnFailure}
	var made *provider.Account
	if creation.Step(ctx, "user", func(ctx context.Context) (provider.Outcome, error) {
		user, outcome, err := p.ensureUser(ctx, req, &creation.Certain)
		if err == nil {
			made = p.account(user)
			creation.Made(made)
		}
		return outcome, err
	}) && req.Domain != "" {
		creation.Undo = func(ctx context.Context) error { _, err := p.Terminate(ctx, made.ID); return err }
		if creation.Step(ctx, "domain", func(ctx context.Context) (provider.Outcome, error) {
			return p.ensureDomain(ctx, made.ID, req.Domain, creation.Certain)
		}) {
			made.Domain = req.Domain
		}
	}
	return creation.Result(ctx)
}

// ensureUser adds the user unless it exists. The panel's answers do not settle a race: when four
// callers add the same user at once, two get "done". So reading the user back decides whose it is.
func (p *Provider) ensureUser(ctx context.Context, req *provider.CreateRequest, certain *bool) (*User, provider.Outcome, error) {
	return adapter.MakeOrFind[User]{
		LookFirst: true, ReadBack: true, Certain: certain, Lag: p.accounts.Lag,
		Find:      func(ctx context.Context, _ error) (*User, error) { return p.user(ctx, req.Username) },
		Elsewhere: func(ctx context.Context) error { return p.accounts.Elsewhere(p.customers(ctx), req.Reference) },
		Make: func(ctx context.Context) (*User, error) {
			return nil, p.client.Users.Add(ctx, req.Username, req.Password, req.Email, &UserAddOptions{
				Package: req.Plan, Name: p.client.rest.Markers().Mark(strings.Join(strings.Fields(req.Name), " "), req.Reference, req.Username),
			})
		},
		Ours:   p.accounts.Owned(req.Reference),
		WhyNot: func(_ context.Context, refused error) error { return unseen(blamePlan(refused)) },
	}.Run(ctx)
}

// unseen turns "exists" into an open outcome where no such user can be read: while v-add-user is at work, which takes
// seconds, both are true of a user that an earlier call of the same order is making. They are also true, and stay so, of
// logins of the operating system.
func unseen(err error) error {
	e, ok := errors.AsType[*provider.Error](err)
	if !ok || !errors.Is(err, ExitExists) {
		return err
	}
	open := provider.Unresolved(err, errors.New("there is no such user to read: it is being made at this moment, so try again; "+
		"if that stays so, it is a login of the operating system, so choose another name"))
	open.Op, open.Fields = e.Op, map[string]string{"Username": "taken, by a user in the making or by the operating system"}
	return open
}

// blamePlan turns "not found" into an error about the plan: the package is all that adding a user can
// fail to find, and changing its package too, unless the panel names the user.
func blamePlan(err error) error {
	var e *provider.Error
	if !errors.Is(err, ExitNotExist) || !errors.As(err, &e) || namesUser(e.Message) {
		return err
	}
	blamed := *e
	blamed.Kind, blamed.Fields = provider.ErrInvalid, map[string]string{"Plan": e.Message}
	blamed.Message, blamed.Err = "no such package", nil
	return &blamed
}
