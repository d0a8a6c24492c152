package hostkey

import (
	"context"
	"net/netip"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	natAddStatic    = act("nat", "add_static_nat", "NAT.AddStatic", "open access to management interface", ClassWrite)
	natRemoveStatic = act("nat", "remove_static_nat", "NAT.RemoveStatic", "close access to management interface", ClassDestroy)
	natClearStatic  = act("nat", "clear_static_nat", "NAT.ClearStatic", "clear static NAT", ClassDestroy)
	natDrop         = act("nat", "drop_nat", "NAT.Drop", "drop NAT", ClassDestroy)
)

// NATService opens temporary access to the management interfaces of dedicated servers.
type NATService struct{ c *Client }

// maxAccess is the longest that access may last, in hours.
const maxAccess = 24

// NATAddStaticRequest opens access to a management interface.
type NATAddStaticRequest struct {
	// ServerID is required.
	ServerID int64 `url:"id"`
	// IPACL is the field "ip_acl": judging by its name, the address that may connect. Whether it is
	// required, and whether it takes more than one address, is undocumented.
	IPACL string `url:"ip_acl,omitempty"`
	// Hours is how long the access lasts, at most 24; 0 is the server's default, 2.
	Hours int64 `url:"ttl,omitempty"`
	// Secured: what it secures is undocumented; nil is the server's default.
	Secured *bool `url:"secured,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// NATRemoveStaticRequest closes access, by server or by white address. One of the two is required.
type NATRemoveStaticRequest struct {
	ServerID int64      `url:"id,omitempty"`
	WhiteIP  netip.Addr `url:"-"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// NATDropRequest names a record of the NAT, or an address of one. One of the two is required.
type NATDropRequest struct {
	// ID is the record's, not a server's, as the vendor's own program has it.
	ID int64      `url:"id,omitempty"`
	IP netip.Addr `url:"-"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// AddStatic opens access to the management interface of a server, in the background: POST /nat.php,
// action add_static_nat.
func (s *NATService) AddStatic(ctx context.Context, req *NATAddStaticRequest) (*Ack, error) {
	if req == nil {
		return nil, natAddStatic.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	if req.Hours < 0 || req.Hours > maxAccess {
		problems.Add("Hours", "must be between 1 and %d, or 0 for the default", maxAccess)
	}
	call, _, err := formOf(natAddStatic, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, natAddStatic, call)
}

// RemoveStatic closes access to a management interface, in the background: POST /nat.php, action
// remove_static_nat.
func (s *NATService) RemoveStatic(ctx context.Context, req *NATRemoveStaticRequest) (*Ack, error) {
	if req == nil {
		return nil, natRemoveStatic.RefuseNil()
	}
	call, form, err := formOf(natRemoveStatic, checkEither("ServerID", req.ServerID, "WhiteIP", req.WhiteIP), about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "white_ip", req.WhiteIP)
	return s.c.ack(ctx, natRemoveStatic, call)
}

// ClearStatic removes rules for an inner address that were left over: POST /nat.php, action
// clear_static_nat.
func (s *NATService) ClearStatic(ctx context.Context, ip netip.Addr) (*Ack, error) {
	var problems provider.Problems
	checkAddr(&problems, "ip", ip)
	if err := natClearStatic.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, natClearStatic, &rest.Call{Body: url.Values{"ip": {ip.String()}}})
}

// Drop removes a record of the NAT from the vendor's database: POST /nat.php, action drop_nat. The vendor's
// own program calls it an operation for staff.
func (s *NATService) Drop(ctx context.Context, req *NATDropRequest) (*Ack, error) {
	if req == nil {
		return nil, natDrop.RefuseNil()
	}
	call, form, err := formOf(natDrop, checkEither("ID", req.ID, "IP", req.IP), about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "ip", req.IP)
	return s.c.ack(ctx, natDrop, call)
}

// checkEither requires an ID or an address: what a call without both would remove is unknown.
func checkEither(idField string, id int64, ipField string, ip netip.Addr) provider.Problems {
	var problems provider.Problems
	if !ip.IsValid() && id == 0 {
		problems.Add(idField, "required, or %s", ipField)
	}
	problems.NotNegative(idField, id)
	return problems
}
