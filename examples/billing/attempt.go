package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

var errNoOrder = errors.New("no order of this service has come yet")

// attempt brings a service into the wanted state, as far as that is possible at once. It returns
// the service as it is then, even with an error.
func (w *workers) attempt(ctx context.Context, r Record, s Service) (_ Service, changes []string, err error) {
	if s.Order == nil {
		return s, nil, errNoOrder
	}
	if s.Server == "" {
		if states[r.Type] == provider.StatusAbsent {
			return s, nil, nil // nothing was ever made
		}
		if s, err = w.place(ctx, r, s); err != nil {
			return s, nil, err
		}
	}
	p, err := w.fleet.Provider(s.Server)
	if err != nil {
		return s, nil, err
	}
	result, err := provider.Ensure(ctx, p, w.desired(p, r, s))
	if err == nil && states[r.Type] == provider.StatusAbsent && s.Made && len(result.Changes) == 0 {
		// Ensure did not find it, but neither does a key without rights. With an ID, Ensure
		// succeeds only with proof.
		result, err = provider.Ensure(ctx, p, provider.Desired{Status: provider.StatusAbsent, ID: s.Account})
	}
	for _, change := range result.Changes {
		if change.Err == nil {
			changes = append(changes, change.String())
		}
	}
	if result.Handle != "" {
		s.Handle = result.Handle
	}
	switch {
	case err != nil:
	case result.Outcome() == provider.OutcomePending:
		s.Pending = result.Handle
		if s.Pending == "" { // it was a verb other than Create
			s.Pending = result.Account.ID
		}
	case result.Account != nil:
		s.Made, s.Account, s.Handle = true, result.Account.ID, ""
	}
	return s, changes, err
}

// place chooses a server and a name, and stores both before anything is created there.
func (w *workers) place(ctx context.Context, r Record, s Service) (Service, error) {
	place, err := w.fleet.Place(ctx, &fleet.PlaceRequest{Kind: s.Order.Kind, Plan: s.Order.Plan, Strategy: fleet.LeastUsed})
	if err != nil {
		return s, err
	}
	s.Server = place.Server.Name
	s.Username = place.Server.Provider.Describe().Username.Username(cmp.Or(s.Order.Domain, "service"+s.ID), s.ID)
	return s, w.state.progress(r, s)
}

// desired returns the state that Ensure is to bring about.
func (w *workers) desired(p provider.Provider, r Record, s Service) provider.Desired {
	create := &provider.CreateRequest{
		Reference: s.ID,
		Username:  s.Username,
		Password:  w.passwords.of(s.ID, p.Describe().Password),
		Email:     s.Order.Email,
		Name:      s.Order.Name,
	}
	want := provider.Desired{Status: states[r.Type], Create: create}
	if s.Made {
		// Only to recognise the account: what its owner has changed since, such as the domain, is
		// not reset.
		want.ID = s.Account
		return want
	}
	create.Domain, create.Plan, create.Options = s.Order.Domain, s.Order.Plan, s.Order.Options
	create.Handle = s.Handle
	return want
}
