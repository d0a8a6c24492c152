package clienttest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// WebPage is the page of a server that requires a sign-in.
const WebPage = "<!DOCTYPE html><html><body>Login</body></html>"

// hostileLimit is the provider.WithMaxBody of clients that get hostile answers, so that one above
// it need not be long. internal/rest tests the default limit.
const hostileLimit = 64 << 10

// Hostile returns replies that claim success and that no JSON API would send. The caller adds those
// for its fields: wrong types, null, negative IDs.
func Hostile() map[string]Reply {
	return map[string]Reply{
		"HTML":             HTML(WebPage),
		"HTML called JSON": OK(WebPage),
		"empty object":     OK(`{}`),
		"null":             OK(`null`),
		"text":             OK(`"x"`),
		"number":           OK(`17`),
		"list of nulls":    OK(`[null]`),
		"list of objects":  OK(`[{}]`),
		"truncated":        OK(`{"id": 17, "success": true, "mess`),
		"truncated list":   OK(`[{"id": 17},`),
		"text behind":      OK(`{"id": 17} Notice: undefined index`),
		"text behind list": OK(`[] Notice: undefined index`),
		"notice in front":  OK(`Notice: undefined index {"id": 17}`),
		"too long":         OK(`{"id": 17, "x": "` + strings.Repeat("x", hostileLimit) + `"}`),
		"no content":       {Status: http.StatusNoContent},
		"empty":            OK(``),
		"white space":      OK("\n \n"),
		"not UTF-8":        OK("{\"x\xff\": "),
		"redirect":         {Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/login"}}},
	}
}

// Verdict is how a method has to treat a reply.
type Verdict uint8

const (
	// Fails means that the method fails, as the check describes.
	Fails Verdict = iota
	// Takes means that the method succeeds: its answer is undocumented, or this is not a failure
	// for it.
	Takes
	// Either means that only a panic is an error.
	Either
)

// judged reports whether an outcome need not be a failure.
func judged(t testing.TB, want Verdict, out Outcome, op, name string) bool {
	t.Helper()
	if want == Takes {
		require.NoError(t, out.Err, "%s, %s: is no failure here", op, name)
	}
	return want != Fails
}

// CheckHostile calls every supported method against each reply. The method must return an error in
// one sentence, with the vendor's kind, the method's name and the reply's status, and nothing else;
// a change has an unknown outcome. verdict returns the exceptions; nil is none.
func (v *Vendor) CheckHostile(t testing.TB, replies map[string]Reply, verdict func(u Use, name string) Verdict) {
	t.Helper()
	uses, good := v.Uses(t), v.Good()
	for _, name := range slices.Sorted(maps.Keys(replies)) {
		reply := replies[name]
		op := ""
		methods := v.Methods(t, v.Tap(v.insteadOf(&op, reply, good)), provider.WithMaxBody(hostileLimit))
		for _, u := range uses {
			m := methods[slices.IndexFunc(methods, func(m Method) bool { return m.Op == u.Op })]
			op = m.Op
			out := run(t, m, name)
			want := Fails
			if verdict != nil {
				want = verdict(u, name)
			}
			if judged(t, want, out, m.Op, name) {
				continue
			}
			require.Error(t, out.Err, "%s took this for success: %s", m.Op, name)
			v.checkFailure(t, m, reply, out, name)
			require.ErrorIs(t, out.Err, provider.ErrProtocol, "%s, %s", m.Op, name)
			require.Equal(t, !u.Row.Reads, errors.Is(out.Err, provider.ErrOutcomeUnknown), "%s, %s: %v", m.Op, name, out.Err)
			require.Equal(t, !u.Row.Reads, AsError(t, out.Err).MaybeExecuted, "%s, %s", m.Op, name)
			require.Less(t, len(out.Err.Error()), 600, "an error is a sentence")
		}
	}
}

// checkFailure checks what all failures after an answer have in common.
func (v *Vendor) checkFailure(t testing.TB, m Method, reply Reply, out Outcome, name string) {
	t.Helper()
	// The error of an element stands beside it, and the list goes on.
	if _, odd := errors.AsType[*wire.OddRow](out.Err); !odd {
		require.True(t, out.Empty(), "%s, %s: %+v beside an error", m.Op, name, out.Values)
		require.False(t, out.After, "%s, %s: a list goes on after its error", m.Op, name)
	}
	e := AsError(t, out.Err)
	require.Equal(t, v.Kind, e.Provider)
	require.Equal(t, m.Op, e.Op)
	require.NotEmpty(t, e.Action)
	require.Equal(t, reply.Status, e.StatusCode, "%s, %s", m.Op, name)
}

// Refusal is a reply that reports a failure.
type Refusal struct {
	Reply Reply
	// Kind is the error that errors.Is finds. For a change it is provider.ErrOutcomeUnknown instead
	// if Unknown is set.
	Kind error
	// Unknown is set if the reply does not say whether a change happened.
	Unknown bool
	// Verdict returns the verdict for methods that do not fail; nil is none.
	Verdict func(u Use) Verdict
}

// Refusals returns all combinations of bodies and statuses. Statuses from 500 leave the outcome of
// a change unknown.
func Refusals(kinds map[int]error, bodies ...string) []Refusal {
	var all []Refusal
	for _, status := range slices.Sorted(maps.Keys(kinds)) {
		for _, body := range bodies {
			all = append(all, Refusal{Reply: Reply{Status: status, Body: body}, Kind: kinds[status], Unknown: status >= 500})
		}
	}
	return all
}

// Strangers returns all combinations of statuses and bodies that are not the vendor's: pages of
// firewalls and proxies. None is a verdict, and all leave the outcome of a change unknown.
func Strangers(bodies ...string) []Refusal {
	kinds := make(map[int]error)
	for _, status := range []int{400, 401, 403, 404, 405, 409, 422, 429, 500, 502} {
		switch {
		case status >= 500:
			kinds[status] = provider.ErrUnavailable
		case status == http.StatusTooManyRequests:
			kinds[status] = provider.ErrRateLimited
		default:
			kinds[status] = provider.ErrProtocol
		}
	}
	all := Refusals(kinds, bodies...)
	for i := range all {
		all[i].Unknown = true
	}
	return all
}

// verdicts are the kinds from which a caller concludes something.
var verdicts = []error{
	provider.ErrNotFound, provider.ErrForbidden, provider.ErrConflict, provider.ErrInvalid, provider.ErrUnauthorized, provider.ErrUnsupported,
}

// CheckRefusals calls every supported method against each refusal: the error is of its kind, and
// only a change whose outcome is unknown may have been executed. each, if not nil, gets the error
// of every call that has to fail.
func (v *Vendor) CheckRefusals(t testing.TB, refusals []Refusal, each func(op string, r Refusal, err error)) {
	t.Helper()
	uses, good := v.Uses(t), v.Good()
	for _, r := range refusals {
		name := fmt.Sprintf("%d %s", r.Reply.Status, r.Reply.Body)
		op := ""
		client := v.Dial(t, v.Tap(v.insteadOf(&op, r.Reply, good)))
		for _, u := range uses {
			op = u.Op
			if errors.Is(r.Kind, provider.ErrRateLimited) { // after which a client holds back all its calls
				client = v.Dial(t, v.Tap(v.insteadOf(&op, r.Reply, good)))
			}
			m := v.methodOf(t, client, op)
			out := run(t, m, name)
			if r.Verdict != nil && judged(t, r.Verdict(u), out, m.Op, name) {
				continue
			}
			require.Error(t, out.Err, "%s took this for success: %s", m.Op, name)
			v.checkFailure(t, m, r.Reply, out, name)
			if r.Unknown && !u.Row.Reads {
				require.ErrorIs(t, out.Err, provider.ErrOutcomeUnknown, "%s, %s", m.Op, name)
			} else {
				require.ErrorIs(t, out.Err, r.Kind, "%s, %s", m.Op, name)
				require.False(t, AsError(t, out.Err).MaybeExecuted, "%s, %s", m.Op, name)
			}
			for _, kind := range verdicts {
				require.Equal(t, errors.Is(r.Kind, kind), errors.Is(out.Err, kind), "%s, %s: %v", m.Op, name, out.Err)
			}
			if each != nil {
				each(m.Op, r, out.Err)
			}
		}
	}
}

// run is Method.Run that adds the answer to a panic.
func run(t testing.TB, m Method, answer string) Outcome {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%v (answer: %.100s)", p, answer))
		}
	}()
	return m.Run(t)
}

// insteadOf replies to the method's own requests with r, and to its auxiliary ones with good.
func (v *Vendor) insteadOf(op *string, r Reply, good Answer) Answer {
	if v.Aside == nil {
		return Always(r)
	}
	return func(ctx context.Context, sent Request) Reply {
		if v.Aside(*op, sent) {
			return good(ctx, sent)
		}
		return r
	}
}
