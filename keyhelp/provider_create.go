package keyhelp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// Create makes the client, then its domain. Both steps look before they repeat, and
// a second call with the same request finishes what the first one left.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	order, err := p.order(req)
	if err != nil {
		return nil, err
	}
	d, err := p.client.dialects.resolve(ctx, p.client)
	if err != nil {
		return nil, err
	}
	request, err := order.request(d)
	if err != nil {
		return nil, err
	}
	creation := &provider.Creation{}
	client, outcome, err := p.ensureClient(ctx, d, order, request)
	creation.Steps = append(creation.Steps, provider.Step{Name: "client", Outcome: outcome, Err: err})
	if err != nil {
		if errors.Is(err, provider.ErrOutcomeUnknown) {
			return creation, err // it may exist
		}
		return nil, err
	}
	p.seen.add(client.ID)
	creation.Account, creation.Outcome = p.account(client), outcome
	if req.Domain == "" {
		return creation, nil
	}
	domainOutcome, err := p.ensureDomain(ctx, d, client.ID, req.Domain)
	creation.Steps = append(creation.Steps, provider.Step{Name: "domain", Outcome: domainOutcome, Err: err})
	if err != nil {
		err = named(err, order.action)
		if req.OnFailure == provider.UndoPartial && outcome == provider.OutcomeChanged && !errors.Is(err, provider.ErrOutcomeUnknown) {
			return p.undo(ctx, creation, client.ID, err)
		}
		return creation, err
	}
	creation.Account.Domain = req.Domain
	if domainOutcome == provider.OutcomeChanged {
		creation.Outcome = provider.OutcomeChanged
	}
	return creation, nil
}

// undo removes the client that this very call made. Its failure is added, not
// swallowed.
func (p *Provider) undo(ctx context.Context, creation *provider.Creation, id int64, cause error) (*provider.Creation, error) {
	if _, err := p.Terminate(ctx, idText(id)); err != nil {
		return creation, errors.Join(cause, fmt.Errorf("and undoing it failed: %w", err))
	}
	creation.Steps[0].Undone = true
	creation.Account, creation.Outcome = nil, ""
	return creation, cause
}

// order is a checked CreateRequest.
type order struct {
	*provider.CreateRequest
	plan   int64
	action string
}

