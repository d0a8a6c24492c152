package hostkey

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Plans lists the presets that can be ordered. Native is the *Preset, with its prices. A preset of
// which something cannot be read, as its price, is left out; Presets.List shows what.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	// The catalogue is public, so reading it does not show that the key is valid.
	if _, err := p.client.SignIn(ctx); err != nil && !noServers(err) {
		return nil, adapter.InVerb(Kind, err, "list plans")
	}
	var plans []provider.Plan
	for preset, err := range p.client.Presets.List(ctx, nil) {
		if preset != nil && err != nil {
			continue
		}
		if err != nil {
			return nil, adapter.InVerb(Kind, err, "list plans")
		}
		if preset.Active {
			plans = append(plans, provider.Plan{ID: preset.Name, Name: preset.Name, Native: preset})
		}
	}
	return plans, nil
}

// Usage reads the server's outgoing traffic, which is what plans limit. The answer is undocumented: it is
// accepted if Servers.Traffic finds a number in it; otherwise the error matches ErrProtocol.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	return adapter.Verb(ctx, p.accounts, "read usage of account", id, nil, p.usage)
}

func (p *Provider) usage(ctx context.Context, id int64) (*provider.UsageReport, error) {
	server, err := p.read(ctx, id)
	if err != nil {
		return nil, err
	}
	answer, err := p.client.Servers.Traffic(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	if answer.Out == nil {
		return nil, &provider.Error{
			Kind: provider.ErrProtocol, Message: "the answer, whose shape is undocumented, contains no traffic that can be told; Servers.Traffic returns it in More",
		}
	}
	account := p.account(server)
	traffic := provider.Usage{Metric: provider.MetricTraffic, Unit: provider.UnitBytes, Used: *answer.Out, LimitUnknown: server.TrafficLimit == 0}
	switch {
	case server.TrafficLimit > 0:
		limit, ok := adapter.Scaled(server.TrafficLimit, 1e12) // terabytes
		traffic.Limit, traffic.LimitUnknown = limit, !ok
	case server.TrafficLimit < 0:
		traffic.Unlimited, traffic.LimitUnknown = true, false
	}
	return &provider.UsageReport{AccountID: account.ID, Username: account.Username, AsOf: time.Now(), Values: []provider.Usage{traffic}}, nil
}
