package keyhelp

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// ClientsService manages the customers' accounts, which KeyHelp calls clients (not users: /users
// does not exist).
type ClientsService struct{ c *Client }

// ClientAccount is a customer's account on the panel.
type ClientAccount struct {
	ID int64 `wire:"id,positive,identity"`
	// LoginName is the user name on the panel and the system (live dialect: username).
	LoginName string `wire:"username|login_name,required,strict,name"`
	Email     string `wire:"email"`
	// DisplayName is the customer's name. Live panels have first and last name instead, which are
	// joined here.
	DisplayName string `wire:"display_name"`
	// Locked reports whether the client is suspended (live dialect: is_suspended).
	Locked bool `wire:"is_locked|is_suspended"`
	// HostingPlanID is 0 if the client has no plan or the panel does not report it; it is unproven
	// that live panels do.
	HostingPlanID int64     `wire:"id_hosting_plan"`
	CreatedAt     time.Time `wire:"created_at"`
	// UpdatedAt is reported in the documented dialect only.
	UpdatedAt time.Time `wire:"updated_at"`

	// The other fields are reported in the live dialect only.

	// Language is the language of the panel for this client: "de", "en", "pt-BR", ...
	Language string `wire:"language"`
	// Notes are the operator's.
	Notes string `wire:"notes"`
	// SuspendOn and DeleteOn are scheduled dates; the zero time means none.
	SuspendOn time.Time   `wire:"suspend_on"`
	DeleteOn  time.Time   `wire:"delete_on"`
	Contact   ContactData `wire:"contact_data"`
	// Password is the one that the panel made up, since the request had none: in the answer to Create
	// only, and never again.
	Password provider.Secret `wire:"password,strict"`
	// Limits and Permissions are nil if the panel does not report them (seen in one client only).
	Limits      *PlanResources   `wire:"resource_limits"`
	Permissions *PlanPermissions `wire:"permissions"`
}

// ContactData is the address book entry of a client. Live dialect only.
type ContactData struct {
	FirstName string `wire:"first_name"`
	LastName  string `wire:"last_name"`
	Company   string `wire:"company"`
	Telephone string `wire:"telephone"`
	Address   string `wire:"address"`
	City      string `wire:"city"`
	ZIP       string `wire:"zip"`
	State     string `wire:"state"`
	Country   string `wire:"country"`
	// ClientID is the operator's own customer number.
	ClientID string `wire:"client_id"`
}

// ClientCreateRequest describes a new client.
type ClientCreateRequest struct {
	// LoginName is the user name on the panel and the system. Required.
	LoginName string
	// Password is required in the documented dialect. A live panel makes one up if it is empty, which
	// ClientAccount.Password then has: in the answer and nowhere else, so that who loses the answer
	// sets a new one (Update).
	Password provider.Secret
	// Email is required.
	Email string
	// DisplayName is the customer's name. In the live dialect it becomes first and last name, split
	// at the last space.
	DisplayName string
	// HostingPlanID is the client's plan; 0 means none. Plans belong to clients, never to domains.
	HostingPlanID int64

	// The other fields exist in the live dialect only and are refused in the documented one
	// (provider.ErrUnsupported). nil and "" leave the panel's default, which is undocumented, except
	// that clients are not suspended.

	// PasswordHash and PasswordHashOS take the place of Password, and need each other.
	PasswordHash         provider.Secret
	PasswordHashOS       provider.Secret
	Language             string
	Notes                string
	Locked               *bool
	SuspendOn            *time.Time
	DeleteOn             *time.Time
	Contact              *ContactData
	SendLoginCredentials *bool
	CreateSystemDomain   *bool
	// Skeleton names a directory skeleton (seen in one client only).
	Skeleton string
	// Extra contains further fields, sent unchanged.
	Extra map[string]any
}

// ClientUpdateRequest changes a client. A nil field stays as it is; a pointer sets the field, also
// to its zero value.
type ClientUpdateRequest struct {
	Password      *provider.Secret
	Email         *string
	DisplayName   *string
	Locked        *bool
	HostingPlanID *int64

	// Live dialect only.

	// PasswordHash and PasswordHashOS take the place of Password, and need each other.
	PasswordHash   *provider.Secret
	PasswordHashOS *provider.Secret
	// LoginName is for programs that send the name as it is: another program says that the API cannot
	// change it.
	LoginName *string
	Language  *string
	Notes     *string
	// SuspendOn and DeleteOn schedule the suspension and deletion; the zero time clears the date.
	SuspendOn *time.Time
	DeleteOn  *time.Time
	// Contact sends its fields that are not empty. Whether the panel keeps or clears the others is
	// undocumented: read, change, and send all of them.
	Contact *ContactData
	// Extra contains further fields, sent unchanged.
	Extra map[string]any
}

