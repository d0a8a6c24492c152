package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/provkit/provkit/internal/words"
)

// Expected is whose an account has to be.
type Expected struct {
	// Reference that the account has to carry. Required.
	Reference string
	// Username decides where the marker is missing or was tampered with, as customers can do on some
	// systems. "" refuses such accounts.
	Username string
}

// Expect returns a Provider whose verbs by ID refuse an account that is not the expected one, before
// anything is changed. Use it where IDs come from your own records: a system that was restored from an
// older backup may have given them to other customers.
//
//	expected := provider.Expect(p, provider.Expected{Reference: "order-1042", Username: "example_com"})
//	outcome, err := expected.Terminate(ctx, id)
//
// The account is read first, which is one call more. An account of another reference is ErrAlreadyExists,
// one of which nobody can say whose it is ErrConflict. Find, Create, and what concerns no single account
// are not changed.
func Expect(p Provider, want Expected) Provider { return &expecting{Provider: p, want: want} }

// expecting has all optional interfaces; As returns it for those only that the wrapped one has.
type expecting struct {
	Provider

	want Expected
}

func (e *expecting) Unwrap() Provider { return e.Provider }

// expected reads the account and returns the error of one that is not the expected.
func (e *expecting) expected(ctx context.Context, action, id string) error {
	if err := e.problem(action); err != nil {
		return err
	}
	account, err := e.Provider.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		account, err = Desired{ID: id}.prove(ctx, e.Provider) // whose account it is must not rest on one stray answer
	}
	if err != nil {
		return err
	}
	return e.check(account, action)
}

func (e *expecting) problem(action string) error {
	var problems Problems
	problems.Note("Expected.Reference", ReferenceProblem(e.want.Reference))
	return problems.Err(e.Describe().Kind, "", action)
}

func (e *expecting) check(account *Account, action string) error {
	err := &Error{Provider: e.Describe().Kind, Action: action + " " + account.ID, Kind: ErrConflict}
	switch sameName := strings.EqualFold(account.Username, e.want.Username); {
	case account.Reference == e.want.Reference:
		return nil
	case account.Reference != "":
		err.Kind = ErrAlreadyExists
		err.Message = words.Say("refused: it carries the reference %q, not %q", account.Reference, e.want.Reference)
	case e.want.Username != "" && sameName:
		return nil
	case e.want.Username != "":
		err.Message = words.Say("refused: it carries no valid marker, and is called %q, not %q", account.Username, e.want.Username)
	default:
		err.Message = "refused: it carries no valid marker; give Expected.Username too, if the customer can change the marker"
	}
	return err
}

// guarded runs a verb on an account that is the expected one.
func guarded[T any](ctx context.Context, e *expecting, action, id string, verb func() (T, error)) (result T, err error) {
	if err := e.expected(ctx, action, id); err != nil {
		return result, err
	}
	return verb()
}

// optional is guarded for a verb of an optional interface.
func optional[I, T any](ctx context.Context, e *expecting, action, id string, verb func(I) (T, error)) (result T, err error) {
	wrapped, ok := As[I](e.Provider)
	if !ok {
		return result, &Error{Provider: e.Describe().Kind, Action: action + " " + id, Kind: ErrUnsupported}
	}
	return guarded(ctx, e, action, id, func() (T, error) { return verb(wrapped) })
}

func (e *expecting) Get(ctx context.Context, id string) (*Account, error) {
	if err := e.problem("get account"); err != nil {
		return nil, err
	}
	account, err := e.Provider.Get(ctx, id)
	if err == nil {
		err = e.check(account, "get account")
	}
	if err != nil {
		return nil, err
	}
	return account, nil
}

func (e *expecting) Suspend(ctx context.Context, id string) (Outcome, error) {
	return guarded(ctx, e, "suspend account", id, func() (Outcome, error) { return e.Provider.Suspend(ctx, id) })
}

func (e *expecting) Unsuspend(ctx context.Context, id string) (Outcome, error) {
	return guarded(ctx, e, "unsuspend account", id, func() (Outcome, error) { return e.Provider.Unsuspend(ctx, id) })
}

func (e *expecting) Terminate(ctx context.Context, id string) (Outcome, error) {
	return guarded(ctx, e, "terminate account", id, func() (Outcome, error) { return e.Provider.Terminate(ctx, id) })
}

func (e *expecting) SignOn(ctx context.Context, req *SignOnRequest) (*SignOn, error) {
	if req == nil {
		return e.Provider.SignOn(ctx, req) // which refuses it
	}
	return guarded(ctx, e, "sign on to account", req.AccountID, func() (*SignOn, error) { return e.Provider.SignOn(ctx, req) })
}

func (e *expecting) ChangePlan(ctx context.Context, id, plan string) (Outcome, error) {
	return optional(ctx, e, "change plan of account", id, func(p PlanChanger) (Outcome, error) { return p.ChangePlan(ctx, id, plan) })
}

func (e *expecting) ChangePassword(ctx context.Context, id string, password Secret) (Outcome, error) {
	return optional(ctx, e, "change password of account", id, func(p PasswordChanger) (Outcome, error) { return p.ChangePassword(ctx, id, password) })
}

func (e *expecting) Renew(ctx context.Context, id string) (Outcome, error) {
	return optional(ctx, e, "renew account", id, func(p Renewer) (Outcome, error) { return p.Renew(ctx, id) })
}

func (e *expecting) Cancel(ctx context.Context, id string) (Outcome, error) {
	return optional(ctx, e, "cancel account", id, func(p Canceler) (Outcome, error) { return p.Cancel(ctx, id) })
}

func (e *expecting) UndoCancel(ctx context.Context, id string) (Outcome, error) {
	return optional(ctx, e, "undo cancellation of account", id, func(p Canceler) (Outcome, error) { return p.UndoCancel(ctx, id) })
}

func (e *expecting) Usage(ctx context.Context, id string) (*UsageReport, error) {
	return optional(ctx, e, "read usage of account", id, func(p UsageReader) (*UsageReport, error) { return p.Usage(ctx, id) })
}

func (e *expecting) Power(ctx context.Context, id string, action PowerAction) (Outcome, error) {
	return optional(ctx, e, "control power of account", id, func(p PowerController) (Outcome, error) { return p.Power(ctx, id, action) })
}

func (e *expecting) Reinstall(ctx context.Context, req *ReinstallRequest) (Outcome, error) {
	if req == nil {
		return "", Problems{"request": "nil"}.Err(e.Describe().Kind, "", "reinstall account")
	}
	return optional(ctx, e, "reinstall account", req.AccountID, func(p Reinstaller) (Outcome, error) { return p.Reinstall(ctx, req) })
}

func (e *expecting) Adopt(ctx context.Context, id, reference string) (Outcome, error) {
	return optional(ctx, e, "adopt account", id, func(p Adopter) (Outcome, error) { return p.Adopt(ctx, id, reference) })
}

// Poll refuses an account that it would return and that is not the expected one.
func (e *expecting) Poll(ctx context.Context, handle string) (*Progress, error) {
	poller, ok := As[Poller](e.Provider)
	if !ok {
		return nil, &Error{Provider: e.Describe().Kind, Action: "poll", Kind: ErrUnsupported}
	}
	if err := e.problem("poll account"); err != nil {
		return nil, err
	}
	progress, err := poller.Poll(ctx, handle)
	if err == nil && progress != nil && progress.Account != nil {
		err = e.check(progress.Account, "poll account")
	}
	if err != nil {
		return nil, err
	}
	return progress, nil
}
