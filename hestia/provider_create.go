package hestia

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Create adds the user, then its domain. Both steps look before they repeat, and a
// second call with the same request finishes what the first one left.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := checkOrder(req); err != nil {
		return nil, err
	}
	creation := &adapter.Steps{Kind: Kind, Action: fmt.Sprintf("create account %q", req.Username), Policy: req.OnFailure}
	var made *provider.Account
	if creation.Step(ctx, "user", func(ctx context.Context) (provider.Outcome, error) {
		user, outcome, err := p.ensureUser(ctx, req)
		if err == nil {
			made = account(user)
			creation.Made(made)
		}
		return outcome, err
	}) && req.Domain != "" {
		creation.Undo = func(ctx context.Context) error { _, err := p.Terminate(ctx, made.ID); return err }
		if creation.Step(ctx, "domain", func(ctx context.Context) (provider.Outcome, error) {
			return p.ensureDomain(ctx, made.ID, req.Domain)
		}) {
			made.Domain = req.Domain
		}
	}
	return creation.Result(ctx)
}

func checkOrder(req *provider.CreateRequest) error {
	if req == nil {
		return provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	problems := adapter.CheckOrder(req, &description)
	adapter.NoHandle(&problems, req)
	adapter.Add(&problems, "Password", passwordProblem(req.Password))
	adapter.Add(&problems, "Name", nameProblem(req.Name))
	if req.Domain != "" {
		adapter.Add(&problems, "Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		adapter.Add(&problems, "Plan", planProblem(req.Plan))
	}
	return problems.Err(Kind, "", fmt.Sprintf("create account %q", adapter.Shorten(req.Username)))
}

// passwordProblem adds to the policy what the panel would alter on the way.
func passwordProblem(password provider.Secret) string {
	if problem := passwordPolicy.Problem(password); problem != "" {
		return problem
	}
	if text := password.Reveal(); strings.TrimSpace(text) != text {
		return "begins or ends with white space, which the panel cuts off"
	}
	return ""
}

// nameProblem: the panel refuses these characters in a new user's name, and a marker
// would make the account somebody else's.
func nameProblem(name string) string {
	if _, marker := provider.Unmark(name); marker != "" {
		return "holds a marker"
	}
	if strings.ContainsAny(name, "'\"<>|\r\n") {
		return `holds one of ' " < > | or a line break, which the panel refuses`
	}
	return ""
}

func domainProblem(name string) string {
	if len(name) > 253 || !strings.Contains(name, ".") || strings.ContainsAny(name, " \t\r\n/\\?#@:_'\"*") ||
		strings.Contains(name, "..") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
		return fmt.Sprintf("%q is not a domain name", adapter.Shorten(name))
	}
	if strings.HasPrefix(name, "www.") || strings.ToLower(name) != name {
		return "must be in lower case and without www., as the panel stores it"
	}
	return ""
}

func planProblem(plan string) string {
	if len(plan) > 64 || strings.ContainsAny(plan, " \t\r\n/\\'\"<>|;&$") || strings.HasPrefix(plan, ".") || strings.HasPrefix(plan, "-") {
		return fmt.Sprintf("%q is not the name of a package", adapter.Shorten(plan))
	}
	return ""
}

// ensureUser adds the user unless it is there. The panel's own answers do not settle a
// race: of four that add the same user at once, two are told that they did. So it is
// read back whose it became.
func (p *Provider) ensureUser(ctx context.Context, req *provider.CreateRequest) (*User, provider.Outcome, error) {
	user, err := p.client.Users.Get(ctx, req.Username)
	switch {
	case err == nil:
		return claim(user, req, provider.OutcomeAlready)
	case !errors.Is(err, provider.ErrNotFound):
		return nil, "", err
	}
	look := func(ctx context.Context) (bool, error) {
		user, err = p.client.Users.Get(ctx, req.Username)
		if errors.Is(err, provider.ErrNotFound) {
			return false, nil
		}
		return err == nil, err
	}
	lost := false
	err = provider.Confirm(ctx, func(ctx context.Context) error {
		err := p.client.Users.Add(ctx, req.Username, req.Password, req.Email, &UserAddOptions{
			Package: req.Plan, Name: provider.Mark(strings.Join(strings.Fields(req.Name), " "), req.Reference),
		})
		lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
		return err
	}, look)
	if err == nil {
		return claim(user, req, provider.OutcomeChanged)
	}
	if !adapter.Refused(err) {
		return nil, "", err
	}
	refused := err
	switch there, err := look(ctx); {
	case err != nil:
		return nil, "", provider.Unresolved(refused, err)
	case there && lost:
		return claim(user, req, provider.OutcomeChanged)
	case there:
		return claim(user, req, provider.OutcomeAlready)
	case lost:
		return nil, "", provider.Unresolved(refused, errors.New("there is no such user"))
	}
	return nil, "", blamePlan(refused)
}

// blamePlan: the only thing that adding a user or changing its package can fail to
// find is the package.
func blamePlan(err error) error {
	var e *provider.Error
	if !errors.Is(err, ExitNotExist) || !errors.As(err, &e) {
		return err
	}
	blamed := *e
	blamed.Kind, blamed.Fields = provider.ErrInvalid, map[string]string{"Plan": e.Message}
	blamed.Message, blamed.Err = "no such package", nil
	return &blamed
}

// claim decides whether a user that is there is ours.
func claim(user *User, req *provider.CreateRequest, outcome provider.Outcome) (*User, provider.Outcome, error) {
	a := account(user)
	if a.Reference == req.Reference && user.Role != roleAdmin {
		return user, outcome, nil
	}
	message := fmt.Sprintf("user %q is there and carries no reference", user.Login)
	if a.Reference != "" {
		message = fmt.Sprintf("user %q belongs to the reference %q", user.Login, a.Reference)
	}
	return nil, "", &provider.Error{
		Provider: Kind, Op: "Users.Add", Kind: provider.ErrAlreadyExists, Message: message,
		Fields: map[string]string{"Username": "taken"},
	}
}

// ensureDomain adds website, zone and mail domain unless the website is there.
func (p *Provider) ensureDomain(ctx context.Context, login, domain string) (provider.Outcome, error) {
	seen, err := p.sightDomain(ctx, login, domain)
	switch {
	case err != nil:
		return "", err
	case seen == present:
		return provider.OutcomeAlready, nil
	}
	lost := false
	err = provider.Resolve(ctx,
		func(ctx context.Context) error {
			err := p.client.Domains.Add(ctx, login, domain, nil)
			lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
			return err
		},
		func(ctx context.Context) (bool, error) {
			seen, err := p.sightDomain(ctx, login, domain)
			return seen == present, err
		})
	if err == nil {
		return provider.OutcomeChanged, nil
	}
	if !adapter.Refused(err) {
		return "", err
	}
	refused := err
	seen, err = p.sightDomain(ctx, login, domain)
	switch {
	case err != nil:
		return "", provider.Unresolved(refused, err)
	case seen == present, seen == perhaps && errors.Is(refused, ExitExists):
		if lost {
			return provider.OutcomeChanged, nil
		}
		return provider.OutcomeAlready, nil
	case lost:
		return "", provider.Unresolved(refused, errors.New("the user has no such domain"))
	}
	return "", refused
}

// sight is what can be seen of a domain.
type sight int

const (
	absent sight = iota
	// perhaps: the user has domains, but the key may not ask which.
	perhaps
	present
)

// sightDomain looks for the user's website. A key of the billing profile may not ask by
// name: then the user's own count of websites tells "none" for sure, and "some" only
// together with the panel's refusal to add the domain because it exists.
func (p *Provider) sightDomain(ctx context.Context, login, domain string) (sight, error) {
	err := p.limits.try("v-list-web-domain", func() error {
		_, err := p.client.Web.GetDomain(ctx, login, domain)
		return err
	})
	switch {
	case err == nil:
		return present, nil
	case errors.Is(err, provider.ErrNotFound):
		return absent, nil
	case !errors.Is(err, provider.ErrForbidden):
		return absent, err
	}
	user, err := p.client.Users.Get(ctx, login)
	if err != nil || user.Usage.WebDomains == 0 {
		return absent, err
	}
	return perhaps, nil
}
