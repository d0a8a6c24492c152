package main

import "time"

// Status is where an event stands.
type Status string

// The states of an event.
const (
	// Waiting: accepted; to be carried out, or to be tried again.
	Waiting Status = "waiting"
	// Done: the account is as the event wants it.
	Done Status = "done"
	// Superseded: a newer event of the service says something else.
	Superseded Status = "superseded"
	// Dead: given up. Somebody has to look at it; see the route retry.
	Dead Status = "dead"
)

// Record is an event and what became of it.
type Record struct {
	Event
	// Seq counts the events in the order of their arrival.
	Seq      int64     `json:"seq"`
	Accepted time.Time `json:"accepted"`
	Status   Status    `json:"status"`
	Attempts int       `json:"attempts,omitempty"`
	// Next is when it is tried again.
	Next  time.Time `json:"next,omitzero"`
	Error string    `json:"error,omitempty"`
	// Changes that were made on the server: "suspend: active -> suspended".
	Changes  []string  `json:"changes,omitempty"`
	Finished time.Time `json:"finished,omitzero"`
}

// newer tells which of two events of a service counts.
func (r Record) newer(than Record) bool {
	if r.At.Equal(than.At) {
		return r.Seq > than.Seq
	}
	return r.At.After(than.At)
}

// finish ends a record.
func (r Record) finish(status Status, reason string) Record {
	r.Status, r.Error, r.Next, r.Finished = status, reason, time.Time{}, time.Now().UTC()
	return r
}

// Service is what is known of a customer's service.
type Service struct {
	ID    string `json:"id"`
	Order *Order `json:"order,omitempty"`
	// Latest is when the newest of its events happened.
	Latest time.Time `json:"latest"`
	// Cancelled services take no events any more: a payment that comes late must not
	// bring the account back.
	Cancelled bool `json:"cancelled,omitempty"`

	// Server and Username are chosen once and stored before the account is made: an order
	// that is tried again must meet what an earlier try has left.
	Server   string `json:"server,omitempty"`
	Username string `json:"username,omitempty"`
	// Made tells that the order is fulfilled; Account is its ID on the server.
	Made    bool   `json:"made,omitempty"`
	Account string `json:"account,omitempty"`
	// Handle of a creation that takes its time, and what is being waited for, which may
	// be another verb.
	Handle  string `json:"handle,omitempty"`
	Pending string `json:"pending,omitempty"`
}
