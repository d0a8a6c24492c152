package elizon

import (
	"context"
	"net/netip"

	"github.com/provkit/provkit/provider"
)

// IPsService manages the addresses of all services and their reverse names.
type IPsService struct{ c *Client }

// IPAddresses are the addresses of an account.
type IPAddresses struct {
	Addresses []IPAddress  `wire:"data,required"`
	Subnets   []IPv6Subnet `wire:"subnets"`
}

// IPAddress is an address of a service.
type IPAddress struct {
	ID          string `wire:"id,required"`
	ServiceID   string `wire:"serviceId"`
	ServiceName string `wire:"serviceName"`
	Address     string `wire:"ipAddress"`
	// Type is "A" or "AAAA".
	Type string `wire:"type"`
	// ForwardHostname is the name that resolves to the address.
	ForwardHostname string `wire:"forwardHostname"`
	// ReverseName is the name that the address resolves to.
	ReverseName string `wire:"reverseContent"`
	// SubnetPrefix and SubnetCIDR are "" for an address outside an IPv6 subnet.
	SubnetPrefix string `wire:"ipv6SubnetPrefix"`
	SubnetCIDR   string `wire:"ipv6SubnetCidr"`
	Primary      bool   `wire:"isPrimary"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// IPv6Subnet is a subnet of a service.
type IPv6Subnet struct {
	ServiceID   string `wire:"serviceId"`
	ServiceName string `wire:"serviceName"`
	Prefix      string `wire:"prefix"`
	// CIDR is the length of the prefix, as the platform writes it.
	CIDR string `wire:"cidr"`
}

// List reads all addresses and IPv6 subnets: GET /api/ip-manager.
func (s *IPsService) List(ctx context.Context) (*IPAddresses, error) {
	return fetch[IPAddresses](ctx, s.c.ask(ipsList))
}

// SetReverseName sets the name that an address resolves to: PATCH /api/ip-manager/{id}.
func (s *IPsService) SetReverseName(ctx context.Context, id, name string) error {
	return done(ctx, s.c.ask(ipsSetReverse, id).require("name", name).body(map[string]any{"reverseContent": name}))
}

// AddIPv6 gives a service another address of its IPv6 subnet: POST /api/ip-manager, which the vendor's
// SDK and app use and its reference does not list.
func (s *IPsService) AddIPv6(ctx context.Context, serviceID string, address netip.Addr) error {
	r := s.c.ask(ipsAdd).subject("serviceID", serviceID)
	if !address.Is6() || address.Is4In6() || address.Zone() != "" {
		r.problem("address", "must be an IPv6 address")
	}
	return done(ctx, r.body(map[string]any{"serviceId": serviceID, "ipv6Address": address.String()}))
}

// Remove removes an address that was added: DELETE /api/ip-manager/{id}, which the vendor's SDK and app
// use and its reference does not list.
func (s *IPsService) Remove(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(ipsRemove, id))
}
