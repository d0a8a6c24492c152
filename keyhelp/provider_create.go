package keyhelp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
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
	creation := &adapter.Steps{Kind: Kind, Action: order.action, Policy: req.OnFailure}
	var account *provider.Account
	made := creation.Step(ctx, "client", func(ctx context.Context) (provider.Outcome, error) {
		client, outcome, err := p.ensureClient(ctx, d, order, request)
		if err == nil {
			p.seen.Add(client.ID)
			account = p.account(client)
			creation.Made(account)
		}
		return outcome, err
	})
	if made && req.Domain != "" {
		creation.Undo = func(ctx context.Context) error { _, err := p.Terminate(ctx, account.ID); return err }
		id := account.Native.(*ClientAccount).ID
		if creation.Step(ctx, "domain", func(ctx context.Context) (provider.Outcome, error) {
			return p.ensureDomain(ctx, d, id, req.Domain)
		}) {
			account.Domain = req.Domain
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
		return nil, provider.Problems{"request": "nil"}.Err(Kind, "", "create account")
	}
	o := &order{CreateRequest: req, action: fmt.Sprintf("create account %q", adapter.Shorten(req.Username))}
	problems := adapter.CheckOrder(req, p.Describe())
	adapter.NoHandle(&problems, req)
	if _, marker := provider.Unmark(req.Name); marker != "" || strings.ContainsAny(req.Name, "\r\n") {
		problems.Add("Name", "holds a marker or a line break")
	}
	if req.Domain != "" {
		adapter.Add(&problems, "Domain", domainProblem(req.Domain))
	}
	if req.Plan != "" {
		var problem string
		o.plan, problem = planID(req.Plan)
		adapter.Add(&problems, "Plan", problem)
	}
	if _, marker := provider.Unmark(req.Options[optNotes]); marker != "" {
		problems.Add("Options."+optNotes, "holds a marker")
	}
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
			return nil, "", adapter.InVerb(Kind, err, o.action)
		}
	}
	var client *ClientAccount
	lost := false
	err := provider.Resolve(ctx,
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
	case !adapter.Refused(err):
		return nil, "", adapter.InVerb(Kind, err, o.action)
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
		return nil, "", adapter.InVerb(Kind, provider.Unresolved(refused, err), o.action)
	}
	return nil, "", p.taken(ctx, d, refused, o)
}

// taken is the error for a refused creation when no client of that name is seen. An
// admin may have the name, since both share one namespace; in the documented dialect
// the field tells whether the name is why.
func (p *Provider) taken(ctx context.Context, d *dialect, refused error, o *order) error {
	var e *provider.Error
	if !errors.As(refused, &e) {
		return refused
	}
	blamed := *e
	blamed.Action = o.action
	if blames(refused, d.client["LoginName"].name) {
		blamed.Kind = provider.ErrAlreadyExists
		blamed.Message += "; no client of that name is seen: an admin has it, or its ID is beyond WithScan"
	} else if adminsGetByName.in(d) != nil {
		if _, err := p.client.Admins.GetByName(ctx, o.Username); err == nil {
			blamed.Kind = provider.ErrAlreadyExists
			blamed.Message += "; an admin has that login name"
		}
	}
	return &blamed
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
	err := provider.Resolve(ctx,
		func(ctx context.Context) error {
			made, err := p.client.Domains.Create(ctx, &DomainCreateRequest{ClientID: clientID, Name: name})
			lost = lost || errors.Is(err, provider.ErrOutcomeUnknown)
			if err == nil {
				p.domains.Add(made.ID)
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
	if !adapter.Refused(err) {
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
		return "", provider.Unresolved(refused, err)
	case sight == present, sight == perhaps && blames(refused, d.domain["Name"].name):
		if lost {
			return provider.OutcomeChanged, nil
		}
		return provider.OutcomeAlready, nil
	case lost:
		return "", provider.Unresolved(refused, notFound("find domain", provider.Query{Domain: name}))
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
