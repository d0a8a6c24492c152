package licenseserver

import (
	"context"
	"errors"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Terminate deletes the license and makes sure that it is gone. What becomes of its sessions
// and resources is the server's affair.
func (p *Provider) Terminate(ctx context.Context, id string) (provider.Outcome, error) {
	return p.accounts.Remove(ctx, id, p.removal())
}

// remove is Terminate for a license that was made a moment ago.
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

// proveAbsent proves that a license does not exist: another one can still be read, or the
// dashboard counts none.
func (p *Provider) proveAbsent(ctx context.Context, license int64) (evidence string, err error) {
	const seen = "other licenses can be read"
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
		return "the dashboard counts none", nil
	}
	// What is remembered proves nothing: read. Any license will do, also one below the range
	// in which accounts are looked for.
	scan := p.client.scan
	others := adapter.Probe(adapter.Scan(scan), &p.seen, p.look)
	others.Segments = append(others.Segments, adapter.Segment{From: max(1, scan.From-scan.Gap), End: scan.From})
	for _, err := range others.All(ctx) {
		return seen, err
	}
	return "", adapter.Doubt("neither was any of those that the dashboard counts: the sign-in may have lost its rights, or licenses begin elsewhere (WithScan)")
}
