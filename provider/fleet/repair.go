package fleet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
)

// RepairOptions say what is repaired besides WrongStatus and WrongPlan, which always are.
type RepairOptions struct {
	// Create returns the order for a missing account, or nil to leave it missing. If Create is nil,
	// all missing accounts are left.
	Create func(Wanted) (*provider.CreateRequest, error)
	// TerminateExtra removes extra accounts that are ours, but none that may be a wanted one (Drift.MayBe).
	// Others are never touched.
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
	targets := make([]*bulk.Target, len(drifts))
	for i, d := range drifts {
		if targets[i], err = d.target(opts); err != nil {
			return nil, nil, fmt.Errorf("fleet: create the order for %s: %w", d, err)
		}
	}
	drifts = decline(drifts, targets)
	var all []bulk.Target
	for i, d := range drifts {
		if targets[i] == nil {
			left = append(left, d)
		} else {
			all = append(all, *targets[i])
		}
	}
	return &bulk.Job{Verb: bulk.Ensure, Targets: bulk.Targets(all), Open: f.Provider}, left, nil
}

// target returns what repairs a drift; nil if nothing is to be done.
func (d *Drift) target(opts *RepairOptions) (*bulk.Target, error) {
	t := &bulk.Target{Server: d.Server, Want: provider.Desired{DryRun: opts.DryRun}}
	switch {
	case d.Is(Missing) && opts.Create != nil:
		var err error
		t.Want.Status, t.Want.Plan = d.Wanted.Status, d.Wanted.Plan
		if t.Want.Create, err = opts.Create(*d.Wanted); err != nil || t.Want.Create == nil {
			return nil, err
		}
	case d.Is(Extra) && opts.TerminateExtra && d.Ours() && d.MayBe == nil:
		t.ID, t.Want.Status = d.Account.ID, provider.StatusAbsent
	case d.Is(WrongStatus), d.Is(WrongPlan):
		t.ID, t.Want.Status, t.Want.Plan = d.Account.ID, d.Wanted.Status, d.Wanted.Plan
	default:
		return nil, nil
	}
	return t, nil
}

// decline takes back the orders for accounts that are among the others already, by their reference or
// name: a job that names one account twice is refused as a whole. An extra one of them is not removed
// either, and says which wanted account it may be.
func decline(drifts []*Drift, targets []*bulk.Target) []*Drift {
	ordered := make(map[bulk.Key]int)
	for i, t := range targets {
		if t != nil && t.Want.Create != nil {
			for _, key := range names(t.Server, t.Want.Create.Reference, t.Want.Create.Username) {
				ordered[key] = i
			}
		}
	}
	drifts = slices.Clone(drifts)
	for i, t := range targets {
		if t == nil || t.Want.Create != nil {
			continue
		}
		for _, key := range names(t.Server, drifts[i].Account.Reference, drifts[i].Account.Username) {
			missing, same := ordered[key]
			if !same || key.Account == "" {
				continue
			}
			targets[missing] = nil
			if drifts[i].Is(Extra) {
				extra := *drifts[i]
				extra.MayBe = drifts[missing].Wanted
				drifts[i], targets[i] = &extra, nil
			}
		}
	}
	return drifts
}

func names(server, reference, username string) []bulk.Key {
	return []bulk.Key{{Server: server, By: bulk.ByReference, Account: reference}, {Server: server, By: bulk.ByUsername, Account: strings.ToLower(username)}}
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
