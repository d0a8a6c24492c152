package keyhelp

import (
	"cmp"
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Create creates the client, then its domain. Both steps look before they repeat anything, and a
// second call with the same request finishes what the first one left undone.
func (p *Provider) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	order, err := p.order(req)
	if err != nil {
		return nil, err
	}
	d, err := p.dialect(ctx)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, order.action)
	}
	request, err := order.request(d, p.client.rest.Markers())
	if err != nil {
		return nil, err
	}
	creation := &adapter.Steps{Kind: Kind, Action: order.action, Policy: req.OnFailure}
	var made *provider.Account
	if creation.Step(ctx, "client", func(ctx context.Context) (provider.Outcome, error) {
		var answered ClientAccount
		client, outcome, err := p.ensureClient(ctx, d, order, request, &answered, &creation.Certain)
		if err == nil {
			if order.Password.IsZero() && answered.ID == client.ID {
				creation.MadeUp(answered.Password)
			}
			p.seen.Add(client.ID)
			p.names.Add(client.LoginName, client.ID)
			made = p.account(client)
			creation.Made(made)
			if creation.Certain {
				p.accounts.Made(client.ID, made)
			}
		}
		return outcome, err
	}) && req.Domain != "" {
		creation.Undo = func(ctx context.Context) error { _, err := p.Terminate(ctx, made.ID); return err }
		id := made.Native.(*ClientAccount).ID
		if creation.Step(ctx, "domain", func(ctx context.Context) (provider.Outcome, error) {
			return p.ensureDomain(ctx, d, id, req.Domain, !creation.Certain)
		}) {
			made.Domain = req.Domain
			if creation.Certain {
				p.accounts.Made(id, made)
			}
		}
	}
	return creation.Result(ctx)
}

// order is a checked CreateRequest.
type order struct {
	*provider.CreateRequest
	plan   int64
	action string
}

