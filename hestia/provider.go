package hestia

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Provider is a Hestia panel behind the portable contract. Account IDs are login
// names, plan IDs are names of packages. Administrators are no accounts: they are
// not listed, and no verb touches them.
//
// An account made by Create carries its reference as a marker in the person's name,
// "Max Mustermann [ref:order-1042]", the only room that the panel has.
//
// It needs a key of the root user with full rights, or with the profile "billing",
// which leaves out plans, looking for domains and sign-on by reset link; Check says
// which of these are missing.
type Provider struct {
	client *Client
	limits limits
}

// The adapter has these beside the core.
var _ interface {
	provider.Provider
	provider.Lister
	provider.PlanLister
	provider.PlanChanger
	provider.PasswordChanger
	provider.UsageReader
	provider.FleetUsageReader
} = (*Provider)(nil)

// NewProvider puts a client behind the portable contract. The client stays usable.
func NewProvider(client *Client) *Provider { return &Provider{client: client} }

// Client returns the client behind the provider, for what only Hestia has.
func (p *Provider) Client() *Client { return p.client }

// Get reads one account.
func (p *Provider) Get(ctx context.Context, id string) (*provider.Account, error) {
	const verb = "get account"
	if err := checkID(id, verb); err != nil {
		return nil, err
	}
	user, err := p.customer(ctx, id)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, verb+" "+id)
	}
	return account(user), nil
}

// customer reads a user and refuses administrators.
func (p *Provider) customer(ctx context.Context, id string) (*User, error) {
	user, err := p.client.Users.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if user.Role == roleAdmin {
		return nil, &provider.Error{
			Provider: Kind, Op: "Users.Get", Kind: provider.ErrForbidden,
			Message: fmt.Sprintf("%q is an administrator of the panel, not a customer", id),
		}
	}
	return user, nil
}

const roleAdmin = "admin"

func account(u *User) *provider.Account {
	a := &provider.Account{
		ID: u.Login, Username: u.Login, Email: u.Contact, Plan: u.Package,
		Status: provider.StatusActive, CreatedAt: u.Created, Native: u,
	}
	a.Name, a.Reference = provider.Unmark(u.Name)
	if u.Suspended {
		a.Status = provider.StatusSuspended
	}
	return a
}

// loginForm is what can be a login name; the policy for new ones is narrower.
var loginForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)

func checkID(id, action string) error {
	problem := ""
	switch {
	case id == "":
		problem = "required"
	case !loginForm.MatchString(id):
		problem = fmt.Sprintf("%q is not a login name", adapter.Shorten(id))
	case id == "root":
		problem = "the system's own user is not a customer"
	}
	if problem == "" {
		return nil
	}
	return provider.Problems{"id": problem}.Err(Kind, "", action)
}

// Check tests the connection and names what the credentials may not do.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	var report adapter.Report
	var users int
	var err error
	report.Steps, report.Latency, users, err = p.client.diagnose(ctx)
	if err := report.Broken(err); err != nil {
		return &report.CheckReport, err
	}
	if err != nil {
		return report.Fail(provider.CheckCredentials, err)
	}
	report.OK(provider.CheckCredentials, fmt.Sprintf("signed in; %d users", users))
	missing, err := p.missingRights(ctx, &report)
	switch {
	case err != nil:
		return report.Fail(provider.CheckRights, err)
	case len(missing) > 0:
		report.Warn(provider.CheckRights, "the key cannot "+strings.Join(missing, ", "))
	default:
		report.OK(provider.CheckRights, "all that the adapter uses")
	}
	if report.Version == "" {
		report.Skip(provider.CheckVersion, "the key may not ask")
	} else {
		report.OK(provider.CheckVersion, "Hestia "+report.Version)
	}
	return report.Done()
}

// limits remembers what the key may not do. The panel counts forbidden commands towards
// a ban of the client's address (five within minutes, for ten days at worst), so each
// is tried once.
type limits struct {
	mu      sync.Mutex
	refused map[string]error
}

// try runs a command unless it was forbidden before; then it returns that refusal.
func (l *limits) try(command string, run func() error) error {
	l.mu.Lock()
	known := l.refused[command]
	l.mu.Unlock()
	if known != nil {
		return known
	}
	err := run()
	if errors.Is(err, provider.ErrForbidden) && errors.Is(err, ExitForbidden) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.refused == nil {
			l.refused = make(map[string]error)
		}
		l.refused[command] = err
	}
	return err
}

// missingRights tries what the "billing" profile lacks, by reads that harm nobody.
func (p *Provider) missingRights(ctx context.Context, report *adapter.Report) ([]string, error) {
	var missing []string
	for _, right := range []struct {
		what, command string
		try           func() error
	}{
		{"read the version", "v-list-sys-config", func() error {
			config, err := p.client.System.GetConfig(ctx)
			if err == nil {
				report.Version = config.Version
			}
			return err
		}},
		{"list packages", "v-list-user-packages", func() error {
			for _, err := range p.client.Packages.List(ctx) {
				return err
			}
			return nil
		}},
		{"look for the owner of a domain", "v-search-domain-owner", func() error {
			_, err := p.client.Domains.SearchOwner(ctx, "provkit-check.example.com", nil)
			if errors.Is(err, provider.ErrNotFound) {
				return nil
			}
			return err
		}},
	} {
		err := p.limits.try(right.command, right.try)
		switch {
		case errors.Is(err, provider.ErrForbidden):
			missing = append(missing, right.what)
		case err != nil:
			return missing, err
		}
	}
	return missing, nil
}
