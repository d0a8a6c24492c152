package hestia

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Suspend takes the user's sites, mail, databases and login out of service.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	suspended := func(u *User) bool { return u.Suspended }
	return p.change(ctx, id, "suspend account", suspended, func(ctx context.Context) error {
		return p.client.Users.Suspend(ctx, id, nil)
	})
}

// Unsuspend puts the user back into service, and what was suspended singly too.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	active := func(u *User) bool { return !u.Suspended }
	return p.change(ctx, id, "unsuspend account", active, func(ctx context.Context) error {
		return p.client.Users.Unsuspend(ctx, id, nil)
	})
}

// ChangePlan puts the user on another package.
func (p *Provider) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	const verb = "change plan of account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	problem := planProblem(plan)
	if plan == "" {
		problem = "required"
	}
	if problem != "" {
		return "", provider.Problems{"plan": problem}.Err(Kind, "", verb+" "+id)
	}
	onPlan := func(u *User) bool { return u.Package == plan }
	return p.change(ctx, id, verb, onPlan, func(ctx context.Context) error {
		return blamePlan(p.client.Packages.ChangeUser(ctx, id, plan, nil))
	})
}

// change does something to a user unless it is as wanted already, and reads back
// whether it became so. The panel says "done" also when it did nothing.
func (p *Provider) change(ctx context.Context, id, verb string, asWanted func(*User) bool, do func(context.Context) error) (provider.Outcome, error) {
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	outcome, err := adapter.Change[User]{
		Read:    func(ctx context.Context) (*User, error) { return p.customer(ctx, id) },
		Already: asWanted,
		Do: func(ctx context.Context) error {
			err := do(ctx)
			if errors.Is(err, ExitSuspended) || errors.Is(err, ExitUnsuspended) {
				return nil // somebody was faster, or an earlier try was; the look decides
			}
			return err
		},
	}.Run(ctx)
	return outcome, adapter.InVerb(Kind, err, verb+" "+id)
}

// ChangePassword sets the password of the user. The panel refuses it for a suspended
// one.
func (p *Provider) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	const verb = "change password of account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	if problem := passwordProblem(password); problem != "" {
		return "", provider.Problems{"password": problem}.Err(Kind, "", verb+" "+id)
	}
	_, err := p.customer(ctx, id)
	if err == nil {
		err = p.client.Users.ChangePassword(ctx, id, password)
	}
	if err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

// Terminate deletes the user with everything that belongs to it, and makes sure that
// it is gone.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "terminate account"
	if err := checkID(id, verb); err != nil {
		return "", err
	}
	err := adapter.Removal{
		Read:  func(ctx context.Context) error { _, err := p.customer(ctx, id); return err },
		Do:    func(ctx context.Context) error { return p.client.Users.Delete(ctx, id, nil) },
		Prove: func(ctx context.Context) error { return p.proveAbsent(ctx, id) },
	}.Run(ctx)
	if err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return provider.OutcomeChanged, nil
}

// proveAbsent returns nil if the user is gone for sure: the list of users works and
// lacks it.
func (p *Provider) proveAbsent(ctx context.Context, id string) error {
	for user, err := range p.users(ctx) {
		var e *provider.Error
		switch {
		case errors.Is(err, provider.ErrNotFound):
			return &provider.Error{Provider: Kind, Kind: provider.ErrForbidden, Message: "the user is not found, but neither is the list of users: the key may have lost its rights"}
		case errors.As(err, &e):
			unproven := *e
			unproven.Message = "the user is not found, and proving that it is gone failed: " + e.Message
			return &unproven
		case err != nil:
			return err
		case user.Login == id:
			return &provider.Error{Provider: Kind, Kind: provider.ErrForbidden, Message: "the user is listed but cannot be read"}
		}
	}
	return nil
}

// resetLife is how long the panel honours a reset link.
const resetLife = 900 * time.Second

// SignOn gives the login page: the panel has no login link. Kind provider.SignOnReset
// asks for a link with which the customer chooses a new password within 15 minutes; it
// needs a key with full rights, and a panel whose policy allows resets.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	const verb = "sign on to account"
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", verb)
	}
	if err := checkID(req.AccountID, verb); err != nil {
		return nil, err
	}
	action := verb + " " + req.AccountID
	if err := adapter.CheckSignOn(Kind, action, req.Kind, provider.SignOnPlain, provider.SignOnReset); err != nil {
		return nil, err
	}
	if _, err := p.customer(ctx, req.AccountID); err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	page := p.client.rest.Root()
	page.RawPath = ""
	if req.Kind != provider.SignOnReset {
		page.Path += "/login/"
		return &provider.SignOn{Kind: provider.SignOnPlain, URL: provider.Secret(page.String()), Method: "GET"}, nil
	}
	code := rand.Text()
	hash, err := bcrypt.GenerateFromPassword([]byte(code), bcrypt.DefaultCost)
	if err != nil {
		return nil, &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrUnavailable, Message: "hashing the code failed"}
	}
	minted := time.Now()
	if err := p.client.Users.ChangeRKey(ctx, req.AccountID, &UserChangeRKeyOptions{Hash: provider.Secret(hash)}); err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	page.Path += "/reset/"
	page.RawQuery = url.Values{"action": {"confirm"}, "user": {req.AccountID}, "code": {code}}.Encode()
	return &provider.SignOn{Kind: provider.SignOnReset, URL: provider.Secret(page.String()), Method: "GET", ExpiresAt: minted.Add(resetLife)}, nil
}
