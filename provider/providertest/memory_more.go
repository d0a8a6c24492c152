package providertest

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/provkit/provkit/provider"
)

// List lists all accounts, page by page.
func (m *Memory) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		for a, err := range m.walk(ctx, "list accounts", opts) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(m.account(a), nil) {
				return
			}
		}
	}
}

func (m *Memory) walk(ctx context.Context, action string, opts *provider.ListOptions) iter.Seq2[*memoryAccount, error] {
	return func(yield func(*memoryAccount, error) bool) {
		size := 50
		if opts != nil && opts.PageSize != 0 {
			size = opts.PageSize
		}
		if size < 0 {
			var problems provider.Problems
			problems.Add("PageSize", "negative")
			yield(nil, problems.Err(memoryKind, "", action))
			return
		}
		for from := 0; ; from += size {
			page, err := m.page(ctx, action, from, size)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, a := range page {
				if !yield(a, nil) {
					return
				}
			}
			if len(page) < size {
				return
			}
		}
	}
}

// Plans lists the plans.
func (m *Memory) Plans(ctx context.Context) ([]provider.Plan, error) {
	var found memoryPlans
	err := m.do(ctx, memoryCall{action: "list plans", method: http.MethodGet, path: "/plans", out: &found})
	return found.Plans, err
}

// ChangePlan moves an account to another plan.
func (m *Memory) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	if plan == "" {
		var problems provider.Problems
		problems.Add("Plan", "required")
		return "", problems.Err(memoryKind, "", "change plan of account")
	}
	return m.put(ctx, "change plan of account", id, func(a *memoryAccount) bool { return a.Plan == plan }, memoryPatch{Plan: &plan})
}

// ChangePassword sets the password. It cannot be read back, so that a lost answer is
// ErrOutcomeUnknown.
func (m *Memory) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	var problems provider.Problems
	if problem := badID(id); problem != "" {
		problems.Add("ID", "%s", problem)
	}
	if problem := m.Describe().Password.Problem(password); problem != "" {
		problems.Add("Password", "%s", problem)
	}
	if err := problems.Err(memoryKind, "", "change password of account"); err != nil {
		return "", err
	}
	text := password.Reveal()
	err := m.do(ctx, memoryCall{
		action: "change password of account " + id, method: http.MethodPatch, path: accountPath(id),
		in: memoryPatch{Password: &text}, out: new(memoryAccount), id: id,
	})
	if err != nil {
		return "", err
	}
	return provider.OutcomeChanged, nil
}

// Renew pays for the next period, unless it is paid for.
func (m *Memory) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	if err := m.checkID("renew account", id); err != nil {
		return "", err
	}
	action := "renew account " + id
	a, err := m.read(ctx, action, id)
	if err != nil {
		return "", err
	}
	// The order has paid for the first period, which is the current one.
	const next = 2
	is := func(a *memoryAccount) bool { return a.Paid >= next }
	if is(a) {
		return provider.OutcomeAlready, nil
	}
	return m.change(ctx, id, is, memoryCall{
		action: action, method: http.MethodPost, path: accountPath(id) + "/renewals", in: map[string]int{"period": next},
	})
}

// Cancel makes an account end with its paid period.
func (m *Memory) Cancel(ctx context.Context, id string) (provider.Outcome, error) {
	yes := true
	return m.put(ctx, "cancel account", id, func(a *memoryAccount) bool { return a.Canceled }, memoryPatch{Canceled: &yes})
}

// UndoCancel takes Cancel back.
func (m *Memory) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	no := false
	return m.put(ctx, "undo cancellation of account", id, func(a *memoryAccount) bool { return !a.Canceled }, memoryPatch{Canceled: &no})
}

// Usage reads the figures of one account.
func (m *Memory) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	if err := m.checkID("read usage of account", id); err != nil {
		return nil, err
	}
	a, err := m.read(ctx, "read usage of account "+id, id)
	if err != nil {
		return nil, err
	}
	return usageOf(a), nil
}

