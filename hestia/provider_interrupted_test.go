package hestia_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hestia/hestiatest"
	"github.com/provkit/provkit/internal/testsize"
	"github.com/provkit/provkit/provider"
)

// How long the emulated scripts take: as measured on an idle machine, and at most on the recorded ones.
var scriptTimes = map[string]time.Duration{
	"v-add-user": 4 * time.Second, "v-add-web-domain": 1200 * time.Millisecond, "v-add-dns-domain": 3 * time.Second,
	"v-add-mail-domain": 5 * time.Second, "v-restart-web": time.Second,
}

func slowServer(t *testing.T, opts ...hestiatest.Option) *hestiatest.Server {
	t.Helper()
	srv := newServer(t, opts...)
	for command, d := range scriptTimes {
		srv.TakeTime(command, d)
	}
	return srv
}

// wholeDomain checks that a user has each part of the domain once.
func wholeDomain(t *testing.T, srv *hestiatest.Server, user, domain string, message ...any) {
	t.Helper()
	for _, kind := range []string{"web", "dns", "mail"} {
		var names []string
		for _, r := range srv.Objects(user, kind) {
			names = append(names, r["DOMAIN"])
		}
		require.Equal(t, []string{domain}, names, append([]any{kind}, message...)...)
	}
}

// TestKilledCreate kills a program at moments inside v-add-user and v-add-domain, which go on. Another one repeats its
// Create, at once, until it succeeds: one account with a whole domain, which was never somebody else's, nor gone.
func TestKilledCreate(t *testing.T) {
	total := 14 * time.Second // what a Create takes
	moments := testsize.Pick(12, 200)
	for name, auth := range map[string]func(*hestiatest.Server) hestia.Auth{
		"access key": rootKey,
		"billing":    func(srv *hestiatest.Server) hestia.Auth { return profileKey(srv, "billing") },
		"legacy":     func(srv *hestiatest.Server) hestia.Auth { return hestia.APIKey(provider.NewSecret(srv.APIKey)) },
	} {
		for n := range moments {
			moment := total * time.Duration(n) / time.Duration(moments)
			synctest.Test(t, func(t *testing.T) {
				srv := slowServer(t)
				killed(t, srv, auth(srv), moment)
				told := fmt.Sprintf("%s, killed after %v", name, moment)
				p := finished(t, srv, auth(srv), told)

				again, err := p.Create(t.Context(), orderOf(1))
				require.NoError(t, err, told)
				require.Equal(t, provider.OutcomeAlready, again.Outcome, told)
			})
		}
	}
}

// TestKilledTwice kills the second program, too, while what the first one has started goes on.
func TestKilledTwice(t *testing.T) {
	all := 0
	for first := time.Duration(0); first < 14*time.Second; first += 350 * time.Millisecond {
		for second := time.Duration(0); second < 18*time.Second; second += 1500 * time.Millisecond {
			if all++; all%testsize.Pick(37, 1) != 0 {
				continue
			}
			synctest.Test(t, func(t *testing.T) {
				srv := slowServer(t)
				killed(t, srv, rootKey(srv), first)
				killed(t, srv, rootKey(srv), second)
				finished(t, srv, rootKey(srv), fmt.Sprintf("killed after %v, and %v later again", first, second))
			})
		}
	}
}

// killed is a program that is killed some time after it has begun its Create. The panel goes on.
func killed(t *testing.T, srv *hestiatest.Server, auth hestia.Auth, after time.Duration) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	p := providerOn(t, srv, auth)
	go func() { _, _ = p.Create(ctx, orderOf(1)) }()
	time.Sleep(after)
	kill()
}

// finished is a program that repeats the Create until it succeeds, and checks what there is then, and when all that
// killed programs have started is over.
func finished(t *testing.T, srv *hestiatest.Server, auth hestia.Auth, told string) *hestia.Provider {
	t.Helper()
	p := providerOn(t, srv, auth)
	for try := 0; ; try++ {
		created, err := p.Create(t.Context(), orderOf(1))
		if err == nil {
			require.Equal(t, "customer1.example.com", created.Account.Domain, told)
			break
		}
		require.NotErrorIs(t, err, provider.ErrAlreadyExists, told)
		require.True(t, isTemporary(err), "%s: %v", told, err)
		require.Less(t, try, 3, "%s: %v", told, err)
	}
	wholeDomain(t, srv, "customer1", "customer1.example.com", told)
	time.Sleep(time.Minute)
	wholeDomain(t, srv, "customer1", "customer1.example.com", told)
	require.Len(t, srv.Users(), 2, told)
	return p
}