// Create creates a client: POST /api/v2/clients. In the live dialect the answer is the ID, and the
// password if the panel has made one up; the other fields of the result are then those of the request.
//
// If the answer is lost, the error matches provider.ErrOutcomeUnknown: look the name up before
// repeating the call.
func (s *ClientsService) Create(ctx context.Context, req *ClientCreateRequest) (*ClientAccount, error) {
	if req == nil {
		return nil, clientsCreate.any().RefuseNil()
	}
	subject := quoted(req.LoginName)
	if err := req.check(subject); err != nil {
		return nil, err
	}
	d, err := s.c.dialects.resolve(ctx, s.c)
	if err != nil {
		return nil, err
	}
	if err := req.checkIn(d, subject); err != nil {
		return nil, err
	}
	fields, err := req.encode(d, subject)
	if err != nil {
		return nil, err
	}
	call := &rest.Call{
		Subject: subject, Body: fields, About: rest.Identity{Name: req.LoginName},
		Secrets: []provider.Secret{req.Password, req.PasswordHash, req.PasswordHashOS},
	}
	account, err := ask[ClientAccount](ctx, s.c, clientsCreate, call, wire.Options{Partial: d == live})
	if err != nil {
		return nil, err
	}
	if account.LoginName == "" {
		made := req.account(account.ID)
		made.Password = account.Password
		return made, nil
	}
	return account, nil
}

// account returns the client as it was requested.
func (r *ClientCreateRequest) account(id int64) *ClientAccount {
	a := &ClientAccount{
		ID: id, LoginName: r.LoginName, Email: r.Email, DisplayName: r.DisplayName, HostingPlanID: r.HostingPlanID,
		Language: r.Language, Notes: r.Notes, SuspendOn: day(r.SuspendOn), DeleteOn: day(r.DeleteOn),
		Locked: r.Locked != nil && *r.Locked,
	}
	if r.Contact != nil {
		a.Contact = *r.Contact
		a.DisplayName = cmp.Or(a.DisplayName, a.Contact.displayName())
	}
	return a
}

func (c *ContactData) displayName() string { return strings.TrimSpace(c.FirstName + " " + c.LastName) }

func (r *ClientCreateRequest) check(subject string) error {
	var problems provider.Problems
	problems.Required("LoginName", r.LoginName)
	checkHashes(&problems, !r.Password.IsZero(), !r.PasswordHash.IsZero(), !r.PasswordHashOS.IsZero())
	problems.Email("Email", r.Email)
	problems.NotNegative("HostingPlanID", r.HostingPlanID)
	return clientsCreate.any().Refuse(subject, problems)
}

// checkIn is the part of check that depends on the dialect.
func (r *ClientCreateRequest) checkIn(d *dialect, subject string) error {
	var problems provider.Problems
	if d == documented && r.PasswordHash.IsZero() { // which encode refuses
		problems.Required("Password", r.Password.Reveal())
	}
	return clientsCreate.any().Refuse(subject, problems)
}

func (r *ClientCreateRequest) encode(d *dialect, subject string) (map[string]any, error) {
	b := newBody(d.client)
	b.text("LoginName", r.LoginName)
	b.secret("Password", r.Password)
	b.secret("PasswordHash", r.PasswordHash)
	b.secret("PasswordHashOS", r.PasswordHashOS)
	b.text("Email", r.Email)
	b.text("DisplayName", r.DisplayName)
	if r.HostingPlanID > 0 {
		b.set("HostingPlanID", r.HostingPlanID)
	}
	b.text("Language", r.Language)
	b.text("Notes", r.Notes)
	setLive(b, d, "Locked", r.Locked)
	b.date("SuspendOn", r.SuspendOn)
	b.date("DeleteOn", r.DeleteOn)
	group(b, "Contact", r.Contact)
	set(b, "SendLoginCredentials", r.SendLoginCredentials)
	set(b, "CreateSystemDomain", r.CreateSystemDomain)
	b.text("Skeleton", r.Skeleton)
	return b.finish(d, "Clients.Create", "create client "+subject, r.Extra)
}

// Get reads a client: GET /api/v2/clients/{id}.
func (s *ClientsService) Get(ctx context.Context, id int64) (*ClientAccount, error) {
	return fetchID[ClientAccount](ctx, s.c, clientsGet, id)
}

