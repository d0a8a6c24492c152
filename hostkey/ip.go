package hostkey

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

var (
	ipClientIP  = act("ip", "get_client_ip", "IP.ClientIP", "get own address", ClassRead).public()
	ipGet       = act("ip", "get_ip", "IP.Get", "get IP address", ClassRead)
	ipPTR       = act("ip", "get_ptr", "IP.PTR", "get reverse name", ClassRead)
	ipTraffic   = act("ip", "get_traffic", "IP.Traffic", "get traffic of IP address", ClassRead)
	ipListFree  = act("ip", "list_free_ip", "IP.ListFree", "list free IP addresses", ClassRead)
	ipSetMain   = act("ip", "set_main", "IP.SetMain", "make IP address the main one", ClassWrite).idempotent()
	ipUpdatePTR = act("ip", "update_ptr", "IP.UpdatePTR", "set reverse name", ClassWrite).idempotent()
)

// IPService manages the addresses of servers and their reverse names.
type IPService struct{ c *Client }

// IPGetRequest selects an address.
type IPGetRequest struct {
	// IP is required.
	IP netip.Addr `url:"-"`
	// Full asks for further fields, which are undocumented.
	Full bool `url:"full,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// IPInfo describes an address.
type IPInfo struct {
	IP       netip.Addr `wire:"data.ip,required,name"`
	Network  netip.Addr `wire:"data.network"`
	Netmask  netip.Addr `wire:"data.netmask"`
	Location string     `wire:"data.location"`
	// Status has undocumented values.
	Status string `wire:"data.status"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:"data,extra"`
}

// ClientIP returns the caller's address as the portal sees it, for allow lists: POST /ip.php,
// action get_client_ip. It needs no token.
func (s *IPService) ClientIP(ctx context.Context) (netip.Addr, error) {
	answer, err := fetch[struct {
		// The address is under "data", or at the top.
		IP netip.Addr `wire:"data.ip|ip,required"`
	}](ctx, s.c, ipClientIP, new(rest.Call))
	if err != nil {
		return netip.Addr{}, err
	}
	return answer.IP, nil
}

// Get reads an address: POST /ip.php, action get_ip.
func (s *IPService) Get(ctx context.Context, req *IPGetRequest) (*IPInfo, error) {
	if req == nil {
		return nil, ipGet.RefuseNil()
	}
	var problems provider.Problems
	checkAddr(&problems, "IP", req.IP)
	call, form, err := formOf(ipGet, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	putAddr(form, "ip", req.IP)
	return fetch[IPInfo](ctx, s.c, ipGet, call)
}

// ReverseName is the reverse name of an address. Its shape is undocumented: Names are read under the name
// that UpdatePTR sends them with, and everything else is in More.
type ReverseName struct {
	IP netip.Addr `wire:"data.ip|ip,name"`
	// Names are several if the address has several, nil if it has none or the answer does not tell.
	Names []string
	// More fields that the answer contains, and the one that Names are from.
	More map[string]provider.Payload `wire:"data,extra"`
}

var _ = wire.Read(func(raw []byte, r *ReverseName) error {
	var told struct {
		PTR string `wire:"data.ptr|ptr,loose"`
	}
	if err := cmp.Or(wire.Unmarshal(raw, &told), wire.Options{Envelope: beside}.Fill(raw, r)); err != nil {
		return err
	}
	r.Names = strings.Fields(told.PTR)
	return nil
})

// PTR reads the reverse name of an address: POST /ip.php, action get_ptr. The answer is
// undocumented; see ReverseName.
func (s *IPService) PTR(ctx context.Context, serverID int64, ip netip.Addr) (*ReverseName, error) {
	call, err := addrCall(ipPTR, nil, serverID, ip, nil)
	if err != nil {
		return nil, err
	}
	return guess[ReverseName](ctx, s.c, ipPTR, call)
}

// Traffic reads the traffic of an address in a period: POST /ip.php, action get_traffic. Fields and
// answer are undocumented; see Traffic.
func (s *IPService) Traffic(ctx context.Context, extra map[string]any) (*Traffic, error) {
	call, _, err := formOf(ipTraffic, nil, "", nil, extra)
	if err != nil {
		return nil, err
	}
	return guess[Traffic](ctx, s.c, ipTraffic, call)
}

// ListFree lists unused addresses of a subnet or, for staff, a location: POST /ip.php, action
// list_free_ip. Fields and answer are undocumented.
func (s *IPService) ListFree(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, ipListFree, extra)
}

// SetMain makes an address the main one of its interface, in billing too: POST /ip.php, action
// set_main. It sends the address as "main" too, as the vendor's own newest program does; the vendor's
// page reads as if 1 belonged there.
func (s *IPService) SetMain(ctx context.Context, serverID int64, ip netip.Addr) (*Ack, error) {
	call, err := addrCall(ipSetMain, nil, serverID, ip, url.Values{"main": {ip.String()}})
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, ipSetMain, call)
}

// UpdatePTR sets one or several reverse names of an address: POST /ip.php, action update_ptr.
func (s *IPService) UpdatePTR(ctx context.Context, serverID int64, ip netip.Addr, names []string) (*Ack, error) {
	var problems provider.Problems
	problems.Some("names", len(names))
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, " \t\r\n") {
			problems.Add("names", "contains %q, which is not a host name", name)
		}
	}
	call, err := addrCall(ipUpdatePTR, problems, serverID, ip, url.Values{"ptr": {strings.Join(names, "\n")}})
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, ipUpdatePTR, call)
}

// addrCall returns the call of an action on an address of a server.
func addrCall(a action, problems provider.Problems, serverID int64, ip netip.Addr, form url.Values) (*rest.Call, error) {
	problems.Positive("serverID", serverID)
	checkAddr(&problems, "ip", ip)
	if err := a.Refuse("", problems); err != nil {
		return nil, err
	}
	if form == nil {
		form = make(url.Values)
	}
	form.Set("id", idText(serverID))
	form.Set("ip", ip.String())
	return &rest.Call{Body: form, Subject: idText(serverID)}, nil
}
