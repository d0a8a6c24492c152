package elizon

import (
	"context"
	"errors"
	"fmt"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Check tests the connection, the key, and whether it may read what Create needs.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	// The ping is public, so it only tests the connection.
	report := adapter.Diagnosed(p.client.core.Diagnose(ctx, &rest.Call{Endpoint: healthPing.Endpoint}))
	var refused error
	report.Step(provider.CheckCredentials, func() (string, error) {
		err := p.readable(ctx)
		if errors.Is(err, provider.ErrForbidden) {
			refused, err = err, nil // the credentials are valid
		}
		return "the credentials are accepted", err
	})
	report.Step(provider.CheckRights, func() (string, error) {
		if refused != nil {
			return "", p.lacking(refused)
		}
		subscriptions := 0
		for _, err := range p.client.Subscriptions.List(ctx) {
			if err != nil {
				return "", p.lacking(err)
			}
			subscriptions++
		}
		return fmt.Sprintf("services and %d subscriptions can be read; no endpoint reports other rights", subscriptions), nil
	})
	report.Step(provider.CheckVersion, func() (string, error) {
		report.Skip(provider.CheckVersion, "the API has none")
		return "", nil
	})
	if step, ok := p.client.orders.desk.CheckStep(ctx); ok {
		report.Remark(step)
	}
	return report.Result(Kind)
}

// lacking names the permission that a key lacks, if the platform says so.
func (p *Provider) lacking(err error) error {
	var refused *provider.Error
	var params *Refusal
	if !errors.As(err, &refused) || !errors.As(err, &params) || params.Param("permission") == "" {
		return err
	}
	named := *refused
	named.Message += p.client.core.Say("; the key lacks the permission %q", params.Param("permission"))
	return &named
}
