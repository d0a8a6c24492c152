package hostkey

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/adapter"
	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Begin records the newest server and invoice of the account: newer ones may be the order's.
func (p *purchase) Begin(context.Context) (undo func(), err error) {
	server, invoice := p.lastServer, p.lastInvoice
	p.lastServer, p.lastInvoice = p.newestServer, p.newestInvoice
	return func() { p.lastServer, p.lastInvoice = server, invoice }, nil
}

// Send orders the server. Follow finds out how its deployment proceeds.
func (p *purchase) Send(ctx context.Context) (order.State, error) {
	bought := *p.req.Order
	bought.Hostname = p.hostname
	answer, err := p.s.c.Servers.OrderInstance(ctx, &bought)
	var unfinished *UnfinishedOrder
	switch {
	case err == nil && p.older(answer.ServerID, answer.InvoiceID):
		return "", order.Unknown("the answer names server %d and invoice %d, which were there before the order", answer.ServerID, answer.InvoiceID)
	case err == nil:
		p.learn(answer.ServerID, answer.InvoiceID, answer.Callback)
		if answer.Status == InvoicePaid || !answer.Callback.IsZero() {
			return order.Deploying, nil
		}
	case errors.As(err, &unfinished) && !p.older(unfinished.ServerID, unfinished.InvoiceID):
		p.learn(unfinished.ServerID, unfinished.InvoiceID, unfinished.Callback)
		return order.Unclear, err // a failure that left something behind
	}
	return "", err
}

// older reports whether a server or an invoice was there before the order. The answer to an order does
// not name the host that was ordered, and one that names such a thing is the answer to another order.
func (p *purchase) older(server, invoice int64) bool {
	_, had := p.servers[server]
	return had || invoice != 0 && invoice <= p.lastInvoice
}

// Follow finds out how far the order is, and pays for it if the caller wants that. It finds the
// server by, best first, the task in the answer, the deployments in progress, the item of the
// invoice, and the host name.
func (p *purchase) Follow(ctx context.Context) (order.State, error) {
	if paid, err := p.pay(ctx); err != nil || !paid {
		return order.Unpaid, err
	}
	for _, step := range []func(context.Context) (running bool, err error){p.task, p.byInvoice, p.byName} {
		if running, err := step(ctx); err != nil || running {
			return order.Deploying, err
		}
	}
	return p.inspect(ctx)
}

// pay reports whether the invoice is paid, and pays it from the credit if it is not and the caller
// wants that. An order without a known invoice has a server or a task, so it is paid.
func (p *purchase) pay(ctx context.Context) (paid bool, err error) {
	if p.invoice == 0 || p.server != 0 {
		return true, nil
	}
	invoice, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: p.invoice})
	switch {
	case errors.Is(err, provider.ErrNotFound):
		p.invoiceGone = true // whether there is a server all the same, the next steps find out
		return true, nil
	case err != nil:
		return false, err
	case invoice.Status == InvoicePaid:
		return true, nil
	case slices.Contains(cancelled, invoice.Status):
		p.void = true // the same
		return true, nil
	case invoice.Status != InvoiceUnpaid, p.req == nil, !p.req.PayFromCredit:
		return false, nil
	}
	why, err := p.foreign(ctx, invoice)
	if err == nil && why != "" {
		err = conflict("the order led to invoice %d, which was not paid: %s", p.invoice, string(why))
	}
	if err == nil {
		_, err = p.s.desk.Spend(ctx, order.Spending{
			Verb: "pay", Subject: "invoice " + idText(p.invoice), Lag: p.s.c.rest.ReadLag(),
			Send: func(ctx context.Context) (string, error) { return "", p.s.c.payFromCredit(ctx, p.invoice, invoice) },
			Look: func(ctx context.Context) (end time.Time, paid bool, err error) {
				read, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: p.invoice})
				return end, err == nil && read.Status == InvoicePaid, err
			},
		})
	}
	return err == nil, err
}

// payFromCredit pays the balance of an invoice.
func (c *Client) payFromCredit(ctx context.Context, id int64, invoice *Invoice) error {
	due := invoice.Balance
	if due.IsZero() {
		due = invoice.Total
	}
	return adapter.Confirm(ctx, c.rest.ReadLag(),
		adapter.Once(func(ctx context.Context) error {
			_, err := c.WHMCS.ApplyCredit(ctx, id, due)
			return err
		}),
		func(ctx context.Context) (bool, error) {
			read, err := c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: id})
			return err == nil && read.Status == InvoicePaid, err
		})
}

