package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// FeedbackService rates tickets and services.
type FeedbackService struct{ c *Client }

// FeedbackEntry is the account's feedback with the platform's reply.
type FeedbackEntry struct {
	ID       string `wire:"id,required"`
	Category string `wire:"category"`
	Rating   int64  `wire:"rating"`
	Message  string `wire:"message"`
	// Status is an open set: "NEW", "READ", "ARCHIVED".
	Status string `wire:"status"`
	// One of TicketID and ServiceID is set.
	TicketID  string `wire:"ticketId"`
	ServiceID string `wire:"serviceId"`
	// AdminReply is "" until there is one.
	AdminReply     string    `wire:"adminReply"`
	AdminRepliedAt time.Time `wire:"adminRepliedAt"`
	CreatedAt      time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FeedbackListOptions filter a list of feedback. The zero value lists all.
type FeedbackListOptions struct {
	// Status keeps the entries with one status; "" keeps all.
	Status string
	// PerPage is the page size; 0 is the server's default.
	PerPage int64
}

// FeedbackCreateRequest rates a ticket or a service.
type FeedbackCreateRequest struct {
	// Category is "general", "feature", "bug", "experience" or "other".
	Category string `wire:"category,required"`
	// Rating is 1 to 5.
	Rating  int64  `wire:"rating,required"`
	Message string `wire:"message"`
	// Exactly one of TicketID and ServiceID is required.
	TicketID  string `wire:"ticketId"`
	ServiceID string `wire:"serviceId"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List yields the account's feedback, page by page: GET /api/feedback. The names of the arguments
// are assumed to be those of Tickets.List.
func (s *FeedbackService) List(ctx context.Context, opts *FeedbackListOptions) iter.Seq2[*FeedbackEntry, error] {
	var o FeedbackListOptions
	if opts != nil {
		o = *opts
	}
	return pages[FeedbackEntry](ctx, s.c.ask(feedbackList).arg("status", o.Status), byPage(o.PerPage), "feedback")
}

// Create sends feedback: POST /api/feedback.
func (s *FeedbackService) Create(ctx context.Context, req *FeedbackCreateRequest) error {
	r := s.c.ask(feedbackCreate).with(req)
	if req != nil {
		if req.Rating != 0 {
			r.problems.Between("Rating", req.Rating, 1, 5)
		}
		if (req.TicketID == "") == (req.ServiceID == "") {
			r.problem("TicketID", "exactly one of TicketID and ServiceID is required")
		}
	}
	return done(ctx, r)
}
