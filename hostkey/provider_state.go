package hostkey

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// patience is how long a verb waits for a task. Most tasks take seconds; a longer one is pending.
const patience = 30 * time.Second

// Suspend asks the vendor to suspend the server (eq/suspend), which locks it; with
// WithSuspendByPower it marks the server and powers it off.
func (p *Provider) Suspend(ctx context.Context, id string) (provider.Outcome, error) {
	if p.client.settings.suspendByPower {
		return p.suspendByPower(ctx, id)
	}
	suspend := p.change("suspend account", inStatus(provider.StatusSuspended), with(p.client.Servers.Suspend))
	suspend.Concerns = "suspension"
	return p.accounts.Change(ctx, id, suspend)
}

// Unsuspend undoes Suspend. It powers the server on.
func (p *Provider) Unsuspend(ctx context.Context, id string) (provider.Outcome, error) {
	if p.client.settings.suspendByPower {
		return p.unsuspendByPower(ctx, id)
	}
	unsuspend := p.change("unsuspend account", inStatus(provider.StatusActive), with(p.client.Servers.Unsuspend))
	unsuspend.Concerns = "suspension"
	return p.accounts.Change(ctx, id, unsuspend)
}

func inStatus(want provider.Status) func(*Server) bool {
	return func(s *Server) bool { return statusOf(s.Status) == want }
}

type change = adapter.Change[int64, Server]

// request is a call that changes a server.
type request func(ctx context.Context, id int64) (*Ack, error)

// with returns a client's method as a request without options.
func with[O any](do func(context.Context, int64, O) (*Ack, error)) request {
	return func(ctx context.Context, id int64) (*Ack, error) {
		var none O
		return do(ctx, id, none)
	}
}

// change returns the change of a server's power that a request makes. Its answer may name a task.
func (p *Provider) change(verb string, want func(*Server) bool, do request) change {
	var callback provider.Secret
	return change{
		Verb: verb, Already: want, Patience: patience, Concerns: "power",
		Do: func(ctx context.Context, id int64, _ *Server) error {
			ack, err := do(ctx, id)
			if err == nil {
				callback = ack.Callback
			}
			return err
		},
		Task: func(ctx context.Context) (bool, error) { return p.task(callback)(ctx) },
	}
}

// task returns a check of a task; zero is no task. A task that is gone counts as over: whether it
// succeeded shows in the server's record.
func (p *Provider) task(callback provider.Secret) adapter.Task {
	return func(ctx context.Context) (over bool, err error) {
		if callback.IsZero() {
			return true, nil
		}
		task, err := p.client.Tasks.Check(ctx, callback)
		switch {
		case errors.Is(err, ErrTaskGone):
			return true, nil
		case errors.Is(err, provider.ErrUnavailable), errors.Is(err, provider.ErrRateLimited):
			return false, nil // look again
		case err != nil:
			return false, err
		case task.State == TaskFailed:
			return true, &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: p.client.taskFailure(task), Err: ErrTaskFailed}
		}
		return task.State != TaskRunning, nil
	}
}

// Adopt marks an existing server as the one of a reference, whatever its host name is: who rents it can
// change that.
func (p *Provider) Adopt(ctx context.Context, id, reference string) (provider.Outcome, error) {
	return p.accounts.Adopt(ctx, id, reference, func(ctx context.Context, n int64, now *Server) error {
		if len(referenceTags(now)) > 1 {
			if _, err := p.client.Tags.Remove(ctx, &TagRemoveRequest{ID: n, Name: ReferenceTag}); err != nil {
				return err
			}
		}
		_, err := p.client.Tags.Add(ctx, &TagAddRequest{ID: n, Name: ReferenceTag, Value: p.client.signed(reference, n)})
		return err
	})
}

// suspendedTag marks a server that is suspended by power. A server that is off without it was
// switched off by its owner.
const suspendedTag = "provkit-suspended"

// suspendedByPower reports whether a server is marked and off. One that is marked and runs is still
// being suspended, or its owner has powered it on.
func suspendedByPower(s *Server) bool { return s.Tag(suspendedTag) != nil && isOff(s) }

// suspendByPower marks the server, then switches port and power off.
func (p *Provider) suspendByPower(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "suspend account"
	return adapter.Verb(ctx, p.accounts, verb, id, nil, func(ctx context.Context, n int64) (provider.Outcome, error) {
		server, err := p.read(ctx, n)
		if err != nil {
			return "", err
		}
		server, already, err := p.accounts.Is(ctx, n, server, suspendedByPower, "suspension")
		switch {
		case err != nil:
			return "", err
		case already:
			return provider.OutcomeAlready, nil
		}
		err = p.tag(ctx, n, server, true, func(ctx context.Context, n int64, _ *Server) error {
			_, err := p.client.Tags.Add(ctx, &TagAddRequest{ID: n, Name: suspendedTag, Value: "1"})
			return err
		})
		if err != nil {
			return "", err
		}
		if port := p.client.settings.port; port != "" {
			if _, err := p.client.Net.PortOff(ctx, &PortOffRequest{ServerID: n, Port: port, Reason: "suspended"}); err != nil {
				return "", err
			}
		}
		outcome, err := p.accounts.Change(ctx, id, p.change(verb, suspendedByPower, with(p.client.Servers.HardOff)))
		if outcome == provider.OutcomeAlready {
			outcome = provider.OutcomeChanged // it was off already, but was not marked
		}
		return outcome, err
	})
}

// unsuspendByPower removes the mark last, so that a failure half-way remains visible.
func (p *Provider) unsuspendByPower(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "unsuspend account"
	return adapter.Verb(ctx, p.accounts, verb, id, nil, func(ctx context.Context, n int64) (provider.Outcome, error) {
		server, err := p.read(ctx, n)
		if err != nil {
			return "", err
		}
		server, already, err := p.accounts.Is(ctx, n, server, isTagged(false), "suspension")
		switch {
		case err != nil:
			return "", err
		case already:
			return provider.OutcomeAlready, nil
		}
		if port := p.client.settings.port; port != "" {
			if _, err := p.client.Net.PortOn(ctx, n, port); err != nil {
				return "", err
			}
		}
		outcome, err := p.accounts.Change(ctx, id, p.change(verb, isOn, with(p.client.Servers.On)))
		if err != nil || outcome == provider.OutcomePending {
			return outcome, err
		}
		err = p.tag(ctx, n, server, false, func(ctx context.Context, n int64, _ *Server) error {
			_, err := p.client.Tags.Remove(ctx, &TagRemoveRequest{ID: n, Name: suspendedTag})
			return err
		})
		if err != nil {
			// The server is in service again, so this is not a plain failure.
			marked := provider.Unresolved(nil, err)
			marked.Message = p.client.rest.Say("the server runs again, but the mark of its suspension could not be removed: %v", err)
			return "", marked
		}
		return provider.OutcomeChanged, nil
	})
}

// tag sets or removes the mark, and reads it back.
func (p *Provider) tag(
	ctx context.Context, id int64, now *Server, want bool, do func(context.Context, int64, *Server) error,
) error {
	_, err := p.accounts.Apply(ctx, id, now, change{Already: isTagged(want), Do: do, Concerns: "suspension"})
	return err
}

func isTagged(want bool) func(*Server) bool {
	return func(s *Server) bool { return (s.Tag(suspendedTag) != nil) == want }
}
