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
	keys           *table[Key]
	keyBySecret    map[string]*Key
	sessions       *table[session]
	sessionByToken map[string]*session
	log            []*logLine

	categories []*Category
	products   *table[Product]
	locations  []Location
	templates  []Template
	coupons    []Coupon
	priceRises []priceRise // ChangePriceAfterCalculate

	services      *table[Service]
	gone          []*Service // in order of their end
	named         map[string]int
	subscriptions *table[Subscription]
	charges       []Charge
	orders        int

	invoices  *table[Invoice]
	ofService map[string][]*Invoice
	pending   map[string]func(method string, at time.Time) // what a payment brings, by invoice or payment
	topUps    *table[autoTopUp]

	addresses   *table[address]
	sshKeys     *table[sshKey]
	subdomains  *table[subdomain]
	domains     []subdomainZone
	tickets     *table[Ticket]
	feedback    *table[feedback]
	volumes     *table[Volume]
	grants      *table[grant]
	commissions *table[commission]
	payouts     *table[payout]
	documents   map[string]upload
	business    business
	affiliate   affiliate
	nextSSHKey  time.Time
	console     chan struct{} // closed when there is a new line
}

func newState(cfg *config) *state {
	st := &state{
		cfg: cfg, tokens: emulator.NewTokens(8),
		keys: newTable(func(k *Key) string { return k.ID }), keyBySecret: make(map[string]*Key),
		sessions: newTable(func(s *session) string { return s.ID }), sessionByToken: make(map[string]*session),
		categories: defaultCategories(), products: newTable(func(p *Product) string { return p.ID }),
		locations: defaultLocations(), templates: defaultTemplates(), coupons: defaultCoupons(),
		services: newTable(func(s *Service) string { return s.ID }), named: make(map[string]int),
		subscriptions: newTable(func(s *Subscription) string { return s.ID }),
		invoices:      newTable(func(i *Invoice) string { return i.ID }), ofService: make(map[string][]*Invoice),
		pending: make(map[string]func(method string, at time.Time)), topUps: newTable(func(a *autoTopUp) string { return a.ID }),
		addresses: newTable(func(a *address) string { return a.ID }), sshKeys: newTable(func(k *sshKey) string { return k.ID }),
		subdomains: newTable(func(s *subdomain) string { return s.ID }), domains: defaultZones(),
		tickets: newTable(func(t *Ticket) string { return t.ID }), feedback: newTable(func(f *feedback) string { return f.ID }),
		volumes: newTable(func(v *Volume) string { return v.ID }), grants: newTable(func(g *grant) string { return g.ID }),
		commissions: newTable(func(x *commission) string { return x.ID }), payouts: newTable(func(p *payout) string { return p.ID }),
		documents: make(map[string]upload), console: make(chan struct{}),
	}
	for _, p := range defaultProducts() {
		st.products.add(&p)
	}
	st.account = newAccount(st.newID(), st.tokens.Next(20, emulator.LowerAlphanumeric), cfg.balance)
	st.addAddress(defaultAddress())
	return st
}

// newID makes an opaque ID.
func (st *state) newID() string { return "c" + st.tokens.Next(idLength-1, emulator.LowerAlphanumeric) }

// logLine is an entry of the account's audit log.
type logLine struct {
	id, action string
	at         time.Time
}

func (c *call) note(action string) {
	c.st.log = append(c.st.log, &logLine{c.st.newID(), action, c.now})
}

// nextName is what a new service is called: the product's name and a number.
func (st *state) nextName(p *Product) string {
	st.named[p.ID]++
	return fmt.Sprintf("%s %d", p.Name, st.named[p.ID])
}

// locked does something with the state under the lock, after everything that the clock has brought.
func locked[T any](s *Server, do func(*state, time.Time) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.st.events.elapse(now)
	return do(s.st, now)
}
