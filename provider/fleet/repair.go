package fleet

import (
	"context"
	"fmt"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// RepairOptions say what is repaired besides WrongStatus and WrongPlan, which always are.
type RepairOptions struct {
	// Create returns the order for a missing account, or nil to leave it missing. If Create is nil,
	// all missing accounts are left.
	Create func(Wanted) (*provider.CreateRequest, error)
	// TerminateExtra removes extra accounts that are ours. Others are never touched.
	TerminateExtra bool
	// DryRun changes nothing and reports what would be changed.
	DryRun bool
}

// Repair returns a job that repairs drifts with Ensure, and the drifts that it does not repair. Set
// the job's Log and limits, then run it. Its safety stop counts the accounts that it would suspend
// or remove.
func (f *Fleet) Repair(drifts []*Drift, opts *RepairOptions) (job *bulk.Job, left []*Drift, err error) {
	if opts == nil {
		opts = &RepairOptions{}
	}
	var targets []bulk.Target
	for _, d := range drifts {
		t, ok, err := d.target(opts)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("fleet: create the order for %s: %w", d, err)
		case ok:
			targets = append(targets, t)
		default:
			left = append(left, d)
		}
	}
	return &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets(targets), Open: f.Provider}, left, nil
}

func (d *Drift) target(opts *RepairOptions) (t bulk.Target, ok bool, err error) {
	t = bulk.Target{Server: d.Server}
	t.Want.DryRun = opts.DryRun
	switch {
	case d.Is(Missing) && opts.Create != nil:
		t.Want.Status, t.Want.Plan = d.Wanted.Status, d.Wanted.Plan
		t.Want.Create, err = opts.Create(*d.Wanted)
		return t, t.Want.Create != nil, err
	case d.Is(Extra) && opts.TerminateExtra && d.Ours():
		t.ID, t.Want.Status = d.Account.ID, provider.StatusAbsent
		return t, true, nil
	case d.Is(WrongStatus), d.Is(WrongPlan):
		t.ID, t.Want.Status, t.Want.Plan = d.Account.ID, d.Wanted.Status, d.Wanted.Plan
		return t, true, nil
	}
	return t, false, nil
}

// Adopt returns a job that takes over existing accounts: of the drifts that are Taken, accounts
// without a reference get the wanted one, as if Create had made them. An account with another
// reference is refused with ErrAlreadyExists.
func (f *Fleet) Adopt(drifts []*Drift) *bulk.Job {
	references := make(map[bulk.Key]string)
	var targets []bulk.Target
	for _, d := range drifts {
		if d.Is(Taken) {
			t := bulk.Target{Server: d.Server, ID: d.Account.ID}
			references[t.Key()] = d.Wanted.Reference
			targets = append(targets, t)
		}
	}
	return &bulk.Job{
		Verb: "adopt", Targets: bulk.Targets(targets), Open: f.Provider,
		Do: func(ctx context.Context, p provider.Provider, t bulk.Target) (provider.Outcome, error) {
			adopter, ok := provider.As[provider.Adopter](p)
			if !ok {
				return "", &provider.Error{Provider: p.Describe().Kind, Action: "adopt account " + t.ID, Kind: provider.ErrUnsupported}
			}
			return adopter.Adopt(ctx, t.ID, references[t.Key()])
		},
	}
}
