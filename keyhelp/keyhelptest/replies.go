package keyhelptest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// row is a JSON object in an answer.
type row = map[string]any

func ok(body any) reply          { return reply{status: http.StatusOK, body: body} }
func created(body any) reply     { return reply{status: http.StatusCreated, body: body} }
func gone() reply                { return reply{status: http.StatusNoContent} }
func createdID(id int64) reply   { return created(row{"id": id}) }
func changedID(id int64) reply   { return ok(row{"id": id}) }
func (s *Server) isLive() bool   { return s.cfg.dialect == Live }
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// refusal returns an error in the form of the dialect: documented has {error, details}, live has
// {code, message}.
func (s *Server) refusal(status int, documented, live string, details map[string]string) reply {
	if s.isLive() {
		code := strconv.Itoa(status) + " " + http.StatusText(status)
		return reply{status: status, body: row{"code": code, "message": live}}
	}
	body := row{"error": documented}
	if len(details) > 0 {
		body["details"] = details
	}
	return reply{status: status, body: body}
}

func (s *Server) unauthorized() reply {
	return s.refusal(http.StatusUnauthorized, "Invalid API key", "API key is missing or invalid.", nil)
}

func (s *Server) unknownEndpoint() reply {
	return s.refusal(http.StatusNotFound, "Endpoint not found", liveUnknownEndpoint, nil)
}

func (s *Server) wrongMethod() reply {
	return s.refusal(wrongMethodStatus, "Endpoint not found", liveUnknownEndpoint, nil)
}

func (s *Server) tooMany(wait time.Duration) reply {
	a := s.refusal(http.StatusTooManyRequests, tooManyRequests, tooManyRequests+".", nil)
	a.retryAfter = wait
	return a
}

// badBody refuses a body that is not a JSON object, without naming a field.
func (s *Server) badBody(bad *emulator.BodyError) reply {
	text := capital(bad.Error())
	return s.refusal(http.StatusBadRequest, text, text+".", nil)
}

// call is one request to an endpoint, under the server's lock.
type call struct {
	*Server
	st       *state
	v        version
	r        *http.Request
	body     *emulator.Object
	now      time.Time
	problems []problem
}

type problem struct{ field, text string }

// notFound returns the 404 for something that the state does not have.
func (c *call) notFound(what string) reply {
	text := capital(what) + " not found"
	return c.refusal(http.StatusNotFound, text, text+".", nil)
}

// blame notes what is wrong with a field.
func (c *call) blame(field, text string) {
	c.problems = append(c.problems, problem{field, text})
}

// refused answers 400 if anything was wrong. Values of the wrong type come first: they would
// otherwise also count as missing.
func (c *call) refused() (reply, bool) {
	var all []problem
	for _, wrong := range c.body.Wrong() {
		all = append(all, problem{wrong.Field, wrongType + " (" + wrong.Want + ")"})
	}
	all = append(all, c.problems...)
	if len(all) == 0 {
		return reply{}, false
	}
	details := make(map[string]string)
	for _, p := range all {
		if _, known := details[p.field]; !known {
			details[p.field] = p.text
		}
	}
	return c.refusal(http.StatusBadRequest, "Validation failed", all[0].field+": "+all[0].text+".", details), true
}

// required reads a string that must be present and not empty.
func (c *call) required(field string) string {
	text, _ := c.body.String(field)
	if text == "" {
		c.blame(field, "This field is required")
	}
	return text
}

// filled reads a string that may be absent but not empty.
func (c *call) filled(field string) (string, bool) {
	text, there := c.body.String(field)
	if there && text == "" {
		c.blame(field, "This field is required")
	}
	return text, there
}

// fresh reads a string that must be present and not taken.
func (c *call) fresh(field string, taken func(string) bool) string {
	text := c.required(field)
	if text != "" && taken(text) {
		c.blame(field, alreadyInUse)
	}
	return text
}

// fixed refuses to change a field of a row that has a value already. Programs send names that stay.
func (c *call) fixed(field, now string) {
	if text, there := c.body.String(field); there && !strings.EqualFold(text, now) {
		c.blame(field, cannotChange)
	}
}

// email reads an e-mail address, if it is present, and checks its form.
func (c *call) email(field string) (string, bool) {
	text, there := c.filled(field)
	if there && text != "" && !looksLikeEmail(text) {
		c.blame(field, "Invalid email format")
	}
	return text, there
}

// owner reads the ID of a client that must exist.
func (c *call) owner(field string) *Client {
	id, there := c.body.Int(field)
	if !there {
		c.blame(field, "This field is required")
		return nil
	}
	client := c.st.clients.Get(id)
	if client == nil {
		c.blame(field, unknownReference)
	}
	return client
}
