package hostkey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/provider"
)

// List lists all servers, without their references.
func (p *Provider) List(ctx context.Context, opts *provider.ListOptions) iter.Seq2[*provider.Account, error] {
	return func(yield func(*provider.Account, error) bool) {
		if _, err := adapter.PageSize(Kind, opts); err != nil {
			yield(nil, err)
			return
		}
		for server, err := range p.client.Servers.List(ctx, &ListServersOptions{Full: true}) {
			if err != nil {
				yield(nil, adapter.InVerb(Kind, err, "list accounts"))
				return
			}
			if !yield(p.listed(server), nil) {
				return
			}
		}
	}
}

// Plans lists the presets that can be ordered. Native is the *Preset, with its prices.
func (p *Provider) Plans(ctx context.Context) ([]provider.Plan, error) {
	// The catalogue is public: that it can be read says nothing about the key.
	if _, err := p.client.SignIn(ctx); err != nil {
		return nil, adapter.InVerb(Kind, err, "list plans")
	}
	var plans []provider.Plan
	for preset, err := range p.client.Presets.List(ctx, nil) {
		if err != nil {
			return nil, adapter.InVerb(Kind, err, "list plans")
		}
		if preset.Active {
			plans = append(plans, provider.Plan{ID: preset.Name, Name: preset.Name, Native: preset})
		}
	}
	return plans, nil
}

// Cancel schedules the end of a server with its paid period.
func (p *Provider) Cancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "cancel account", true, func(ctx context.Context, id int64) error {
		_, err := p.client.WHMCS.RequestCancellation(ctx, &CancellationRequest{ServerID: id, Type: CancelAtPeriodEnd})
		return err
	})
}

// UndoCancel takes back a cancellation that was not carried out yet.
func (p *Provider) UndoCancel(ctx context.Context, id string) (provider.Outcome, error) {
	return p.schedule(ctx, id, "keep account", false, func(ctx context.Context, id int64) error {
		_, err := p.client.WHMCS.DeleteCancellationRequest(ctx, id)
		return err
	})
}

func (p *Provider) schedule(ctx context.Context, id, verb string, want bool, do func(context.Context, int64) error) (provider.Outcome, error) {
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	action := verb + " " + id
	if _, err := p.client.Servers.Show(ctx, n); err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	open, err := p.cancelled(ctx, n, CancelAtPeriodEnd)
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	if open == want {
		return provider.OutcomeAlready, nil
	}
	err = provider.Confirm(ctx,
		func(ctx context.Context) error { return do(ctx, n) },
		func(ctx context.Context) (bool, error) {
			open, err := p.cancelled(ctx, n, CancelAtPeriodEnd)
			return open == want, err
		})
	if err != nil {
		return "", adapter.InVerb(Kind, err, action)
	}
	return provider.OutcomeChanged, nil
}

// cancelled tells whether a cancellation of a server is open; one at once counts as one
// at the end of the period, but not the other way round. The list's shape is
// undocumented: any object in it that names the server and is not marked as of another
// type will do.
func (p *Provider) cancelled(ctx context.Context, id int64, kind CancellationType) (bool, error) {
	answer, err := p.client.WHMCS.CancellationRequests(ctx, &CancellationListRequest{ServerID: id})
	if errors.Is(err, provider.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if e := openEnvelope(answer); e != nil && e.word("result") == "" {
		return false, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of cancellations is no answer: it lacks a result"}
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return false, &provider.Error{Provider: Kind, Kind: provider.ErrProtocol, Message: "the list of cancellations cannot be read"}
	}
	return namesServer(tree, idText(id), kind, 0), nil
}

// serverFields are what the API calls a server's ID elsewhere.
var serverFields = []string{"id", "server_id", "eq_id", "inv_id", "component_id"}

func namesServer(v any, id string, kind CancellationType, depth int) bool {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			if depth < 8 && namesServer(element, id, kind, depth+1) {
				return true
			}
		}
	case map[string]any:
		if depth > 0 { // the outer object repeats what was asked for
			for _, field := range serverFields {
				if fmt.Sprint(v[field]) == id {
					return kind == CancelAtPeriodEnd || immediate(v)
				}
			}
		}
		for _, element := range v {
			if depth < 8 && namesServer(element, id, kind, depth+1) {
				return true
			}
		}
	}
	return false
}

// immediate tells a cancellation at once: by the number that requests it, or by WHMCS's
// own word.
func immediate(request map[string]any) bool {
	for _, field := range []string{"cancellation_type", "type"} {
		word := strings.ToLower(fmt.Sprint(request[field]))
		if word == "1" || strings.HasPrefix(word, "immediate") {
			return true
		}
	}
	return false
}

// Renew pays for the server's next period from the account's credit: the open invoice of
// its billing service, or the next one, which it asks for if none is open. A server that
// is paid for more than one period ahead: OutcomeAlready.
func (p *Provider) Renew(ctx context.Context, id string) (provider.Outcome, error) {
	const verb = "renew account"
	n, err := accountID(id, verb)
	if err != nil {
		return "", err
	}
	outcome, err := p.renew(ctx, n)
	if err != nil {
		return "", adapter.InVerb(Kind, err, verb+" "+id)
	}
	return outcome, nil
}

