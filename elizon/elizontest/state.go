package elizontest

import (
	"fmt"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// state is all that the server knows. The server's lock guards it.
type state struct {
	cfg    *config
	tokens *emulator.Tokens
	events events
	code   string

	account        account
	keys           *emulator.Table[string, Key]
	keyBySecret    map[string]*Key
	sessions       *emulator.Table[string, session]
	sessionByToken map[string]*session
	log            []*logLine

	categories []*Category
	products   *emulator.Table[string, Product]
	locations  []Location
	templates  []Template
	coupons    []Coupon
	priceRises []priceRise // ChangePriceAfterCalculate

	services      *emulator.Table[string, Service]
	gone          []*Service // in order of their end
	named         map[string]int
	subscriptions *emulator.Table[string, Subscription]
	charges       []Charge
	orders        int

	invoices  *emulator.Table[string, Invoice]
	ofService map[string][]*Invoice
	pending   map[string]func(method string, at time.Time) // what a payment triggers, by invoice or payment
	topUps    *emulator.Table[string, autoTopUp]
	mandates  *emulator.Table[string, mandate]
	links     emulator.Links
	family    *family
	zones     *emulator.Table[string, zone]

	addresses   *emulator.Table[string, address]
	sshKeys     *emulator.Table[string, sshKey]
	ipv6s       *emulator.Table[string, ipv6]
	floatingIPs *emulator.Table[string, floatingIP]
	subdomains  *emulator.Table[string, subdomain]
	domains     []subdomainZone
	tickets     *emulator.Table[string, Ticket]
	feedback    *emulator.Table[string, feedback]
	volumes     *emulator.Table[string, Volume]
	grants      *emulator.Table[string, grant]
	commissions *emulator.Table[string, commission]
	payouts     *emulator.Table[string, payout]
	documents   map[string]upload
	business    business
	affiliate   affiliate
	nextSSHKey  time.Time
	console     chan struct{} // closed when there is a new line
}

func newState(cfg *config) *state {
	st := &state{
		cfg: cfg, tokens: emulator.NewTokens(8),
		keys: emulator.NewTable(func(k *Key) string { return k.ID }), keyBySecret: make(map[string]*Key),
		sessions: emulator.NewTable(func(s *session) string { return s.ID }), sessionByToken: make(map[string]*session),
		categories: defaultCategories(), products: emulator.NewTable(func(p *Product) string { return p.ID }),
		locations: defaultLocations(), templates: defaultTemplates(), coupons: defaultCoupons(),
		services: emulator.NewTable(func(s *Service) string { return s.ID }), named: make(map[string]int),
		subscriptions: emulator.NewTable(func(s *Subscription) string { return s.ID }),
		invoices:      emulator.NewTable(func(i *Invoice) string { return i.ID }), ofService: make(map[string][]*Invoice),
		pending: make(map[string]func(method string, at time.Time)), topUps: emulator.NewTable(func(a *autoTopUp) string { return a.ID }),
		mandates: emulator.NewTable(func(m *mandate) string { return m.ID }), ipv6s: emulator.NewTable(func(a *ipv6) string { return a.ID }),
		floatingIPs: emulator.NewTable(func(f *floatingIP) string { return f.ID }),
		zones:       emulator.NewTable(func(z *zone) string { return z.ID }),
		addresses:   emulator.NewTable(func(a *address) string { return a.ID }), sshKeys: emulator.NewTable(func(k *sshKey) string { return k.ID }),
		subdomains: emulator.NewTable(func(s *subdomain) string { return s.ID }), domains: defaultZones(),
		tickets: emulator.NewTable(func(t *Ticket) string { return t.ID }), feedback: emulator.NewTable(func(f *feedback) string { return f.ID }),
		volumes: emulator.NewTable(func(v *Volume) string { return v.ID }), grants: emulator.NewTable(func(g *grant) string { return g.ID }),
		commissions: emulator.NewTable(func(x *commission) string { return x.ID }), payouts: emulator.NewTable(func(p *payout) string { return p.ID }),
		documents: make(map[string]upload), console: make(chan struct{}),
	}
	for _, p := range defaultProducts() {
		st.products.Add(&p)
	}
	st.account = newAccount(st.newID(), st.tokens.Next(20, emulator.LowerAlphanumeric), cfg.balance)
	st.addAddress(defaultAddress())
	return st
}

// newID returns an opaque ID.
func (st *state) newID() string { return "c" + st.tokens.Next(idLength-1, emulator.LowerAlphanumeric) }

// logLine is an entry of the account's audit log.
type logLine struct {
	id, action string
	at         time.Time
}

func (c *call) note(action string) {
	c.st.log = append(c.st.log, &logLine{c.st.newID(), action, c.now})
}

// nextName returns the name of a new service: the product's name and a number.
func (st *state) nextName(p *Product) string {
	st.named[p.ID]++
	return fmt.Sprintf("%s %d", p.Name, st.named[p.ID])
}

// locked calls do with the state under the lock, after all events that are due.
func locked[T any](s *Server, do func(*state, time.Time) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.st.events.elapse(now)
	return do(s.st, now)
}
