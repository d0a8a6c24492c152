package rest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// verdicts are the kinds by which callers conclude something. No stranger's answer may match one.
var verdicts = []error{
	provider.ErrNotFound, provider.ErrForbidden, provider.ErrConflict, provider.ErrInvalid, provider.ErrUnauthorized, provider.ErrQuota,
	provider.ErrInUse, provider.ErrUnsupported, provider.ErrAlreadyExists,
}

// strict makes a vendor whose answers all have an envelope.
func strict(c *Client) *Client {
	c.config.Genuine = func(a *Answer) bool { return len(a.Body) > 5 && string(a.Body[:6]) == `{"own"` }
	return c
}

// TestForeignAnswers: an answer that is not the vendor's says nothing, whatever its status. A read
// is repeated where the status says that it may pass, a change is unknown.
func TestForeignAnswers(t *testing.T) {
	unavailable, limited, odd := provider.ErrUnavailable, provider.ErrRateLimited, provider.ErrProtocol
	bodies := map[string]string{"HTML": "<html>Blocked</html>", "JSON": `{"message":"Forbidden"}`, "text": "Forbidden", "empty": ""}
	for _, row := range []struct {
		status int
		kind   error // of a read
		read   int   // how often it is sent
		change int   // the same for an idempotent change
	}{
		{200, odd, 1, 1}, {201, odd, 1, 1}, {204, odd, 1, 1},
		{400, odd, 1, 1}, {401, odd, 1, 1}, {402, odd, 1, 1}, {403, odd, 1, 1}, {404, odd, 1, 1}, {405, odd, 1, 1}, {407, odd, 1, 1},
		{408, unavailable, 4, 4}, {409, odd, 1, 1}, {410, odd, 1, 1}, {418, odd, 1, 1}, {422, odd, 1, 1}, {423, odd, 1, 1},
		{429, limited, 4, 4}, {451, odd, 1, 1}, {500, unavailable, 4, 1}, {501, unavailable, 1, 1}, {502, unavailable, 4, 4},
		{503, unavailable, 4, 4}, {504, unavailable, 4, 4}, {520, unavailable, 1, 1},
	} {
		for name, body := range bodies {
			for effect, sent := range map[Effect]int{Read: row.read, Idempotent: row.change, Once: 1} {
				if row.status == 204 && body != "" {
					continue
				}
				t.Run(fmt.Sprint(row.status, "/", name, "/", effect), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c, in := inMemory(t, answer(row.status, body))
						strict(c).config.Classify = func(*Answer) *Failure {
							t.Error("the vendor is not asked what a stranger meant")
							return nil
						}
						err := c.Do(t.Context(), callOf(effect, nil))
						e := asError(t, err)
						assert.Equal(t, sent, in.Count(), "requests on the wire")
						assert.Equal(t, row.status, e.StatusCode)
						assert.Equal(t, effect != Read, e.MaybeExecuted)
						assert.Equal(t, effect != Read, errors.Is(err, provider.ErrOutcomeUnknown))
						if effect == Read || !errors.Is(row.kind, unavailable) {
							require.ErrorIs(t, err, row.kind)
						}
						for _, verdict := range verdicts {
							require.NotErrorIs(t, err, verdict)
						}
						require.ErrorContains(t, err, "the answer is not the API's own: ")
						if body != "" {
							require.ErrorContains(t, err, body)
						}
					})
				})
			}
		}
	}
}

// TestOwnAnswers: the same statuses in the vendor's form are verdicts.
func TestOwnAnswers(t *testing.T) {
	for status, kind := range map[int]error{
		400: provider.ErrInvalid, 401: provider.ErrUnauthorized, 403: provider.ErrForbidden, 404: provider.ErrNotFound, 409: provider.ErrConflict,
	} {
		for _, effect := range []Effect{Read, Idempotent, Once} {
			c, in := inMemory(t, answer(status, `{"own":"refused"}`))
			err := strict(c).Do(t.Context(), callOf(effect, nil))
			require.ErrorIs(t, err, kind)
			require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
			require.Equal(t, 1, in.Count())
		}
	}
	c, _ := inMemory(t, answer(200, `{"own":1,"id":1}`))
	require.NoError(t, strict(c).Do(t.Context(), callOf(Once, new(thing))))
}

