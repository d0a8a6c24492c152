package elizon

import (
	"context"
	"net/netip"
	"net/url"

	"github.com/provkit/provkit/provider"
)

// FirewallService manages the firewall rules of a service.
type FirewallService struct{ c *Client }

// FirewallRule is a rule to create. The names of its fields are taken from error texts of the
// platform; their values are undocumented, except for Source.
type FirewallRule struct {
	// All five fields are required.
	Direction string `wire:"direction,required"`
	Protocol  string `wire:"protocol,required"`
	Port      string `wire:"port,required"`
	// Source is "*", an address, or a block of addresses such as "192.0.2.0/24".
	Source string `wire:"source,required"`
	Action string `wire:"action,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// FirewallUpdateRequest changes a rule. A nil field is left unchanged.
type FirewallUpdateRequest struct {
	Direction *string `wire:"direction"`
	Protocol  *string `wire:"protocol"`
	Port      *string `wire:"port"`
	Source    *string `wire:"source"`
	Action    *string `wire:"action"`
	// Extra fields, sent as they are. The platform ignores fields that it does not know.
	Extra map[string]any `wire:",extra"`
}

// FirewallRules are the rules of a service.
type FirewallRules struct {
	Rules []FirewallEntry `wire:"rules"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FirewallChange is the answer to a change of a rule.
type FirewallChange struct {
	// Rule is nil if the answer has none.
	Rule *FirewallEntry `wire:"rule"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// FirewallEntry is a rule as the platform has it. Any field may be missing.
type FirewallEntry struct {
	ID        string `wire:"id"`
	Direction string `wire:"direction"`
	Protocol  string `wire:"protocol"`
	Port      string `wire:"port"`
	Source    string `wire:"source"`
	Action    string `wire:"action"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List reads the rules of a service: GET /api/services/{id}/firewall (method inferred). The answer is
// undocumented: that it has the names of FirewallRule is assumed.
func (s *FirewallService) List(ctx context.Context, serviceID string) (*FirewallRules, error) {
	return fetch[FirewallRules](ctx, s.c.ask(firewallList, serviceID))
}

// Create adds a rule: POST /api/services/{id}/firewall (method inferred). The answer is undocumented, see List.
func (s *FirewallService) Create(ctx context.Context, serviceID string, req *FirewallRule) (*FirewallChange, error) {
	r := s.c.ask(firewallCreate, serviceID).with(req)
	if req != nil {
		checkSource(r, &req.Source)
	}
	return fetch[FirewallChange](ctx, r)
}

// Update changes a rule: PATCH /api/services/{id}/firewall/{ruleId} (method inferred, it may be
// PUT). The answer is undocumented, see List.
func (s *FirewallService) Update(ctx context.Context, serviceID, ruleID string, req *FirewallUpdateRequest) (*FirewallChange, error) {
	r := s.c.ask(firewallUpdate, serviceID, ruleID).changing(req)
	if req != nil {
		checkSource(r, req.Source)
	}
	return fetch[FirewallChange](ctx, r)
}

// Delete removes a rule: DELETE /api/services/{id}/firewall/{ruleId} (method inferred).
func (s *FirewallService) Delete(ctx context.Context, serviceID, ruleID string) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(firewallDelete, serviceID, ruleID))
}

func checkSource(r *request, source *string) {
	if source == nil || *source == "*" {
		return
	}
	if _, err := netip.ParsePrefix(*source); err == nil {
		return
	}
	if _, err := netip.ParseAddr(*source); err != nil {
		r.problem("Source", `must be "*", an address or a block such as "192.0.2.0/24"`)
	}
}

// ServiceIPsService cancels single addresses of a service. The primary address stays as long as the
// service.
type ServiceIPsService struct{ c *Client }

// Cancel schedules the end of an address at the end of the billing period: POST
// /api/services/{id}/ips/cancel (method inferred). An address is required, but the name of its
// field is undocumented: fields are sent as they are. The answer is undocumented.
func (s *ServiceIPsService) Cancel(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(addressesCancel, serviceID).body(fields)
	r.problems.Some("fields", len(fields))
	return unknown(ctx, r)
}

// UndoCancel keeps an address whose end was scheduled: DELETE /api/services/{id}/ips/cancel (method
// inferred, and so is what it does). How it names the address is undocumented: query and fields are
// sent as they are, nil sends none. The answer is undocumented.
func (s *ServiceIPsService) UndoCancel(ctx context.Context, serviceID string, query url.Values, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(addressesKeep, serviceID).args(query)
	if fields != nil {
		r.body(fields)
	}
	if len(query)+len(fields) == 0 {
		r.problem("query", "required unless fields are given")
	}
	return unknown(ctx, r)
}
