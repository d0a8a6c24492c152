package providertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
)

func (m *Memory) checkCreate(req *provider.CreateRequest) error {
	var problems provider.Problems
	if req == nil {
		problems.Add("Request", "required")
		return problems.Err(memoryKind, "", "create account")
	}
	d := m.Describe()
	problems.Note("Reference", provider.ReferenceProblem(req.Reference))
	problems.Note("Username", d.Username.Problem(req.Username))
	problems.Note("Password", d.Password.Problem(req.Password))
	problems.Email("Email", req.Email)
	problems.OneLine("Name", req.Name)
	if strings.ContainsAny(req.Domain, "/ @\r\n\x00") {
		problems.Add("Domain", "not a domain")
	}
	if req.Handle != "" && badID(req.Handle) != "" {
		problems.Add("Handle", "not a handle of this system")
	}
	req.CheckOptions(&problems, d.Options)
	return problems.Err(memoryKind, "", fmt.Sprintf("create account %q", req.Username))
}

// Create makes the account, then its domain. It looks for each before it makes it.
func (m *Memory) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if err := m.checkCreate(req); err != nil {
		return nil, err
	}
	action := fmt.Sprintf("create account %q", req.Username)
	a, err := m.ours(ctx, action, req)
	if err != nil {
		return nil, err
	}
	c := &provider.Creation{Outcome: provider.OutcomeAlready}
	a, err = m.makeAccount(ctx, action, req, a, c)
	if err == nil && req.Domain != "" {
		a, err = m.makeDomain(ctx, action, req, a, c)
	}
	if a != nil {
		c.Account = m.account(a)
		if a.Pending {
			c.Outcome, c.Handle = provider.OutcomePending, a.ID
		}
	}
	if err == nil {
		return c, nil
	}
	c.Outcome = ""
	if req.OnFailure == provider.OnFailureUndo && !errors.Is(err, provider.ErrOutcomeUnknown) && ctx.Err() == nil {
		err = m.undo(ctx, action, c, err)
	}
	return c, err
}

// ours returns the account of the request; nil if the name is free.
func (m *Memory) ours(ctx context.Context, action string, req *provider.CreateRequest) (*memoryAccount, error) {
	a, err := m.byName(ctx, action, req.Username)
	if err != nil || a == nil {
		return nil, err
	}
	switch account := m.account(a); {
	case account.Marker.Tampered != "":
		return nil, tampered(action, account)
	case account.Reference != req.Reference:
		return nil, &provider.Error{
			Provider: memoryKind, Action: action, Kind: provider.ErrAlreadyExists,
			Message: fmt.Sprintf("the name belongs to account %s, which carries another reference", a.ID),
		}
	}
	return a, nil
}

func tampered(action string, a *provider.Account) error {
	return &provider.Error{
		Provider: memoryKind, Action: action, Kind: provider.ErrConflict,
		Message: fmt.Sprintf("account %s may be it, but %s", a.ID, a.Marker.Tampered),
	}
}

func (m *Memory) makeAccount(
	ctx context.Context, action string, req *provider.CreateRequest, a *memoryAccount, c *provider.Creation,
) (*memoryAccount, error) {
	c.Steps = append(c.Steps, provider.Step{Name: "account", Outcome: provider.OutcomeAlready})
	step := &c.Steps[len(c.Steps)-1]
	if a != nil {
		return a, nil
	}
	made := new(memoryAccount)
	err := m.do(ctx, memoryCall{action: action, method: http.MethodPost, path: "/accounts", out: made, username: req.Username, in: memoryOrder{
		Username: req.Username, Password: req.Password.Reveal(), Reference: m.markers.Sign(req.Reference, req.Username),
		Email: req.Email, Name: req.Name, Plan: req.Plan, WithDomain: req.Domain,
	}})
	outcome := provider.OutcomeChanged
	// A conflict may be the same request in another process, which was faster.
	taken := errors.Is(err, provider.ErrConflict)
	if taken || lost(ctx, err) {
		found, lookErr := sees(ctx, func() (*memoryAccount, error) { return m.ours(ctx, action, req) },
			func(a *memoryAccount) bool { return a != nil })
		switch {
		case lookErr != nil && taken:
			err = lookErr
		case lookErr != nil:
			err = unknown(lookErr)
		case found == nil:
			err = settled(err)
		default:
			made, err = found, nil
			if taken {
				outcome = provider.OutcomeAlready
			}
		}
	}
	if err != nil {
		step.Outcome, step.Err = "", err
		return nil, err
	}
	step.Outcome = outcome
	if outcome == provider.OutcomeChanged {
		c.Outcome = provider.OutcomeChanged
	}
	return made, nil
}

func (m *Memory) makeDomain(
	ctx context.Context, action string, req *provider.CreateRequest, a *memoryAccount, c *provider.Creation,
) (*memoryAccount, error) {
	c.Steps = append(c.Steps, provider.Step{Name: "domain", Outcome: provider.OutcomeAlready})
	step := &c.Steps[len(c.Steps)-1]
	if slices.Contains(a.Domains, req.Domain) {
		return a, nil
	}
	made := new(memoryAccount)
	err := m.do(ctx, memoryCall{
		action: action, method: http.MethodPost, path: accountPath(a.ID) + "/domains",
		in: map[string]string{"name": req.Domain}, out: made, id: a.ID,
	})
	if err == nil && !slices.Contains(made.Domains, req.Domain) {
		err = &provider.Error{
			Provider: memoryKind, Action: action, Kind: provider.ErrProtocol, MaybeExecuted: true, Message: "the answer lacks the domain",
		}
	}
	outcome := provider.OutcomeChanged
	taken := errors.Is(err, provider.ErrConflict)
	if taken || lost(ctx, err) {
		found, lookErr := sees(ctx, func() (*memoryAccount, error) { return m.read(ctx, action, a.ID) },
			func(now *memoryAccount) bool { return slices.Contains(now.Domains, req.Domain) })
		switch {
		case lookErr != nil && taken:
			err = lookErr
		case lookErr != nil:
			err = unknown(lookErr)
		case slices.Contains(found.Domains, req.Domain):
			made, err = found, nil
			if taken {
				outcome = provider.OutcomeAlready
			}
		case taken:
			err = &provider.Error{
				Provider: memoryKind, Action: action, Kind: provider.ErrAlreadyExists,
				Message: fmt.Sprintf("the domain %q belongs to another account", req.Domain),
			}
		default:
			err = settled(err)
		}
	}
	if err != nil {
		step.Outcome, step.Err = "", err
		return a, err
	}
	step.Outcome = outcome
	if outcome == provider.OutcomeChanged {
		c.Outcome = provider.OutcomeChanged
	}
	return made, nil
}

// undo removes the account if this call made it.
func (m *Memory) undo(ctx context.Context, action string, c *provider.Creation, cause error) error {
	if c.Steps[0].Outcome != provider.OutcomeChanged {
		return cause
	}
	if _, err := m.remove(ctx, "undo: "+action, c.Account.ID); err != nil {
		return errors.Join(cause, err)
	}
	c.Steps[0].Undone, c.Account, c.Handle = true, nil, ""
	return cause
}
