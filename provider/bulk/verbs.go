package bulk

import (
	"context"

	"github.com/provkit/provkit/provider"
)

var verbs = map[Verb]func(context.Context, provider.Provider, Target) (provider.Outcome, error){
	Suspend: func(ctx context.Context, p provider.Provider, t Target) (provider.Outcome, error) {
		return p.Suspend(ctx, t.ID)
	},
	Unsuspend: func(ctx context.Context, p provider.Provider, t Target) (provider.Outcome, error) {
		return p.Unsuspend(ctx, t.ID)
	},
	Terminate: func(ctx context.Context, p provider.Provider, t Target) (provider.Outcome, error) {
		outcome, err := p.Terminate(ctx, t.ID)
		// An earlier run may have been killed between the call and its line in the log.
		if provider.Code(err) == provider.Code(provider.ErrNotFound) { // with an unknown outcome it may be there
			return provider.OutcomeAlready, nil
		}
		return outcome, err
	},
	Ensure: nil, // returns more, see Job.do
}

// do performs the verb on one target.
func (j *Job) do(ctx context.Context, p provider.Provider, t Target) *Result {
	r := &Result{Target: t}
	switch {
	case j.Do != nil:
		r.Outcome, r.Err = j.Do(ctx, p, t)
	case j.Verb == Ensure:
		want := t.Want
		if want.ID == "" {
			want.ID = t.ID
		}
		r.Ensured, r.Err = provider.Ensure(ctx, p, want)
		if r.Err == nil {
			r.Outcome = r.Ensured.Outcome()
		}
	default:
		if create := t.Want.Create; create != nil && t.ID != "" {
			p = provider.Expect(p, provider.Expected{Reference: create.Reference, Username: create.Username})
		}
		r.Outcome, r.Err = verbs[j.Verb](ctx, p, t)
	}
	if r.Err != nil {
		r.Outcome = ""
	}
	return r
}

// destroys reports whether the job takes the target's account out of service.
func (j *Job) destroys(t Target) bool {
	switch j.Verb {
	case Suspend, Terminate:
		return true
	case Ensure:
		return !t.Want.DryRun && (t.Want.Status == provider.StatusSuspended || t.Want.Status == provider.StatusAbsent)
	case Unsuspend:
	}
	return j.Destroys
}

// ahead reports whether the job must read all targets before the first call.
func (j *Job) ahead() bool {
	return j.Verb == Suspend || j.Verb == Terminate || j.Verb == Ensure || j.Destroys
}
