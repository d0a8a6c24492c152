package doctest

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/provider"
)

// TestHestiaRights: docs/hestia.md lists the commands that everyday life needs, those that rare cases need, and those
// that save time. None is missing, none is in a list too many.
func TestHestiaRights(t *testing.T) {
	pages := documents(t)
	i := slices.IndexFunc(pages, func(p *page) bool { return p.name == "docs/hestia.md" })
	var lists [][]string
	for _, b := range pages[i].blocks {
		if strings.HasPrefix(b.code, "v-") {
			lists = append(lists, strings.Fields(b.code))
		}
	}
	require.Len(t, lists, 3)
	everyday, needed, all := lists[0], slices.Concat(lists[0], lists[1]), slices.Concat(lists...)

	expect := func(life life, commands []string, step string, refused ...string) {
		t.Helper()
		got, tried := live(t, life, commands)
		assert.Equal(t, step, got)
		assert.Equal(t, refused, tried)
	}
	expect(everydayLife, all, "")
	expect(rareLife, all, "")
	step, _ := live(t, everydayLife, everyday)
	assert.Empty(t, step, "with the first list")
	step, _ = live(t, rareLife, needed)
	assert.Empty(t, step, "with the first two lists")
	for _, command := range lists[0] {
		step, _ = live(t, everydayLife, without(everyday, command))
		assert.NotEmpty(t, step, "without %s", command)
	}
	for _, command := range lists[1] {
		step, _ = live(t, rareLife, without(all, command))
		assert.NotEmpty(t, step, "without %s", command)
	}
	for _, command := range lists[2] {
		expect(rareLife, without(all, command), "", command)
	}
}

func without(commands []string, command string) []string {
	return slices.DeleteFunc(slices.Clone(commands), func(c string) bool { return c == command })
}

// life is what happens to accounts, step by step.
type life func(context.Context, *testing.T, *hestiatest.Server, *hestia.Provider) []step

type step struct {
	what string
	do   func() error
}

// live runs a life with a key for these commands only, up to the first step that is refused. It returns that step, and
// the commands that the panel has refused.
func live(t *testing.T, life life, commands []string) (refused string, tried []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		panel := hestiatest.NewServer(hestiatest.InMemory(), hestiatest.WithPackages(hestiatest.Package{Name: "starter"}))
		panel.AddProfile("provkit", "admin", commands...)
		for _, step := range life(t.Context(), t, panel, hestiaWith(t, panel, "provkit")) {
			err := step.do()
			if errors.Is(err, provider.ErrForbidden) {
				refused = step.what
				break
			}
			assert.NoError(t, err, step.what)
		}
		for _, r := range panel.Faults.Requests() {
			if form, _ := url.ParseQuery(string(r.Body)); r.Status == http.StatusUnauthorized {
				tried = append(tried, form.Get("cmd"))
			}
		}
	})
	return refused, tried
}

func hestiaWith(t *testing.T, panel *hestiatest.Server, profiles ...string) *hestia.Provider {
	t.Helper()
	id, secret := panel.AddAccessKey(panel.AdminUser, profiles...)
	client, err := hestia.New(panel.URL, hestia.AccessKey(id, provider.NewSecret(secret)), provider.WithHTTPClient(panel.Client()))
	require.NoError(t, err)
	return hestia.NewProvider(client)
}

func everydayLife(ctx context.Context, _ *testing.T, _ *hestiatest.Server, p *hestia.Provider) []step {
	return []step{
		{"check", func() error {
			report, err := p.Check(ctx)
			if rights := report.Step(provider.CheckRights); rights != nil && rights.State == provider.CheckWarning {
				err = provider.ErrForbidden
			}
			return err
		}},
		create(ctx, p, "alice"),
		create(ctx, p, "alice"),
		find(ctx, p, provider.Query{Username: "alice"}),
		find(ctx, p, provider.Query{Reference: "order-alice"}),
		find(ctx, p, provider.Query{Domain: "alice.example.com"}),
		{"plans", func() error { _, err := p.Plans(ctx); return err }},
		{"usage", func() error { _, err := p.Usage(ctx, "alice"); return err }},
		{"fleet usage", func() (failed error) {
			for _, err := range p.FleetUsage(ctx) {
				failed = errors.Join(failed, err)
			}
			return failed
		}},
		{"change plan", func() error { _, err := p.ChangePlan(ctx, "alice", "starter"); return err }},
		{"change password", func() error {
			_, err := p.ChangePassword(ctx, "alice", provider.NewSecret("Placeholder2"))
			return err
		}},
		suspend(ctx, p, "alice"),
		{"unsuspend", func() error { _, err := p.Unsuspend(ctx, "alice"); return err }},
		{"sign-on", func() error {
			_, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: "alice", Kind: provider.SignOnReset})
			return err
		}},
		{"terminate", func() error { _, err := p.Terminate(ctx, "alice"); return err }},
	}
}

// rareLife: a part of a domain is missing, a site stays online when its user is suspended, domains have no website, a
// domain's name looks like another's.
func rareLife(ctx context.Context, t *testing.T, panel *hestiatest.Server, p *hestia.Provider) []step {
	root := hestiaWith(t, panel).Client()
	panel.AddUser(hestiatest.User{Name: "stranger", WebDomains: []string{"shop-co.uk"}})
	panel.AddUser(hestiatest.User{Name: "owner", WebDomains: []string{"shop.co.uk"}})
	require.NoError(t, root.Mail.AddDomain(ctx, "owner", "mail.example.com", nil))
	require.NoError(t, root.DNS.AddDomain(ctx, "owner", "zone.example.com", netip.MustParseAddr("192.0.2.7"), nil))
	panel.StopDomain(1)
	panel.KeepSites(true)
	return []step{
		create(ctx, p, "bob"),
		create(ctx, p, "bob"),
		{"delete the website", func() error { return root.Web.DeleteDomain(ctx, "bob", "bob.example.com", nil) }},
		create(ctx, p, "bob"),
		suspend(ctx, p, "bob"),
		find(ctx, p, provider.Query{Domain: "shop.co.uk"}),
		find(ctx, p, provider.Query{Domain: "mail.example.com"}),
		find(ctx, p, provider.Query{Domain: "zone.example.com"}),
	}
}

func create(ctx context.Context, p *hestia.Provider, name string) step {
	return step{"create " + name, func() error {
		_, err := p.Create(ctx, &provider.CreateRequest{
			Reference: "order-" + name, Username: name, Password: provider.NewSecret("Placeholder1"), Email: name + "@example.com",
			Domain: name + ".example.com", Plan: "default",
		})
		return err
	}}
}

func find(ctx context.Context, p *hestia.Provider, q provider.Query) step {
	return step{"find " + q.Username + q.Reference + q.Domain, func() error { _, err := p.Find(ctx, q); return err }}
}

func suspend(ctx context.Context, p *hestia.Provider, name string) step {
	return step{"suspend " + name, func() error { _, err := p.Suspend(ctx, name); return err }}
}
