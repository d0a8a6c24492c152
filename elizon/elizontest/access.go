package elizontest

import (
	"fmt"
	"slices"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// What tests read from the state, and change in it. All returned values are copies.

// Truth is a subscription and its service as they are in the server's state.
type Truth struct {
	ServiceID, SubscriptionID string
	// Name is the name that the owner last gave the service, or else the server's name for it.
	Name, Notes, ProductID, Status string
	// LineID is the ID of the cart line that ordered it; "" if no cart did.
	LineID                        string
	SuspendedAt                   time.Time
	CancelAtPeriodEnd, Terminated bool
	TerminationPending            bool
	ReinstallPending              bool
	TemplateID                    int64
	PeriodEnd                     time.Time
	// Charged is what it has cost so far, with tax. Charges is how many charged orders it was in,
	// Periods how many periods are paid.
	Charged          Cents
	Charges, Periods int
}

// Truths returns all subscriptions of the account with their services in order of creation,
// including those that have ended.
func (s *Server) Truths() []Truth {
	return locked(s, func(st *state, _ time.Time) []Truth {
		ended := make(map[string]*Service, len(st.gone))
		for _, g := range st.gone {
			ended[g.ID] = g
		}
		all := make([]Truth, 0, len(st.subscriptions.Rows))
		for _, sub := range st.subscriptions.Rows {
			v := st.services.Get(sub.ServiceID)
			if v == nil {
				v = ended[sub.ServiceID]
			}
			if v != nil && v.SharedBy == "" {
				all = append(all, truth(v, sub))
			}
		}
		return all
	})
}

func truth(v *Service, sub *Subscription) Truth {
	name := v.DisplayName
	if name == "" {
		name = v.Name
	}
	return Truth{
		ServiceID: v.ID, SubscriptionID: sub.ID, Name: name, Notes: v.Notes, ProductID: v.ProductID, Status: v.Status, LineID: sub.LineID,
		SuspendedAt: v.SuspendedAt, CancelAtPeriodEnd: sub.CancelAtPeriodEnd, Terminated: !v.EndedAt.IsZero(),
		TerminationPending: v.TerminationPending, ReinstallPending: v.ReinstallPending, TemplateID: v.TemplateID, PeriodEnd: sub.PeriodEnd,
		Charged: sub.Charged, Charges: sub.Charges, Periods: sub.Periods,
	}
}

// Charges returns all orders that were charged, in order.
func (s *Server) Charges() []Charge {
	return locked(s, func(st *state, _ time.Time) []Charge { return slices.Clone(st.charges) })
}

// ChargesFor returns how many charged orders had a cart line with this ID, which the caller chose.
func (s *Server) ChargesFor(lineID string) int {
	n := 0
	for _, charge := range s.Charges() {
		if slices.Contains(charge.LineIDs, lineID) {
			n++
		}
	}
	return n
}

// Services returns the services that have not ended, in order of creation.
func (s *Server) Services() []Service {
	return locked(s, func(st *state, _ time.Time) []Service { return emulator.Copies(st.services.Rows, emulator.Plain) })
}

// Subscriptions returns all subscriptions, including those that have ended.
func (s *Server) Subscriptions() []Subscription {
	return locked(s, func(st *state, _ time.Time) []Subscription {
		return emulator.Copies(st.subscriptions.Rows, emulator.Plain)
	})
}

// Invoices returns all invoices.
func (s *Server) Invoices() []Invoice {
	return locked(s, func(st *state, _ time.Time) []Invoice { return emulator.Copies(st.invoices.Rows, emulator.Plain) })
}

// Tickets returns all tickets.
func (s *Server) Tickets() []Ticket {
	return locked(s, func(st *state, _ time.Time) []Ticket { return emulator.Copies(st.tickets.Rows, emulator.Plain) })
}

// AddService adds a running service with a subscription, as if it had been ordered in another way:
// its first period of 30 days is not charged. Empty fields are filled in; the default product is
// the first one, and the service is created now unless CreatedAt is earlier. AddService panics on
// an unknown product.
func (s *Server) AddService(added Service) Service {
	return locked(s, func(st *state, now time.Time) Service {
		if added.ProductID != "" && st.products.Get(added.ProductID) == nil {
			panic("elizontest: there is no product " + added.ProductID)
		}
		return *st.addService(added, now)
	})
}

// UpdateService changes a service as the vendor's staff would, and reports whether it exists. Its
// IDs stay. change must not call the server.
func (s *Server) UpdateService(id string, change func(*Service)) bool {
	return locked(s, func(st *state, _ time.Time) bool {
		v := st.services.Get(id)
		if v == nil {
			return false
		}
		changed := *v
		change(&changed)
		changed.ID, changed.SubscriptionID, changed.ProductID = v.ID, v.SubscriptionID, v.ProductID
		*v = changed
		return true
	})
}

// RenameService names a service in the panel, as its owner can, and whoever shares it with the
// permission settings. It reports whether the service exists.
func (s *Server) RenameService(id, name string) bool {
	return locked(s, func(st *state, _ time.Time) bool {
		v := st.services.Get(id)
		if v != nil {
			st.rename(v, name)
		}
		return v != nil
	})
}

// UpdateSubscription changes a subscription as the vendor's staff would, and reports whether it
// exists. Its IDs, its status and its period stay. change must not call the server.
func (s *Server) UpdateSubscription(id string, change func(*Subscription)) bool {
	return locked(s, func(st *state, _ time.Time) bool {
		sub := st.subscriptions.Get(id)
		if sub == nil {
			return false
		}
		changed := *sub
		change(&changed)
		changed.ID, changed.ServiceID, changed.ProductID, changed.Status = sub.ID, sub.ServiceID, sub.ProductID, sub.Status
		changed.PeriodStart, changed.PeriodEnd = sub.PeriodStart, sub.PeriodEnd
		*sub = changed
		return true
	})
}

// RemoveService ends a service at once, and reports whether it existed.
func (s *Server) RemoveService(id string) bool {
	return locked(s, func(st *state, now time.Time) bool {
		v := st.services.Get(id)
		if v != nil {
			st.end(v, now)
		}
		return v != nil
	})
}

// Products returns the catalogue.
func (s *Server) Products() []Product {
	return locked(s, func(st *state, _ time.Time) []Product { return emulator.Copies(st.products.Rows, emulator.Plain) })
}

// Templates returns the operating systems.
func (s *Server) Templates() []Template {
	return locked(s, func(st *state, _ time.Time) []Template { return slices.Clone(st.templates) })
}

// Locations returns where services can be placed.
func (s *Server) Locations() []Location {
	return locked(s, func(st *state, _ time.Time) []Location { return slices.Clone(st.locations) })
}

// Categories returns the groups of products.
func (s *Server) Categories() []Category {
	return locked(s, func(st *state, _ time.Time) []Category { return emulator.Copies(st.categories, emulator.Plain) })
}

// AddProduct adds a product to an existing category. ID, slug and billing cycles are filled in if
// empty; a Stock of 0 is sold out, a negative one is unlimited. It panics on an unknown category.
func (s *Server) AddProduct(p Product) Product {
	return locked(s, func(st *state, _ time.Time) Product {
		if st.category(p.CategoryKey) == nil {
			panic("elizontest: there is no category " + p.CategoryKey)
		}
		if p.ID == "" {
			p.ID = st.newID()
		}
		if p.Slug == "" {
			p.Slug = p.ID
		}
		if len(p.Cycles) == 0 {
			p.Cycles = slices.Clone(allCycles)
		}
		st.products.Add(&p)
		return p
	})
}

// SetPrice changes the price of 30 days of a product, without tax, from now on; the yearly price is
// then derived from it. It panics on an unknown product.
func (s *Server) SetPrice(productID string, monthly Cents) {
	s.changeProduct(productID, func(p *Product) { p.Monthly, p.Yearly = monthly, 0 })
}

// SetStock sets how many of a product are left; negative for no limit. It panics on an unknown
// product.
func (s *Server) SetStock(productID string, n int64) {
	s.changeProduct(productID, func(p *Product) { p.Stock = n })
}

// ChangePriceAfterCalculate changes a price once, right after the next answer of POST
// /api/cart/calculate.
func (s *Server) ChangePriceAfterCalculate(productID string, monthly Cents) {
	locked(s, func(st *state, _ time.Time) bool {
		st.priceRises = append(st.priceRises, priceRise{productID, monthly})
		return true
	})
}

func (s *Server) changeProduct(id string, change func(*Product)) {
	found := locked(s, func(st *state, _ time.Time) bool {
		p := st.products.Get(id)
		if p != nil {
			change(p)
		}
		return p != nil
	})
	if !found {
		panic(fmt.Sprintf("elizontest: there is no product %q", id))
	}
}

// AddCoupon adds a coupon.
func (s *Server) AddCoupon(coupon Coupon) {
	locked(s, func(st *state, _ time.Time) bool {
		st.coupons = append(st.coupons, coupon)
		return true
	})
}

// Balance returns the account's balance.
func (s *Server) Balance() Cents {
	return locked(s, func(st *state, _ time.Time) Cents { return st.account.Balance })
}

// SetBalance sets the account's balance.
func (s *Server) SetBalance(balance Cents) {
	s.toggle(func() { s.st.account.Balance = balance })
}

// EnableInvoicing lets the account pay by invoice, which the API allows for verified businesses
// only.
func (s *Server) EnableInvoicing(on bool) { s.toggle(func() { s.st.business.invoices = on }) }

// SaveMandate gives the account a saved payment method and returns its ID, for paymentMethod
// mollie_saved.
func (s *Server) SaveMandate() string {
	return locked(s, func(st *state, now time.Time) string {
		if st.account.mandate == "" {
			return st.addMandate(now)
		}
		return st.account.mandate
	})
}

// AddKey creates an API key with these permissions, or without any, and returns it with its secret.
func (s *Server) AddKey(name string, permissions ...string) Key {
	return locked(s, func(st *state, now time.Time) Key {
		return *st.newKey(name, append([]string{}, permissions...), now)
	})
}

// RevokeKey revokes the key with this secret, and reports whether it existed.
func (s *Server) RevokeKey(secret string) bool {
	return locked(s, func(st *state, _ time.Time) bool {
		key := st.keyBySecret[secret]
		if key != nil {
			key.Revoked = true
		}
		return key != nil
	})
}

// EndSessions ends all sessions of the account.
func (s *Server) EndSessions() {
	s.toggle(func() {
		for _, session := range slices.Clone(s.st.sessions.Rows) {
			s.st.endSession(session)
		}
	})
}
