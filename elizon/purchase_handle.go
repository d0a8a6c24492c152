package elizon

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/provider"
)

// handlePrefix begins a handle. The ID of a service has no question mark.
const handlePrefix = "order?"

// maxHandle is the maximum length of a handle, far above that of a realistic order.
const maxHandle = 1 << 20

// Handle returns what is known about an order, as a query:
//
//	order?p=<product>&r=<reference>&u=<name>&t=<time>&b=<fingerprints>&c=<clock>&d=<days>&l=<location>&m=<price>&o=<template>&i=<invoice>
//	order?p=<product>&r=<reference>&u=<name>&t=<time>&s=<subscription>&v=<service>&b=...
//
// where t is when the order was sent, in Unix seconds, and b is the fingerprints of the product's
// unmarked subscriptions before it, without separators. What follows b is what the order set, see terms;
// all that is left out once the service is marked. a=1 marks an order that the platform accepted without
// naming its subscription, and i is the invoice that a person has to pay.
func (p *purchase) Handle() string {
	if !p.Sent() && !p.Located() {
		return ""
	}
	q := url.Values{"r": {p.Reference}, "u": {p.username}, "p": {p.product}}
	if p.Sent() {
		q.Set("t", strconv.FormatInt(p.SentAt.Unix(), 10))
	}
	if p.subscription != "" {
		q.Set("s", p.subscription)
	}
	if p.service != "" {
		q.Set("v", p.service)
	}
	if !p.Marked { // what located the order may lead astray
		if prints := strings.Join(slices.Sorted(maps.Keys(p.before)), ""); prints != "" || !p.Located() {
			q.Set("b", prints)
		}
		p.write(q)
	}
	if p.Accepted && !p.Located() {
		q.Set("a", "1")
	}
	if p.invoice != "" && !p.Located() {
		q.Set("i", p.invoice)
	}
	return handlePrefix + q.Encode()
}

// parseHandle reads a handle, or returns why it is not one.
func (c *Client) parseHandle(handle string) (*purchase, string) {
	if handle == "" {
		return nil, "required"
	}
	query, ok := strings.CutPrefix(handle, handlePrefix)
	values, err := url.ParseQuery(query)
	if !ok || err != nil || len(handle) > maxHandle {
		return nil, order.NotAHandle
	}
	q := order.Fields{Values: values}
	p := c.purchase(
		q.Must("r", func(text string) bool { return provider.ReferenceProblem(text) == "" }),
		q.Must("u", func(text string) bool { return usernamePolicy.Problem(text) == "" }),
		q.Must("p", isID),
	)
	p.subscription, p.service, p.invoice = q.Text("s", subscriptionID), q.Text("v", serviceID.MatchString), q.Text("i", isID)
	q.Text("t", func(text string) bool {
		seconds, err := strconv.ParseInt(text, 10, 64)
		p.SentAt = time.Unix(seconds, 0)
		return err == nil && seconds > 0 && seconds <= 1<<40
	})
	p.Accepted = q.Get("a") == "1"
	prints := q.Text("b", func(text string) bool { return len(text)%fingerprintLength == 0 })
	p.read(&q)
	if q.Bad() || !p.Sent() && !p.Located() {
		return nil, order.NotAHandle
	}
	p.before = make(map[string]bool, len(prints)/fingerprintLength)
	for print := range slices.Chunk([]byte(prints), fingerprintLength) {
		p.before[string(print)] = true
	}
	return p, ""
}

// maxSubscriptionID is far above the length of a subscription's ID.
const maxSubscriptionID = 1_000

// subscriptionID reports whether a handle can hold a subscription's ID. It is never sent, so that
// it may be any text that is not blank.
func subscriptionID(text string) bool {
	return strings.TrimSpace(text) != "" && len(text) <= maxSubscriptionID
}

func isID(text string) bool {
	var problems provider.Problems
	problems.Word("", text)
	return problems == nil
}

// isOf reports whether an order belongs to a reference and a user name.
func (p *purchase) isOf(reference, username string) bool {
	return p.Reference == reference && strings.EqualFold(p.username, username)
}
