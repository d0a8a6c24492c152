package temporalprovider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// Activities are what touches the world. Make them with NewActivities.
type Activities struct{ cfg Config }

const (
	// attemptTime ends one attempt. The next begins where it ended.
	attemptTime = 10 * time.Minute
	// silence is how long a program may not be heard of before another goes on.
	silence = 30 * time.Second
)

// Ensure brings an account to the wanted state once, and reports what that came to. A report that is not
// done or pending comes as an error, too, whose type is provider.Code.
func (a *Activities) Ensure(ctx context.Context, i *provider.Intent) (*provider.IntentReport, error) {
	defer heartbeats(ctx)()
	done := &provider.EnsureResult{}
	p, err := a.cfg.Open(i.Server)
	if err == nil {
		done, err = i.Ensure(ctx, p, a.cfg.Secrets)
	}
	if tell := a.cfg.OnPassword; tell != nil && !done.Password.IsZero() {
		err = errors.Join(err, tell(context.WithoutCancel(ctx), i, done.Password))
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() // a newer intent has arrived, or the program ends
	}
	report := i.Report(done, err)
	if report.Err == nil {
		return report, nil
	}
	again := report.State == provider.IntentWaiting
	if again && activity.GetInfo(ctx).Attempt == 1 {
		if err := a.Tell(ctx, &Event{i, report}); err != nil {
			return nil, err
		}
	}
	return nil, temporal.NewApplicationErrorWithOptions(report.Err.Error(), report.Code, temporal.ApplicationErrorOptions{
		NonRetryable: !again, NextRetryDelay: report.After, Details: []any{report},
	})
}

// heartbeats says that the program is alive until the returned function is called: a deployment may take
// long, and a program that died is noticed within silence.
func heartbeats(ctx context.Context) (stop func()) {
	ctx, stop = context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(silence / 5)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	return stop
}

// Tell tells an event.
func (a *Activities) Tell(ctx context.Context, e *Event) error {
	if a.cfg.OnEvent == nil {
		return nil
	}
	return a.cfg.OnEvent(ctx, e)
}

// RunPeriodic does the work of Config.Periodic that has this name.
func (a *Activities) RunPeriodic(ctx context.Context, name string) error {
	defer heartbeats(ctx)()
	i := slices.IndexFunc(a.cfg.Periodic, func(p fleet.Periodic) bool { return p.Name == name })
	if i < 0 {
		return temporal.NewNonRetryableApplicationError(fmt.Sprintf("this program does no %q", name), provider.Code(provider.ErrNotFound), nil)
	}
	return a.cfg.Periodic[i].Run(ctx)
}
