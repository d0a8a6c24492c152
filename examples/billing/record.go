package main

import "time"

// Status is the state of an event.
type Status string

// The states of an event.
const (
	// Waiting: accepted, and to be carried out or tried again.
	Waiting Status = "waiting"
	// Done: the account is in the state that the event asks for.
	Done Status = "done"
	// Superseded: a newer event of the service says something else.
	Superseded Status = "superseded"
	// Dead: given up. A person has to look at it; see the route retry.
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
	// Next is when it is tried again; zero if it is not.
	Next  time.Time `json:"next,omitzero"`
	Error string    `json:"error,omitempty"`
	// Changes are those made on the server: "suspend: active -> suspended".
	Changes  []string  `json:"changes,omitempty"`
	Finished time.Time `json:"finished,omitzero"`
}

// newer reports whether r counts rather than another event of its service: it happened later or, at
// the same time, arrived later.
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

// Service is what is known about a customer's service.
type Service struct {
	ID    string `json:"id"`
	Order *Order `json:"order,omitempty"`
	// Latest is when the newest of its events happened.
	Latest time.Time `json:"latest"`
	// Cancelled services accept no more events: a late payment must not bring the account back.
	Cancelled bool `json:"cancelled,omitempty"`

	// Server and Username are chosen once and stored before the account is created, so that a
	// retried order finds what an earlier attempt left.
	Server   string `json:"server,omitempty"`
	Username string `json:"username,omitempty"`
	// Made is set once the order is fulfilled; Account is the account's ID on the server.
	Made    bool   `json:"made,omitempty"`
	Account string `json:"account,omitempty"`
	// Handle is that of a creation that takes time. Pending is what is being waited for, which may
	// be another verb.
	Handle  string `json:"handle,omitempty"`
	Pending string `json:"pending,omitempty"`
}
