package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Support tickets may quote anything, passwords included.
var (
	rtmTickets      = act("rtm", "get_tickets", "Tickets.Tickets", "list tickets", ClassRead).sensitive()
	rtmTicket       = act("rtm", "get_ticket_by_id", "Tickets.Ticket", "get ticket", ClassRead).sensitive()
	rtmOpenTicket   = act("rtm", "open_ticket", "Tickets.OpenTicket", "open ticket", ClassWrite).sensitive()
	rtmAddComment   = act("rtm", "add_comment", "Tickets.AddComment", "comment on ticket", ClassWrite).sensitive()
	rtmToggleTicket = act("rtm", "toggle_ticket_status", "Tickets.ToggleTicketStatus", "open or close ticket", ClassWrite).sensitive()
)

// TicketsService reads support tickets. The module is not in the vendor's reference: all that is
// known comes from live clients. With a customer's key, only reading has been seen to work.
type TicketsService struct{ c *Client }

// Tickets lists tickets: POST /rtm.php, action get_tickets. The answer is undocumented.
func (s *TicketsService) Tickets(ctx context.Context) (provider.Payload, error) {
	return s.c.unknownFields(ctx, rtmTickets, nil)
}

// Ticket reads a ticket: POST /rtm.php, action get_ticket_by_id. The answer is undocumented.
func (s *TicketsService) Ticket(ctx context.Context, ticketID int64) (provider.Payload, error) {
	call, err := ticketCall(rtmTicket, ticketID, "", nil)
	if err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, rtmTicket, call)
}

// OpenTicket opens a ticket: POST /rtm.php, action open_ticket. Fields and answer are undocumented.
// A customer's key was refused without a reason (provider.ErrConflict).
func (s *TicketsService) OpenTicket(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, rtmOpenTicket, extra)
}

// AddComment adds a comment to a ticket: POST /rtm.php, action add_comment. The answer is
// undocumented. It has been seen to fail for a customer's key.
func (s *TicketsService) AddComment(ctx context.Context, ticketID int64, message string) (*Ack, error) {
	var problems provider.Problems
	problems.Required("message", message)
	call, err := ticketCall(rtmAddComment, ticketID, message, problems)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, rtmAddComment, call)
}

// ToggleTicketStatus closes an open ticket and reopens a closed one: POST /rtm.php, action
// toggle_ticket_status. Fields and answer are undocumented. A customer's key was refused with
// provider.ErrForbidden.
func (s *TicketsService) ToggleTicketStatus(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, rtmToggleTicket, extra)
}

func ticketCall(a action, ticketID int64, message string, problems provider.Problems) (*rest.Call, error) {
	problems.Positive("ticketID", ticketID)
	fields := map[string]any{"ticket_id": ticketID}
	if message != "" {
		fields["message"] = message
	}
	call, _, err := formOf(a, problems, idText(ticketID), nil, fields)
	return call, err
}