func isTemporary(err error) bool {
	return slices.ContainsFunc([]error{provider.ErrOutcomeUnknown, provider.ErrUnavailable}, func(kind error) bool { return errors.Is(err, kind) })
}

// TestStoppedDomain: v-add-domain was killed after any number of parts. The next Create adds the others.
func TestStoppedDomain(t *testing.T) {
	for parts := range 3 {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer(t)
			srv.StopDomain(parts)
			_, err := providerOn(t, srv, rootKey(srv)).Client().Run(t.Context(), "v-add-user", "customer1", "Secret+Passw0rd", "max@example.com", "small", "Max [ref:order-1]")
			require.NoError(t, err)
			_, err = providerOn(t, srv, rootKey(srv)).Client().Run(t.Context(), "v-add-domain", "customer1", "customer1.example.com")
			require.Error(t, err)
			require.Len(t, srv.Objects("customer1", "dns"), max(0, parts-1))

			created, err := providerOn(t, srv, rootKey(srv)).Create(t.Context(), orderOf(1))
			require.NoError(t, err)
			require.Equal(t, provider.OutcomeChanged, created.Outcome)
			wholeDomain(t, srv, "customer1", "customer1.example.com")
			require.Equal(t, srv.Objects("customer1", "web")[0]["IP"], srv.Objects("customer1", "dns")[0]["IP"])
			require.Equal(t, "no", srv.Objects("customer1", "mail")[0]["ANTISPAM"], "as v-add-domain makes it")
		})
	}
}

// TestLostTemplate: the package's DNS template is gone, so that v-add-domain makes a website and ends. That is no
// success, however often it is asked for, until the template is there again.
func TestLostTemplate(t *testing.T) {
	for name, auth := range map[string]func(*hestiatest.Server) hestia.Auth{
		"access key": rootKey,
		"legacy":     func(srv *hestiatest.Server) hestia.Auth { return hestia.APIKey(provider.NewSecret(srv.APIKey)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer(t)
			p := providerOn(t, srv, auth(srv))
			srv.LoseTemplate("dns", "default", true)
			for range 2 {
				_, err := p.Create(t.Context(), orderOf(1))
				require.Error(t, err, name)
				require.NotErrorIs(t, err, provider.ErrNotFound, name)
				require.NotErrorIs(t, err, provider.ErrAlreadyExists, name)
				require.ErrorIs(t, err, provider.ErrConflict, name)
				require.ErrorContains(t, err, "its domain has no zone, and adding it failed: ", name)
			}
			srv.LoseTemplate("dns", "default", false)
			created, err := p.Create(t.Context(), orderOf(1))
			require.NoError(t, err, name)
			require.Equal(t, provider.OutcomeChanged, created.Outcome)
			wholeDomain(t, srv, "customer1", "customer1.example.com", name)
		})
	}
}

