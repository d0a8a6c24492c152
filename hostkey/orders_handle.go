package hostkey

import (
	"strconv"
	"strings"
	"time"
)

// order is one order while a call works on it.
type order struct {
	req       *PlaceRequest // nil in Check
	hostname  string
	reference string

	// What the account had before: newer servers and invoices may be the order's.
	lastServer, lastInvoice int64
	// sentAt is about when it was sent; zero if nothing was.
	sentAt time.Time

	// What is known of it.
	server, invoice int64
	callback        string
	placed          bool   // by this call
	told            string // the handle that the caller has
}

// orderSettles is how long a server may work on an order before its effect shows.
const orderSettles = 2 * time.Minute

// maxHandle is longer than any handle.
const maxHandle = 400

func (o *order) sent() bool { return !o.sentAt.IsZero() }

// unsettled tells that the order was sent so lately that seeing nothing proves nothing.
func (o *order) unsettled() bool { return o.sent() && time.Since(o.sentAt) < orderSettles }

// located tells that something is known that belongs to the order and to no other.
func (o *order) located() bool { return o.server != 0 || o.invoice != 0 || o.callback != "" }

func (o *order) learn(server, invoice int64, callback string) {
	o.server, o.invoice = orElse(o.server, server), orElse(o.invoice, invoice)
	if o.callback == "" {
		o.callback = callback
	}
}

// tell gives the caller the handle, if it is news.
func (o *order) tell() error {
	handle := o.handle()
	if o.req == nil || o.req.OnHandle == nil || handle == o.told {
		return nil
	}
	o.told = handle
	return o.req.OnHandle(handle)
}

func (o *order) as(state OrderState) *PlacedOrder {
	return &PlacedOrder{State: state, Hostname: o.hostname, Handle: o.handle(), Placed: o.placed, ServerID: o.server, InvoiceID: o.invoice}
}

func (o *order) unclear() *PlacedOrder { return o.as(OrderUnclear) }

// A handle is the host name, the reference and what is known beside them, by letters:
//
//	web1-abcdefghijklm;r=order-1042;s=55054;i=603548;c=<task>;b=55053.603547.1767225600
//
// where b is the newest server and invoice before the order, and when it was sent.
func (o *order) handle() string {
	var h strings.Builder
	h.WriteString(o.hostname)
	add := func(letter, value string) { h.WriteString(";" + letter + "=" + value) }
	add("r", o.reference)
	if o.server != 0 {
		add("s", idText(o.server))
	}
	if o.invoice != 0 {
		add("i", idText(o.invoice))
	}
	if o.callback != "" {
		add("c", o.callback)
	}
	if o.sent() && !o.located() {
		add("b", idText(o.lastServer)+"."+idText(o.lastInvoice)+"."+strconv.FormatInt(o.sentAt.Unix(), 10))
	}
	return h.String()
}

// parseHandle reads a handle, or tells why it is none.
func parseHandle(handle string) (*order, string) {
	const bad = "is not the handle of an order"
	parts := strings.Split(handle, ";")
	o := &order{hostname: parts[0]}
	if handle == "" {
		return nil, "required"
	}
	name, _, ok := splitHostname(o.hostname)
	if !ok || len(handle) > maxHandle {
		return nil, bad
	}
	for _, part := range parts[1:] {
		letter, value, _ := strings.Cut(part, "=")
		ok := false
		switch letter {
		case "r":
			o.reference, ok = value, OrderHostname(name, value) == o.hostname
		case "s":
			o.server, ok = parseID(value)
		case "i":
			o.invoice, ok = parseID(value)
		case "c":
			o.callback, ok = value, taskKey.MatchString(value)
		case "b":
			ok = o.parseBefore(value)
		}
		if !ok {
			return nil, bad
		}
	}
	if o.reference == "" {
		return nil, bad
	}
	o.told = handle
	return o, ""
}

func (o *order) parseBefore(value string) bool {
	parts := strings.Split(value, ".")
	if len(parts) != 3 {
		return false
	}
	var n [3]int64
	for i, part := range parts {
		v, err := strconv.ParseInt(part, 10, 64)
		if err != nil || v < 0 || v > 1<<50 {
			return false
		}
		n[i] = v
	}
	o.lastServer, o.lastInvoice, o.sentAt = n[0], n[1], time.Unix(n[2], 0)
	return n[2] > 0
}

func parseID(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0 && idText(n) == text
}