func (p *Provider) renew(ctx context.Context, id int64) (provider.Outcome, error) {
	server, err := p.client.Servers.Show(ctx, id)
	if err != nil {
		return "", err
	}
	if server.AccountID == 0 || server.Billing == "" {
		return "", &provider.Error{Provider: Kind, Kind: provider.ErrUnsupported, Message: "the server tells no billing service whose invoices could be paid"}
	}
	open, err := p.openInvoice(ctx, server)
	if err != nil {
		return "", err
	}
	if open == nil {
		billing, err := p.client.WHMCS.BillingData(ctx, id)
		if err != nil {
			return "", err
		}
		months := cycleMonths(billing.Cycle)
		if months == 0 || billing.NextDue.IsZero() || billing.NextDue.After(time.Now().AddDate(0, months, 1)) {
			return provider.OutcomeAlready, nil // nothing is due, or it is paid ahead
		}
		err = provider.Resolve(ctx,
			func(ctx context.Context) error {
				_, err := p.client.WHMCS.GenerateDueInvoice(ctx, id)
				return err
			},
			func(ctx context.Context) (bool, error) {
				open, err = p.openInvoice(ctx, server)
				return open != nil, err
			})
		if err == nil && open == nil {
			open, err = p.openInvoice(ctx, server)
		}
		if err != nil {
			return "", err
		}
		if open == nil {
			return "", &provider.Error{Provider: Kind, Kind: provider.ErrConflict, Message: "the vendor made no invoice for the next period"}
		}
	}
	return provider.OutcomeChanged, p.payInvoice(ctx, open)
}

// openInvoice is the oldest unpaid invoice of a server's billing service, or nil.
func (p *Provider) openInvoice(ctx context.Context, server *Server) (*Invoice, error) {
	var open *Invoice
	for invoice, err := range p.client.WHMCS.ProductInvoices(ctx, server.AccountID, server.Billing) {
		if err != nil {
			return nil, err
		}
		if invoice.Status == InvoiceUnpaid && (open == nil || invoice.ID < open.ID) {
			open = invoice
		}
	}
	return open, nil
}

func (p *Provider) payInvoice(ctx context.Context, invoice *Invoice) error {
	due := invoice.Balance
	if due.IsZero() {
		due = invoice.Total
	}
	return provider.Confirm(ctx,
		func(ctx context.Context) error {
			_, err := p.client.WHMCS.ApplyCredit(ctx, invoice.ID, due)
			return err
		},
		func(ctx context.Context) (bool, error) {
			read, err := p.client.WHMCS.Invoice(ctx, &InvoiceRequest{ID: invoice.ID})
			return err == nil && read.Status == InvoicePaid, err
		})
}

// cycleMonths is the length of a billing cycle; 0 for those that have no invoices ahead.
func cycleMonths(cycle string) int {
	switch strings.ToLower(cycle) {
	case "monthly":
		return 1
	case "quarterly":
		return 3
	case "semi-annually":
		return 6
	case "annually":
		return 12
	}
	return 0
}

// Usage tells the server's traffic. The answer is undocumented: it is taken if it holds
// bytes as traffic_out, out, bytes_out or outgoing, and is ErrProtocol otherwise.
func (p *Provider) Usage(ctx context.Context, id string) (*provider.UsageReport, error) {
	const verb = "read usage of account"
	n, err := accountID(id, verb)
	if err != nil {
		return nil, err
	}
	action := verb + " " + id
	server, err := p.client.Servers.Show(ctx, n)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	answer, err := p.client.Servers.Traffic(ctx, n, nil)
	if err != nil {
		return nil, adapter.InVerb(Kind, err, action)
	}
	used, ok := trafficOf(answer)
	if !ok {
		return nil, &provider.Error{Provider: Kind, Action: action, Kind: provider.ErrProtocol, Message: "the answer, whose shape is undocumented, tells no traffic; Servers.Traffic returns it as it is"}
	}
	account := p.account(server)
	traffic := provider.Usage{Metric: provider.MetricTraffic, Unit: provider.UnitBytes, Used: used, LimitUnknown: server.TrafficLimit == 0}
	switch {
	case server.TrafficLimit > 0:
		traffic.Limit = int64(server.TrafficLimit * 1e12) // terabytes
	case server.TrafficLimit < 0:
		traffic.Unlimited, traffic.LimitUnknown = true, false
	}
	return &provider.UsageReport{AccountID: account.ID, Username: account.Username, AsOf: time.Now(), Values: []provider.Usage{traffic}}, nil
}

// trafficFields are looked for in this order: what goes out is what plans limit.
var trafficFields = []string{"traffic_out", "out", "bytes_out", "outgoing"}

func trafficOf(answer provider.Payload) (int64, bool) {
	for _, from := range []envelope{openEnvelope(answer), openEnvelope(openEnvelope(answer)["data"]), openEnvelope(openEnvelope(answer)["traffic"])} {
		for _, name := range trafficFields {
			var n float
			if data, ok := from[name]; ok && n.UnmarshalJSON(data) == nil && n >= 0 && n < 1<<62 {
				return int64(n), true
			}
		}
	}
	return 0, false
}