func (p *Provider) order(req *provider.CreateRequest) (*order, error) {
	if req == nil {
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	o := &order{CreateRequest: req, action: fmt.Sprintf("create account %q", clipText(req.Username))}
	desc := p.Describe()
	var problems provider.Problems
	add := func(field, problem string) {
		if problem != "" {
			problems.Add(field, "%s", problem)
		}
	}
	add("Reference", provider.ReferenceProblem(req.Reference))
	add("Username", desc.Username.Problem(req.Username))
	add("Password", desc.Password.Problem(req.Password))
	add("Email", emailProblem(req.Email))
	if _, marker := provider.Unmark(req.Name); marker != "" || strings.ContainsAny(req.Name, "\r\n") {
		add("Name", "holds a marker or a line break")
	}
	if req.Domain != "" {
		add("Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		var problem string
		o.plan, problem = planID(req.Plan)
		add("Plan", problem)
	}
	if _, marker := provider.Unmark(req.Options[optNotes]); marker != "" {
		add("Options."+optNotes, "holds a marker")
	}
	if req.Handle != "" {
		add("Handle", "accounts here are made at once: there is no handle")
	}
	if req.OnFailure != provider.KeepPartial && req.OnFailure != provider.UndoPartial {
		add("OnFailure", "unknown policy")
	}
	provider.CheckOptions(&problems, "Options.", desc.Options, req.Options)
	return o, problems.Err(Kind, "", o.action)
}

// request is the client that the order asks for, with the marker where the dialect
// has room for it.
func (o *order) request(d *dialect) (*ClientCreateRequest, error) {
	values := provider.OptionValues(o.Options)
	r := &ClientCreateRequest{
		LoginName: o.Username, Password: o.Password, Email: o.Email, DisplayName: cmp.Or(o.Name, o.Username), HostingPlanID: o.plan,
		Language: values.String(optLanguage),
	}
	if d.client.has("Notes") {
		r.DisplayName = o.Name
		r.Notes = provider.Mark(values.String(optNotes), o.Reference)
	} else {
		r.DisplayName = provider.Mark(r.DisplayName, o.Reference)
	}
	contact := ContactData{
		Company: values.String(optCompany), Telephone: values.String(optTelephone), Address: values.String(optAddress),
		City: values.String(optCity), ZIP: values.String(optZIP), State: values.String(optState),
		Country: values.String(optCountry), ClientID: values.String(optCustomer),
	}
	if contact != (ContactData{}) {
		r.Contact = &contact
	}
	if value, given := values.Bool(optCredentials); given {
		r.SendLoginCredentials = &value
	}
	if value, given := values.Bool(optSystem); given {
		r.CreateSystemDomain = &value
	}
	// Options may be beyond the dialect that was found out at run time.
	_, err := r.encode(d, quoted(o.Username))
	return r, err
}

// ensureClient makes the client unless it is there. Live panels are asked first, as
// all their clients do, since nobody documents that they refuse a duplicate; in the
// documented dialect there is nothing to ask cheaply, and the panel's own refusal
// is what protects.
func (p *Provider) ensureClient(ctx context.Context, d *dialect, o *order, request *ClientCreateRequest) (*ClientAccount, provider.Outcome, error) {
	if clientsGetByName.in(d) != nil {
		client, err := p.client.Clients.GetByName(ctx, o.Username)
		switch {
		case err == nil:
			return p.claim(client, o)
		case !errors.Is(err, provider.ErrNotFound):
			return nil, "", named(err, o.action)
		}
	}
	var client *ClientAccount
	lost := false
	err := provider.Recover(ctx,
		func(ctx context.Context) (err error) {
			client, err = p.client.Clients.Create(ctx, request)
			lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
			return err
		},
		func(ctx context.Context) (done bool, err error) {
			client, err = p.clientByName(ctx, d, o.Username)
			if errors.Is(err, provider.ErrNotFound) {
				return false, nil
			}
			return err == nil, err
		})
	switch {
	case err == nil && !lost:
		return client, provider.OutcomeChanged, nil
	case err == nil:
		return p.claimLost(client, o)
	case !refusal(err):
		return nil, "", named(err, o.action)
	}
	return p.explainClient(ctx, d, o, err, lost)
}

// claimLost is claim after one of this call's tries may have made the client.
func (p *Provider) claimLost(client *ClientAccount, o *order) (*ClientAccount, provider.Outcome, error) {
	client, outcome, err := p.claim(client, o)
	if err == nil {
		outcome = provider.OutcomeChanged
	}
	return client, outcome, err
}

// explainClient finds out why the panel refused a client. If the name is there by now,
// that is why: it was made meanwhile, by an earlier try of which nobody knows, or by
// somebody else.
func (p *Provider) explainClient(ctx context.Context, d *dialect, o *order, refused error, lost bool) (*ClientAccount, provider.Outcome, error) {
	client, err := p.clientByName(ctx, d, o.Username)
	switch {
	case err == nil && lost:
		return p.claimLost(client, o)
	case err == nil:
		return p.claim(client, o)
	case !errors.Is(err, provider.ErrNotFound) || lost:
		return nil, "", named(provider.Unsettled(refused, err), o.action)
	}
	return nil, "", p.taken(ctx, d, refused, o)
}

// refusal reports whether the panel refused a creation for what was in it.
func refusal(err error) bool {
	return !errors.Is(err, provider.ErrOutcomeUnknown) &&
		(errors.Is(err, provider.ErrInvalid) || errors.Is(err, provider.ErrConflict) || errors.Is(err, provider.ErrAlreadyExists))
}

// taken is the error for a refused creation when no client of that name is seen. An
// admin may have the name, since both share one namespace; in the documented dialect
// the field tells whether the name is why.
func (p *Provider) taken(ctx context.Context, d *dialect, refused error, o *order) error {
	var e *provider.Error
	if !errors.As(refused, &e) {
		return refused
	}
	named := *e
	named.Action = o.action
	if blames(refused, d.client["LoginName"].name) {
		named.Kind = provider.ErrAlreadyExists
		named.Message += "; no client of that name is seen: an admin has it, or its ID is beyond WithScan"
	} else if adminsGetByName.in(d) != nil {
		if _, err := p.client.Admins.GetByName(ctx, o.Username); err == nil {
			named.Kind = provider.ErrAlreadyExists
			named.Message += "; an admin has that login name"
		}
	}
	return &named
}

// claim decides whether a client that is there is ours.
func (p *Provider) claim(client *ClientAccount, o *order) (*ClientAccount, provider.Outcome, error) {
	account := p.account(client)
	if account.Reference == o.Reference {
		return client, provider.OutcomeAlready, nil
	}
	message := fmt.Sprintf("client %d has that login name and carries no reference", client.ID)
	if account.Reference != "" {
		message = fmt.Sprintf("client %d has that login name and belongs to the reference %q", client.ID, account.Reference)
	}
	return nil, "", &provider.Error{
		Provider: Kind, Op: "Clients.Create", Action: o.action, Kind: provider.ErrAlreadyExists, Message: message,
		Fields: map[string]string{"Username": "taken"},
	}
}

// ensureDomain makes the client's domain unless it is there.
func (p *Provider) ensureDomain(ctx context.Context, d *dialect, clientID int64, name string) (provider.Outcome, error) {
	if domainsGetByName.in(d) != nil {
		sight, err := p.sightDomain(ctx, d, clientID, name)
		if err != nil {
			return "", err
		}
		if sight == present {
			return provider.OutcomeAlready, nil
		}
	}
	lost := false
	err := provider.Recover(ctx,
		func(ctx context.Context) error {
			made, err := p.client.Domains.Create(ctx, &DomainCreateRequest{ClientID: clientID, Name: name})
			lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
			if err == nil {
				p.domains.add(made.ID)
			}
			return err
		},
		func(ctx context.Context) (bool, error) {
			sight, err := p.sightDomain(ctx, d, clientID, name)
			return sight == present, err
		})
	if err == nil {
		return provider.OutcomeChanged, nil
	}
	if !refusal(err) {
		return "", err
	}
	return p.explainDomain(ctx, d, clientID, name, err, lost)
}

// explainDomain finds out why the panel refused a domain: because an earlier try, in
// this call or another, has made it?
func (p *Provider) explainDomain(ctx context.Context, d *dialect, clientID int64, name string, refused error, lost bool) (provider.Outcome, error) {
	sight, err := p.sightDomain(ctx, d, clientID, name)
	switch {
	case errors.Is(err, provider.ErrAlreadyExists):
		return "", err
	case err != nil:
		return "", provider.Unsettled(refused, err)
	case sight == present, sight == perhaps && blames(refused, d.domain["Name"].name):
		if lost {
			return provider.OutcomeChanged, nil
		}
		return provider.OutcomeAlready, nil
	case lost:
		return "", provider.Unsettled(refused, notFound("find domain", provider.Query{Domain: name}))
	}
	return "", refused
}

// blames reports whether an error names a field.
func blames(err error, field string) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Fields[field] != ""
}

// sight is what can be seen of a domain.
type sight int

const (
	absent sight = iota
	// perhaps: the client has domains, but they are out of the search's reach.
	perhaps
	present
)

// sightDomain looks for the client's domain. One that belongs to another client is
// ErrAlreadyExists. Where domains can only be probed, the client's own count of them
// tells first whether that is worth it.
func (p *Provider) sightDomain(ctx context.Context, d *dialect, clientID int64, name string) (sight, error) {
	unseen := absent
	if domainsGetByName.in(d) == nil {
		stats, err := p.client.Clients.Stats(ctx, clientID)
		if err != nil {
			return absent, err
		}
		if stats.Domains != nil && stats.Domains.Used > 0 {
			unseen = perhaps
		}
	}
	domain, err := p.domain(ctx, d, name)
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return unseen, nil
	case err != nil:
		return absent, err
	case domain.ClientID != clientID:
		return absent, &provider.Error{
			Provider: Kind, Op: "Domains.Create", Kind: provider.ErrAlreadyExists,
			Message: fmt.Sprintf("domain %q belongs to client %d", name, domain.ClientID), Fields: map[string]string{"Domain": "taken"},
		}
	}
	return present, nil
}

// named puts the portable verb in front of an error instead of the call that failed.
func named(err error, action string) error {
	var e *provider.Error
	if !errors.As(err, &e) || action == "" {
		return err
	}
	renamed := *e
	if renamed.Action != "" && renamed.Action != action {
		renamed.Action = action + ": " + renamed.Action
	} else {
		renamed.Action = action
	}
	renamed.Provider = Kind
	return &renamed
}
