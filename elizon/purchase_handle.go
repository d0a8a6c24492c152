package elizon

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// handlePrefix tells a handle from the ID of a service, which has no question mark.
const handlePrefix = "order?"

// maxHandle is longer than the handle of any order of an account that one would call
// Create on.
const maxHandle = 1 << 20

// A handle is what is known of an order, as a query:
//
//	order?p=<product>&r=<reference>&u=<name>&t=<time>&b=<fingerprints>
//	order?p=<product>&r=<reference>&u=<name>&t=<time>&s=<subscription>&v=<service>
//
// where t is when it was sent, in Unix seconds, and b are the product's unmarked
// subscriptions before, without anything between them. a=1 is an order that the platform
// accepted without naming its subscription. The handle of an order that was not sent and
// of which nothing is known is "".
func (b *purchase) handle() string {
	if !b.sent() && !b.located() {
		return ""
	}
	q := url.Values{"r": {b.reference}, "u": {b.username}, "p": {b.product}}
	if b.sent() {
		q.Set("t", strconv.FormatInt(b.sentAt.Unix(), 10))
	}
	switch {
	case b.located():
		if b.subscription != "" {
			q.Set("s", b.subscription)
		}
		if b.service != "" {
			q.Set("v", b.service)
		}
	default:
		q.Set("b", strings.Join(slices.Sorted(maps.Keys(b.before)), ""))
		if b.accepted {
			q.Set("a", "1")
		}
	}
	return handlePrefix + q.Encode()
}

// parseHandle reads a handle, or tells why it is none.
func parseHandle(handle string) (*purchase, string) {
	const bad = "is not the handle of an order"
	query, ok := strings.CutPrefix(handle, handlePrefix)
	if handle == "" {
		return nil, "required"
	}
	if !ok || len(handle) > maxHandle {
		return nil, bad
	}
	q, err := url.ParseQuery(query)
	if err != nil {
		return nil, bad
	}
	b := &purchase{
		reference: q.Get("r"), username: q.Get("u"), product: q.Get("p"), subscription: q.Get("s"), service: q.Get("v"), accepted: q.Get("a") == "1",
	}
	if provider.ReferenceProblem(b.reference) != "" || usernamePolicy.Problem(b.username) != "" || idProblem(b.product) != "" {
		return nil, bad
	}
	if b.service != "" && !serviceID.MatchString(b.service) || b.subscription != "" && idProblem(b.subscription) != "" {
		return nil, bad
	}
	if text := q.Get("t"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil || seconds <= 0 || seconds > 1<<40 {
			return nil, bad
		}
		b.sentAt = time.Unix(seconds, 0)
	}
	prints := q.Get("b")
	if len(prints)%fingerprintLength != 0 || !b.sent() && !b.located() {
		return nil, bad
	}
	b.before = make(map[string]bool, len(prints)/fingerprintLength)
	for print := range slices.Chunk([]byte(prints), fingerprintLength) {
		b.before[string(print)] = true
	}
	return b, ""
}
