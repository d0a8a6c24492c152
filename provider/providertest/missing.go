package providertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

var credentialChecks = []check{
	{name: "refused on every verb", run: credentialsRefused},
}

func credentialsRefused(c *probe) {
	a := c.create(0)
	before := c.w.Accounts()
	bad := c.w.BadKey()
	for _, call := range c.everything() {
		c.is(call.run(c.context(), bad, a.ID), provider.ErrUnauthorized, "%s with wrong credentials", call.name)
	}
	c.unchanged(before, "after calls with wrong credentials")
}

var missingChecks = []check{
	{name: "not found on every verb", run: missingEverywhere},
}

// nobody returns a well-formed ID of no account.
func (c *probe) nobody() string {
	c.Helper()
	if c.w.MissingID != "" {
		return c.w.MissingID
	}
	if !c.has(provider.CapTerminate) {
		c.Fatalf("the harness needs MissingID: this system cannot remove accounts")
	}
	a := c.create(3)
	c.terminate(a)
	return a.ID
}

func missingEverywhere(c *probe) {
	c.create(0)
	id := c.nobody()
	before := c.w.Accounts()
	for _, call := range c.calls() {
		err := call.run(c.context(), c.p, id)
		c.is(err, provider.ErrNotFound, "%s of an account that does not exist", call.name)
		if errors.Is(err, provider.ErrOutcomeUnknown) {
			c.Errorf("%s of an account that does not exist says that something may have happened: %v", call.name, err)
		}
	}
	c.unchanged(before, "after calls on an account that does not exist")
}

var secretChecks = []check{
	{name: "echoed by the server", applies: needFaults, run: secretsEchoed},
}

// secretsEchoed: if a server repeats what it was sent, with key and password, they must not get
// into an error.
func secretsEchoed(c *probe) {
	a := c.create(0)
	for _, call := range c.everything() {
		c.w.Faults.Forget()
		c.w.Faults.When(nil, 0, c.refusal())
		c.see(call.run(c.context(), c.p, a.ID))
		c.w.Faults.Clear()
		inHeader, inBody := c.sent()
		for _, status := range []int{
			http.StatusBadRequest, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusInternalServerError,
		} {
			for _, answer := range []func(string) string{asText, asFields} {
				if len(inBody) > 0 {
					all := slices.Concat(inHeader, inBody)
					c.w.Faults.When(holds(inBody), 0, faults.Fault{Kind: faults.Status, StatusCode: status, Body: answer(quoted(all))})
				}
				c.w.Faults.When(nil, 0, faults.Fault{Kind: faults.Status, StatusCode: status, Body: answer(quoted(inHeader))})
				if err := c.see(call.run(c.context(), c.p, a.ID)); err == nil {
					c.Errorf("%s succeeds although every request is answered with %d", call.name, status)
				}
				c.w.Faults.Clear()
			}
		}
	}
}

func asText(echo string) string { return "wrong value: " + echo }

func asFields(echo string) string {
	return fmt.Sprintf(`{"error":%q,"message":%q,"code":%q,"errors":{"password":[%q]},"password":%q}`, echo, echo, echo, echo, echo)
}

func quoted(secrets []string) string {
	var all []string
	for _, secret := range secrets {
		all = append(all, secret, strconv.Quote(secret))
	}
	return strings.Join(all, " and ")
}

// holds matches requests whose body contains one of the secrets, which a server can only echo then.
func holds(secrets []string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		body := bodyOf(r)
		return slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(body, s) })
	}
}

// bodyOf returns the body of a request that an injector matches, and leaves the body to be read
// again.
func bodyOf(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

// sent returns the secrets that the logged requests contain: their sender knows that they are
// secret.
func (c *probe) sent() (inHeader, inBody []string) {
	var header, body strings.Builder
	for _, r := range c.w.Faults.Requests() {
		for _, values := range r.Header {
			fmt.Fprintln(&header, values)
		}
		fmt.Fprintln(&body, string(r.Body))
	}
	for _, secret := range c.canaries() {
		switch {
		case secret == "":
		case strings.Contains(header.String(), secret):
			inHeader = append(inHeader, secret)
		case strings.Contains(body.String(), secret):
			inBody = append(inBody, secret)
		}
	}
	return inHeader, inBody
}
