package hestia

import (
	"context"
	"iter"
	"net/netip"
	"time"
)

// IPsService manages the server's addresses.
type IPsService struct{ c *Client }

var (
	ipsAdd            = adds("IPs.Add", "v-add-sys-ip IP NETMASK [INTERFACE#] [USER] [IP_STATUS=shared] [IP_NAME] [NAT_IP]")
	ipsChangeName     = sets("IPs.ChangeName", "v-change-sys-ip-name IP NAME?")
	ipsChangeNAT      = sets("IPs.ChangeNAT", "v-change-sys-ip-nat IP NAT_IP? [RESTART]")
	ipsChangeOwner    = sets("IPs.ChangeOwner", "v-change-sys-ip-owner IP USER")
	ipsChangeStatus   = sets("IPs.ChangeStatus", "v-change-sys-ip-status IP IP_STATUS")
	ipsDelete         = removes("IPs.Delete", "v-delete-sys-ip IP")
	ipsDeleteForUser  = sets("IPs.DeleteForUser", "v-delete-user-ips USER")
	ipsGet            = reads("IPs.Get", "v-list-sys-ip IP json")
	ipsList           = reads("IPs.List", "v-list-sys-ips json")
	ipsListForUser    = reads("IPs.ListForUser", "v-list-user-ips USER json")
	ipsUpdate         = sets("IPs.Update", "v-update-sys-ip")
	ipsUpdateCounters = sets("IPs.UpdateCounters", "v-update-sys-ip-counters [IP]")
)

// IP is an address of the server.
type IP struct {
	Addr  netip.Addr `hestia:",key"`
	Owner string     `hestia:"OWNER"`
	// Status is "shared" or "dedicated".
	Status string `hestia:"STATUS"`
	// Name is the DNS name attached to the address.
	Name string `hestia:"NAME"`
	// NAT is the public address that leads to it; the zero address if there is none.
	NAT        netip.Addr `hestia:"NAT"`
	Users      []string   `hestia:"U_SYS_USERS"`
	WebDomains int64      `hestia:"U_WEB_DOMAINS"`
	Interface  string     `hestia:"INTERFACE"`
	Netmask    string     `hestia:"NETMASK"`
	Created    time.Time  `hestia:"DATE+TIME"`
}

// IPAddOptions are the optional arguments of IPsService.Add.
type IPAddOptions struct {
	// Interface has the address; it defaults to the one that has it already, or else to the
	// server's default one. It is required if another option is given.
	Interface string
	// User is the owner; it defaults to the root user.
	User string
	// IPStatus is "shared" or "dedicated".
	IPStatus string
	IPName   string
	NATIP    netip.Addr
}

// Add registers an address of the server: v-add-sys-ip.
func (s *IPsService) Add(ctx context.Context, ip netip.Addr, netmask string, opts *IPAddOptions) error {
	if opts == nil {
		opts = &IPAddOptions{}
	}
	return s.c.change(ctx, ipsAdd, ip, netmask, opts.Interface, opts.User, opts.IPStatus, opts.IPName, opts.NATIP)
}

// ChangeName sets the DNS name attached to an address: v-change-sys-ip-name.
func (s *IPsService) ChangeName(ctx context.Context, ip netip.Addr, name string) error {
	return s.c.change(ctx, ipsChangeName, ip, name)
}

// ChangeNAT sets the public address that leads to an address: v-change-sys-ip-nat. The zero address
// removes it.
func (s *IPsService) ChangeNAT(ctx context.Context, ip, nat netip.Addr, opts *RestartOptions) error {
	return s.c.change(ctx, ipsChangeNAT, ip, nat, opts.restart())
}

// ChangeOwner hands an address to another user: v-change-sys-ip-owner.
func (s *IPsService) ChangeOwner(ctx context.Context, ip netip.Addr, user string) error {
	return s.c.change(ctx, ipsChangeOwner, ip, user)
}

// ChangeStatus switches an address between "shared" and "dedicated": v-change-sys-ip-status.
func (s *IPsService) ChangeStatus(ctx context.Context, ip netip.Addr, status string) error {
	return s.c.change(ctx, ipsChangeStatus, ip, status)
}

// Delete unregisters an address of the server: v-delete-sys-ip.
func (s *IPsService) Delete(ctx context.Context, ip netip.Addr) error {
	return s.c.change(ctx, ipsDelete, ip)
}

// DeleteForUser unregisters the addresses that a user owns: v-delete-user-ips.
func (s *IPsService) DeleteForUser(ctx context.Context, user string) error {
	return s.c.change(ctx, ipsDeleteForUser, user)
}

// Get returns one address of the server: v-list-sys-ip.
func (s *IPsService) Get(ctx context.Context, ip netip.Addr) (*IP, error) {
	return get[IP](ctx, s.c, ipsGet, ip)
}

// List returns all addresses of the server: v-list-sys-ips.
func (s *IPsService) List(ctx context.Context) iter.Seq2[*IP, error] {
	return list[IP](ctx, s.c, ipsList)
}

// ListForUser returns the addresses that a user may use: v-list-user-ips. Only owner, status, name
// and NAT are set.
func (s *IPsService) ListForUser(ctx context.Context, user string) iter.Seq2[*IP, error] {
	return list[IP](ctx, s.c, ipsListForUser, user)
}

// Update registers the addresses found on the interfaces: v-update-sys-ip.
func (s *IPsService) Update(ctx context.Context) error {
	return s.c.change(ctx, ipsUpdate)
}

// IPUpdateCountersOptions are the optional arguments of IPsService.UpdateCounters.
type IPUpdateCountersOptions struct {
	IP netip.Addr
}

// UpdateCounters recounts the users and sites of an address, or of all: v-update-sys-ip-counters.
func (s *IPsService) UpdateCounters(ctx context.Context, opts *IPUpdateCountersOptions) error {
	if opts == nil {
		opts = &IPUpdateCountersOptions{}
	}
	return s.c.change(ctx, ipsUpdateCounters, opts.IP)
}
