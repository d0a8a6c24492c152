package hestia

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// Check tests the connection and reports what the credentials may not do.
func (p *Provider) Check(ctx context.Context) (*provider.CheckReport, error) {
	steps, latency, users, err := p.client.diagnose(ctx)
	report := adapter.Diagnosed(steps, latency, err)
	report.Step(provider.CheckCredentials, func() (string, error) {
		return fmt.Sprintf("signed in; %d users", users), report.Answer
	})
	report.Step(provider.CheckRights, func() (string, error) {
		missing, err := p.missingRights(ctx, report)
		if err == nil && len(missing) > 0 {
			report.Warn(provider.CheckRights, "the key cannot "+strings.Join(missing, ", "))
			return "", nil
		}
		return "everything that the adapter uses", err
	})
	report.Step(provider.CheckVersion, func() (string, error) {
		if report.Version == "" {
			report.Skip(provider.CheckVersion, "the key may not ask")
			return "", nil
		}
		return "Hestia " + report.Version, nil
	})
	return report.Result(Kind)
}

// missingRights tries what the "billing" profile lacks, with harmless reads.
func (p *Provider) missingRights(ctx context.Context, report *adapter.Report) ([]string, error) {
	var missing []string
	for _, right := range []struct {
		what, command string
		try           func() error
	}{
		{"read the version", "v-list-sys-config", func() error {
			config, err := p.client.System.GetConfig(ctx)
			if err == nil {
				report.Version = config.Version
			}
			return err
		}},
		{"list packages", "v-list-user-packages", func() error {
			for pack, err := range p.client.Packages.List(ctx) {
				if pack == nil {
					return err
				}
				break
			}
			return nil
		}},
		{"look for the owner of a domain", "v-search-domain-owner", func() error {
			_, err := p.client.Domains.SearchOwner(ctx, "provkit-check.example.com", nil)
			if errors.Is(err, provider.ErrNotFound) {
				return nil
			}
			return err
		}},
	} {
		err := p.limits.try(right.command, right.try)
		switch {
		case errors.Is(err, provider.ErrForbidden):
			missing = append(missing, right.what)
		case err != nil:
			return missing, err
		}
	}
	return missing, nil
}