// TestFormOfACall: a call may have a form of its own. A stream, a file and a page are judged by who
// reads them; their failures are not.
func TestFormOfACall(t *testing.T) {
	c, _ := inMemory(t, answer(404, "no such thing"))
	call := callOf(Read, nil)
	call.Genuine = func(a *Answer) bool { return string(a.Body) == "no such thing" }
	require.ErrorIs(t, strict(c).Do(t.Context(), call), provider.ErrNotFound)

	page := &Endpoint{Op: "Page", Method: http.MethodGet, Route: "/page", Effect: Read, Accept: "text/html"}
	for status, want := range map[int]error{200: nil, 404: provider.ErrProtocol} {
		c, _ = inMemory(t, answer(status, "<html>"))
		require.ErrorIs(t, strict(c).Do(t.Context(), &Call{Endpoint: page, Out: anything{}}), want)
		require.ErrorIs(t, c.Do(t.Context(), &Call{Endpoint: getThing, Args: []string{"1"}, Sink: func(*Answer) (io.Writer, error) { return io.Discard, nil }}), want)
	}
	c, _ = inMemory(t, answer(303, "", "Location", "/done"))
	form := callOf(Once, anything{})
	form.Redirects = true
	require.NoError(t, strict(c).Do(t.Context(), form))
}

type anything struct{}

func (anything) DecodeAnswer(*Answer) error { return nil }

// TestTooManyRequests: how often a request is sent to a server that answers 429 to everything, and
// whether it may have been carried out. Only the vendor's own 429 can be proof, where the documents
// say so, and none is for what spends money.
func TestTooManyRequests(t *testing.T) {
	for _, row := range []struct {
		name               string
		body               string
		documented, spends bool
		effect             Effect
		sent               int
		maybe              bool
	}{
		{"own, documented", `{"own":1}`, true, false, Read, 4, false},
		{"own, documented", `{"own":1}`, true, false, Idempotent, 4, false},
		{"own, documented", `{"own":1}`, true, false, Once, 4, false},
		{"own, documented, spends", `{"own":1}`, true, true, Once, 1, true},
		{"own, undocumented", `{"own":1}`, false, false, Read, 4, false},
		{"own, undocumented", `{"own":1}`, false, false, Idempotent, 4, true},
		{"own, undocumented", `{"own":1}`, false, false, Once, 1, true},
		{"own, undocumented, spends", `{"own":1}`, false, true, Once, 1, true},
		{"foreign", `<html>`, true, false, Read, 4, false},
		{"foreign", `<html>`, true, false, Idempotent, 4, true},
		{"foreign", `<html>`, true, false, Once, 1, true},
		{"foreign, spends", `<html>`, true, true, Once, 1, true},
	} {
		t.Run(row.name+"/"+row.effect.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, answer(429, row.body, "Retry-After", "1"))
				strict(c).config.Refuses429 = row.documented
				call := callOf(row.effect, nil)
				if row.spends {
					call.Endpoint = &Endpoint{Op: "Orders.Pay", Method: http.MethodPost, Route: "/orders", Spends: true}
				}
				err := c.Do(t.Context(), call)
				require.ErrorIs(t, err, provider.ErrRateLimited)
				require.Equal(t, row.sent, in.Count())
				require.Equal(t, row.maybe, asError(t, err).MaybeExecuted)
				require.Equal(t, row.maybe, errors.Is(err, provider.ErrOutcomeUnknown))
				require.NotZero(t, asError(t, err).RetryAfter)
				wait, _ := c.gate.remaining()
				require.NotZero(t, wait, "whoever sent it, the others are held back")
			})
		})
	}
}

// TestSpendingIsSentOnce: even an endpoint that is declared to be harmless is not sent again after an
// attempt that may have spent something. One that cannot have reached the server is.
func TestSpendingIsSentOnce(t *testing.T) {
	pay := &Endpoint{Op: "Orders.Pay", Method: http.MethodPut, Route: "/orders", Effect: Idempotent, Spends: true}
	for _, row := range []struct {
		fault faults.Fault
		sent  int
	}{
		{faults.Fault{Kind: faults.Refuse}, 2},
		{faults.Fault{Kind: faults.Drop}, 1}, {faults.Fault{Kind: faults.Drop, After: true}, 1}, {faults.Fault{Kind: faults.Truncate}, 1},
		{faults.Fault{Kind: faults.Status, StatusCode: 503}, 1}, {faults.Fault{Kind: faults.Status, StatusCode: 429}, 1},
	} {
		t.Run(row.fault.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, answer(200, `{"own":1}`))
				in.At(0, row.fault)
				err := strict(c).Do(t.Context(), &Call{Endpoint: pay})
				require.Equal(t, row.sent, in.Count())
				require.Equal(t, row.sent == 1, errors.Is(err, provider.ErrOutcomeUnknown))
			})
		})
	}
}
