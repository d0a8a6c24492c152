package hostkey

import (
	"context"
	"errors"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// work is what was begun on a server: its task, and how the server looks when it is done.
type work struct {
	key  string
	want func(*Server) bool
}

const (
	// patience is how long a verb waits for a task, most of which take seconds. What
	// takes longer is pending.
	patience = 30 * time.Second
	// showTime is how long the server's record may lag behind a task that is done.
	showTime = 5 * time.Second
	lookTime = time.Second
)

// change makes a change of a server unless it is as wanted already, waits for it, and
// reads it back.
func (p *Provider) change(ctx context.Context, id, verb string, want func(*Server) bool, do func(ctx context.Context, id int64) (*Ack, error)) (provider.Outcome, error) {
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if want(server) {
		return provider.OutcomeAlready, nil
	}
	var ack *Ack
	pending := false
	err = provider.Confirm(ctx,
		func(ctx context.Context) (err error) {
			ack, err = do(ctx, n)
			return err
		},
		func(ctx context.Context) (done bool, err error) {
			done, pending, err = p.await(ctx, n, ack, want)
			return done || pending, err
		})
	switch {
	case err != nil:
		return "", adapter.InVerb(Kind, err, action)
	case pending:
		p.works.Begin(n, work{ack.Callback, want})
		return provider.OutcomePending, nil
	}
	return provider.OutcomeChanged, nil
}

// await waits for the task of an answer, or for its effect if the answer was lost.
func (p *Provider) await(ctx context.Context, id int64, ack *Ack, want func(*Server) bool) (done, pending bool, err error) {
	limit := patience
	if ack != nil {
		limit = showTime
		if ack.Callback != "" {
			running, err := p.waitTask(ctx, ack.Callback)
			if err != nil || running {
				return false, running, err
			}
		}
	}
	done, err = adapter.Until(ctx, limit, lookTime, func(ctx context.Context) (bool, error) {
		server, err := p.client.Servers.Show(ctx, id)
		return err == nil && want(server), err
	})
	return done, false, err
}

// waitTask waits for a task for a while. A task that is gone may have succeeded: its
// effect tells.
func (p *Provider) waitTask(ctx context.Context, key string) (running bool, err error) {
	short, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = p.client.Tasks.Wait(short, key, &TaskWaitOptions{Interval: lookTime, MaxInterval: 4 * lookTime})
	switch {
	case err == nil, errors.Is(err, ErrTaskGone):
		return false, nil
	case ctx.Err() == nil && short.Err() != nil && errors.Is(err, context.DeadlineExceeded):
		return true, nil
	}
	return false, err
}
