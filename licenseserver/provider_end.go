package licenseserver

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Terminate deletes the license and makes sure that it is gone. What happens to its sessions and
// resources is up to the server.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, p.removal())
}

// remove is Terminate for a license that was created a moment ago.
func (p *Provider) remove(ctx context.Context, license int64) error {
	_, err := p.accounts.End(ctx, license, p.removal())
	return err
}

func (p *Provider) removal() adapter.Removal[int64, nameplate] {
	return adapter.Removal[int64, nameplate]{Do: func(ctx context.Context, license int64) error {
		_, err := p.client.Licenses.BulkDelete(ctx, license)
		return err
	}}
}

// Poll reads one account, on which nothing pends for longer than a call. Unlike Get, it says that the
// account does not exist only with proof.
func (p *Provider) Poll(ctx context.Context, id string) (*provider.Progress, error) {
	return p.accounts.Poll(ctx, id)
}

// proveAbsent proves that a license does not exist: another license can still be read, or the
// dashboard counts none.
func (p *Provider) proveAbsent(ctx context.Context, license int64) (evidence string, err error) {
	const seen = "the sign-in can read other licenses"
	for _, other := range p.seen.List() {
		if other == license {
			continue
		}
		if _, err := p.look(ctx, other); err == nil {
			return seen, nil
		} else if !errors.Is(err, provider.ErrNotFound) {
			return "", err
		}
	}
	dashboard, err := p.client.Monitoring.Dashboard(ctx)
	switch {
	case err != nil:
		return "", err
	case dashboard.TotalLicenses == 0:
		return "the dashboard counts no licenses", nil
	}
	// Remembered licenses prove nothing: one must be read now. Any license will do, even one below
	// the range that is searched for accounts.
	scan := p.client.scan
	others := adapter.Probe(adapter.Scan(scan), &p.seen, p.look)
	others.Segments = append(others.Segments, adapter.Segment{From: max(1, scan.From-scan.Gap), End: scan.From})
	for _, err := range others.All(ctx) {
		return seen, err
	}
	return "", adapter.Doubt("neither was any of those that the dashboard counts: the sign-in may have lost its rights, " +
		"or the license IDs begin elsewhere (WithScan)")
}
