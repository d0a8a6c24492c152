package hostkeytest

import (
	"maps"
	"strconv"
	"time"
)

var ticketActions = []action{
	{"jira", "request_PXEboot", write, withToken, "id:server", requestHelp},
	{"jira", "request_check", write, withToken, "id:server", requestHelp},
	{"jira", "request_kvm", write, withToken, "id:server", requestHelp},
	{"jira", "request_poff", write, withToken, "id:server", requestHelp},
	{"jira", "request_pon", write, withToken, "id:server", requestHelp},
	{"jira", "request_reboot", write, withToken, "id:server", requestHelp},
	{"jira", "request_assistance", write, withToken, "id:server terminate_reason_custom cancellation_type=0|1?", requestAssistance},
	{"rhr", "add", write, withToken, "", addRemoteHands},
	{"rhr", "chat", write, withToken, "id:int message", chatRemoteHands},
	{"rhr", "discard", write, withToken, "id:int", discardRemoteHands},
	{"rhr", "list", read, withToken, "location? status?", listRemoteHands},
	{"rtm", "get_tickets", read, withToken, "", listTickets},
	{"rtm", "get_ticket_by_id", read, withToken, "ticket_id:int", getTicket},
	{"rtm", "open_ticket", write, withToken, "", openTicket},
	{"rtm", "add_comment", write, withToken, "ticket_id:int message", commentTicket},
	{"rtm", "toggle_ticket_status", write, withToken, "", toggleTicket},
}

func (c *call) issue() (string, reply) {
	c.st.tickets++
	name := "CS-" + strconv.FormatInt(c.st.tickets, 10)
	return name, c.ok(row{"jira_issue": name, "jira_url": ticketURL + name})
}

func requestHelp(c *call) reply {
	_, answer := c.issue()
	return answer
}

func requestAssistance(c *call) reply {
	if open := c.st.assisted[c.m.ID]; open != "" {
		return failNamed("There is already an open assistance request for this server: "+open, "ASSISTANCE_TICKET_EXISTS")
	}
	name, answer := c.issue()
	c.st.assisted[c.m.ID] = name
	return answer
}

// AssistanceTickets returns the open assistance requests by server.
func (s *Server) AssistanceTickets() map[int64]string {
	return locked(s, func(st *state) map[int64]string {
		all := make(map[int64]string, len(st.assisted))
		maps.Copy(all, st.assisted)
		return all
	})
}

// CloseAssistance closes the assistance request of a server, as staff would, and reports whether
// there was one.
func (s *Server) CloseAssistance(serverID int64) bool {
	return locked(s, func(st *state) bool {
		_, open := st.assisted[serverID]
		delete(st.assisted, serverID)
		return open
	})
}

// remoteHands is a request to the staff in the data center.
type remoteHands struct {
	id, server       int64
	kind, status     string
	text, location   string
	created, updated time.Time
	history          []row
}

func remoteHandsError(text string) reply { return jsonReply(row{"code": 400, "message": text}) }

// addRemoteHands checks its parameters itself, since its errors have another shape.
func addRemoteHands(c *call) reply {
	kind := c.text("params[type]")
	if kind != "KVM" && kind != "UNBLOCK" && kind != "SERVICE" {
		return remoteHandsError("invalid type")
	}
	id, _ := c.number("params[eq_id]")
	m := c.machine(id)
	if m == nil {
		return remoteHandsError("invalid eq_id")
	}
	added := c.st.requests.Add(&remoteHands{
		server: m.ID, kind: kind, status: "PENDING", text: c.text("params[request_origin]"), location: m.Location,
		created: c.st.now, updated: c.st.now,
	})
	return c.ok(row{"request": c.remoteHandsRow(added)})
}

func (c *call) remoteHandsRow(r *remoteHands) row {
	return row{
		"id": r.id, "eq_id": c.id(r.server), "type": r.kind, "status": r.status, "request_origin": r.text, "created_at": stamp(r.created),
		"updated_at": stamp(r.updated), "eq_location": r.location, "request": r.text, "assignee": "", "ticket": "",
	}
}

func (c *call) ownRequest() *remoteHands {
	id, _ := c.number("id")
	r := c.st.requests.Get(id)
	if r == nil || (c.token.server != 0 && c.token.server != r.server) {
		return nil
	}
	return r
}

func chatRemoteHands(c *call) reply {
	r := c.ownRequest()
	if r == nil {
		return remoteHandsError("request not found")
	}
	r.updated = c.st.now
	r.history = append(r.history, row{"date": stamp(c.st.now), "message": c.text("message")})
	return c.ok(row{"history": append([]row(nil), r.history...)})
}

func discardRemoteHands(c *call) reply {
	r := c.ownRequest()
	if r == nil {
		return remoteHandsError("request not found")
	}
	r.status, r.updated = "CANCELED", c.st.now
	return c.ok(nil)
}

func listRemoteHands(c *call) reply {
	found := c.st.requests.Where(func(r *remoteHands) bool {
		return (c.token.server == 0 || c.token.server == r.server) &&
			(!c.has("location") || c.text("location") == r.location) && (!c.has("status") || c.text("status") == r.status)
	})
	return c.ok(row{"requests": rows(found, c.remoteHandsRow)})
}

// The tickets of rtm are read-only, as a live client has seen.

func listTickets(c *call) reply { return c.ok(row{"tickets": []row{}}) }

func getTicket(*call) reply { return fail("Ticket not found") }

func openTicket(*call) reply { return jsonReply(row{"result": "error"}) }

func commentTicket(*call) reply { return jsonReply(row{"result": "error"}) }

func toggleTicket(*call) reply { return message("Authorization required") }
