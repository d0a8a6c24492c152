package fleet

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/provkit/provkit/internal/words"
)

// Periodic is work at fixed times, as an engine of jobs does it (package riverprovider, package
// temporalprovider). The engine runs it in one program at a time, and again after an error.
type Periodic struct {
	// Name is unique in an engine: "usage".
	Name string
	// Every is the time between two beginnings. Required.
	Every time.Duration
	Run   func(ctx context.Context) error
}

// PeriodicProblem is for authors of engines: it says what is wrong with work at fixed times; "" if nothing is.
func PeriodicProblem(all []Periodic) string {
	for i, p := range all {
		same := func(other Periodic) bool { return other.Name == p.Name }
		if p.Name == "" || p.Every <= 0 || p.Run == nil || slices.ContainsFunc(all[:i], same) {
			return words.Say("%q needs a Name of its own, Every and Run", p.Name)
		}
	}
	return ""
}

// PeriodicUsage returns work that reads what all accounts use: it calls each for every account, and for every
// server or account that cannot be read, with the error and maybe no report. An error of each ends it.
func (f *Fleet) PeriodicUsage(every time.Duration, each func(ctx context.Context, u *AccountUsage, err error) error) Periodic {
	return Periodic{"usage", every, func(ctx context.Context) error { return walk(ctx, f.Usage(ctx, nil), each) }}
}

// PeriodicReconcile returns work that compares the accounts that are wanted with the servers: it calls each
// for every difference, and for what cannot be read, with the error. An error of each ends it.
func (f *Fleet) PeriodicReconcile(
	every time.Duration, wanted func(context.Context) iter.Seq2[Wanted, error], each func(ctx context.Context, d *Drift, err error) error,
) Periodic {
	return Periodic{"reconcile", every, func(ctx context.Context) error { return walk(ctx, f.Reconcile(ctx, wanted(ctx)), each) }}
}

func walk[T any](ctx context.Context, all iter.Seq2[T, error], each func(context.Context, T, error) error) error {
	for found, err := range all {
		if err := each(ctx, found, err); err != nil {
			return err
		}
	}
	return ctx.Err()
}
