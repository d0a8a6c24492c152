package hestia

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Create adds the user, then its domain. Both steps look before they repeat, and a
// second call with the same request finishes what the first one left.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := checkOrder(req); err != nil {
		return nil, err
	}
	action := fmt.Sprintf("create account %q", req.Username)
	creation := &provider.Creation{}
	user, outcome, err := p.ensureUser(ctx, req)
	creation.Steps = append(creation.Steps, provider.Step{Name: "user", Outcome: outcome, Err: err})
	if err != nil {
		err = named(err, action)
		if errors.Is(err, provider.ErrOutcomeUnknown) {
			return creation, err // it may exist
		}
		return nil, err
	}
	creation.Account, creation.Outcome = account(user), outcome
	if req.Domain == "" {
		return creation, nil
	}
	domainOutcome, err := p.ensureDomain(ctx, user, req.Domain)
	creation.Steps = append(creation.Steps, provider.Step{Name: "domain", Outcome: domainOutcome, Err: err})
	if err != nil {
		err = named(err, action)
		if req.OnFailure == provider.UndoPartial && outcome == provider.OutcomeChanged && !errors.Is(err, provider.ErrOutcomeUnknown) {
			return p.undo(ctx, creation, user.Login, err)
		}
		return creation, err
	}
	creation.Account.Domain = req.Domain
	if domainOutcome == provider.OutcomeChanged {
		creation.Outcome = provider.OutcomeChanged
	}
	return creation, nil
}

// undo removes the user that this very call made. Its failure is added, not swallowed.
func (p *Provider) undo(ctx context.Context, creation *provider.Creation, id string, cause error) (*provider.Creation, error) {
	if _, err := p.Terminate(ctx, id); err != nil {
		return creation, errors.Join(cause, fmt.Errorf("and undoing it failed: %w", err))
	}
	creation.Steps[0].Undone = true
	creation.Account, creation.Outcome = nil, ""
	return creation, cause
}

func checkOrder(req *provider.CreateRequest) error {
	if req == nil {
		return provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	var problems provider.Problems
	add := func(field, problem string) {
		if problem != "" {
			problems.Add(field, "%s", problem)
		}
	}
	add("Reference", provider.ReferenceProblem(req.Reference))
	add("Username", usernamePolicy.Problem(req.Username))
	add("Password", passwordProblem(req.Password))
	add("Email", emailProblem(req.Email))
	add("Name", nameProblem(req.Name))
	if req.Domain != "" {
		add("Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		add("Plan", planProblem(req.Plan))
	}
	if req.Handle != "" {
		add("Handle", "accounts here are made at once: there is no handle")
	}
	if req.OnFailure != provider.KeepPartial && req.OnFailure != provider.UndoPartial {
		add("OnFailure", "unknown policy")
	}
	provider.CheckOptions(&problems, "Options.", description.Options, req.Options)
	return problems.Err(Kind, "", fmt.Sprintf("create account %q", clipText(req.Username)))
}

func emailProblem(address string) string {
	if address == "" {
		return "required"
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || !strings.Contains(address, ".") {
		return fmt.Sprintf("%q is not an e-mail address", clipText(address))
	}
	return ""
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
		return fmt.Sprintf("%q is not a domain name", clipText(name))
	}
	if strings.HasPrefix(name, "www.") || strings.ToLower(name) != name {
		return "must be in lower case and without www., as the panel stores it"
	}
	return ""
}

func planProblem(plan string) string {
	if len(plan) > 64 || strings.ContainsAny(plan, " \t\r\n/\\'\"<>|;&$") || strings.HasPrefix(plan, ".") || strings.HasPrefix(plan, "-") {
		return fmt.Sprintf("%q is not the name of a package", clipText(plan))
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
	err = provider.Settle(ctx, func(ctx context.Context) error {
		err := p.client.Users.Add(ctx, req.Username, req.Password, req.Email, &UserAddOptions{
			Package: req.Plan, Name: provider.Mark(strings.Join(strings.Fields(req.Name), " "), req.Reference),
		})
		lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
		return err
	}, look)
	if err == nil {
		return claim(user, req, provider.OutcomeChanged)
	}
	if !refusal(err) {
		return nil, "", err
	}
	refused := err
	switch there, err := look(ctx); {
	case err != nil:
		return nil, "", provider.Unsettled(refused, err)
	case there && lost:
		return claim(user, req, provider.OutcomeChanged)
	case there:
		return claim(user, req, provider.OutcomeAlready)
	case lost:
		return nil, "", provider.Unsettled(refused, errors.New("there is no such user"))
	}
	return nil, "", blamePlan(refused)
}

// refusal reports whether the panel refused a change for what was in it.
func refusal(err error) bool {
	if errors.Is(err, provider.ErrOutcomeUnknown) {
		return false
	}
	for _, kind := range []error{provider.ErrInvalid, provider.ErrConflict, provider.ErrAlreadyExists, provider.ErrNotFound} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
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
func (p *Provider) ensureDomain(ctx context.Context, user *User, domain string) (provider.Outcome, error) {
	there, err := p.seesDomain(ctx, user.Login, domain)
	if err != nil || there {
		return outcomeIf(there, provider.OutcomeAlready), err
	}
	look := func(ctx context.Context) (bool, error) { return p.seesDomain(ctx, user.Login, domain) }
	lost := false
	err = provider.Recover(ctx, func(ctx context.Context) error {
		err := p.client.Domains.Add(ctx, user.Login, domain, nil)
		lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
		return err
	}, look)
	if err == nil {
		return provider.OutcomeChanged, nil
	}
	if !refusal(err) {
		return "", err
	}
	refused := err
	there, err = look(ctx)
	switch {
	case err != nil:
		return "", provider.Unsettled(refused, err)
	case there && lost:
		return provider.OutcomeChanged, nil
	case there:
		return provider.OutcomeAlready, nil
	case lost:
		return "", provider.Unsettled(refused, errors.New("the user has no such domain"))
	}
	return "", refused
}

func outcomeIf(ok bool, o provider.Outcome) provider.Outcome {
	if ok {
		return o
	}
	return ""
}

// seesDomain reports whether the user has the website. A key of the billing profile may
// not ask; for it the user's own counters have to do, which is right for a user whose
// only domain is the ordered one.
func (p *Provider) seesDomain(ctx context.Context, login, domain string) (bool, error) {
	err := p.limits.try("v-list-web-domain", func() error {
		_, err := p.client.Web.GetDomain(ctx, login, domain)
		return err
	})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, provider.ErrNotFound):
		return false, nil
	case !errors.Is(err, provider.ErrForbidden):
		return false, err
	}
	user, err := p.client.Users.Get(ctx, login)
	if err != nil {
		return false, err
	}
	return user.Usage.WebDomains > 0, nil
}
