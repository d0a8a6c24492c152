package hestia

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a Hestia panel behind the portable contract. Account IDs are login names, plan IDs
// are names of packages. Administrators are not accounts: they are not listed, and no verb changes
// them.
//
// An account made by Create carries its reference as a marker in the person's name, "Max Mustermann
// [ref:order-1042]", the only field that the panel has for it.
//
// It needs a key of the root user with full rights, or with the profile "billing". The latter does
// not cover plans, looking for domains, completing one that was made by half, suspending sites that are
// online although their user is suspended, and sign-on by reset link; Check reports the first two of them.
type Provider struct {
	client   *Client
	accounts *adapter.Accounts[string, User]
	limits   limits
}

// The optional interfaces that the adapter implements.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.PasswordChanger
	provider.UsageReader
	provider.FleetUsageReader
	provider.Poller
} = (*Provider)(nil)

// NewProvider returns a provider that uses the client. The client stays usable.
func NewProvider(client *Client) *Provider {
	p := &Provider{client: client}
	p.accounts = &adapter.Accounts[string, User]{
		Kind: Kind, Noun: "user", ParseID: parseLogin, Read: p.customer, View: p.account, Prove: p.proveAbsent,
		Lag: client.rest.ReadLag(), Unmarkable: true,
	}
	return p
}

// Client returns the client behind the provider, for what only Hestia has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	return p.accounts.Get(ctx, id)
}

// customer reads a user and refuses administrators.
func (p *Provider) customer(ctx context.Context, id string) (*User, error) {
	user, err := p.user(ctx, id)
	if err != nil {
		return nil, err
	}
	if user.Role == roleAdmin {
		return nil, &provider.Error{
			Provider: Kind, Op: "Users.Get", Kind: provider.ErrForbidden, Err: errAdmin,
			Message: p.client.rest.Say("%q is an administrator of the panel, not a customer", id),
		}
	}
	return user, nil
}

// user reads a user. A record that the panel is still writing is read again, for as long as reads may trail.
func (p *Provider) user(ctx context.Context, login string) (user *User, err error) {
	_, ended := adapter.Until(ctx, p.accounts.Lag, func(ctx context.Context) (bool, error) {
		user, err = p.client.Users.Get(ctx, login)
		return !errors.Is(err, errUnfinished), nil
	})
	return user, cmp.Or(ended, err)
}

const roleAdmin = "admin"

var errAdmin = errors.New("an administrator")

// account returns a user in the terms of the contract. An administrator carries no reference, even
// with a marker.
func (p *Provider) account(u *User) *provider.Account {
	a := &provider.Account{
		ID: u.Login, Username: u.Login, Email: u.Contact, Plan: u.Package,
		Status: provider.StatusActive, CreatedAt: u.Created, Native: u,
	}
	a.Name, a.Reference, a.Marker = p.client.rest.Markers().Read(u.Name, u.Login)
	if u.Role == roleAdmin {
		a.Reference, a.Marker = "", provider.Marker{}
	}
	if u.Suspended {
		a.Status = provider.StatusSuspended
	}
	return a
}

// loginForm matches what can be a login name; the policy for new ones is narrower.
var loginForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)

func parseLogin(id string) (login, problem string) {
	switch {
	case id == "":
		return "", "required"
	case !loginForm.MatchString(id):
		return "", fmt.Sprintf("%q is not a login name", adapter.Shorten(id))
	case id == "root":
		return "", "the system's own user is not a customer"
	}
	return id, ""
}
