package hostkey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/provkit/provkit/provider"
)

// follow finds out how far an order is of which something is known, and pays for it if
// the caller wants that. The ways to its server, best first: the task of the answer,
// the tasks under way, the item of the invoice, and the host name.
func (s *OrdersService) follow(ctx context.Context, o *order) (*PlacedOrder, error) {
	s.own(o)
	paid, err := s.pay(ctx, o)
	if err != nil {
		return o.unclearUnless(OrderUnpaid), err
	}
	if !paid {
		return o.as(OrderUnpaid), nil
	}
	message, running, err := s.task(ctx, o)
	if err != nil {
		return o.as(OrderDeploying), err
	}
	if running {
		deploying := o.as(OrderDeploying)
		deploying.Message = message
		return deploying, nil
	}
	if o.server == 0 {
		if err := s.byInvoice(ctx, o); err != nil {
			return o.as(OrderDeploying), err
		}
	}
	if o.server == 0 {
		if err := s.byName(ctx, o); err != nil || o.server == 0 {
			return o.as(OrderDeploying), err
		}
	}
	return s.ready(ctx, o)
}

func (o *order) unclearUnless(state OrderState) *PlacedOrder {
	if o.invoice != 0 {
		return o.as(state)
	}
	return o.unclear()
}

// pay reads whether the invoice is paid, and pays it from the credit if it is not and
// the caller wants that. An order without a known invoice has a server or a task, so it
// is paid.
func (s *OrdersService) pay(ctx context.Context, o *order) (paid bool, err error) {
	if o.invoice == 0 || o.server != 0 {
		return true, nil
	}
	invoice, err := s.c.WHMCS.Invoice(ctx, &InvoiceRequest{ID: o.invoice})
	switch {
	case err != nil:
		return false, err
	case invoice.Status == InvoicePaid:
		return true, nil
	case invoice.Status != InvoiceUnpaid, o.req == nil, !o.req.PayFromCredit:
		return false, nil
	}
	due := invoice.Balance
	if due.IsZero() {
		due = invoice.Total
	}
	err = provider.Confirm(ctx,
		func(ctx context.Context) error {
			_, err := s.c.WHMCS.ApplyCredit(ctx, o.invoice, due)
			return err
		},
		func(ctx context.Context) (bool, error) {
			invoice, err = s.c.WHMCS.Invoice(ctx, &InvoiceRequest{ID: o.invoice})
			return err == nil && invoice.Status == InvoicePaid, err
		})
	return err == nil, err
}

// task asks for the order's deployment. A success is told once, so that a task that is
// gone says nothing: the account does.
func (s *OrdersService) task(ctx context.Context, o *order) (message string, running bool, err error) {
	if o.callback == "" && o.invoice != 0 {
		under, err := s.c.Servers.UpdateServers(ctx)
		if err != nil {
			return "", false, err
		}
		o.callback = under.DeployKeys[o.invoice]
	}
	if o.callback == "" {
		return "", false, nil
	}
	state, err := s.c.Tasks.Check(ctx, o.callback)
	switch {
	case errors.Is(err, ErrTaskGone):
		o.callback = ""
		return "", false, nil
	case err != nil:
		return "", false, err
	case state.State == TaskFailed:
		return "", false, &provider.Error{
			Provider: Kind, Op: ordersCheck.Op, Action: ordersCheck.Verb + " " + o.hostname, Kind: provider.ErrConflict, Err: ErrTaskFailed,
			Message: fmt.Sprintf("the deployment failed, and invoice %d may be paid: ask the vendor before ordering again: %s", o.invoice, state.reason()),
		}
	case state.State == TaskRunning:
		return state.Message, true, nil
	}
	o.callback = ""
	if state.Context.ServerID != 0 {
		o.server = state.Context.ServerID
	}
	return "", false, nil
}

func (s *OrdersService) byInvoice(ctx context.Context, o *order) error {
	if o.invoice == 0 {
		return nil
	}
	invoice, err := s.c.WHMCS.Invoice(ctx, &InvoiceRequest{ID: o.invoice})
	if err == nil {
		o.server = serverOf(invoice)
	}
	return err
}

func (s *OrdersService) byName(ctx context.Context, o *order) error {
	for server, err := range s.c.Servers.List(ctx, &ListServersOptions{Full: true}) {
		if err != nil {
			return err
		}
		if strings.EqualFold(server.Hostname, o.hostname) {
			o.server = server.ID
			return nil
		}
	}
	return nil
}

// ready reads the server, makes sure that it is the order's, and marks it.
func (s *OrdersService) ready(ctx context.Context, o *order) (*PlacedOrder, error) {
	server, err := s.c.Servers.Show(ctx, o.server)
	if errors.Is(err, provider.ErrNotFound) {
		// It has a number already, but is not there yet, or not any more.
		under, lookErr := s.c.Servers.UpdateServers(ctx)
		if lookErr != nil {
			return o.as(OrderDeploying), lookErr
		}
		if _, busy := under.DeployKeys[o.invoice]; busy || o.invoice == 0 && len(under.DeployKeys) > 0 {
			return o.as(OrderDeploying), nil
		}
		return nil, err
	}
	if err != nil {
		return o.as(OrderDeploying), err
	}
	tag := server.Tag(ReferenceTag)
	hostname := server.Hostname()
	switch {
	case tag != nil && tag.Value == o.reference: // ours, whatever it is called by now
	case tag != nil, !isDefaultName(hostname, server.ID) && !strings.EqualFold(hostname, o.hostname):
		return o.unclear(), &provider.Error{
			Provider: Kind, Op: ordersCheck.Op, Action: ordersCheck.Verb + " " + o.hostname, Kind: provider.ErrConflict,
			Message: fmt.Sprintf("it leads to server %d, which is called %q: that is somebody else's", server.ID, clipped(hostname)),
		}
	case isDefaultName(hostname, server.ID): // the name comes a little later
		return o.as(OrderDeploying), nil
	case server.Status == StatusTT:
		return o.as(OrderDeploying), nil
	}
	done := o.as(OrderReady)
	done.Server = server
	if tag != nil {
		return done, nil
	}
	return done, s.mark(ctx, server, o.reference)
}

// mark puts the reference on a server.
func (s *OrdersService) mark(ctx context.Context, server *Server, reference string) error {
	err := provider.Resolve(ctx,
		func(ctx context.Context) error {
			_, err := s.c.Tags.Add(ctx, &TagRequest{ID: server.ID, Name: ReferenceTag, Value: reference})
			return err
		},
		func(ctx context.Context) (bool, error) {
			read, err := s.c.Servers.Show(ctx, server.ID)
			if err != nil {
				return false, err
			}
			tag := read.Tag(ReferenceTag)
			return tag != nil && tag.Value == reference, nil
		})
	if err == nil {
		server.Tags = append(server.Tags, Tag{Name: ReferenceTag, Value: reference})
	}
	return err
}
