package elizon

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// TicketsService manages support tickets.
type TicketsService struct{ c *Client }

// Ticket is a conversation with the support staff.
type Ticket struct {
	ID     string `wire:"id,required,identity"`
	Number string `wire:"ticketNumber"`

	Subject string `wire:"subject"`
	// Status is an open set: TicketOpen, TicketPending, TicketClosed.
	Status TicketStatus `wire:"status"`
	// Priority is an open set: "low", "medium", "high".
	Priority string `wire:"priority"`
	// ViewerRole and Owner are what the account is to the ticket.
	ViewerRole string    `wire:"viewerRole"`
	Owner      bool      `wire:"isTicketOwner"`
	CreatedAt  time.Time `wire:"createdAt"`
	UpdatedAt  time.Time `wire:"updatedAt"`
	// Service is the service that it concerns; its fields are undocumented, nil if there is none.
	Service provider.Payload `wire:"service"`
	// Messages are returned by Get only.
	Messages []TicketMessage `wire:"messages"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// TicketStatus is the state of a ticket. The set is open.
type TicketStatus = string

// States of a ticket.
const (
	TicketOpen    TicketStatus = "open"
	TicketPending TicketStatus = "pending"
	TicketClosed  TicketStatus = "closed"
)

// TicketMessage is a message in a ticket.
type TicketMessage struct {
	ID      string `wire:"id"`
	Content string `wire:"content"`
	// Staff is set if the platform's staff wrote it.
	Staff     bool      `wire:"isStaff"`
	CreatedAt time.Time `wire:"createdAt"`
	// Author has undocumented fields.
	Author provider.Payload `wire:"author"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// TicketListOptions filter a list of tickets. The zero value lists all.
type TicketListOptions struct {
	// Status keeps the tickets with one status; "" keeps all.
	Status TicketStatus
	// PerPage is the page size; 0 is the server's default.
	PerPage int64
}

// TicketStats are figures about the account's tickets.
type TicketStats struct {
	OpenCount int64 `wire:"openCount"`
	// The following are nil if the answer has none. The scale of Satisfaction is undocumented.
	AvgFirstResponseMinutes    *float64 `wire:"avgFirstResponseMinutes"`
	MedianFirstResponseMinutes *float64 `wire:"medianFirstResponseMinutes"`
	Satisfaction               *float64 `wire:"satisfaction"`
}

// TicketCreateRequest opens a ticket.
type TicketCreateRequest struct {
	Subject string `wire:"subject,required"`
	Message string `wire:"message,required"`
	// Priority is "low", "medium" or "high"; "" is the platform's default.
	Priority string `wire:"priority"`
	// ServiceID is the service that it concerns; "" if there is none.
	ServiceID string `wire:"serviceId"`
	// ShareWithUserIDs are other users who may read it.
	ShareWithUserIDs []string `wire:"shareWithUserIds"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List yields all tickets, page by page: GET /api/tickets.
func (s *TicketsService) List(ctx context.Context, opts *TicketListOptions) iter.Seq2[*Ticket, error] {
	var o TicketListOptions
	if opts != nil {
		o = *opts
	}
	return pages[Ticket](ctx, s.c.ask(ticketsList).arg("status", o.Status), byPage(o.PerPage), "tickets")
}

// Stats reads the figures that come with the list of tickets: GET /api/tickets. It returns nil, nil
// if the platform does not send them.
func (s *TicketsService) Stats(ctx context.Context) (*TicketStats, error) {
	answer, err := fetchHaving[struct {
		Stats *TicketStats `wire:"stats"`
	}](ctx, s.c.ask(ticketsStats).arg("limit", "1"), "stats", "tickets")
	if err != nil {
		return nil, err
	}
	return answer.Stats, nil
}

// Create opens a ticket: POST /api/tickets.
func (s *TicketsService) Create(ctx context.Context, req *TicketCreateRequest) (*Ticket, error) {
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

// Reply adds a message to a ticket: POST /api/tickets/{id}.
func (s *TicketsService) Reply(ctx context.Context, id, message string) error {
	return done(ctx, s.c.ask(ticketsReply, id).require("message", message).body(map[string]any{"message": message}))
}

// SetStatus closes a ticket or opens it again: PATCH /api/tickets/{id} (method inferred, it may be
// PUT). The name of the field, "status", is assumed to be that of the ticket.
func (s *TicketsService) SetStatus(ctx context.Context, id string, status TicketStatus) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(ticketsStatus, id).require("status", status).body(map[string]any{"status": status}))
}

// Export writes a ticket as a web page to w as it arrives: GET /api/tickets/{id}/export (method
// inferred). limit is the maximum size in bytes; 0 is DefaultDownloadLimit. After an error, w may
// contain a part of it.
func (s *TicketsService) Export(ctx context.Context, id string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(ticketsExport, id), w, limit)
}
