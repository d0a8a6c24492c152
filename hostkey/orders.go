package hostkey

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/seal"
	"github.com/provkit/provkit/provider"
)

// Errors name these operations, which send several actions of the API.
var (
	ordersPlace = action{Endpoint: &rest.Endpoint{Provider: Kind, Op: "Orders.Place", Verb: "place order"}}
	ordersCheck = action{Endpoint: &rest.Endpoint{Provider: Kind, Op: "Orders.Check", Verb: "check order"}}
)

// OrdersService buys servers so that no order is ever paid twice, although the API cannot
// distinguish a repeated order from a new one.
//
// Each order has a Reference of the caller's, from which Place makes a host name that no other
// order has. Before it buys anything, Place looks for that host name and for deployments in
// progress, and buys nothing if one of them might be this order. Each call sends the order at most
// once, whatever happens to the answer. If the answer is lost or incomplete, the order is looked
// for by what the answer named, by the invoices, and by the host name.
//
// A deployment takes 10 to 30 minutes, and its server is listed only at the end. An order whose
// answer was lost can only be recognized then. Until that moment it is OrderUnclear, and no process
// buys again.
type OrdersService struct {
	c    *Client
	desk *order.Desk
	// Whoever has the key of a deployment can read its result without any other credential, and the result
	// has root's password in it: handles contain it sealed. A client with another API key of the account
	// asks for the deployment's key again.
	sealer seal.Sealer
}

func newOrders(c *Client, apiKey provider.Secret, options *provider.Options) *OrdersService {
	return &OrdersService{c: c, sealer: seal.New(apiKey), desk: order.NewDesk(options, order.AccountOf(Kind, c.rest.Root()), c.rest.ServerTime)}
}

// OrderPlaceRequest asks for one server.
type OrderPlaceRequest struct {
	// Reference is the caller's own stable key of the order, such as the billing system's service
	// number. Required; see provider.CreateRequest.
	Reference string
	// Name begins the host name; see OrdersService.Hostname. Required: 1 to 40 lower-case letters, digits
	// and hyphens. Like the reference it must not change between calls.
	Name string
	// Order is what to buy. Required; its Hostname must be empty. It is not changed.
	Order *ServerOrderRequest
	// PayFromCredit pays the invoice from the account's credit if the order leaves it unpaid, and the
	// answer to the order named it. Without it such an order waits for its payment.
	PayFromCredit bool
	// Handle continues an order of which the ledger knows nothing: it is the last PlacedOrder.Handle.
	// "" is enough with a ledger; without one it begins a new order, or finds the one of this reference as
	// far as the account shows it.
	Handle string
}

// OrderState is how far an order is.
type OrderState string

// The states of an order.
const (
	// OrderUnclear: it may have been placed, and cannot be distinguished yet from another
	// deployment in progress. Check again: it becomes one of the other states, or
	// provider.ErrNotFound, after which it may be placed again.
	OrderUnclear OrderState = "unclear"
	// OrderUnpaid: the invoice is not paid yet.
	OrderUnpaid OrderState = "unpaid"
	// OrderDeploying: paid, and being installed.
	OrderDeploying OrderState = "deploying"
	// OrderReady: the server is ready.
	OrderReady OrderState = "ready"
)

// PlacedOrder is an order as far as it is known.
type PlacedOrder struct {
	State    OrderState
	Hostname string
	// Handle is a string from which Place and Check continue. It survives a restart of the program.
	Handle string
	// Placed is set if this call bought the server.
	Placed bool
	// ServerID and InvoiceID are 0 while they are unknown.
	ServerID, InvoiceID int64
	// Message is the vendor's message about the deployment, or what is unclear.
	Message string
	// Server is nil until the order is ready.
	Server *Server
}

const maxOrderName = 40

var orderName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// Place buys a server, unless the order of this reference was placed before: then it continues that
// order, and buys nothing.
//
// If there is or may be an order, it is returned with an error, too. After an
// error that matches provider.ErrOutcomeUnknown it is unknown whether something was bought, and
// calling again is safe. provider.ErrAlreadyExists: another order or server has the
// name. provider.ErrQuota: the credit is too low. provider.ErrConflict: a person must decide, about
// invoices that may be the order's, or because nobody has seen its server an hour after the order; ledger.Abandon
// ends it. provider.ErrNotFound: its invoice was cancelled or paid back, and there is no server.
//
// Place never buys twice in one call. A call that continues an order of which there is no trace
// buys only if the order has settled (provider.WithSettleTime), because the server might still be
// working on it.
func (s *OrdersService) Place(ctx context.Context, req *OrderPlaceRequest) (*PlacedOrder, error) {
	p, err := s.newPurchase(req)
	if err != nil {
		return nil, err
	}
	state, err := s.desk.Place(ctx, p)
	return p.as(state), ofOrder(err, ordersPlace, p.hostname)
}

// Check reports how far an order is. It neither buys nor pays anything. provider.ErrNotFound: the
// order was not placed, or its server is gone; Place may be called again.
func (s *OrdersService) Check(ctx context.Context, handle string) (*PlacedOrder, error) {
	p, problem := s.parseHandle(handle)
	if problem != "" {
		return nil, ordersCheck.Refuse("", provider.Problems{"handle": problem})
	}
	state, err := s.desk.Poll(ctx, p)
	return p.as(state), ofOrder(err, ordersCheck, p.hostname)
}

// ofOrder adds the order to an error that names no call.
func ofOrder(err error, a action, hostname string) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.Provider != "" {
		return err
	}
	named := *e
	named.Provider, named.Op, named.Action = Kind, a.Op, a.Verb+" "+hostname
	return &named
}

func (s *OrdersService) newPurchase(req *OrderPlaceRequest) (*purchase, error) {
	if req == nil {
		return nil, ordersPlace.RefuseNil()
	}
	problems := make(provider.Problems)
	problems.Note("Reference", provider.ReferenceProblem(req.Reference))
	problems.Note("Name", nameProblem(req.Name))
	switch {
	case req.Order == nil:
		problems.Add("Order", "required")
	case req.Order.Hostname != "":
		problems.Add("Order.Hostname", "must be empty: it is made from Name and Reference")
	default:
		problems.NoteAll("Order", req.Order.problems())
	}
	p := s.purchase(s.Hostname(req.Name, req.Reference), req.Reference)
	if req.Handle != "" {
		given, problem := s.given(req.Handle, req.Name, req.Reference)
		if problem != "" {
			problems.Add("Handle", "%s", problem)
		} else {
			p = given
		}
	}
	s.desk.Refuse(&problems)
	p.req = req
	return p, ordersPlace.Refuse("", problems)
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "required"
	case len(name) > maxOrderName:
		return fmt.Sprintf("must have at most %d characters", maxOrderName)
	case !orderName.MatchString(name):
		return "must contain only lower-case letters, digits and hyphens, and begin and end with a letter or digit"
	case strings.HasPrefix(name, "hostkey"):
		return `must not begin with "hostkey", as the vendor's own names do`
	}
	return ""
}
