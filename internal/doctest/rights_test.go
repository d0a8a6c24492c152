package doctest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

// TestHestiaRights: the commands that docs/hestia.md lists are enough for the whole
// adapter, and without any of them but one something is refused.
func TestHestiaRights(t *testing.T) {
	pages := documents(t)
	i := slices.IndexFunc(pages, func(p *page) bool { return p.name == "docs/hestia.md" })
	var commands []string
	for _, b := range pages[i].blocks {
		if strings.HasPrefix(b.code, "v-") {
			commands = strings.Fields(b.code)
		}
	}
	require.NotEmpty(t, commands)
	assert.Empty(t, refusedTo(t, commands...))
	for i, command := range commands {
		refused := refusedTo(t, slices.Delete(slices.Clone(commands), i, i+1)...)
		if command == "v-list-web-domain" {
			assert.Empty(t, refused, "without %s", command)
		} else {
			assert.NotEmpty(t, refused, "without %s", command)
		}
	}
}

// refusedTo runs all that the adapter can do with a key for these commands only, and
// tells what was refused.
func refusedTo(t *testing.T, commands ...string) (refused []string) {
	t.Helper()
	panel := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithPackages(hestiatest.Package{Name: "starter"}))
	panel.AddProfile("provkit", "admin", commands...)
	id, secret := panel.AddAccessKey(panel.AdminUser, "provkit")
	client, err := hestia.New(panel.URL, hestia.AccessKey(id, provider.NewSecret(secret)), provider.WithHTTPClient(panel.Client()))
	require.NoError(t, err)
	p, ctx := hestia.NewProvider(client), t.Context()
	note := func(verb string, err error) {
		if errors.Is(err, provider.ErrForbidden) {
			refused = append(refused, verb)
		}
	}
	report, err := p.Check(ctx)
	note("check", err)
	if rights := report.Step(provider.CheckRights); rights != nil && rights.State == provider.CheckWarning {
		refused = append(refused, rights.Detail)
	}
	_, err = p.Create(ctx, &provider.CreateRequest{
		Reference: "order-1", Username: "alice", Password: provider.NewSecret("Placeholder1"), Email: "a@example.com", Domain: "a.example.com", Plan: "default",
	})
	note("create", err)
	for _, q := range []provider.Query{{Username: "alice"}, {Reference: "order-1"}, {Domain: "a.example.com"}} {
		_, err = p.Find(ctx, q)
		note("find", err)
	}
	_, err = p.Plans(ctx)
	note("plans", err)
	_, err = p.Usage(ctx, "alice")
	note("usage", err)
	for _, err := range p.FleetUsage(ctx) {
		note("fleet usage", err)
	}
	_, err = p.ChangePlan(ctx, "alice", "starter")
	note("change plan", err)
	_, err = p.ChangePassword(ctx, "alice", provider.NewSecret("Placeholder2"))
	note("change password", err)
	_, err = p.Suspend(ctx, "alice")
	note("suspend", err)
	_, err = p.Unsuspend(ctx, "alice")
	note("unsuspend", err)
	if len(refused) == 0 { // signing the link takes its time
		_, err = p.SignOn(ctx, &provider.SignOnRequest{AccountID: "alice", Kind: provider.SignOnReset})
		note("sign-on", err)
	}
	_, err = p.Terminate(ctx, "alice")
	note("terminate", err)
	return refused
}
