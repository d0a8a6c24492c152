package hostkeytest

import (
	"fmt"
	"slices"
	"time"
)

// This file is how tests read and change the state. Everything returned is a copy.

// Machines returns all servers that exist and are listed, in order of their creation.
func (s *Server) Machines() []Machine {
	return locked(s, func(st *state) []Machine {
		all := make([]Machine, len(st.machines.Rows))
		for i, m := range st.machines.Rows {
			all[i] = m.clone()
		}
		return all
	})
}

// Machine returns a server, even one that is gone or still being deployed.
func (s *Server) Machine(id int64) (Machine, bool) {
	return locked2(s, func(st *state) (Machine, bool) {
		m := st.all[id]
		if m == nil {
			return Machine{}, false
		}
		return m.clone(), true
	})
}

// AddMachine adds a server that is deployed and paid for, and returns it as it was stored. Empty
// fields get defaults. It panics if the ID is taken, or on an invalid price or period; nothing else
// is checked.
func (s *Server) AddMachine(m Machine) Machine {
	return locked(s, func(st *state) Machine {
		if m.ID != 0 && st.all[m.ID] != nil {
			panic(fmt.Sprintf("hostkeytest: server %d already exists", m.ID))
		}
		added := st.addMachine(m, st.now)
		return added.clone()
	})
}

// AddForeign adds a server that was ordered in the panel, not through the API, and returns its ID.
func (s *Server) AddForeign(hostname string) int64 {
	return s.AddMachine(Machine{Hostname: hostname}).ID
}

// UpdateMachine changes a server as a user of the panel would, and reports whether it exists. IDs,
// addresses and Gone stay. The tag hostname follows a change of Hostname. It panics on an invalid
// price or period. change must not call the server.
func (s *Server) UpdateMachine(id int64, change func(*Machine)) bool {
	return locked(s, func(st *state) bool {
		m := st.machines.Get(id)
		if m == nil {
			return false
		}
		changed := m.clone()
		change(&changed)
		renamed := changed.Hostname != m.Hostname
		moved := !changed.NextDue.Equal(m.NextDue)
		changed.ID, changed.ServiceID, changed.OrderID, changed.Gone, changed.IPs = m.ID, m.ServiceID, m.OrderID, m.Gone, m.IPs
		changed.check()
		if changed.PTR == nil {
			changed.PTR = make(map[string]string)
		}
		m.Machine = changed
		if moved {
			st.planRenewal(m)
		}
		if renamed {
			m.lag = ""
			st.setTag(m, "hostname", m.Hostname, "", false)
		}
		return true
	})
}

// RemoveMachine removes a server at once, as the vendor would, and reports whether it existed.
func (s *Server) RemoveMachine(id int64) bool {
	return locked(s, func(st *state) bool {
		m := st.machines.Get(id)
		if m != nil {
			st.end(m)
		}
		return m != nil
	})
}

// BlockPort disconnects a server from the network as an administrator would: net/port_on does not
// lift that. It reports whether the server exists.
func (s *Server) BlockPort(id int64, reason string) bool {
	return locked(s, func(st *state) bool {
		m := st.machines.Get(id)
		if m != nil {
			m.PortOff, m.adminBlock = true, true
			st.setTag(m, "block", reason, "", true)
		}
		return m != nil
	})
}

// Order is a call of order_instance that the server accepted for a new server.
type Order struct {
	InvoiceID int64
	// ServerID is 0 until the invoice is paid.
	ServerID int64
	Hostname string // as ordered, may be empty
	Preset   string
	Location string
	// Callback is the key of the deployment's task, "" until the invoice is paid.
	Callback string
	Total    string // EUR
	Paid     bool
	// Deployed is set once the server is deployed, Failed if it never will be.
	Deployed, Failed bool
	At               time.Time
}

// Orders returns all orders, in order of their arrival.
func (s *Server) Orders() []Order {
	return locked(s, func(st *state) []Order {
		all := make([]Order, len(st.orders))
		for i, o := range st.orders {
			all[i] = o.Order
		}
		return all
	})
}

// PaidOrders counts the orders that were charged, by the hostname that they asked for. More than
// one for a hostname means money spent twice.
func (s *Server) PaidOrders() map[string]int {
	return locked(s, func(st *state) map[string]int {
		counts := make(map[string]int)
		for _, o := range st.orders {
			if o.Paid {
				counts[o.Hostname]++
			}
		}
		return counts
	})
}

// Invoice is an invoice of the account.
type Invoice struct {
	ID     int64
	Status string // Unpaid, Paid or Cancelled
	Total  string // EUR
	// Balance is what is left to pay, in EUR.
	Balance string
	// ServerID is the server that the invoice is for: 0 if it is for something else, or while the
	// server does not exist yet.
	ServerID  int64
	Date, Due time.Time
}

// Invoices returns all invoices, in order of their creation.
func (s *Server) Invoices() []Invoice {
	return locked(s, func(st *state) []Invoice {
		all := make([]Invoice, len(st.invoices.Rows))
		for i, v := range st.invoices.Rows {
			all[i] = v.exported()
		}
		return all
	})
}

// PayInvoice pays the balance of an invoice by card, as a customer would, not from the credit. It
// reports whether there was anything to pay.
func (s *Server) PayInvoice(id int64) bool {
	return locked(s, func(st *state) bool {
		v := st.invoices.Get(id)
		if v == nil || v.status != invoiceUnpaid {
			return false
		}
		st.pay(v, v.total-v.paid, st.now)
		return true
	})
}

// SSHKeys returns the account's SSH keys.
func (s *Server) SSHKeys() []SSHKey {
	return locked(s, func(st *state) []SSHKey {
		all := make([]SSHKey, len(st.sshKeys.Rows))
		for i, k := range st.sshKeys.Rows {
			all[i] = *k
		}
		return all
	})
}

// Catalogue returns what the server sells.
func (s *Server) Catalogue() Catalogue {
	return locked(s, func(st *state) Catalogue { return st.sold.clone() })
}

// Zones returns the DNS zones and their records, in order of their creation.
func (s *Server) Zones() []Zone {
	return locked(s, func(st *state) []Zone {
		all := make([]Zone, len(st.zoneList))
		for i, z := range st.zoneList {
			all[i] = z.Zone
			all[i].Records = slices.Clone(z.Records)
		}
		return all
	})
}

// locked2 is locked for two results.
func locked2[T any](s *Server, do func(*state) (T, bool)) (T, bool) {
	var there bool
	found := locked(s, func(st *state) T {
		var v T
		v, there = do(st)
		return v
	})
	return found, there
}