// TestHalfADomainUnseen: a key of the billing profile can neither look at parts of a domain nor add them. The user's
// counters say that some are missing; whether the server has their service, only what other users have.
func TestHalfADomainUnseen(t *testing.T) {
	for others, want := range map[int]string{
		1: `hestia: create account "customer1": domain "customer1.example.com" is there without its zone and mail domain, ` +
			`and this key may not add the rest: add it on the panel, or permit the key ` +
			`v-list-web-domain, v-list-dns-domain, v-list-mail-domain, v-list-user-ips, v-add-dns-domain, v-add-mail-domain: Domain: incomplete`,
		0: `hestia: create account "customer1": domain "customer1.example.com" is there without its zone and mail domain; ` +
			`whether the server has the service this key may not see: if it has not, nothing is missing; otherwise add it on the panel, or permit the key ` +
			`v-list-sys-config, v-list-web-domain, v-list-dns-domain, v-list-mail-domain, v-list-user-ips, v-add-dns-domain, v-add-mail-domain: Domain: incomplete`,
	} {
		synctest.Test(t, func(t *testing.T) {
			srv := newServer(t)
			p := providerOn(t, srv, profileKey(srv, "billing"))
			for range others {
				_, err := p.Create(t.Context(), orderOf(2))
				require.NoError(t, err)
			}
			srv.LoseTemplate("dns", "default", true)
			_, err := p.Create(t.Context(), orderOf(1))
			require.Error(t, err)
			for range 2 {
				_, err = p.Create(t.Context(), orderOf(1))
				require.ErrorIs(t, err, provider.ErrForbidden)
				require.EqualError(t, err, want)
			}
			require.Equal(t, map[string]int{"v-list-web-domain": 1, "v-list-sys-config": 1}, forbiddenCommands(srv), "each counts towards a ban")

			// With what the error names, the rest is added.
			_, named, _ := strings.Cut(strings.TrimSuffix(err.Error(), ": Domain: incomplete"), "permit the key ")
			srv.AddProfile("named", "admin", append(strings.Split(named, ", "), "v-list-user", "v-list-users", "v-add-user", "v-add-domain")...)
			srv.LoseTemplate("dns", "default", false)
			_, err = providerOn(t, srv, profileKey(srv, "named")).Create(t.Context(), orderOf(1))
			require.NoError(t, err)
			wholeDomain(t, srv, "customer1", "customer1.example.com")
		})
	}
}

// profileKey is a key of the root user with a permission profile.
func profileKey(srv *hestiatest.Server, profile string) hestia.Auth {
	id, secret := srv.AddAccessKey(srv.AdminUser, profile)
	return hestia.AccessKey(id, provider.NewSecret(secret))
}

// TestPartsThatAreNotDue: what the package has no room for, or the server no service, is not missing. How a key can know
// differs: the configuration, that v-add-domain has gone past a part, or that the panel refuses to add it.
func TestPartsThatAreNotDue(t *testing.T) {
	for name, test := range map[string]struct {
		small  hestiatest.Package
		system string
		want   []int  // of web, dns, mail
		unseen string // by keys of this profile
	}{
		"mail only":       {hestiatest.Package{Name: "small", WebDomains: "0", DNSDomains: "0"}, "", []int{0, 0, 1}, ""},
		"no mail":         {hestiatest.Package{Name: "small", MailDomains: "0"}, "", []int{1, 1, 0}, ""},
		"no DNS service":  {hestiatest.Package{Name: "small"}, "DNS_SYSTEM", []int{1, 0, 1}, ""},
		"no mail service": {hestiatest.Package{Name: "small"}, "MAIL_SYSTEM", []int{1, 1, 0}, "billing"},
	} {
		for _, profile := range []string{"", "billing", "configuration", "parts"} {
			synctest.Test(t, func(t *testing.T) {
				srv := newServer(t, hestiatest.WithPackages(test.small))
				need := []string{"v-list-user", "v-list-users", "v-add-user", "v-add-domain"}
				srv.AddProfile("configuration", "admin", append(need, "v-list-sys-config")...)
				srv.AddProfile("parts", "admin", append(need, "v-list-web-domain", "v-list-dns-domain", "v-list-mail-domain",
					"v-add-web-domain", "v-add-dns-domain", "v-add-mail-domain", "v-list-user-ips")...)
				auth := rootKey(srv)
				if profile != "" {
					auth = profileKey(srv, profile)
				}
				if test.system != "" {
					srv.SetConfig(test.system, "")
				}
				for _, want := range []provider.Outcome{provider.OutcomeChanged, provider.OutcomeAlready} {
					created, err := providerOn(t, srv, auth).Create(t.Context(), orderOf(1))
					if want == provider.OutcomeAlready && profile != "" && profile == test.unseen {
						require.ErrorIs(t, err, provider.ErrForbidden, name)
						require.ErrorContains(t, err, "if it has not, nothing is missing", name)
						break
					}
					require.NoError(t, err, name+profile)
					require.Equal(t, want, created.Outcome, name+profile)
				}
				for i, kind := range []string{"web", "dns", "mail"} {
					require.Len(t, srv.Objects("customer1", kind), test.want[i], name+profile)
				}
			})
		}
	}
}

