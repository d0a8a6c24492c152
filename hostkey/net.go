package hostkey

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Additional addresses may be billed.
var (
	netAddIPv4      = act("net", "add_ipv4", "Net.AddIPv4", "add IPv4 addresses to server", ClassOrder)
	netBlockIP      = act("net", "block_ip", "Net.BlockIP", "block address of server", ClassWrite)
	netStatus       = act("net", "get_status", "Net.Status", "get status of network port", ClassRead)
	netPortOff      = act("net", "port_off", "Net.PortOff", "switch network port off", ClassWrite)
	netPortOn       = act("net", "port_on", "Net.PortOn", "switch network port on", ClassWrite).idempotent()
	netRemoveIPv4   = act("net", "remove_ipv4", "Net.RemoveIPv4", "remove IPv4 address from server", ClassDestroy)
	netShowCacti    = act("net", "show_cacti", "Net.ShowCacti", "get traffic graph of network port", ClassRead)
	netShowIPv4Free = act("net", "show_ipv4_free", "Net.ShowIPv4Free", "list free IPv4 addresses", ClassRead)
	netUnblockIP    = act("net", "unblock_ip", "Net.UnblockIP", "unblock address of server", ClassWrite)
)

// NetService manages the network ports of servers and the addresses on them.
type NetService struct{ c *Client }

// Graph is the period that a traffic graph shows.
type Graph int64

// The periods of Net.ShowCacti.
const (
	GraphDay   Graph = 1
	GraphMonth Graph = 2
	GraphYear  Graph = 3
)

