package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"time"

	"github.com/provkit/provkit/provider"
)

// Type is what happened in the billing system.
type Type string

// The events that this program knows.
const (
	OrderPaid      Type = "order.paid"
	InvoiceOverdue Type = "invoice.overdue"
	InvoicePaid    Type = "invoice.paid"
	Cancelled      Type = "cancelled"
)

// states is the state that each event asks for. An event is not a command: it says in which state
// the service belongs from now on, so only the newest one of a service counts.
var states = map[Type]provider.Status{
	OrderPaid:      provider.StatusActive,
	InvoiceOverdue: provider.StatusSuspended,
	InvoicePaid:    provider.StatusActive,
	Cancelled:      provider.StatusAbsent,
}

// Event is the body of a webhook.
type Event struct {
	// ID makes an event idempotent: sent again, it changes nothing.
	ID   string `json:"id"`
	Type Type   `json:"type"`
	// Service is the billing system's number of the service, and the reference of its account on
	// the server.
	Service string `json:"service"`
	// At is when it happened. Webhooks overtake each other: an event that happened before the
	// newest one of its service is out of date.
	At time.Time `json:"at"`
	// Order is set for OrderPaid, and only for it.
	Order *Order `json:"order,omitempty"`
}

// Order is what was bought.
type Order struct {
	// Kind limits the choice to servers of one kind; "" is any.
	Kind    string            `json:"kind,omitempty"`
	Plan    string            `json:"plan,omitempty"`
	Domain  string            `json:"domain,omitempty"`
	Email   string            `json:"email"`
	Name    string            `json:"name,omitempty"`
	Options map[string]string `json:"options,omitempty"`
}

// identifier matches IDs of events and services. It allows less than a reference does, since IDs
// are also used in paths.
var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$`)

// parseEvent reads a body and reports every mistake in it at once.
func parseEvent(body []byte) (Event, error) {
	var e Event
	var problems provider.Problems
	if err := json.Unmarshal(body, &e); err != nil {
		problems.Add("body", "%v", err)
		return e, problems.Err("billing", "", "read event")
	}
	e.At = e.At.UTC()
	for field, value := range map[string]string{"id": e.ID, "service": e.Service} {
		if !identifier.MatchString(value) {
			problems.Add(field, "1 to 64 letters, digits and _ . : - are allowed")
		}
	}
	if _, known := states[e.Type]; !known {
		problems.Add("type", "unknown")
	}
	switch {
	case e.At.IsZero():
		problems.Add("at", "required: when it happened")
	case time.Until(e.At) > window: // it would make everything that comes next out of date
		problems.Add("at", "is in the future")
	}
	switch {
	case e.Type == OrderPaid && e.Order == nil:
		problems.Add("order", "required with %s", OrderPaid)
	case e.Type != OrderPaid && e.Order != nil:
		problems.Add("order", "allowed with %s only", OrderPaid)
	case e.Order != nil && e.Order.Email == "":
		problems.Add("order.email", "required")
	}
	return e, problems.Err("billing", "", "read event")
}

// same reports whether two events say the same.
func (e Event) same(as Event) bool {
	a, errA := json.Marshal(e)
	b, errB := json.Marshal(as)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
