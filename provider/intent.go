package provider

import (
	"context"
	"maps"
	"slices"
)

// Intent is what is wanted of one account, as a queue, a table or a workflow stores it: it is plain JSON and
// holds no secret, only their names. Package riverprovider and package temporalprovider carry it out.
type Intent struct {
	// Server is the name under which the program that carries it out knows the system.
	Server string `json:"server"`
	// Reference of the order; see CreateRequest.Reference. Required. An account that carries another one is
	// never touched.
	Reference string `json:"reference"`
	// ID of the account, if it is known: it is what no customer can change.
	ID string `json:"id,omitempty"`
	// Status is what is wanted: StatusActive, StatusSuspended or StatusAbsent. Required.
	Status Status `json:"status"`
	// Plan is the wanted plan; "" leaves it as it is, and makes a new account on Order.Plan.
	Plan string `json:"plan,omitempty"`
	// Order makes the account if there is none. nil makes none: a missing account is ErrNotFound unless
	// StatusAbsent is wanted.
	Order *Order `json:"order,omitempty"`
	// Sequence says which of two intents of a reference is newer, in whatever order they arrive: the one
	// with the greater number, such as the version of the row in the billing system.
	Sequence int64 `json:"sequence"`
}

// Order is a CreateRequest as it is stored: with the names of secrets instead of secrets. The fields are
// those of CreateRequest.
type Order struct {
	Username string            `json:"username"`
	Email    string            `json:"email"`
	Name     string            `json:"name,omitempty"`
	Domain   string            `json:"domain,omitempty"`
	Plan     string            `json:"plan,omitempty"`
	Options  map[string]string `json:"options,omitempty"`
	// PasswordName is the name by which a SecretSource knows the password; "" for none.
	PasswordName string `json:"password_name,omitempty"`
	// SecretNames are the names of CreateRequest.Secrets, by option.
	SecretNames map[string]string `json:"secret_names,omitempty"`
	OnFailure   FailurePolicy     `json:"on_failure,omitempty"`
}

// SecretSource finds secrets by name, when they are used: a vault, a table with encrypted columns. An
// error that matches one of the Err values keeps its meaning, any other is ErrUnavailable.
type SecretSource interface {
	Secret(ctx context.Context, name string) (Secret, error)
}

// SecretSourceFunc is a function as a SecretSource.
type SecretSourceFunc func(ctx context.Context, name string) (Secret, error)

// Secret calls the function.
func (f SecretSourceFunc) Secret(ctx context.Context, name string) (Secret, error) {
	return f(ctx, name)
}

// Validate reports what is wrong with an intent before anything is sent, as an error that matches ErrInvalid
// and names the fields. What a system refuses besides is Ensure's.
func (i *Intent) Validate() error {
	var problems Problems
	problems.Note("reference", ReferenceProblem(i.Reference))
	switch i.Status {
	case StatusActive, StatusSuspended, StatusAbsent:
	default:
		problems.Add("status", "%q is not one of active, suspended, absent", i.Status)
	}
	if i.Order != nil {
		problems.Required("order.username", i.Order.Username)
		problems.Email("order.email", i.Order.Email)
	}
	return problems.Err("", "", i.action())
}

func (i *Intent) action() string { return "ensure " + i.Reference }

// Ensure brings the account to the wanted state; see the function Ensure, whose promises it keeps. Secrets
// are asked for only if an account may have to be made or completed; secrets may be nil if Order names none.
// Without Order and ID the account is looked for by its reference.
func (i *Intent) Ensure(ctx context.Context, p Provider, secrets SecretSource) (*EnsureResult, error) {
	if err := i.Validate(); err != nil {
		return &EnsureResult{}, err
	}
	want := Desired{Status: i.Status, ID: i.ID, Plan: i.Plan}
	if i.Order == nil {
		if want.ID == "" {
			account, err := p.Find(ctx, Query{Reference: i.Reference})
			if Code(err) == Code(ErrNotFound) && i.Status == StatusAbsent {
				return &EnsureResult{}, nil
			}
			if err != nil {
				return &EnsureResult{}, err
			}
			want.ID = account.ID
		}
		return Ensure(ctx, Expect(p, Expected{Reference: i.Reference}), want)
	}
	request, err := i.request(ctx, secrets)
	if err != nil {
		return &EnsureResult{}, err
	}
	want.Create = request
	return Ensure(ctx, p, want)
}

// request returns the order with its secrets, which nothing needs that ends an account.
func (i *Intent) request(ctx context.Context, secrets SecretSource) (*CreateRequest, error) {
	o := i.Order
	r := &CreateRequest{
		Reference: i.Reference, Username: o.Username, Email: o.Email, Name: o.Name, Domain: o.Domain, Plan: o.Plan,
		Options: o.Options, OnFailure: o.OnFailure,
	}
	if i.Status == StatusAbsent {
		return r, nil
	}
	reveal := func(field, name string) (Secret, error) {
		if name == "" {
			return Secret{}, nil
		}
		if secrets == nil {
			return Secret{}, &Error{Action: i.action(), Kind: ErrInvalid, Message: "there is no SecretSource", Fields: map[string]string{field: "names a secret"}}
		}
		secret, err := secrets.Secret(ctx, name)
		if err != nil {
			kind := FromCode(Code(err))
			if kind == nil {
				kind = ErrUnavailable
			}
			return Secret{}, &Error{Action: i.action(), Kind: kind, Message: "its secret could not be read: " + field, Err: err}
		}
		return secret, nil
	}
	var err error
	if r.Password, err = reveal("order.password_name", o.PasswordName); err != nil {
		return nil, err
	}
	for _, option := range slices.Sorted(maps.Keys(o.SecretNames)) {
		secret, err := reveal("order.secret_names."+option, o.SecretNames[option])
		if err != nil {
			return nil, err
		}
		if r.Secrets == nil {
			r.Secrets = make(map[string]Secret)
		}
		r.Secrets[option] = secret
	}
	return r, nil
}