// FleetUsage reads the figures of all accounts.
func (m *Memory) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	return func(yield func(*provider.UsageReport, error) bool) {
		for a, err := range m.walk(ctx, "read usage of all accounts", nil) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(usageOf(a), nil) {
				return
			}
		}
	}
}

func usageOf(a *memoryAccount) *provider.UsageReport {
	return &provider.UsageReport{
		AccountID: a.ID, Username: a.Username, AsOf: time.Now(),
		Values: []provider.Usage{{
			Metric: provider.MetricDomains, Unit: provider.UnitCount, Used: int64(len(a.Domains)), Unlimited: true,
		}},
	}
}

// Power switches the account's machine on or off. A reset and a reboot leave it on.
func (m *Memory) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	off := action == provider.PowerOff
	switch action {
	case provider.PowerOn, provider.PowerOff, provider.PowerReset, provider.PowerReboot:
	default:
		var problems provider.Problems
		problems.Add("Action", "unknown action %q", action)
		return "", problems.Err(memoryKind, "", "switch power of account")
	}
	return m.put(ctx, "switch power of account", id, func(a *memoryAccount) bool { return a.Off == off }, memoryPatch{Off: &off})
}

// Reinstall installs an image.
func (m *Memory) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	var problems provider.Problems
	if req == nil {
		problems.Add("Request", "required")
		return "", problems.Err(memoryKind, "", "reinstall account")
	}
	if req.Image == "" {
		problems.Add("Image", "required")
	}
	if problem := badID(req.AccountID); problem != "" {
		problems.Add("AccountID", "%s", problem)
	}
	if err := problems.Err(memoryKind, "", "reinstall account"); err != nil {
		return "", err
	}
	return m.change(ctx, req.AccountID, func(a *memoryAccount) bool { return a.Image == req.Image }, memoryCall{
		action: "reinstall account " + req.AccountID, method: http.MethodPatch, path: accountPath(req.AccountID),
		in: memoryPatch{Image: &req.Image},
	})
}

// carries reports whether an account has the marker that Adopt would write.
func (m *Memory) carries(a *memoryAccount, reference string) bool {
	account := m.account(a)
	return account.Reference == reference && !account.Marker.Outdated
}

// Adopt marks an account that carries no other reference.
func (m *Memory) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	if err := m.checkID("adopt account", id); err != nil {
		return "", err
	}
	if reference == "" {
		var problems provider.Problems
		problems.Add("Reference", "required")
		return "", problems.Err(memoryKind, "", "adopt account")
	}
	action := "adopt account " + id
	a, err := m.read(ctx, action, id)
	switch {
	case err != nil:
		return "", err
	case m.carries(a, reference):
		return provider.OutcomeAlready, nil
	case m.account(a).Reference != "" && m.account(a).Reference != reference:
		return "", &provider.Error{
			Provider: memoryKind, Action: action, Kind: provider.ErrAlreadyExists,
			Message: "it carries another reference",
		}
	}
	marker := m.markers.Sign(reference, a.Username)
	outcome, err := m.change(ctx, id, func(a *memoryAccount) bool { return m.carries(a, reference) }, memoryCall{
		action: action, method: http.MethodPatch, path: accountPath(id), in: memoryPatch{Reference: &marker},
	})
	if outcome == provider.OutcomeChanged {
		outcome = provider.OutcomeAdopted
	}
	return outcome, err
}

// Poll reports whether a new account is ready. The handle is its ID. That the account is gone needs
// proof, since Wait believes it.
func (m *Memory) Poll(ctx context.Context, handle string) (*provider.Progress, error) {
	if err := m.checkID("poll account", handle); err != nil {
		return nil, err
	}
	action := "poll account " + handle
	a, err := m.read(ctx, action, handle)
	if errors.Is(err, provider.ErrNotFound) {
		err = m.missing(ctx, action, handle)
	}
	if err != nil {
		return nil, err
	}
	account := m.account(a)
	return &provider.Progress{
		Done: account.Status != provider.StatusPending, Message: string(account.Status), Account: account,
	}, nil
}
