package elizon

import (
	"context"
	"errors"
	"slices"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ServiceAction is something that a service can be told to do.
type ServiceAction string

// The known actions. Only the owner may suspend and resume, and a suspended service refuses the others
// (CodeServiceIsSuspended). ActionTerminate is in the vendor's programs and not in its reference:
// Services.Subscription.Cancel is the documented way to end a service.
const (
	ActionStart     ServiceAction = "start"
	ActionStop      ServiceAction = "stop"
	ActionRestart   ServiceAction = "restart"
	ActionReset     ServiceAction = "reset"
	ActionSuspend   ServiceAction = "suspend"
	ActionResume    ServiceAction = "resume"
	ActionTerminate ServiceAction = "terminate"
)

// repeatable reports whether an action may be sent again after a lost answer.
func (a ServiceAction) repeatable() bool {
	return slices.Contains([]ServiceAction{ActionStart, ActionStop, ActionSuspend, ActionResume, ActionTerminate}, a)
}

// ActionResult is the answer to an action. Any field may be empty.
type ActionResult struct {
	// Message is for people.
	Message string `wire:"message,loose"`
	// Status of the machine, see StatusRunning.
	Status string `wire:"status,loose"`
	// Data depends on the action; its fields are undocumented.
	Data provider.Payload `wire:"data"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ServiceView describes a service for a generic user interface, as the vendor's programs show it.
type ServiceView struct {
	Enabled      bool            `wire:"enabled,loose"`
	ProviderType string          `wire:"providerType"`
	Identity     ServiceIdentity `wire:"identity,loose"`
	// Actions are what the service can be told to do.
	Actions []ViewAction `wire:"actions"`
	// Layout, Tabs, Fields, OverviewFields and Widgets arrange the interface.
	Layout         provider.Payload `wire:"layout,required"`
	Tabs           provider.Payload `wire:"tabs"`
	Fields         provider.Payload `wire:"fields"`
	OverviewFields provider.Payload `wire:"overviewFields"`
	Widgets        provider.Payload `wire:"widgets"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ServiceIdentity is the head of a ServiceView.
type ServiceIdentity struct {
	Name        string `wire:"name"`
	DisplayName string `wire:"displayName"`
	Status      string `wire:"status"`
	PrimaryIPv4 string `wire:"primaryIpv4"`
	PrimaryIPv6 string `wire:"primaryIpv6"`
	ProductName string `wire:"productName"`
	Node        string `wire:"node"`
	Region      string `wire:"region"`
}

// ViewAction is an action that a service has.
type ViewAction struct {
	// Key is what Dispatch takes.
	Key string `wire:"key,required"`
	// Method is what the platform does for the key, if that is one of the known actions.
	Method string `wire:"handler.method,loose"`
	// Visible and Disabled say whether the vendor's programs offer it now.
	Visible  bool `wire:"visible,loose"`
	Disabled bool `wire:"disabled,loose"`
	// More fields that the answer contains: texts, icon, conditions.
	More map[string]provider.Payload `wire:",extra"`
}

// key returns the key of an action: its own name, unless the view calls it otherwise.
func (v *ServiceView) key(action ServiceAction) string {
	for _, a := range v.Actions {
		if a.Method == string(action) {
			return a.Key
		}
	}
	return string(action)
}

// View describes a service and what it can be told to do: GET /api/services/{id}/view, which the
// vendor's SDK and app use and its reference does not list.
func (s *ServicesService) View(ctx context.Context, id string) (*ServiceView, error) {
	return fetch[ServiceView](ctx, s.c.ask(servicesView, id))
}

// Dispatch performs the action with this key, as View lists them: POST
// /api/services/{id}/actions/{key}, which the vendor's SDK and app use and its reference does not list.
// fields are undocumented; nil sends none. An answer that shows a service is not believed, since it is
// that of a read. Only start, stop, suspend, resume and terminate are retried.
func (s *ServicesService) Dispatch(ctx context.Context, id, key string, fields map[string]any) (*ActionResult, error) {
	return s.dispatch(ctx, id, key, ServiceAction(key), fields)
}

func (s *ServicesService) dispatch(ctx context.Context, id, key string, as ServiceAction, fields map[string]any) (*ActionResult, error) {
	op := servicesDispatch
	if as.repeatable() {
		op = servicesDispatchState
	}
	r := s.c.ask(op, id, key).body(fields).subject("id", id)
	r.call.About = rest.Identity{} // the key names nothing that an answer could be about
	return performed(ctx, r)
}

// LegacyAction is Action by the older route alone: POST /api/services/{id}/action (method inferred),
// which the vendor's reference lists and none of its programs uses. That the field of the body is called
// "action" is assumed; the answer is undocumented. It does not know ActionTerminate.
func (s *ServicesService) LegacyAction(ctx context.Context, id string, action ServiceAction) (*ActionResult, error) {
	op := servicesAction
	if action.repeatable() {
		op = servicesState
	}
	r := s.c.ask(op, id).require("action", string(action)).body(map[string]any{"action": string(action)})
	return performed(ctx, r)
}

// Action starts, stops, restarts, resets, suspends, resumes or terminates a service. It asks View for the
// key of the action and sends it with Dispatch; only a platform that does not have these two routes yet
// gets LegacyAction instead.
func (s *ServicesService) Action(ctx context.Context, id string, action ServiceAction) (*ActionResult, error) {
	if action == "" { // refused by name, and before any request
		return s.LegacyAction(ctx, id, action)
	}
	view, err := s.View(ctx, id)
	if err == nil {
		var result *ActionResult
		if result, err = s.dispatch(ctx, id, view.key(action), action, nil); err == nil {
			return result, nil
		}
	}
	if !noSuchRoute(err) {
		return nil, err
	}
	result, err := s.LegacyAction(ctx, id, action)
	if noSuchRoute(err) {
		// Every platform has this route. What says otherwise may be the late answer to the request before.
		if refused, ok := errors.AsType[*provider.Error](err); ok {
			refused.MaybeExecuted = true
		}
	}
	return result, err
}

// noSuchRoute reports whether the platform itself says that something does not exist which is not the
// service. It then has done nothing. Older servers send no code: for a service that does not exist, the
// older route will say so too.
func noSuchRoute(err error) bool {
	var refused *provider.Error
	return errors.As(err, &refused) && errors.Is(err, provider.ErrNotFound) && !errors.Is(err, provider.ErrOutcomeUnknown) &&
		refused.Code != CodeServiceNotFound
}
