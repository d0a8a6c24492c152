package providertest

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// MemoryOptions are options of a Memory. The zero value and nil are an empty system that does
// everything at once.
type MemoryOptions struct {
	// Pending is how long a new account is pending. The time passes with the wall clock (the
	// bubble's, in testing/synctest) and with Advance.
	Pending time.Duration
	// Plans by ID and name; nil means "small" and "large".
	Plans []provider.Plan
}

// Memory is a reference adapter with a small panel that it manages. It keeps every promise of the
// contract and passes the conformance suite, with its faults: adapter and panel talk HTTP, only
// without sockets. Use it as a fake where a program needs a provider.Provider:
//
//	p := providertest.NewMemory(nil)
//	p.Faults().At(2, faults.Fault{Kind: faults.Drop, After: true}) // lose an answer
//
// It is safe for concurrent use.
type Memory struct {
	server  *memoryServer
	key     string
	wire    http.RoundTripper
	markers provider.Markers
}

// The optional interfaces of a Memory.
var (
	_ provider.Provider         = (*Memory)(nil)
	_ provider.Lister           = (*Memory)(nil)
	_ provider.PlanLister       = (*Memory)(nil)
	_ provider.PlanChanger      = (*Memory)(nil)
	_ provider.PasswordChanger  = (*Memory)(nil)
	_ provider.Renewer          = (*Memory)(nil)
	_ provider.Canceler         = (*Memory)(nil)
	_ provider.UsageReader      = (*Memory)(nil)
	_ provider.FleetUsageReader = (*Memory)(nil)
	_ provider.PowerController  = (*Memory)(nil)
	_ provider.Reinstaller      = (*Memory)(nil)
	_ provider.Adopter          = (*Memory)(nil)
	_ provider.Poller           = (*Memory)(nil)
)

const (
	memoryKind = "memory"
	memoryKey  = "memory-key-Zq7w3"
)

// NewMemory makes an empty system and a provider for it.
func NewMemory(opts *MemoryOptions) *Memory {
	if opts == nil {
		opts = &MemoryOptions{}
	}
	s := newMemoryServer(*opts)
	return &Memory{server: s, key: memoryKey, wire: s.faults.Transport(s)}
}

// Reopen makes a second provider for the same system, as a restarted program would.
func (m *Memory) Reopen() *Memory {
	return &Memory{server: m.server, key: m.key, wire: m.wire, markers: m.markers}
}

// Signed makes a provider for the same system with marker keys: see provider.WithMarkerKeys.
func (m *Memory) Signed(current provider.Secret, old ...provider.Secret) *Memory {
	signed := m.Reopen()
	signed.markers = provider.NewOptions(provider.WithMarkerKeys(current, old...)).Markers(memoryKind)
	return signed
}

// BadKey makes a provider for the same system with credentials that are refused.
func (m *Memory) BadKey() *Memory {
	return &Memory{server: m.server, key: memoryKey + "-revoked", wire: m.wire}
}

// Faults returns the injector that disturbs and logs the requests between the provider and its
// system.
func (m *Memory) Faults() *faults.Injector { return &m.server.faults }

// Accounts returns the system's accounts, without a call of the provider.
func (m *Memory) Accounts() []Truth { return m.server.truth() }

// AddForeign adds an account that somebody else made, and returns its ID.
func (m *Memory) AddForeign(username string) string { return m.server.addForeign(username) }

// HideAccounts makes every read of accounts answer "not found", as a panel does for credentials
// without the right to see them.
func (m *Memory) HideAccounts(hide bool) { m.server.set(func(s *memoryServer) { s.hide = hide }) }

// IgnoreSuspension makes the system answer OK when an account is suspended or unsuspended, and
// change nothing.
func (m *Memory) IgnoreSuspension(ignore bool) {
	m.server.set(func(s *memoryServer) { s.ignore = ignore })
}

// Advance sets the system's clock forward, for pending work.
func (m *Memory) Advance(d time.Duration) { m.server.set(func(s *memoryServer) { s.ahead += d }) }

// Describe returns what a Memory can do, which is everything.
func (m *Memory) Describe() *provider.Description {
	caps := provider.Capabilities{}
	for _, c := range provider.AllCapabilities() {
		caps[c] = provider.Support{Level: provider.Native}
	}
	return &provider.Description{
		Kind:    memoryKind,
		Name:    "Memory",
		Service: provider.ServiceHosting,
		Username: provider.NamePolicy{
			MinLength: 3, MaxLength: 24, First: provider.Lower,
			Rest: provider.Lower + provider.Digits + "_-", Reserved: []string{"admin", "root"},
		},
		Password: &provider.PasswordPolicy{MinLength: 8, MaxLength: 64, Need: []string{provider.Lower, provider.Digits}},
		Options: []provider.OptionSpec{
			{Name: "note", Label: "Note", Type: provider.OptionString},
			{Name: "backup", Label: "Backup", Type: provider.OptionEnum, Allowed: []string{"none", "daily"}, Default: "none"},
		},
		Capabilities: caps,
	}
}

// MemoryHarness returns the harness that tests Memory. It is an example of a harness.
func MemoryHarness(opts *MemoryOptions) Harness {
	return Harness{Name: memoryKind, Open: func(testing.TB) *World { return NewMemory(opts).World() }}
}

// World returns the system for the conformance suite.
func (m *Memory) World() *World {
	w := &World{
		Provider: m,
		Reopen:   func() provider.Provider { return m.Reopen() },
		BadKey:   func() provider.Provider { return m.BadKey() },
		Faults:   m.Faults(),
		Request: func(n int) *provider.CreateRequest {
			return &provider.CreateRequest{
				Reference: fmt.Sprintf("order-%d", 1000+n),
				Username:  fmt.Sprintf("customer%d", n),
				Password:  provider.NewSecret(fmt.Sprintf("pass-word-%d-x", 1000+n)),
				Email:     fmt.Sprintf("customer%d@example.com", n),
				Name:      fmt.Sprintf("Customer %d", n),
				Domain:    fmt.Sprintf("customer%d.example.com", n),
				Plan:      m.server.plans[0].ID,
			}
		},
		Image:      "linux",
		Accounts:   m.Accounts,
		AddForeign: m.AddForeign,
		Signed: func(current provider.Secret, old ...provider.Secret) provider.Provider {
			return m.Signed(current, old...)
		},
		Customer: []Field{{
			Name: "reference",
			Get: func(id string) (text string) {
				m.server.set(func(s *memoryServer) { text = s.accounts[id].Reference })
				return text
			},
			Set:   func(id, text string) { m.server.set(func(s *memoryServer) { s.accounts[id].Reference = text }) },
			Forge: func(req *provider.CreateRequest) string { return req.Reference },
		}},
		HideAccounts:     m.HideAccounts,
		IgnoreSuspension: m.IgnoreSuspension,
		Canaries:         []string{memoryKey, "sign-on-token"},
	}
	if len(m.server.plans) > 1 {
		w.OtherPlan = m.server.plans[1].ID
	}
	if m.server.pending > 0 {
		w.Advance = m.Advance
	}
	return w
}
