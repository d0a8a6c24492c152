package elizon

import "context"

// IPsService is about the addresses of all services, and their reverse names.
type IPsService struct{ c *Client }

// IPAddresses are the addresses of an account.
type IPAddresses struct {
	Addresses []IPAddress  `elizon:"data,required"`
	Subnets   []IPv6Subnet `elizon:"subnets"`
}

// IPAddress is an address of a service.
type IPAddress struct {
	ID          string `elizon:"id,required"`
	ServiceID   string `elizon:"serviceId"`
	ServiceName string `elizon:"serviceName"`
	Address     string `elizon:"ipAddress"`
	// Type is "A" or "AAAA".
	Type string `elizon:"type"`
	// ForwardHostname is what resolves to the address.
	ForwardHostname string `elizon:"forwardHostname"`
	// ReverseName is what the address resolves to.
	ReverseName string `elizon:"reverseContent"`
	// SubnetPrefix and SubnetCIDR are "" for an address of no IPv6 subnet.
	SubnetPrefix string `elizon:"ipv6SubnetPrefix"`
	SubnetCIDR   string `elizon:"ipv6SubnetCidr"`
	Primary      bool   `elizon:"isPrimary"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// IPv6Subnet is a subnet of a service.
type IPv6Subnet struct {
	ServiceID   string `elizon:"serviceId"`
	ServiceName string `elizon:"serviceName"`
	Prefix      string `elizon:"prefix"`
	// CIDR is the length of the prefix, as the platform writes it.
	CIDR string `elizon:"cidr"`
}

// List reads all addresses and IPv6 subnets: GET /api/ip-manager.
func (s *IPsService) List(ctx context.Context) (*IPAddresses, error) {
	return fetch[IPAddresses](ctx, s.c.ask(ipsList))
}

// SetReverseName sets what an address resolves to: PATCH /api/ip-manager/{id}. The answer is
// undocumented.
func (s *IPsService) SetReverseName(ctx context.Context, id, name string) (Payload, error) {
	return unknown(ctx, s.c.ask(ipsSetReverse, id).require("name", name).body(map[string]any{"reverseContent": name}))
}