// IPv4AddRequest asks for additional addresses, which may be billed. One of Amount, IP and IPs is
// required.
type IPv4AddRequest struct {
	// ServerID is required.
	ServerID int64 `url:"id"`
	// Port: the vendor's page says that it is required, its Terraform provider sends none unless it is
	// told one. "" is not sent.
	Port string `url:"port,omitempty"`
	// Amount is the number of addresses that the server picks; 0 is not sent.
	Amount int64 `url:"amount,omitempty"`
	// VLAN of the addresses; 0 leaves it to the server.
	VLAN int64 `url:"vlan,omitempty"`
	// IP or IPs select addresses instead.
	IP  netip.Addr   `url:"-"`
	IPs []netip.Addr `url:"-"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// AddedIPv4 is the result of AddIPv4.
type AddedIPv4 struct {
	ServerID  int64          `wire:"id,identity"`
	Addresses []AddedAddress `wire:"ips"`
	// TaskKeys are keys for Tasks.Wait; there may be none.
	TaskKeys []provider.Secret `wire:"keys"`
}

// AddedAddress is an address that was added to a server.
type AddedAddress struct {
	IP netip.Addr `wire:"ip,required"`
	// VLAN is 0 if unknown.
	VLAN int64 `wire:"vlan"`
}

// IPBlockRequest blocks the traffic of an address.
type IPBlockRequest struct {
	// ServerID, IP and Description are required.
	ServerID    int64      `url:"id"`
	IP          netip.Addr `url:"-"`
	Description string     `url:"description"`
	// FourHours limits the block to four hours.
	FourHours bool `url:"four_hours,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PortStatusRequest selects a port.
type PortStatusRequest struct {
	// ServerID is required.
	ServerID int64 `url:"id"`
	// Port: "" leaves it to the server.
	Port string `url:"port,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PortOffRequest switches a network port off.
type PortOffRequest struct {
	// ServerID and Port are required. Net.Status tells the port, and the task of a deployment has it as
	// "port" in TaskContext.More.
	ServerID int64  `url:"id"`
	Port     string `url:"port"`
	// Reason becomes the value of the tag "block".
	Reason string `url:"reason,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// IPv4RemoveRequest removes addresses. One of IP and All is required.
type IPv4RemoveRequest struct {
	// ServerID is required.
	ServerID int64      `url:"id"`
	IP       netip.Addr `url:"-"`
	// All removes every address, including the main one.
	All bool `url:"remove_all,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// IPv4ShowFreeRequest selects where to look for free addresses.
type IPv4ShowFreeRequest struct {
	// ServerID is required.
	ServerID int64 `url:"id"`
	// Port: whether it is required is undocumented.
	Port string     `url:"port,omitempty"`
	VLAN int64      `url:"vlan,omitempty"`
	IP   netip.Addr `url:"-"`
	// ShowAll is undocumented except for its name.
	ShowAll bool `url:"show_all,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// AddIPv4 adds addresses to a server: POST /net.php, action add_ipv4. They may be billed, so it is
// sent once.
func (s *NetService) AddIPv4(ctx context.Context, req *IPv4AddRequest) (*AddedIPv4, error) {
	if req == nil {
		return nil, netAddIPv4.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.NotNegative("Amount", req.Amount)
	problems.NotNegative("VLAN", req.VLAN)
	checkIPv4(&problems, "IP", req.IP)
	if req.Amount == 0 && !req.IP.IsValid() && len(req.IPs) == 0 {
		problems.Add("Amount", "required unless IP or IPs is set")
	}
	for _, ip := range req.IPs {
		checkAddr(&problems, "IPs", ip)
		checkIPv4(&problems, "IPs", ip)
	}
	call, form, err := formOf(netAddIPv4, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "ip", req.IP)
	for _, ip := range req.IPs {
		form.Add("ips[]", ip.String())
	}
	return fetch[AddedIPv4](ctx, s.c, netAddIPv4, call)
}

// BlockIP blocks the traffic of an address: POST /net.php, action block_ip.
func (s *NetService) BlockIP(ctx context.Context, req *IPBlockRequest) (*Ack, error) {
	if req == nil {
		return nil, netBlockIP.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	checkAddr(&problems, "IP", req.IP)
	problems.Required("Description", req.Description)
	call, form, err := formOf(netBlockIP, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "ip", req.IP)
	return s.c.ack(ctx, netBlockIP, call)
}

// UnblockIP undoes BlockIP: POST /net.php, action unblock_ip.
func (s *NetService) UnblockIP(ctx context.Context, serverID int64, ip netip.Addr) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("serverID", serverID)
	checkAddr(&problems, "ip", ip)
	if err := netUnblockIP.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, netUnblockIP, &rest.Call{Body: url.Values{"id": {idText(serverID)}, "ip": {ip.String()}}, Subject: idText(serverID)})
}

// NetStatus is the state of a server's network ports. What a port has is told, how it is named is not:
// Ports are read under the names that other answers use, and everything else is in More.
type NetStatus struct {
	// Ports are several, or the one that the answer is about.
	Ports []PortStatus `wire:"ports|interfaces|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PortStatus is the state of a network port, as far as NetStatus can be read.
type PortStatus struct {
	// Port is what PortOff, PortOn and AddIPv4 take.
	Port   string `wire:"port,loose"`
	Switch string `wire:"switch,loose"`
	VLAN   int64  `wire:"vlan,loose"`
	// Speed and Status are in the server's words.
	Speed  string `wire:"speed,loose"`
	MAC    string `wire:"mac,loose"`
	Status string `wire:"status,loose"`
	// More fields of the port.
	More map[string]provider.Payload `wire:",extra"`
}

// An answer about one port may have its fields at the top.
var _ = wire.Read(func(raw []byte, n *NetStatus) error {
	if err := (wire.Options{Envelope: beside}).Fill(raw, n); err != nil {
		return err
	}
	var one PortStatus
	if len(n.Ports) == 0 && wire.Unmarshal(raw, &one) == nil && one.Port != "" {
		one.More = nil // NetStatus has it
		n.Ports = []PortStatus{one}
	}
	return nil
})

// Status reads the state of the ports of a server: POST /net.php, action get_status. The names in the
// answer are undocumented; see NetStatus.
func (s *NetService) Status(ctx context.Context, req *PortStatusRequest) (*NetStatus, error) {
	if req == nil {
		return nil, netStatus.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	call, _, err := formOf(netStatus, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return guess[NetStatus](ctx, s.c, netStatus, call)
}

// PortOff disconnects a server from the network and adds the tag "block" with the reason: POST
// /net.php, action port_off. Whether a second call adds a second tag is undocumented, so it is not
// retried.
func (s *NetService) PortOff(ctx context.Context, req *PortOffRequest) (*Ack, error) {
	if req == nil {
		return nil, netPortOff.RefuseNil()
	}
	var problems provider.Problems
	checkPort(&problems, req.ServerID, req.Port)
	call, _, err := formOf(netPortOff, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, netPortOff, call)
}

// PortOn reconnects a server and removes the tag "block", unless an administrator set it: POST
// /net.php, action port_on.
func (s *NetService) PortOn(ctx context.Context, serverID int64, port string) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("serverID", serverID)
	problems.Required("port", port)
	if err := netPortOn.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, netPortOn, &rest.Call{Body: url.Values{"id": {idText(serverID)}, "port": {port}}, Subject: idText(serverID)})
}

// RemoveIPv4 removes one or all addresses of a server: POST /net.php, action remove_ipv4.
func (s *NetService) RemoveIPv4(ctx context.Context, req *IPv4RemoveRequest) (*Ack, error) {
	if req == nil {
		return nil, netRemoveIPv4.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	checkIPv4(&problems, "IP", req.IP)
	if req.IP.IsValid() == req.All {
		problems.Add("IP", "either IP or All is required, not both")
	}
	call, form, err := formOf(netRemoveIPv4, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "ip", req.IP)
	return s.c.ack(ctx, netRemoveIPv4, call)
}

// ShowCacti reads the traffic graph of a port: POST /net.php, action show_cacti. The answer is
// undocumented.
func (s *NetService) ShowCacti(ctx context.Context, serverID int64, port string, graph Graph) (provider.Payload, error) {
	var problems provider.Problems
	problems.Positive("serverID", serverID)
	problems.Required("port", port)
	if graph < GraphDay || graph > GraphYear {
		problems.Add("graph", "must be GraphDay, GraphMonth or GraphYear")
	}
	if err := netShowCacti.Refuse("", problems); err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, netShowCacti, &rest.Call{
		Body: url.Values{"id": {idText(serverID)}, "port": {port}, "graph": {strconv.FormatInt(int64(graph), 10)}}, Subject: idText(serverID),
	})
}

// ShowIPv4Free lists addresses that AddIPv4 could add: POST /net.php, action show_ipv4_free. The
// answer is undocumented.
func (s *NetService) ShowIPv4Free(ctx context.Context, req *IPv4ShowFreeRequest) (provider.Payload, error) {
	if req == nil {
		return provider.Payload{}, netShowIPv4Free.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.NotNegative("VLAN", req.VLAN)
	checkIPv4(&problems, "IP", req.IP)
	call, form, err := formOf(netShowIPv4Free, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return provider.Payload{}, err
	}
	putAddr(form, "ip", req.IP)
	return s.c.unknown(ctx, netShowIPv4Free, call)
}

func checkPort(problems *provider.Problems, serverID int64, port string) {
	problems.Positive("ServerID", serverID)
	problems.Required("Port", port)
}

// An answer must contain an address or a task: without one the order could not be found.
var (
	_ = wire.Read(func(raw []byte, added *AddedIPv4) error {
		var task struct {
			Callback provider.Secret `wire:"callback"`
		}
		if err := cmp.Or(wire.Fill(raw, added), wire.Unmarshal(raw, &task)); err != nil {
			return err
		}
		if !task.Callback.IsZero() {
			added.TaskKeys = append(added.TaskKeys, task.Callback)
		}
		if len(added.Addresses)+len(added.TaskKeys) == 0 {
			return wire.Lacks("ips")
		}
		return nil
	})
	// An added address is an object, or only the address.
	_ = wire.Read(func(raw []byte, a *AddedAddress) error {
		if raw[0] == '{' {
			return wire.Fill(raw, a)
		}
		if err := wire.Unmarshal(raw, &a.IP); err != nil || !a.IP.IsValid() {
			return cmp.Or(err, wire.Lacks("ip"))
		}
		return nil
	})
)
