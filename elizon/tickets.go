package elizon

import (
	"context"
	"io"
	"iter"
	"time"
)

// TicketsService talks to the support staff.
type TicketsService struct{ c *Client }

// Ticket is a conversation with the support staff.
type Ticket struct {
	ID     string `elizon:"id,required"`
	Number string `elizon:"ticketNumber"`

	Subject string `elizon:"subject"`
	// Status is open: TicketOpen, TicketPending, TicketClosed.
	Status TicketStatus `elizon:"status"`
	// Priority is open: "low", "medium", "high".
	Priority  string    `elizon:"priority"`
	CreatedAt time.Time `elizon:"createdAt"`
	UpdatedAt time.Time `elizon:"updatedAt"`
	// Service is what it is about; undocumented, nil if there is none.
	Service Payload `elizon:"service"`
	// Messages are told by Get only.
	Messages []TicketMessage `elizon:"messages"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// TicketStatus is the state of a ticket. The set is open.
type TicketStatus = string

// States of a ticket.
const (
	TicketOpen    TicketStatus = "open"
	TicketPending TicketStatus = "pending"
	TicketClosed  TicketStatus = "closed"
)

// TicketMessage is a part of a ticket.
type TicketMessage struct {
	ID      string `elizon:"id"`
	Content string `elizon:"content"`
	// Staff tells that the platform's staff wrote it.
	Staff     bool      `elizon:"isStaff"`
	CreatedAt time.Time `elizon:"createdAt"`
	// Author is undocumented.
	Author Payload `elizon:"author"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// TicketsOptions shape a list of tickets.
type TicketsOptions struct {
	// Status keeps the tickets of one state.
	Status TicketStatus
	// PerPage is how many one request reads; 0 is the server's default.
	PerPage int64
}

// TicketStats are figures about the account's tickets.
type TicketStats struct {
	OpenCount int64 `elizon:"openCount"`
	// AvgFirstResponseMinutes and Satisfaction are nil where they are not told. The scale
	// of the latter is undocumented.
	AvgFirstResponseMinutes *float64 `elizon:"avgFirstResponseMinutes"`
	Satisfaction            *float64 `elizon:"satisfaction"`
}

// TicketRequest opens a ticket.
type TicketRequest struct {
	Subject string `elizon:"subject,required"`
	Message string `elizon:"message,required"`
	// Priority is "low", "medium" or "high"; "" is the platform's default.
	Priority string `elizon:"priority"`
	// ServiceID is what it is about; "" is nothing in particular.
	ServiceID string `elizon:"serviceId"`
	// ShareWithUserIDs lets other users read it.
	ShareWithUserIDs []string `elizon:"shareWithUserIds"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// List yields all tickets, page by page: GET /api/tickets.
func (s *TicketsService) List(ctx context.Context, opts *TicketsOptions) iter.Seq2[*Ticket, error] {
	var o TicketsOptions
	if opts != nil {
		o = *opts
	}
	return pages[Ticket](ctx, s.c.ask(ticketsList).arg("status", o.Status), byPage(o.PerPage), "tickets")
}

// Stats reads the figures that come with the list of tickets: GET /api/tickets. They are
// nil, without an error, where the platform does not send them.
func (s *TicketsService) Stats(ctx context.Context) (*TicketStats, error) {
	answer, err := fetchHaving[struct {
		Stats *TicketStats `elizon:"stats"`
	}](ctx, s.c.ask(ticketsStats).arg("limit", "1"), "stats", "tickets")
	if err != nil {
		return nil, err
	}
	return answer.Stats, nil
}

// Create opens a ticket: POST /api/tickets.
func (s *TicketsService) Create(ctx context.Context, req *TicketRequest) (*Ticket, error) {
	r := s.c.ask(ticketsCreate).with(req)
	if req != nil {
		r.listed("ShareWithUserIDs", req.ShareWithUserIDs)
	}
	return fetch[Ticket](ctx, r, "ticket")
}

// Get reads a ticket with its messages: GET /api/tickets/{id}.
func (s *TicketsService) Get(ctx context.Context, id string) (*Ticket, error) {
	return fetch[Ticket](ctx, s.c.ask(ticketsGet, id), "ticket")
}

// Reply adds a message to a ticket: POST /api/tickets/{id}. The answer is undocumented.
func (s *TicketsService) Reply(ctx context.Context, id, message string) (Payload, error) {
	return unknown(ctx, s.c.ask(ticketsReply, id).require("message", message).body(map[string]any{"message": message}))
}

// SetStatus closes a ticket or opens it again: PATCH /api/tickets/{id} (method inferred, it
// may be PUT). The name of the field, "status", is assumed to be that of the ticket. The
// answer is undocumented.
func (s *TicketsService) SetStatus(ctx context.Context, id string, status TicketStatus) (Payload, error) {
	return unknown(ctx, s.c.ask(ticketsStatus, id).require("status", status).body(map[string]any{"status": status}))
}

// Export writes the ticket, a web page, to w as it arrives: GET /api/tickets/{id}/export
// (method inferred). limit is its greatest length in bytes, 0 is DefaultDownloadLimit.
// After an error w may hold a part of it.
func (s *TicketsService) Export(ctx context.Context, id string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(ticketsExport, id), w, limit)
}