// task checks the order's deployment. The server reports a success only once, so a task that is
// gone proves nothing: the account decides.
func (p *purchase) task(ctx context.Context) (running bool, err error) {
	if p.callback.IsZero() && p.invoice != 0 {
		underway, err := p.s.c.Servers.UpdateServers(ctx)
		if err != nil {
			return false, err
		}
		p.learn(0, 0, underway.DeployKeys[p.invoice])
	}
	if p.callback.IsZero() {
		return false, nil
	}
	task, err := p.s.c.Tasks.Check(ctx, p.callback)
	switch {
	case errors.Is(err, ErrTaskGone):
		p.callback = provider.Secret{}
		return false, nil
	case err != nil:
		return false, err
	case task.State == TaskFailed:
		failed := conflict("the deployment failed, and invoice %d may be paid: ask the vendor before ordering again: %s", p.invoice, p.s.c.taskFailure(task))
		failed.Err = ErrTaskFailed
		return false, p.unlessVoid(ctx, failed)
	case task.State == TaskRunning:
		p.message = p.s.c.rest.Clean(task.Message, task.Context.Password)
		return true, nil
	}
	p.callback, p.server = provider.Secret{}, orElse(task.Context.ServerID, p.server)
	return false, nil
}

func (p *purchase) byInvoice(ctx context.Context) (running bool, err error) {
	if p.server != 0 || p.invoice == 0 {
		return false, nil
	}
	invoice, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: p.invoice})
	switch {
	case errors.Is(err, provider.ErrNotFound):
		return false, nil
	case err == nil:
		p.server = serverOf(invoice)
	}
	return false, err
}

func (p *purchase) byName(ctx context.Context) (running bool, err error) {
	if p.server != 0 {
		return false, nil
	}
	unread, err := p.list(ctx)
	if err != nil {
		return false, err
	}
	seen := new(order.Sighting)
	err = p.among(ctx, seen, p.named)
	switch {
	case err != nil:
		return false, err
	case seen.Conflict != nil:
		return false, seen.Conflict
	case p.server != 0:
		return false, nil
	}
	switch {
	case p.tampered != nil:
		return true, p.tampered
	case unread != nil:
		return true, unread
	}
	return true, p.overdue(ctx)
}

// overdue is the error about an order of which no server is to be seen, if that is not because it is being
// deployed.
func (p *purchase) overdue(ctx context.Context) error {
	late := p.Sent() && p.Since() >= longestDeployment
	if !late && !p.invoiceGone && !p.void {
		return nil
	}
	busy, err := adapter.Until(ctx, p.s.c.rest.ReadLag(), p.busy) // it may have been paid just now
	switch {
	case err != nil || busy:
		return err
	case p.invoiceGone:
		return conflict("invoice %d of the order is not found any more, and there is no server: ask the vendor what became of it", p.invoice)
	}
	return p.unlessVoid(ctx, conflict("nobody has seen a server of the order, and invoice %d may be paid: ask the vendor", p.invoice))
}

// unlessVoid returns the error about an order whose server does not come, which a person has to look into unless its
// invoice was cancelled or paid back: then nothing comes of the order any more. One wrong answer does not say so.
func (p *purchase) unlessVoid(ctx context.Context, unclear error) error {
	status := ""
	for range 2 {
		if p.invoice == 0 {
			return unclear
		}
		invoice, err := p.s.c.WHMCS.Invoice(ctx, &InvoiceGetRequest{ID: p.invoice})
		switch {
		case errors.Is(err, provider.ErrNotFound):
			return unclear
		case err != nil:
			return err
		case !slices.Contains(cancelled, invoice.Status):
			return unclear
		}
		status = strings.ToLower(invoice.Status)
	}
	return order.Gone("invoice %d was %s, and there is no server: nothing comes of the order; Create orders again", p.invoice, status)
}

// longestDeployment is how long a server need not be there after its order, whatever the list of deployments
// says: one wrong answer must not end the order. The vendor says 10 to 30 minutes.
const longestDeployment = time.Hour

