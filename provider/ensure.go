package provider

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/provkit/provkit/internal/words"
)

// Desired is the wanted state of one account.
type Desired struct {
	// Status is required: StatusActive, StatusSuspended or StatusAbsent.
	Status Status
	// ID of the account. If it is "", Ensure finds the account by Create.Username and, where that is text
	// that customers can change (all but hosting panels), by Create.Reference.
	ID string
	// Create identifies the account by Reference and Username, and makes it if it is missing and
	// Status is not StatusAbsent. If it is nil, nothing is made: a missing account is ErrNotFound.
	Create *CreateRequest
	// Plan is the wanted plan; "" leaves the plan as it is. A new account is made on Create.Plan if
	// this is empty.
	Plan string
	// DryRun changes nothing and reports what would be changed.
	DryRun bool
}

// Change is one change that Ensure made, or would make.
type Change struct {
	// Verb is the capability used: CapCreate, CapSuspend, ...
	Verb Capability
	// From and To describe the change.
	From, To string
	// Outcome of the verb; "" in a dry run or beside Err.
	Outcome Outcome
	// Err is why it failed.
	Err error
}

// String returns "suspend: active -> suspended".
func (c Change) String() string { return words.Say("%s: %s -> %s", c.Verb, c.From, c.To) }

// EnsureResult is the result of Ensure.
type EnsureResult struct {
	// Account as it is at the end; nil if there is none.
	Account *Account
	// Changes in the order in which they were made; empty if everything was as wanted.
	Changes []Change
	// Handle of pending work, for Wait.
	Handle string
	// Password is Creation.Password of an account that was made.
	Password Secret
	// Unmarked says what is wrong with the marker of an account that was named by its ID, and why it
	// was not written anew; "" if nothing is.
	Unmarked string
}

// Outcome sums up the changes: already (there were none), pending, or changed.
func (c *EnsureResult) Outcome() Outcome {
	outcome := OutcomeAlready
	for _, change := range c.Changes {
		switch change.Outcome {
		case OutcomePending:
			return OutcomePending
		case OutcomeChanged, OutcomeAdopted:
			outcome = OutcomeChanged
		case OutcomeAlready:
		}
	}
	return outcome
}

// Ensure brings one account to the wanted state with as few changes as possible, and reports each.
// Called again after any error, it does the rest: put it behind a queue or a workflow engine.
//
// It never touches an account with another reference: if Create is set and the account carries a
// different one, the error matches ErrAlreadyExists. The same holds for one without a reference that was
// found by its name; a tampered marker is ErrConflict then. Where customers can change names, such an account
// keeps nobody from the one that carries the reference, whatever that is called by now. With ID they do not matter: the caller knows
// whose the account is (on hosting panels the login name must be that of Create, too, since a restored
// panel may have given the ID to another), and Ensure writes its marker anew, also one by an old key, and reports that as a
// change. Where the API cannot do that, EnsureResult.Unmarked says so. An account that is suspended and is
// to stay so is not completed until it is to be active. The EnsureResult is never nil; with an error, it
// shows how far Ensure got.
func Ensure(ctx context.Context, p Provider, want Desired) (*EnsureResult, error) {
	ctx = new(words.Memory).In(ctx)
	c := &EnsureResult{}
	kind := p.Describe().Kind
	if err := want.validate(kind); err != nil {
		return c, err
	}
	account, err := want.find(ctx, p)
	if errors.Is(err, ErrNotFound) && want.Status == StatusAbsent && want.ID != "" {
		account, err = want.prove(ctx, p) // what Find says is proven
	}
	switch {
	case errors.Is(err, ErrNotFound) && want.Status == StatusAbsent:
		return c, nil
	case errors.Is(err, ErrNotFound) && want.Create != nil && want.ID == "":
		// It is made below.
	case err != nil:
		return c, err
	}
	c.Account = account
	if err := want.owns(p.Describe(), account); err != nil {
		return c, err
	}
	if want.Status == StatusAbsent {
		return c, c.do(want, Change{Verb: CapTerminate, From: string(account.Status), To: "absent"}, func() (Outcome, error) {
			outcome, err := p.Terminate(ctx, account.ID)
			if Code(err) == Code(ErrNotFound) { // with an unknown outcome it may be there
				outcome, err = OutcomeAlready, nil
			}
			if err == nil && outcome != OutcomePending {
				c.Account = nil
			}
			return outcome, err
		})
	}
	// Systems refuse to complete an account that is out of service, so that it is put into service
	// first, or left as it is if it is to stay suspended. Nor does a marker keep an account from being
	// taken out of service.
	exists := account != nil && want.Create != nil && (want.ID != "" || account.Reference == want.Create.Reference)
	suspended := exists && account.Status == StatusSuspended
	unmarked := exists && (account.Reference != want.Create.Reference || account.Marker.Outdated)
	if suspended && want.Status == StatusActive || unmarked && want.ID != "" {
		if err := c.state(ctx, p, want); err != nil || c.Handle != "" {
			return c, err
		}
	}
	if unmarked {
		if err := c.mark(ctx, p, want); err != nil || c.Handle != "" {
			return c, err
		}
	}
	// Create also runs for an account that exists, since it may be half made: Create is idempotent,
	// and only Create knows which steps are missing.
	stays := exists && want.Status == StatusSuspended && c.Account.Status == StatusSuspended
	if want.Create != nil && !stays && want.completes(c) {
		if done, err := c.create(ctx, p, want); done || err != nil {
			return c, err
		}
	}
	if err := c.plan(ctx, p, want); err != nil {
		return c, err
	}
	if suspended {
		return c, nil
	}
	return c, c.state(ctx, p, want)
}