func (p *Provider) order(req *provider.CreateRequest) (*order, error) {
	if req == nil {
		return nil, adapter.NilRequest(Kind, "create account")
	}
	o := &order{CreateRequest: req, action: adapter.CreateAction(req)}
	problems := adapter.CheckOrder(req, p.Describe())
	adapter.NoHandle(&problems, req)
	problems.Note("Name", adapter.MarkerProblem(req.Name))
	problems.Note("Options."+optNotes, adapter.MarkerProblem(req.Options[optNotes]))
	if req.Domain != "" {
		problems.Note("Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		var problem string
		o.plan, problem = planID(req.Plan)
		problems.Note("Plan", problem)
	}
	return o, problems.Err(Kind, "", o.action)
}

// request returns the client that the order asks for, with the marker in the field that the dialect
// has for it.
func (o *order) request(d *dialect, markers provider.Markers) (*ClientCreateRequest, error) {
	values := provider.OptionValues(o.Options)
	r := &ClientCreateRequest{
		LoginName: o.Username, Password: o.Password, Email: o.Email, DisplayName: cmp.Or(o.Name, o.Username), HostingPlanID: o.plan,
		Language: values.String(optLanguage),
	}
	if d == documented && r.Password.IsZero() { // a live panel makes one up
		r.Password = passwordPolicy.Generate()
	}
	if d.client.has("Notes") {
		r.DisplayName = o.Name
		r.Notes = markers.Mark(values.String(optNotes), o.Reference, o.Username)
	} else {
		r.DisplayName = markers.Mark(r.DisplayName, o.Reference, o.Username)
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
	// The dialect that was detected at run time may lack the options.
	_, err := r.encode(d, quoted(o.Username))
	return r, err
}

// ensureClient creates the client unless it exists. On live panels it looks first, as all their
// clients do, since it is undocumented that they refuse a duplicate, and again afterwards, since their
// answer is an ID only: it could be another client's. The documented dialect has no
// cheap way to look, and the panel's own refusal protects from duplicates. answered becomes the answer to
// a creation, with the client's password.
func (p *Provider) ensureClient(
	ctx context.Context, d *dialect, o *order, request *ClientCreateRequest, answered *ClientAccount, certain *bool,
) (*ClientAccount, provider.Outcome, error) {
	byName, there := clientsGetByName.in(d) != nil, (*ClientAccount)(nil)
	if !byName {
		var err error
		if there, err = p.remembered(ctx, o.Username); err != nil {
			return nil, "", err
		}
	}
	return adapter.MakeOrFind[ClientAccount]{
		LookFirst: byName || there != nil, ReadBack: byName, Certain: certain, Lag: p.accounts.Lag, Scans: !byName,
		Find: func(ctx context.Context, _ error) (*ClientAccount, error) {
			if there != nil {
				return there, nil
			}
			return adapter.Seek(ctx, p.accounts, provider.Query{Username: o.Username}, func(ctx context.Context) (*ClientAccount, error) {
				return p.clientByName(ctx, d, o.Username)
			})
		},
		Elsewhere: func(ctx context.Context) error {
			if clientsList.in(d) == nil {
				return nil // it would take a call for each client
			}
			return p.accounts.Elsewhere(p.client.Clients.List(ctx, nil), o.Reference)
		},
		Make: func(ctx context.Context) (*ClientAccount, error) {
			made, err := p.client.Clients.Create(ctx, request)
			if err == nil {
				*answered = *made
				answered.Password = cmp.Or(made.Password, request.Password)
			}
			return made, err
		},
		Ours:   p.accounts.Owned(o.Reference),
		WhyNot: func(ctx context.Context, refused error) error { return p.taken(ctx, d, refused, o) },
	}.Run(ctx)
}

// taken returns the error for a refused creation when no client of that name was found. An admin
// may have the name, since both share one namespace; in the documented dialect the field shows
// whether the name is the reason.
func (p *Provider) taken(ctx context.Context, d *dialect, refused error, o *order) error {
	var e *provider.Error
	if !errors.As(refused, &e) {
		return refused
	}
	blamed := *e
	if blames(refused, d.client["LoginName"].name) {
		blamed.Kind = provider.ErrAlreadyExists
		blamed.Message += "; no client of that name was found: an admin has the name, or the client's ID is outside WithScan"
	} else if adminsGetByName.in(d) != nil {
		if _, err := p.client.Admins.GetByName(ctx, o.Username); err == nil {
			blamed.Kind = provider.ErrAlreadyExists
			blamed.Message += "; an admin has that login name"
		}
	}
	return &blamed
}

// ensureDomain creates the client's domain unless it exists. mayExist reports that the client is older
// than this call.
func (p *Provider) ensureDomain(ctx context.Context, d *dialect, clientID int64, name string, mayExist bool) (provider.Outcome, error) {
	byName := domainsGetByName.in(d) != nil
	_, outcome, err := adapter.MakeOrFind[Domain]{
		LookFirst: mayExist || byName, ReadBack: byName, Lag: p.accounts.Lag, Scans: !byName,
		Find: func(ctx context.Context, refused error) (*Domain, error) {
			return adapter.Seek(ctx, p.accounts, provider.Query{Domain: name}, func(ctx context.Context) (*Domain, error) {
				return p.clientDomain(ctx, d, clientID, name, refused)
			})
		},
		Make: func(ctx context.Context) (*Domain, error) {
			made, err := p.client.Domains.Create(ctx, &DomainCreateRequest{ClientID: clientID, Name: name})
			if err == nil {
				p.domains.Add(made.ID)
			}
			return made, err
		},
		Ours: func(domain *Domain) error {
			if domain.ClientID == clientID {
				return nil
			}
			return &provider.Error{
				Provider: Kind, Op: "Domains.Create", Kind: provider.ErrAlreadyExists,
				Message: p.client.rest.Say("domain %q belongs to client %d", name, domain.ClientID), Fields: map[string]string{"Domain": "taken"},
			}
		},
	}.Run(ctx)
	return outcome, err
}

// blames reports whether an error names a field.
func blames(err error, field string) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Fields[field] != ""
}

// clientDomain looks for a domain. Where domains can only be probed, the client's own count of
// domains shows first whether that is worth it. If the client has domains and the search finds none
// of that name, a refusal that blames the name still means that the client has it.
func (p *Provider) clientDomain(ctx context.Context, d *dialect, clientID int64, name string, refused error) (*Domain, error) {
	some := false
	if domainsGetByName.in(d) == nil {
		stats, err := p.client.Clients.Stats(ctx, clientID)
		if err != nil {
			return nil, err
		}
		some = stats.Domains != nil && stats.Domains.Used > 0
	}
	domain, err := p.domain(ctx, d, name)
	if errors.Is(err, provider.ErrNotFound) && some && blames(refused, d.domain["Name"].name) {
		return &Domain{ClientID: clientID, Name: name}, nil
	}
	return domain, err
}
