package elizontest

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
)

// Ticket is a question to the support staff.
type Ticket struct {
	ID, Number, Subject, ServiceID string
	// Status is open, pending or closed; Priority low, medium or high.
	Status, Priority     string
	CreatedAt, UpdatedAt time.Time
	Messages             []Message
}

// Message is a message in a ticket.
type Message struct {
	ID, Content, Author string
	Staff               bool
	CreatedAt           time.Time
}

func (c *call) ticketRow(t *Ticket) row {
	body := row{
		"id": t.ID, "ticketNumber": t.Number, "subject": t.Subject, "status": t.Status, "priority": t.Priority,
		"createdAt": stamp(t.CreatedAt), "updatedAt": stamp(t.UpdatedAt), "service": nil, "viewerRole": "OWNER", "isTicketOwner": true,
	}
	if s := c.st.services.Get(t.ServiceID); s != nil {
		body["service"] = row{"id": s.ID, "name": s.Name}
	}
	return body
}

func (c *call) ticketDetail(t *Ticket) row {
	body := c.ticketRow(t)
	body["messages"] = rows(t.Messages, func(m Message) row {
		return row{
			"id": m.ID, "content": m.Content, "isStaff": m.Staff, "createdAt": stamp(m.CreatedAt), "author": row{"name": m.Author},
		}
	})
	return body
}

func listTickets(c *call) reply {
	all, open := c.st.tickets.Rows, 0
	for _, t := range all {
		if t.Status == ticketOpen {
			open++
		}
	}
	if status := c.r.URL.Query().Get("status"); status != "" {
		all = c.st.tickets.Where(func(t *Ticket) bool { return t.Status == status })
	}
	list, pagination := page(c, all, c.ticketRow)
	return ok(row{
		"tickets": list, "pagination": pagination,
		"stats": row{"openCount": open, "avgFirstResponseMinutes": nil, "medianFirstResponseMinutes": nil, "satisfaction": nil},
	})
}

func createTicket(c *call) reply {
	t := &Ticket{
		Subject: c.required("subject"), Status: ticketOpen, Priority: cmp.Or(c.text("priority"), "medium"),
		ServiceID: c.text("serviceId"), CreatedAt: c.now, UpdatedAt: c.now,
	}
	message := c.required("message")
	if a, refused := c.refused(); refused {
		return a
	}
	if !slices.Contains([]string{"low", "medium", "high"}, t.Priority) {
		return bad(codeBadPriority, "priority must be low, medium or high")
	}
	if t.ServiceID != "" && c.st.services.Get(t.ServiceID) == nil {
		return noService()
	}
	t.ID, t.Number = c.st.newID(), fmt.Sprintf("T-%06d", len(c.st.tickets.Rows)+1)
	t.say(c.st.newID(), c.st.account.FirstName, message, false, c.now)
	c.st.tickets.Add(t)
	return created(row{"ticket": c.ticketDetail(t)})
}

func (t *Ticket) say(id, author, text string, staff bool, now time.Time) {
	t.Messages = append(slices.Clip(t.Messages), Message{ID: id, Content: text, Author: author, Staff: staff, CreatedAt: now})
	t.UpdatedAt = now
}

func onTicket(do func(*call, *Ticket) reply) handler {
	return func(c *call) reply {
		t := c.st.tickets.Get(c.r.PathValue("id"))
		if t == nil {
			return notFound(codeNoTicket, "Ticket")
		}
		return do(c, t)
	}
}

func getTicket(c *call, t *Ticket) reply { return ok(row{"ticket": c.ticketDetail(t)}) }

// replyTicket is the reply as the reference and the app send it. The SDK sends it to the messages of
// the ticket, as content.
func replyTicket(c *call, t *Ticket) reply { return c.replyTo(t, "message") }

func replyTicketMessage(c *call, t *Ticket) reply { return c.replyTo(t, "content") }

func (c *call) replyTo(t *Ticket, field string) reply {
	message := c.required(field)
	if a, refused := c.refused(); refused {
		return a
	}
	if t.Status == ticketClosed {
		return bad(codeTicketClosed, "The ticket is closed: open it again to reply")
	}
	t.say(c.st.newID(), c.st.account.FirstName, message, false, c.now)
	t.Status = ticketOpen
	return succeeded()
}

func updateTicket(c *call, t *Ticket) reply {
	status := c.oneOf("status", "", ticketOpen, "pending", "closed")
	if a, refused := c.refused(); refused {
		return a
	}
	t.Status, t.UpdatedAt = status, c.now
	return ok(row{"ticket": c.ticketDetail(t)})
}

func exportTicket(_ *call, t *Ticket) reply {
	var page strings.Builder
	fmt.Fprintf(&page, "<!DOCTYPE html>\n<html><head><title>%s</title></head><body>\n", html.EscapeString(t.Subject))
	for _, m := range t.Messages {
		fmt.Fprintf(&page, "<p><b>%s</b> %s</p>\n", html.EscapeString(m.Author), html.EscapeString(m.Content))
	}
	page.WriteString("</body></html>\n")
	return document("text/html; charset=utf-8", t.Number+".html", []byte(page.String()))
}

// AnswerTicket adds an answer from the support staff, and reports whether the ticket exists.
func (s *Server) AnswerTicket(id, text string) bool {
	return locked(s, func(st *state, now time.Time) bool {
		t := st.tickets.Get(id)
		if t != nil {
			t.say(st.newID(), "Support", text, true, now)
			t.Status = "pending"
		}
		return t != nil
	})
}

// feedback is a customer's rating of a ticket or a service.
type feedback struct {
	ID, Category, Message, TicketID, ServiceID string
	Rating                                     int64
	CreatedAt                                  time.Time
}

func feedbackRow(f *feedback) row {
	return row{
		"id": f.ID, "category": f.Category, "rating": f.Rating, "message": orNil(f.Message), "status": feedbackNew,
		"ticketId": orNil(f.TicketID), "serviceId": orNil(f.ServiceID), "adminReply": nil, "adminRepliedAt": nil, "createdAt": stamp(f.CreatedAt),
	}
}

func listFeedback(c *call) reply {
	all := c.st.feedback.Rows
	if status := c.r.URL.Query().Get("status"); status != "" && status != feedbackNew {
		all = nil
	}
	list, pagination := page(c, all, feedbackRow)
	return ok(row{"feedback": list, "pagination": pagination})
}

func createFeedback(c *call) reply {
	f := &feedback{
		Category: c.oneOf("category", "", "general", "feature", "bug", "experience", "other"), Message: c.text("message"),
		TicketID: c.text("ticketId"), ServiceID: c.text("serviceId"), CreatedAt: c.now,
	}
	if f.Rating, _ = c.body.Int("rating"); f.Rating < 1 || f.Rating > 5 {
		c.blame("rating must be 1 to 5")
	}
	if (f.TicketID == "") == (f.ServiceID == "") {
		c.blame("exactly one of ticketId and serviceId is required")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if f.TicketID != "" && c.st.tickets.Get(f.TicketID) == nil {
		return notFound(codeNoTicket, "Ticket")
	}
	if f.ServiceID != "" && c.st.services.Get(f.ServiceID) == nil {
		return noService()
	}
	f.ID = c.st.newID()
	c.st.feedback.Add(f)
	return created(row{})
}

func knowledgeBase(*call) reply { return ok(row{"articles": articles}) }