// owns returns why an account that was found must not be touched.
func (d Desired) owns(system *Description, account *Account) error {
	if account == nil || d.Create == nil || d.Create.Reference == account.Reference {
		return nil
	}
	err := &Error{
		Provider: system.Kind, Action: words.Say("ensure account %q", account.Username), Kind: ErrAlreadyExists,
		Message: words.Say("account %s carries the reference %q, not %q", account.ID, account.Reference, d.Create.Reference),
	}
	switch {
	case account.Reference != "":
		return err
	case d.ID != "" && system.Service == ServiceHosting && d.Create.Username != "" && !strings.EqualFold(d.Create.Username, account.Username):
		// Customers cannot change login names: a system that was restored gave the ID to another.
		err.Kind = ErrConflict
		err.Message = words.Say("account %s is called %q, not %q, and carries no valid marker: find out whose it is", account.ID, account.Username, d.Create.Username)
		return err
	case d.ID != "":
		return nil // the caller knows whose it is
	case account.Marker.Tampered != "":
		err.Kind = ErrConflict
		err.Message = words.Say("account %s may be it, but %s: find out whose it is, and give its ID", account.ID, account.Marker.Tampered)
		return err
	case d.Status != StatusAbsent && !d.DryRun:
		// It may belong to the order all the same, where marking it is the last step of Create: only
		// Create knows.
		return nil
	}
	return err
}

// completes reports whether Create would find the account that was found, or make the one that was not.
func (d Desired) completes(c *EnsureResult) bool {
	return c.Account == nil || (c.Unmarked == "" || c.Account.Marker.Outdated) && strings.EqualFold(d.Create.Username, c.Account.Username)
}

// mark writes the marker of an account that the caller or an old marker names.
func (c *EnsureResult) mark(ctx context.Context, p Provider, want Desired) error {
	from := cmp.Or(c.Account.Marker.Tampered, "it has no marker")
	if c.Account.Marker.Outdated {
		from = "its marker is not signed with the current key"
	}
	adopter, ok := As[Adopter](p)
	if !ok {
		c.Unmarked = from + ", and this system cannot mark an account that exists"
		return nil
	}
	marked := len(c.Changes)
	err := c.do(want, Change{Verb: CapAdopt, From: from, To: want.Create.Reference}, func() (Outcome, error) {
		outcome, err := adopter.Adopt(ctx, c.Account.ID, want.Create.Reference)
		if err == nil {
			c.Account.Reference, c.Account.Marker = want.Create.Reference, Marker{}
		}
		return outcome, err
	})
	if errors.Is(err, ErrInvalid) && !errors.Is(err, ErrOutcomeUnknown) {
		// The text of a customer leaves no room for it, say. The reference itself was checked.
		c.Changes, c.Unmarked, err = c.Changes[:marked], words.Say("%s, and a new one is refused: %v", from, err), nil
	}
	return err
}

func (d Desired) validate(kind string) error {
	var problems Problems
	switch d.Status {
	case StatusActive, StatusSuspended, StatusAbsent:
	default:
		problems.Add("Status", "%q is not one of active, suspended, absent", d.Status)
	}
	if d.ID == "" && d.Create == nil {
		problems.Add("ID", "required when Create is nil")
	}
	if d.Create != nil {
		problems.Note("Create.Reference", ReferenceProblem(d.Create.Reference))
		if d.Create.Username == "" && d.ID == "" {
			problems.Add("Create.Username", "required")
		}
	}
	return problems.Err(kind, "", "ensure")
}

func (d Desired) find(ctx context.Context, p Provider) (*Account, error) {
	if d.ID != "" {
		return p.Get(ctx, d.ID)
	}
	named, err := p.Find(ctx, Query{Username: d.Create.Username})
	switch {
	case p.Describe().Service == ServiceHosting: // login names are unique, and customers cannot change them
		return named, err
	case err == nil && named.Reference == d.Create.Reference, err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrConflict):
		return named, err
	}
	// Another customer may have taken the name, and this one may have changed it.
	if own, err := p.Find(ctx, Query{Reference: d.Create.Reference}); !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrUnsupported) {
		return own, err
	}
	return named, err
}

