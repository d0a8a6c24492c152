package providertest

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestProofs: an adapter whose capability does nothing, and says that it did, fails every check
// that is named as a proof of it.
func TestProofs(t *testing.T) {
	all := Proofs()
	for _, capability := range provider.AllCapabilities() {
		require.NotEmpty(t, all[capability], "nothing proves %q", capability)
		lying := broken(func(m *Memory) provider.Provider { return liar{m, capability} })
		for _, check := range all[capability] {
			require.NotEmpty(t, record(t, lying(), check)[check], "%q does nothing, and %q does not tell", capability, check)
		}
	}
	require.Len(t, all, len(provider.AllCapabilities()))
	all[provider.CapGet][0] = "another"
	require.NotEqual(t, all, Proofs(), "it is a copy")
}

// TestNativeIsTried: the suite does not pass over what is declared native.
func TestNativeIsTried(t *testing.T) {
	for want, strip := range map[string]func(*World){
		`"change plan" is declared native, and nothing tries it: the harness needs OtherPlan`:      func(w *World) { w.OtherPlan = "" },
		`"adopt" is declared native, and nothing tries it: the harness needs AddForeign`:           func(w *World) { w.AddForeign = nil },
		`"reinstall" is declared native, and nothing tries it: the harness needs Image and Faults`: func(w *World) { w.Image = "" },
	} {
		const check = "describe/native is tried"
		open := func() *World {
			w := NewMemory(nil).World()
			strip(w)
			return w
		}
		require.Equal(t, map[string][]string{check: {want}}, record(t, opened(open)(), check))
	}
}

// liar has a capability that does nothing and says that all is well.
type liar struct {
	*Memory
	cap provider.Capability
}

func (l liar) lie(cap provider.Capability, truth func() (provider.Outcome, error)) (provider.Outcome, error) {
	if l.cap == cap {
		return provider.OutcomeChanged, nil
	}
	return truth()
}

func (l liar) Check(ctx context.Context) (*provider.CheckReport, error) {
	if l.cap == provider.CapCheck {
		return &provider.CheckReport{}, nil
	}
	return l.Memory.Check(ctx)
}

func (l liar) Get(ctx context.Context, id string) (*provider.Account, error) {
	if l.cap == provider.CapGet {
		return &provider.Account{ID: id}, nil
	}
	return l.Memory.Get(ctx, id)
}

func (l liar) Find(ctx context.Context, q provider.Query) (*provider.Account, error) {
	if l.cap == provider.CapFind {
		return &provider.Account{Username: q.Username}, nil
	}
	return l.Memory.Find(ctx, q)
}

func (l liar) Create(ctx context.Context, req *provider.CreateRequest) (*provider.Creation, error) {
	if l.cap == provider.CapCreate {
		return &provider.Creation{Outcome: provider.OutcomeChanged, Account: &provider.Account{ID: "1", Username: req.Username}}, nil
	}
	return l.Memory.Create(ctx, req)
}

func (l liar) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapSuspend, func() (provider.Outcome, error) { return l.Memory.Suspend(ctx, id) })
}

func (l liar) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapUnsuspend, func() (provider.Outcome, error) { return l.Memory.Unsuspend(ctx, id) })
}

func (l liar) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapTerminate, func() (provider.Outcome, error) { return l.Memory.Terminate(ctx, id) })
}

func (l liar) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	if l.cap == provider.CapSignOn {
		return &provider.SignOn{Kind: provider.SignOnSession, URL: provider.NewSecret("https://panel.example.com/"), Method: "GET"}, nil
	}
	return l.Memory.SignOn(ctx, req)
}

func (l liar) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	if l.cap == provider.CapList {
		return func(func(*provider.Account, error) bool) {}
	}
	return l.Memory.List(ctx, opts)
}

func (l liar) Plans(ctx context.Context) ([]provider.Plan, error) {
	if l.cap == provider.CapPlans {
		return nil, nil
	}
	return l.Memory.Plans(ctx)
}

func (l liar) ChangePlan(ctx context.Context, id, plan string) (provider.Outcome, error) {
	return l.lie(provider.CapChangePlan, func() (provider.Outcome, error) { return l.Memory.ChangePlan(ctx, id, plan) })
}

func (l liar) ChangePassword(ctx context.Context, id string, password provider.Secret) (provider.Outcome, error) {
	return l.lie(provider.CapChangePassword, func() (provider.Outcome, error) { return l.Memory.ChangePassword(ctx, id, password) })
}

func (l liar) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	if l.cap == provider.CapUsage {
		return &provider.UsageReport{AccountID: id}, nil
	}
	return l.Memory.Usage(ctx, id)
}

func (l liar) FleetUsage(ctx context.Context) iter.Seq2[*provider.UsageReport, error] {
	if l.cap == provider.CapFleetUsage {
		return func(func(*provider.UsageReport, error) bool) {}
	}
	return l.Memory.FleetUsage(ctx)
}

func (l liar) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	return l.lie(provider.CapAdopt, func() (provider.Outcome, error) { return l.Memory.Adopt(ctx, id, reference) })
}

func (l liar) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapRenew, func() (provider.Outcome, error) { return l.Memory.Renew(ctx, id) })
}

func (l liar) Cancel(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapCancel, func() (provider.Outcome, error) { return l.Memory.Cancel(ctx, id) })
}

func (l liar) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	return l.lie(provider.CapCancel, func() (provider.Outcome, error) { return l.Memory.UndoCancel(ctx, id) })
}

func (l liar) Power(ctx context.Context, id string, action provider.PowerAction) (provider.Outcome, error) {
	return l.lie(provider.CapPower, func() (provider.Outcome, error) { return l.Memory.Power(ctx, id, action) })
}

func (l liar) Reinstall(ctx context.Context, req *provider.ReinstallRequest) (provider.Outcome, error) {
	return l.lie(provider.CapReinstall, func() (provider.Outcome, error) { return l.Memory.Reinstall(ctx, req) })
}
