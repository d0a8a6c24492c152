package hostkey

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/provkit/provkit/internal/order"
	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// These name the careful operation in errors; what it sends are other actions.
var (
	ordersPlace = action{Endpoint: &rest.Endpoint{Provider: Kind, Op: "Orders.Place", Verb: "place order"}}
	ordersCheck = action{Endpoint: &rest.Endpoint{Provider: Kind, Op: "Orders.Check", Verb: "check order"}}
)

// OrdersService buys servers so that no order is ever paid twice, although the API has
// nothing that distinguishes a repeated order from a new one.
//
// Each order has a Reference of the caller's, from which a host name is made that no
// other order has. Before anything is bought, the host name is looked for, and so is
// every deployment in progress; if one of them might be this order, nothing is bought. An
// order is sent once in a call, whatever becomes of its answer: a lost one is looked
// for, by what the answer named, by the invoices, and by the host name.
//
// Little is known of an order while it is being deployed, which takes 10 to 30 minutes:
// its server is listed when it is done. So an order whose answer
// was lost can only be recognised then, and until that moment nobody who lost the
// answer, in whatever process, orders again: the order is OrderUnclear.
type OrdersService struct {
	c    *Client
	desk order.Desk
}

func newOrders(c *Client) *OrdersService { return &OrdersService{c: c} }

// OrderPlaceRequest asks for one server.
type OrderPlaceRequest struct {
	// Reference is the caller's own stable key of the order, such as the billing
	// system's service number. Required; see provider.CreateRequest.
	Reference string
	// Name begins the host name: "web1" gives "web1-" and 13 letters and digits that
	// are made from the reference. 1 to 40 lower-case letters, digits and hyphens.
	// Required. It belongs to the order like the reference.
	Name string
	// Order is what to buy. Required; its Hostname must be empty. It is not changed.
	Order *ServerOrderRequest
	// PayFromCredit pays the invoice from the account's credit if the order leaves it
	// unpaid. Without it such an order waits for its payment.
	PayFromCredit bool
	// Handle continues an order after a restart of the program: the last one that
	// OnHandle or PlacedOrder.Handle gave. "" begins a new order, or finds the one of
	// this reference as far as the account shows it.
	Handle string
	// OnHandle, if set, is given the handle before anything is bought and whenever more
	// is known. Write it down. Its error stops the order if nothing was bought yet.
	OnHandle func(handle string) error
}

// OrderState is how far an order is.
type OrderState string

// The states of an order.
const (
	// OrderUnclear: it may have been placed, and cannot be distinguished yet from another
	// deployment in progress. Check again: it becomes one of the others, or
	// provider.ErrNotFound, after which it may be placed anew.
	OrderUnclear OrderState = "unclear"
	// OrderUnpaid: the invoice waits for its payment.
	OrderUnpaid OrderState = "unpaid"
	// OrderDeploying: paid, and being installed.
	OrderDeploying OrderState = "deploying"
	// OrderReady: the server is there.
	OrderReady OrderState = "ready"
)

// PlacedOrder is an order as far as it is known.
type PlacedOrder struct {
	State    OrderState
	Hostname string
	// Handle is a string from which Place and Check go on. It survives a restart.
	Handle string
	// Placed: this very call bought it.
	Placed bool
	// ServerID and InvoiceID are 0 while they are not known.
	ServerID, InvoiceID int64
	// Message is what the server says of the deployment.
	Message string
	// Server is there when the order is ready.
	Server *Server
}

const (
	suffixLength = 13
	maxOrderName = 40
)

var (
	orderName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	ourName   = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?)-([a-z2-7]{13})$`)
	suffixes  = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
)

// OrderHostname is the host name that Orders.Place gives a server.
func OrderHostname(name, reference string) string { return name + "-" + referenceSuffix(reference) }

// referenceSuffix is 65 bits of a hash: enough that no two references meet.
func referenceSuffix(reference string) string {
	sum := sha256.Sum256([]byte("provkit order " + reference))
	return suffixes.EncodeToString(sum[:])[:suffixLength]
}

// orderedFor reports whether a host name was made from a reference.
func orderedFor(hostname, reference string) bool {
	_, suffix, ok := splitHostname(hostname)
	return ok && suffix == referenceSuffix(reference)
}

// splitHostname takes apart a host name that OrderHostname made, or looks like it.
func splitHostname(hostname string) (name, suffix string, ok bool) {
	m := ourName.FindStringSubmatch(hostname)
	if m == nil {
		return "", "", false
	}
	return m[1], m[3], true
}

// Place buys a server, unless the order of this reference was placed before: then it
// goes on with that one, and buys nothing.
//
// The order comes with an error too, if there is or may be one: keep its handle. An
// error that matches provider.ErrOutcomeUnknown leaves open whether something was
// bought; calling again, with the handle, is safe. provider.ErrAlreadyExists: another
// order or server has the name. provider.ErrQuota: not enough credit.
//
// Nothing here ever buys a second time within one call. A call that continues an order
// of which nothing is to be seen waits until two minutes have passed since it was
// sent, before it buys: the server might still be working on it.
func (s *OrdersService) Place(ctx context.Context, req *OrderPlaceRequest) (*PlacedOrder, error) {
	p, err := s.newPurchase(req)
	if err != nil {
		return nil, err
	}
	state, err := s.desk.Place(ctx, p)
	return p.as(state), ofOrder(err, ordersPlace, p.hostname)
}

// Check looks how far an order is. It buys and pays nothing. provider.ErrNotFound: the
// order was not placed, or its server is gone; Place may be called again.
func (s *OrdersService) Check(ctx context.Context, handle string) (*PlacedOrder, error) {
	p, problem := s.parseHandle(handle)
	if problem != "" {
		return nil, ordersCheck.Refuse("", provider.Problems{"handle": problem})
	}
	state, err := s.desk.Poll(ctx, p)
	return p.as(state), ofOrder(err, ordersCheck, p.hostname)
}

// ofOrder names the order in an error that is not one of a call.
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
	p := s.purchase(OrderHostname(req.Name, req.Reference), req.Reference)
	if req.Handle != "" {
		given, problem := s.given(req.Handle, p.hostname)
		if problem != "" {
			problems.Add("Handle", "%s", problem)
		} else {
			p = given
		}
	}
	p.req, p.OnHandle = req, req.OnHandle
	return p, ordersPlace.Refuse("", problems)
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "required"
	case len(name) > maxOrderName:
		return fmt.Sprintf("longer than %d characters", maxOrderName)
	case !orderName.MatchString(name):
		return "may contain lower-case letters, digits and hyphens, and begins and ends with a letter or digit"
	case strings.HasPrefix(name, "hostkey"):
		return `must not begin with "hostkey": so do names that the vendor gives`
	}
	return ""
}