// prove finds out whether an account that could not be read by its ID is gone, since the credentials
// may lack the right to see it. It returns the account if it is there after all; the error matches
// ErrNotFound only with proof.
func (d Desired) prove(ctx context.Context, p Provider) (*Account, error) {
	poller, ok := As[Poller](p)
	if !ok {
		return nil, &Error{
			Provider: p.Describe().Kind, Action: "ensure account " + d.ID, Kind: ErrUnsupported,
			Message: "it was not found, and the adapter has no Poll that could prove that it is gone",
		}
	}
	progress, err := poller.Poll(ctx, d.ID)
	switch {
	case err != nil:
		return nil, err
	case progress == nil || progress.Account == nil:
		return nil, &Error{
			Provider: p.Describe().Kind, Action: "ensure account " + d.ID, Kind: ErrConflict, Message: "it was not found, and Poll does not say that it is gone",
		}
	}
	return progress.Account, nil
}

// do runs one verb and notes the change; a dry run only notes it.
func (c *EnsureResult) do(want Desired, change Change, verb func() (Outcome, error)) error {
	if !want.DryRun {
		change.Outcome, change.Err = verb()
	}
	c.Changes = append(c.Changes, change)
	if change.Outcome == OutcomePending {
		c.Handle = c.Account.ID
	}
	return change.Err
}

// create makes or completes the account. done reports that there is nothing more to do in this
// call, because of a dry run without an account, or pending work.
func (c *EnsureResult) create(ctx context.Context, p Provider, want Desired) (done bool, err error) {
	missing := c.Account == nil
	if want.DryRun {
		if missing {
			c.Changes = append(c.Changes, Change{Verb: CapCreate, From: "absent", To: string(StatusActive)})
			if want.Status == StatusSuspended {
				c.Changes = append(c.Changes, Change{Verb: CapSuspend, From: string(StatusActive), To: string(StatusSuspended)})
			}
		}
		return missing, nil
	}
	req := *want.Create
	if req.Plan == "" {
		req.Plan = want.Plan
	}
	from := "absent"
	if !missing {
		from = "incomplete"
	}
	status := StatusUnknown
	if len(c.Changes) > 0 {
		status = c.Account.Status // as it is since the verb before: what Create read may be older
	}
	created, err := p.Create(ctx, &req)
	if created != nil {
		c.Handle, c.Password = created.Handle, created.Password
		if created.Account != nil {
			c.Account = created.Account
			if status != StatusUnknown {
				c.Account.Status = status
			}
		}
	}
	if err != nil {
		c.Changes = append(c.Changes, Change{Verb: CapCreate, From: from, To: string(StatusActive), Err: err})
		return false, err
	}
	if created.Outcome != OutcomeAlready {
		c.Changes = append(c.Changes, Change{Verb: CapCreate, From: from, To: string(StatusActive), Outcome: created.Outcome})
	}
	return created.Outcome == OutcomePending, nil
}

func (c *EnsureResult) plan(ctx context.Context, p Provider, want Desired) error {
	// A plan that the API does not show is set again, which does no harm.
	if want.Plan == "" || c.Account.Plan == want.Plan {
		return nil
	}
	if made := len(c.Changes) > 0 && want.Create != nil; made && c.Account.Plan == "" && cmp.Or(want.Create.Plan, want.Plan) == want.Plan {
		return nil // it was just made on that plan
	}
	changer, ok := As[PlanChanger](p)
	if !ok {
		return &Error{Provider: p.Describe().Kind, Action: "change plan of account " + c.Account.ID, Kind: ErrUnsupported}
	}
	return c.do(want, Change{Verb: CapChangePlan, From: c.Account.Plan, To: want.Plan}, func() (Outcome, error) {
		outcome, err := changer.ChangePlan(ctx, c.Account.ID, want.Plan)
		if err == nil && outcome != OutcomePending {
			c.Account.Plan = want.Plan
		}
		return outcome, err
	})
}

func (c *EnsureResult) state(ctx context.Context, p Provider, want Desired) error {
	verb, status, run := CapUnsuspend, StatusActive, p.Unsuspend
	if want.Status == StatusSuspended {
		verb, status, run = CapSuspend, StatusSuspended, p.Suspend
	}
	if c.Account.Status == status {
		return nil
	}
	return c.do(want, Change{Verb: verb, From: string(c.Account.Status), To: string(status)}, func() (Outcome, error) {
		outcome, err := run(ctx, c.Account.ID)
		if err == nil && outcome != OutcomePending {
			c.Account.Status = status
		}
		return outcome, err
	})
}
