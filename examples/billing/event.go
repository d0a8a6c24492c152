package main

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/riverprovider"
)

// Event is the body of a webhook. It is no command: it says in which state a service belongs from now on.
type Event struct {
	Type     string `json:"type"`            // a key of statuses
	Service  string `json:"service"`         // the billing system's number of the service, and the reference of its account
	Sequence int64  `json:"sequence"`        // grows with each event of a service, as the version of its row: the newest counts
	Order    *Order `json:"order,omitempty"` // with order.paid only
}

// Order is what was bought. The user name is chosen here if there is none.
type Order struct {
	provider.Order

	Kind string `json:"kind,omitempty"` // of server; "" is any
}

var statuses = map[string]provider.Status{
	"order.paid": provider.StatusActive, "invoice.overdue": provider.StatusSuspended, "invoice.paid": provider.StatusActive, "cancelled": provider.StatusAbsent,
}

// identifier matches numbers of services, which are also used in paths.
var identifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$`)

// postEvent stores what an event asks for and answers before it is carried out: 202, or 200 if it is known. With any
// other answer it was not stored, and billing systems send it again, later.
func (a *app) postEvent(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		answer(w, http.StatusBadRequest, "error", "the body broke off, or is too long")
		return
	}
	if err := a.verify(r.Header, body); err != nil {
		answer(w, http.StatusUnauthorized, "error", err.Error())
		return
	}
	var e Event
	err = json.Unmarshal(body, &e)
	if err != nil || !identifier.MatchString(e.Service) || statuses[e.Type] == "" || e.Sequence < 1 || (e.Type == "order.paid") != (e.Order != nil) {
		answer(w, http.StatusUnprocessableEntity, "error", "this is no event: type, service and sequence are required, order with order.paid only")
		return
	}
	state, err := a.accept(r.Context(), &e)
	switch _, again := provider.Retryable(err); {
	case err == nil && state == "known":
		answer(w, http.StatusOK, "state", state)
	case err == nil:
		answer(w, http.StatusAccepted, "state", state)
	case errors.Is(err, provider.ErrConflict):
		answer(w, http.StatusConflict, "error", err.Error())
	case again || provider.Code(err) == "other":
		a.log.Error("event not stored", "service", e.Service, "error", err)
		answer(w, http.StatusServiceUnavailable, "error", "it could not be stored; send it again")
	default:
		answer(w, http.StatusUnprocessableEntity, "error", err.Error())
	}
}

// accept makes an event an intent.
func (a *app) accept(ctx context.Context, e *Event) (state string, err error) {
	conflict := func(why string) (string, error) {
		return "", &provider.Error{Action: "accept " + e.Type + " of " + e.Service, Kind: provider.ErrConflict, Message: why}
	}
	known, err := a.queue.State(ctx, e.Service)
	if errors.Is(err, provider.ErrNotFound) {
		known, err = &riverprovider.State{Intent: &provider.Intent{}, State: provider.IntentRefused}, nil
	}
	i := known.Intent
	switch {
	case err != nil:
		return "", err
	case e.Sequence < i.Sequence:
		return "superseded", nil
	case e.Sequence == i.Sequence && statuses[e.Type] == i.Status:
		return "known", nil
	case e.Sequence == i.Sequence:
		return conflict("another event has this sequence")
	case i.Status == provider.StatusAbsent:
		return conflict("the service is cancelled; a new order needs its own number")
	case i.Order == nil && e.Order == nil:
		return conflict("no order of this service has come yet; send it again")
	case e.Order != nil && known.State == provider.IntentRefused && known.AccountID == "": // there is none, or a bad one
		if i, err = a.place(ctx, e); err != nil {
			return "", err
		}
	}
	i.Status, i.Sequence = statuses[e.Type], e.Sequence
	fresh, err := a.queue.Enqueue(ctx, a.client, nil, i)
	if err == nil && !fresh {
		return a.accept(ctx, e) // another has come meanwhile
	}
	return "accepted", err
}

// place chooses a server and a name. Both are part of the intent, so that whoever carries it out finds what an
// earlier attempt has left.
func (a *app) place(ctx context.Context, e *Event) (*provider.Intent, error) {
	place, err := a.servers.Place(ctx, &fleet.PlaceRequest{Kind: e.Order.Kind, Plan: e.Order.Plan, Strategy: fleet.LeastUsed})
	if err != nil {
		return nil, err
	}
	order, can := e.Order.Order, place.Server.Provider.Describe()
	order.Username = cmp.Or(order.Username, can.Username.Username(cmp.Or(order.Domain, "service"+e.Service), e.Service))
	if can.Password != nil {
		order.PasswordName = place.Server.Name // see password
	}
	return &provider.Intent{Server: place.Server.Name, Reference: e.Service, Order: &order}, nil
}

// tell hears what came of an intent. Yours may tell the billing system: by a job of its own, made with tx.
func (a *app) tell(_ context.Context, _ *sql.Tx, e *riverprovider.Event) error {
	told := strings.Join(e.Changes, ", ")
	if e.Err != nil {
		told = e.Err.Error()
	}
	a.log.Info("outcome", "service", e.Intent.Reference, "server", e.Intent.Server, "sequence", e.Intent.Sequence, "state", e.State, "told", told)
	return nil
}
