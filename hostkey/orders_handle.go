package hostkey

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/seal"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// purchase is an order while a call works on it.
type purchase struct {
	order.Record
	s   *OrdersService
	req *OrderPlaceRequest // nil in Check

	hostname string
	// suffixes end the host names that the order's server may have.
	suffixes []string
	// The newest server and invoice before the order: newer ones may be the order's.
	lastServer, lastInvoice int64

	// What is known about it.
	server, invoice int64
	callback        provider.Secret // the key of the deployment
	sealed          string          // the same as the handle had it, where this client cannot read it

	// What this call saw: the host names of the account's servers, its newest server and invoice, the
	// vendor's message about the deployment, and the server once it exists.
	servers                     map[int64]string
	owners                      map[string]string // of the invoices, as the ledger has them
	tampered                    *provider.Error   // about a server that may be the order's, and whose tag proves nothing
	newestServer, newestInvoice int64
	message                     string
	invoiceGone, void           bool // the order's invoice is not found, or was cancelled or paid back
	found                       *Server
}

// purchase returns an order about which nothing is known. A refusal does not end it, since the API
// words refusals as prose under HTTP 200, which proves nothing.
func (s *OrdersService) purchase(hostname, reference string) *purchase {
	return &purchase{s: s, hostname: hostname, suffixes: s.suffixes(reference), Record: order.Record{Reference: reference, KeepRefused: true}}
}

// Located reports whether anything is known that belongs to this order only.
func (p *purchase) Located() bool {
	return p.server != 0 || p.invoice != 0 || !p.callback.IsZero() || p.sealed != ""
}

// Trace returns the ID of the order's invoice, "" if it is unknown.
func (p *purchase) Trace() string {
	if p.invoice == 0 {
		return ""
	}
	return idText(p.invoice)
}

// Thing returns the ID of the order's server, "" if it is unknown.
func (p *purchase) Thing() string {
	if p.server == 0 {
		return ""
	}
	return idText(p.server)
}

// Asked is what the order is for.
func (p *purchase) Asked() map[string]string {
	if p.req == nil {
		return nil
	}
	return map[string]string{"plan": p.req.Order.Preset, "username": p.req.Name}
}

// Resume goes on from the handle in the ledger.
func (p *purchase) Resume(handle string) error {
	earlier, problem := p.s.parseHandle(handle)
	switch {
	case problem != "":
		return conflict("nothing was bought: the handle in the ledger %s", problem)
	case p.req != nil && userOf(earlier.hostname) != p.req.Name:
		return &provider.Error{
			Kind: provider.ErrAlreadyExists, Message: words.Say("the reference belongs to an order under the name %s (server %d)", userOf(earlier.hostname), earlier.server),
			Fields: map[string]string{"Name": "is not that of the reference's order"},
		}
	}
	earlier.req = p.req
	*p = *earlier
	return nil
}

// Forget takes back what is known about the order.
func (p *purchase) Forget() {
	p.server, p.invoice, p.callback, p.sealed, p.found = 0, 0, provider.Secret{}, "", nil
}

func (p *purchase) learn(server, invoice int64, callback provider.Secret) {
	p.server, p.invoice = orElse(p.server, server), orElse(p.invoice, invoice)
	if p.callback.IsZero() && !callback.IsZero() {
		p.callback, p.sealed = callback, ""
	}
}

// as returns the order for the caller; nil if there is none.
func (p *purchase) as(state order.State) *PlacedOrder {
	if state == "" {
		return nil
	}
	placed := &PlacedOrder{State: OrderState(state), Hostname: p.hostname, Handle: p.Handle(), Placed: p.Placed, ServerID: p.server, InvoiceID: p.invoice}
	switch placed.State {
	case OrderReady:
		placed.Server = p.found
	case OrderDeploying:
		placed.Message = p.message
	case OrderUnclear:
		placed.Message = p.Why
	case OrderUnpaid:
	}
	return placed
}

// maxHandle is longer than any handle.
const maxHandle = 400

// handleLetters are the fields of a handle, in their order.
var handleLetters = []string{"r", "s", "i", "t", "b", oldTask}

// oldTask is the field with the key of the deployment itself, in handles of earlier versions. It is
// read, and never written.
const oldTask = "c"

// Handle returns the host name, the reference and what else is known, by letters:
//
//	web1-abcdefghijklm;r=order-1042;s=55054;i=603548;t=<task>;b=55053.603547.1767225600
//
// where t is the key of the deployment, sealed, and b is the newest server and invoice before the
// order, and when it was sent.
func (p *purchase) Handle() string {
	fields := url.Values{"r": {p.Reference}}
	if p.server != 0 {
		fields.Set("s", idText(p.server))
	}
	if p.invoice != 0 {
		fields.Set("i", idText(p.invoice))
	}
	switch {
	case !p.callback.IsZero():
		fields.Set("t", p.s.sealer.Seal(p.callback))
	case p.sealed != "":
		fields.Set("t", p.sealed)
	}
	if p.Sent() {
		fields.Set("b", idText(p.lastServer)+"."+idText(p.lastInvoice)+"."+strconv.FormatInt(p.SentAt.Unix(), 10))
	}
	var handle strings.Builder
	handle.WriteString(p.hostname)
	for _, letter := range handleLetters {
		if fields.Has(letter) {
			handle.WriteString(";" + letter + "=" + fields.Get(letter))
		}
	}
	return handle.String()
}

// parseHandle parses a handle, or returns what is wrong with it.
func (s *OrdersService) parseHandle(handle string) (*purchase, string) {
	if handle == "" {
		return nil, "required"
	}
	parts := strings.Split(handle, ";")
	if _, _, ok := splitHostname(parts[0]); !ok || len(handle) > maxHandle {
		return nil, order.NotAHandle
	}
	fields := order.Fields{Values: make(url.Values)}
	for _, part := range parts[1:] {
		letter, value, _ := strings.Cut(part, "=")
		if !slices.Contains(handleLetters, letter) {
			return nil, order.NotAHandle
		}
		fields.Set(letter, value)
	}
	p := s.purchase(parts[0], fields.Must("r", func(reference string) bool { return provider.ReferenceProblem(reference) == "" }))
	fields.Text("s", func(text string) (ok bool) { p.server, ok = parseID(text); return ok })
	fields.Text("i", func(text string) (ok bool) { p.invoice, ok = parseID(text); return ok })
	p.sealed = fields.Text("t", seal.Sealed)
	if key, ok := s.sealer.Open(p.sealed); ok && taskKey.MatchString(key.Reveal()) {
		p.learn(0, 0, key)
	}
	p.learn(0, 0, provider.NewSecret(fields.Text(oldTask, taskKey.MatchString)))
	fields.Text("b", p.parseBefore)
	if fields.Bad() {
		return nil, order.NotAHandle
	}
	if !p.orderedFor(p.hostname) {
		return nil, "names a host that was not made for its reference with the client's marker keys: provider.WithMarkerKeys needs the old one, too"
	}
	return p, ""
}

func (p *purchase) parseBefore(value string) bool {
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
	p.lastServer, p.lastInvoice, p.SentAt = n[0], n[1], time.Unix(n[2], 0)
	return n[2] > 0
}

// given parses the handle that a caller passes with the order of a name and a reference.
func (s *OrdersService) given(handle, name, reference string) (*purchase, string) {
	return order.Given(handle, s.parseHandle, func(p *purchase) bool { return userOf(p.hostname) == name && p.Reference == reference })
}

func parseID(text string) (int64, bool) {
	n, problem := adapter.Number(text, "")
	return n, problem == ""
}