// GetByName reads a client by its login name: GET /api/v2/clients/name/{username}. Live dialect
// only.
func (s *ClientsService) GetByName(ctx context.Context, loginName string) (*ClientAccount, error) {
	if err := clientsGetByName.any().RefuseBlank("loginName", loginName); err != nil {
		return nil, err
	}
	return fetch[ClientAccount](ctx, s.c, clientsGetByName, loginName)
}

// List reads all clients: GET /api/v2/clients. Live dialect only.
func (s *ClientsService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*ClientAccount, error] {
	return list[ClientAccount](ctx, s.c, clientsList, opts)
}

// Update changes a client: PUT /api/v2/clients/{id}. An answer that does not name the client proves
// nothing, and the error matches provider.ErrOutcomeUnknown; nor does one that does tell what the panel
// ignored: read the client again to see what changed.
func (s *ClientsService) Update(ctx context.Context, id int64, req *ClientUpdateRequest) error {
	if err := clientsUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.update(ctx, clientsUpdate, idText(id), req)
}

// UpdateByName changes a client: PUT /api/v2/clients/name/{username}. Live dialect only, and known
// from one client's helper only.
func (s *ClientsService) UpdateByName(ctx context.Context, loginName string, req *ClientUpdateRequest) error {
	if err := clientsUpdateByName.any().RefuseBlank("loginName", loginName); err != nil {
		return err
	}
	return s.update(ctx, clientsUpdateByName, loginName, req)
}

func (s *ClientsService) update(ctx context.Context, op operation, arg string, req *ClientUpdateRequest) error {
	if req == nil {
		return op.any().RefuseNil()
	}
	if err := req.check(op, quoted(arg)); err != nil {
		return err
	}
	d, err := s.c.dialects.resolve(ctx, s.c)
	if err != nil {
		return err
	}
	b := newBody(d.client)
	var secrets []provider.Secret
	for _, p := range req.passwords() {
		if p.value != nil {
			secrets = append(secrets, *p.value)
			b.set(p.field, p.value.Reveal())
		}
	}
	set(b, "Email", req.Email)
	set(b, "DisplayName", req.DisplayName)
	set(b, "Locked", req.Locked)
	set(b, "HostingPlanID", req.HostingPlanID)
	setLive(b, d, "LoginName", req.LoginName)
	set(b, "Language", req.Language)
	set(b, "Notes", req.Notes)
	b.date("SuspendOn", req.SuspendOn)
	b.date("DeleteOn", req.DeleteOn)
	group(b, "Contact", req.Contact)
	fields, err := b.finish(d, op.any().Op, op.any().Verb+" "+quoted(arg), req.Extra)
	if err != nil {
		return err
	}
	return s.c.change(ctx, op, arg, fields, secrets...)
}

type namedSecret struct {
	field string
	value *provider.Secret
}

func (r *ClientUpdateRequest) passwords() []namedSecret {
	return []namedSecret{{"Password", r.Password}, {"PasswordHash", r.PasswordHash}, {"PasswordHashOS", r.PasswordHashOS}}
}

func (r *ClientUpdateRequest) check(op operation, subject string) error {
	var problems provider.Problems
	for _, p := range r.passwords() {
		problems.NotEmptySecret(p.field, p.value)
	}
	checkHashes(&problems, r.Password != nil, r.PasswordHash != nil, r.PasswordHashOS != nil)
	if r.Email != nil {
		problems.Email("Email", *r.Email)
	}
	problems.NotEmpty("LoginName", r.LoginName)
	if r.HostingPlanID != nil {
		problems.NotNegative("HostingPlanID", *r.HostingPlanID)
	}
	return op.any().Refuse(subject, problems)
}

// Delete deletes a client and everything that belongs to it: DELETE /api/v2/clients/{id}.
// Certificates may remain: one program's authors advise to look for them.
func (s *ClientsService) Delete(ctx context.Context, id int64) error {
	if err := clientsDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, clientsDelete, idText(id))
}

// DeleteByName removes a client: DELETE /api/v2/clients/name/{username}. Live dialect only, and
// known from one client's helper only.
func (s *ClientsService) DeleteByName(ctx context.Context, loginName string) error {
	if err := clientsDeleteByName.any().RefuseBlank("loginName", loginName); err != nil {
		return err
	}
	return s.c.remove(ctx, clientsDeleteByName, loginName)
}

var _ = wire.After(func(a *ClientAccount) error {
	if a.DisplayName == "" {
		a.DisplayName = a.Contact.displayName()
	}
	return nil
})