// TestTakenNames: whose name is taken is told by the field. What the panel has no record of may be a user in the
// making, or a login of the operating system.
func TestTakenNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newServer(t)
		p := providerOn(t, srv, rootKey(srv))
		_, err := p.Create(t.Context(), orderOf(1))
		require.NoError(t, err)
		other := orderOf(2)
		other.Domain = "customer1.example.com"
		_, err = p.Create(t.Context(), other)
		require.ErrorIs(t, err, provider.ErrAlreadyExists)
		require.Equal(t, map[string]string{"Domain": "taken"}, problemsOf(t, err))

		other.Username = "customer1"
		_, err = p.Create(t.Context(), other)
		require.ErrorIs(t, err, provider.ErrAlreadyExists)
		require.Equal(t, map[string]string{"Username": "taken"}, problemsOf(t, err))

		srv.AddLogin("deploy")
		other = orderOf(3)
		other.Username = "deploy"
		_, err = p.Create(t.Context(), other)
		require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
		require.NotErrorIs(t, err, provider.ErrAlreadyExists)
		require.Contains(t, problemsOf(t, err), "Username")
	})
}

// TestRecordInTheMaking: a user's record that is as good as empty for a moment is read again, by every verb.
func TestRecordInTheMaking(t *testing.T) {
	making := func(t *testing.T) *hestia.Provider {
		srv := newServer(t)
		srv.TakeTime("v-add-user", 4*time.Second)
		p := providerOn(t, srv, rootKey(srv))
		go func() {
			_, _ = p.Client().Run(t.Context(), "v-add-user", "customer1", "Secret+Passw0rd", "max@example.com", "small", "Max [ref:order-1]")
		}()
		time.Sleep(2500 * time.Millisecond)
		return p
	}
	synctest.Test(t, func(t *testing.T) {
		p := making(t)
		_, err := p.Client().Users.Get(t.Context(), "customer1")
		require.ErrorIs(t, err, provider.ErrUnavailable)
		require.EqualError(t, err, `hestia: list user "customer1": DATE is not written yet: the panel is still writing this record, try again (HTTP 200)`)
		_, err = p.Find(t.Context(), provider.Query{Reference: "order-1"})
		require.ErrorIs(t, err, provider.ErrUnavailable, "it may be the one")
		time.Sleep(time.Minute)
	})
	done := func(outcome provider.Outcome, err error) error {
		if err == nil && outcome != provider.OutcomeChanged && outcome != provider.OutcomeAlready {
			return errors.New(string(outcome))
		}
		return err
	}
	for verb, do := range map[string]func(context.Context, *hestia.Provider) error{
		"get":  func(ctx context.Context, p *hestia.Provider) error { _, err := p.Get(ctx, "customer1"); return err },
		"poll": func(ctx context.Context, p *hestia.Provider) error { _, err := p.Poll(ctx, "customer1"); return err },
		"find": func(ctx context.Context, p *hestia.Provider) error {
			_, err := p.Find(ctx, provider.Query{Username: "customer1"})
			return err
		},
		"usage":     func(ctx context.Context, p *hestia.Provider) error { _, err := p.Usage(ctx, "customer1"); return err },
		"suspend":   func(ctx context.Context, p *hestia.Provider) error { return done(p.Suspend(ctx, "customer1")) },
		"unsuspend": func(ctx context.Context, p *hestia.Provider) error { return done(p.Unsuspend(ctx, "customer1")) },
		"plan": func(ctx context.Context, p *hestia.Provider) error {
			return done(p.ChangePlan(ctx, "customer1", "large"))
		},
		"password": func(ctx context.Context, p *hestia.Provider) error {
			return done(p.ChangePassword(ctx, "customer1", provider.NewSecret("An0ther+Secret")))
		},
		"sign on": func(ctx context.Context, p *hestia.Provider) error {
			_, err := p.SignOn(ctx, &provider.SignOnRequest{AccountID: "customer1"})
			return err
		},
		"terminate": func(ctx context.Context, p *hestia.Provider) error { return done(p.Terminate(ctx, "customer1")) },
		"create": func(ctx context.Context, p *hestia.Provider) error {
			_, err := p.Create(ctx, orderOf(1))
			return err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			require.NoError(t, do(t.Context(), making(t)), verb)
			time.Sleep(time.Minute)
		})
	}
}
