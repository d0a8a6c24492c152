package elizontest

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// grant is access to a service for another person, or an invitation from one.
type grant struct {
	ID, ServiceID, Email string
	Permissions          []string
	// Status is PENDING, ACCEPTED or DECLINED.
	Status    string
	CreatedAt time.Time

	invited *Service // what another person shares with the account
	name    string
}

func (c *call) grantRow(g *grant) row {
	body := row{
		"id": g.ID, "resourceType": resourceService, "resourceId": g.ServiceID, "permissions": g.Permissions, "status": g.Status,
		"createdAt": stamp(g.CreatedAt), "expiresAt": nil,
	}
	if g.invited != nil {
		body["inviterName"], body["resourceName"] = g.invited.SharedBy, g.name
	} else {
		body["email"] = g.Email
	}
	return body
}

// resource finds the account's service that a call names.
func (c *call) resource(kind, id string) (reply, bool) {
	s := c.st.services.Get(id)
	switch {
	case kind != resourceService:
		return bad(codeInvalidRequest, "resourceType is invalid"), true
	case s == nil:
		return noService(), true
	case s.SharedBy != "":
		return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else"), true
	}
	return reply{}, false
}

func (c *call) grantsOf(id string) []*grant {
	return c.st.grants.Where(func(g *grant) bool { return g.invited == nil && g.ServiceID == id })
}

func listGrants(c *call) reply {
	query := c.r.URL.Query()
	if a, refused := c.resource(query.Get("resourceType"), query.Get("resourceId")); refused {
		return a
	}
	return ok(row{"permissions": rows(c.grantsOf(query.Get("resourceId")), c.grantRow)})
}

func createGrant(c *call) reply {
	kind, id, email := c.required("resourceType"), c.required("resourceId"), c.required("email")
	names := c.grantable()
	if email != "" && !strings.Contains(email, "@") {
		c.blame("email is invalid")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if a, refused := c.resource(kind, id); refused {
		return a
	}
	g := &grant{ID: c.st.newID(), ServiceID: id, Email: email, Permissions: names, Status: grantPending, CreatedAt: c.now}
	c.st.grants.Add(g)
	return created(row{"permission": c.grantRow(g)})
}

// grantable reads the names of permissions.
func (c *call) grantable() []string {
	names, _ := c.body.Strings("permissions")
	if len(names) == 0 {
		c.blame("permissions is required")
	}
	for _, name := range names {
		if !slices.Contains(grantable, name) {
			c.blame("permission " + name + " is unknown")
		}
	}
	return names
}

func deleteGrants(c *call) reply {
	query := c.r.URL.Query()
	if a, refused := c.resource(query.Get("resourceType"), query.Get("resourceId")); refused {
		return a
	}
	for _, g := range c.grantsOf(query.Get("resourceId")) {
		c.st.grants.Remove(g)
	}
	return succeeded()
}

// own finds the grant of the path, if the account gave it.
func (c *call) own() *grant {
	if g := c.st.grants.Get(c.r.PathValue("id")); g != nil && g.invited == nil {
		return g
	}
	return nil
}

func updateGrant(c *call) reply {
	g := c.own()
	if g == nil {
		return notFound(codeNoGrant, "Permission")
	}
	names := c.grantable()
	if a, refused := c.refused(); refused {
		return a
	}
	g.Permissions = names
	return ok(row{"permission": c.grantRow(g)})
}

func deleteGrant(c *call) reply {
	g := c.own()
	if g == nil {
		return notFound(codeNoGrant, "Permission")
	}
	c.st.grants.Remove(g)
	return succeeded()
}

func grantDetails(c *call) reply {
	g := c.st.grants.Get(c.r.PathValue("id"))
	if g == nil || g.invited == nil {
		return notFound(codeNoInvitation, "Permission")
	}
	return ok(row{"permission": c.grantRow(g)})
}

func acceptGrant(c *call) reply  { return c.decide(grantAccepted) }
func declineGrant(c *call) reply { return c.decide(grantDeclined) }

// decide answers an invitation. An accepted service is then listed with the account's own.
func (c *call) decide(status string) reply {
	id := c.required("permissionId")
	if a, refused := c.refused(); refused {
		return a
	}
	g := c.st.grants.Get(id)
	switch {
	case g == nil || g.invited == nil:
		return notFound(codeNoGrant, "Permission")
	case g.Status != grantPending:
		return bad(codeBlocked, "The invitation was answered already")
	}
	if g.Status = status; status == grantAccepted {
		g.ServiceID = c.st.addService(*g.invited, c.now).ID
	}
	return ok(row{"permission": c.grantRow(g)})
}

func myGrants(c *call) reply {
	status := c.r.URL.Query().Get("status")
	found := c.st.grants.Where(func(g *grant) bool {
		return g.invited != nil && (status == "" || strings.EqualFold(g.Status, status))
	})
	return ok(row{"permissions": rows(found, c.grantRow)})
}

// Invite makes another person share a service with the account, and returns the ID of the
// invitation. The service is listed once the invitation is accepted.
func (s *Server) Invite(from, serviceName string, permissions ...string) string {
	return locked(s, func(st *state, now time.Time) string {
		g := &grant{
			ID: st.newID(), Permissions: append([]string{}, permissions...), Status: grantPending, CreatedAt: now, name: serviceName,
			invited: &Service{Name: serviceName, SharedBy: from},
		}
		st.grants.Add(g)
		return g.ID
	})
}
