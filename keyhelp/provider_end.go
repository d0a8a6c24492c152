package keyhelp

import (
	"context"
	"errors"
	"slices"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Terminate deletes the client, with its domains and data, and makes sure that it is gone.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, adapter.Removal[int64, ClientAccount]{Do: func(ctx context.Context, n int64) error {
		err := p.client.Clients.Delete(ctx, n)
		if err == nil || errors.Is(err, provider.ErrNotFound) || errors.Is(err, provider.ErrOutcomeUnknown) {
			p.seen.Drop(n) // the earlier read is no longer evidence
		}
		return err
	}})
}

// Poll reads one account, on which nothing pends for longer than a call. Unlike Get, it says that the
// account does not exist only with proof.
func (p *Provider) Poll(ctx context.Context, id string) (*provider.Progress, error) {
	return p.accounts.Poll(ctx, id)
}

// proveAbsent proves that a client does not exist. A 404 may also mean that the key lost its
// rights: the proof is that the list of clients works and lacks it, or, without a list, that
// another client can still be read. For a search, which has no ID, another client is enough on live
// panels too.
func (p *Provider) proveAbsent(ctx context.Context, id int64) (evidence string, err error) {
	d, err := p.dialect(ctx)
	if err != nil {
		return "", err
	}
	listable := clientsList.in(d) != nil
	if !listable || id == 0 {
		if evidence, err := p.seeOther(ctx, id, p.seen.List()); evidence != "" || err != nil {
			return evidence, err
		}
	}
	if listable {
		evidence = "the key can list clients"
		err = adapter.NotListed(p.clients(ctx, 0), func(c *ClientAccount) int64 { return c.ID }, id)
	} else {
		evidence, err = p.probeOther(ctx)
	}
	if err == nil {
		p.seen.Drop(id)
	}
	return evidence, err
}

const othersSeen = "the key can read other clients"

// seeOther tries to read a client that was read before.
func (p *Provider) seeOther(ctx context.Context, id int64, before []int64) (evidence string, err error) {
	for _, other := range before {
		if other == id {
			continue
		}
		switch client, err := p.look(ctx, other); {
		case client != nil:
			return othersSeen, nil
		case !errors.Is(err, provider.ErrNotFound):
			return "", err
		}
	}
	return "", nil
}

// probeOther looks for any client.
func (p *Provider) probeOther(ctx context.Context) (evidence string, err error) {
	others := p.probeClients(0)
	slices.Reverse(others.Segments) // the oldest clients are the likeliest to be there
	for client, err := range others.All(ctx) {
		if client != nil {
			err = nil // whatever else of it cannot be read
		}
		return othersSeen, err
	}
	return "the key is accepted, and no other client is known", p.proveEmpty(ctx)
}

// proveEmpty proves that a panel has no clients, as well as that can be done without a list: no
// client that was seen before has vanished, and the key works.
func (p *Provider) proveEmpty(ctx context.Context) error {
	if len(p.seen.List()) > 0 {
		return adapter.Doubt("neither were clients that existed before: the key may have lost its rights")
	}
	return p.client.Server.Ping(ctx)
}