// inspect reads the server and makes sure that it is the order's. It is marked once it is ready,
// since the API shows its name only then.
func (p *purchase) inspect(ctx context.Context) (order.State, error) {
	server, err := p.s.c.Servers.Show(ctx, p.server)
	for first := true; errors.Is(err, provider.ErrNotFound); first = false {
		// It has an ID already, but does not exist yet, or no longer.
		busy, lookErr := p.busy(ctx)
		young := p.Sent() && p.Since() < longestDeployment
		switch {
		case lookErr != nil, busy, young && !p.Known && p.sealed == "":
			return order.Deploying, lookErr
		}
		if !first || p.Marked || p.Known && !young {
			break
		}
		server, err = p.await(ctx) // what was read may be wrong
	}
	if _, listed := p.servers[p.server]; listed && errors.Is(err, provider.ErrNotFound) {
		return order.Deploying, &provider.Error{Kind: provider.ErrUnavailable, Message: words.Say("server %d is listed, and cannot be read: try again", p.server)}
	}
	switch {
	case errors.Is(err, provider.ErrNotFound) && (p.sealed != "" || p.Unseen()): // nobody has seen how its deployment ended
		return order.Unclear, p.unlessVoid(ctx, conflict("server %d does not exist: its deployment may have failed, and invoice %d may be paid: ask the vendor before ordering again", p.server, p.invoice))
	case errors.Is(err, provider.ErrNotFound):
		return "", order.Gone("server %d does not exist, and the key can list servers: what was ordered has ended", p.server)
	}
	if err != nil {
		return order.Deploying, err
	}
	reference, marker := p.s.c.reference(server)
	hostname := server.Hostname()
	switch {
	case reference == p.Reference: // the order's, whatever its name is now
	case marker.Tampered != "":
		return order.Unclear, tamperedServer(server, marker)
	case reference != "":
		return order.Unclear, order.Astray("the order leads to server %d, which carries the reference %q", server.ID, reference)
	case !p.Known && !isDefaultName(hostname, server.ID) && !p.orderedFor(hostname):
		return order.Unclear, conflict("the order leads to server %d, but that is called %q and is not this order's", server.ID, p.s.c.rest.Clean(hostname))
	case isDefaultName(hostname, server.ID): // its name is set a little later
		return order.Deploying, nil
	case server.Status == StatusTT:
		return order.Deploying, nil
	}
	p.found, p.Marked = server, reference != ""
	if p.Marked {
		return order.Ready, nil
	}
	return order.Unmarked, nil
}

// busy reports whether the order's server is being deployed, as far as the list of deployments says.
func (p *purchase) busy(ctx context.Context) (bool, error) {
	underway, err := p.s.c.Servers.UpdateServers(ctx)
	if err != nil {
		return false, err
	}
	_, busy := underway.DeployKeys[p.invoice]
	return busy || p.invoice == 0 && len(underway.DeployKeys) > 0 || slices.Contains(underway.Servers, p.server), nil
}

// await reads the order's server until it is there, for as long as reads may trail.
func (p *purchase) await(ctx context.Context) (server *Server, err error) {
	_, ended := adapter.Until(ctx, p.s.c.rest.ReadLag(), func(ctx context.Context) (bool, error) {
		server, err = p.s.c.Servers.Show(ctx, p.server)
		return !errors.Is(err, provider.ErrNotFound), nil
	})
	return server, cmp.Or(ended, err)
}

// Mark adds the reference to the order's server.
func (p *purchase) Mark(ctx context.Context) (order.State, error) {
	err := p.s.mark(ctx, p.found, p.Reference)
	p.Marked = err == nil
	return order.Ready, err
}

// mark adds the reference to a server, as a tag.
func (s *OrdersService) mark(ctx context.Context, server *Server, reference string) error {
	value := s.c.signed(reference, server.ID)
	err := adapter.Resolve(ctx, s.c.rest.ReadLag(),
		func(ctx context.Context) error {
			_, err := s.c.Tags.Add(ctx, &TagAddRequest{ID: server.ID, Name: ReferenceTag, Value: value})
			return err
		},
		func(ctx context.Context) (bool, error) {
			read, err := s.c.Servers.Show(ctx, server.ID)
			if err != nil {
				return false, err
			}
			proven, _ := s.c.reference(read)
			return proven == reference, nil
		})
	if err == nil {
		server.Tags = append(server.Tags, Tag{Name: ReferenceTag, Value: value})
	}
	return err
}
