package hostkey

import (
	"cmp"
	"context"
	"iter"
	"net/netip"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// The data and tags of servers may contain passwords.
var (
	eqList          = act("eq", "list", "Servers.List", "list servers", ClassRead).sensitive()
	eqShow          = act("eq", "show", "Servers.Show", "get server", ClassRead).sensitive()
	eqSearch        = act("eq", "search", "Servers.Search", "search servers", ClassRead).sensitive()
	eqUnifiedSearch = act("eq", "unified_server_search", "Servers.UnifiedSearch", "search servers", ClassRead).sensitive()
	eqGroups        = act("eq", "groups", "Servers.Groups", "list groups of server", ClassRead)
	eqHistory       = act("eq", "history", "Servers.History", "get history of server", ClassRead)
	eqUpdateServers = act("eq", "update_servers", "Servers.UpdateServers", "update list of servers", ClassRead)
	eqRename        = act("eq", "rename_server", "Servers.Rename", "rename server", ClassWrite).idempotent()
)

// ServersService is the module eq, "equipment": dedicated and virtual servers.
type ServersService struct{ c *Client }

// ServerStatus is the state of a server in the vendor's inventory. Other values are possible.
type ServerStatus string

// The states that have been seen. They do not say whether a server is powered on.
const (
	// StatusRent: sold and live.
	StatusRent ServerStatus = "rent"
	// StatusPowerOff: suspended or blocked.
	StatusPowerOff ServerStatus = "power_off"
	// StatusPresale and StatusTT: undocumented. One reseller treats the first as suspended and the
	// second as pending.
	StatusPresale ServerStatus = "presale"
	StatusTT      ServerStatus = "TT"
)

// ServerListOptions filter a list of servers. The zero value lists all.
type ServerListOptions struct {
	// Full asks for all fields of each server instead of only its ID.
	Full bool `url:"full,int,omitempty"`
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	// Status is StatusRent or StatusPowerOff.
	Status ServerStatus `url:"status,omitempty"`
	IP     string       `url:"ip,omitempty"`
	MAC    string       `url:"mac,omitempty"`
	Group  string       `url:"group,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// ListedServer is a server in a list. Without Full it has only an ID.
type ListedServer struct {
	ID       int64        `wire:"id,positive"`
	Status   ServerStatus `wire:"status"`
	Hostname string       `wire:"hostname"`
	// Name is the preset's name.
	Name     string     `wire:"name"`
	Type     string     `wire:"type"`
	IP       netip.Addr `wire:"IP"`
	DueDate  time.Time  `wire:"due_date,end"`
	DaysLeft int64      `wire:"days_left,loose"`
	// PriceEUR, PriceUSD and PriceRUR are the prices in each currency.
	PriceEUR Amount `wire:"price_EUR"`
	PriceUSD Amount `wire:"price_USD"`
	PriceRUR Amount `wire:"price_RUR"`
	// Prebilled servers are paid by the hour, or otherwise ahead of a bill.
	Prebilled        bool   `wire:"is_prebill,loose"`
	PrebillServiceID int64  `wire:"prebill_service_id"`
	PrebillRate      Amount `wire:"prebill_rate"`
	PrebillPeriod    string `wire:"prebill_period"`
	Location         string `wire:"location.dc_location|location.location|location.name|location|short_location,loose"`
	LocationName     string `wire:"location_name"`
}

// Server is a server as Show returns it.
type Server struct {
	ID int64 `wire:"server_data.id,positive,identity"`
	// Status is the record's Condition_Component.
	Status ServerStatus `wire:"server_data.Condition_Component|server_data.status"`
	// Table is the kind of record: "VPS".
	Table string `wire:"server_data.ref_tableName"`
	Type  string `wire:"server_data.type"`
	// AccountID is the server's service in the billing system, and Billing is that system:
	// "whmcs_com".
	AccountID int64  `wire:"server_data.account_id|account_id"`
	Billing   string `wire:"server_data.type_billing|type_billing"`
	// TrafficLimit is in TB, BandwidthLimit in Mbit/s; 0 if unknown, Unlimited (-1)
	// without a limit.
	TrafficLimit   float64 `wire:"server_data.limit_traffic,loose,limit"`
	BandwidthLimit float64 `wire:"server_data.limit_bands,loose,limit"`
	// Power is the power state in the server's words, and State what the record has beside Status; see
	// PoweredOn.
	Power string       `wire:"server_data.power_status"`
	State ServerStatus `wire:"server_data.status"`
	// OS is "" while nothing is installed.
	OS     string `wire:"server_data.OS"`
	Preset string `wire:"server_data.preset"`
	// RootPassword is in some answers only.
	RootPassword provider.Secret   `wire:"server_data.root_pass"`
	Location     string            `wire:"location.dc_location|location.location|location.name|location,loose"`
	IPs          []ServerIP        `wire:"IP"`
	Interfaces   []ServerInterface `wire:"interfaces"`
	// ManagementModel is "ovirt" or "openstack" for virtual machines, otherwise a hardware model.
	// It determines which snapshots and consoles a server has.
	ManagementModel string `wire:"ipmi.model"`
	Tags            []Tag  `wire:"tags"`
	// Hardware and HardwareConfig are as the server sends them.
	Hardware       provider.Payload `wire:"hardware"`
	HardwareConfig provider.Payload `wire:"server_data.hwconfig|hwconfig"`
	// More fields of the server's record.
	More map[string]provider.Payload `wire:"server_data,extra"`
}

// ServerIP is an address of a server.
type ServerIP struct {
	IP   netip.Addr `wire:"ip"`
	Main bool       `wire:"main_ip,loose"`
	MAC  string     `wire:"MAC"`
	VLAN int64      `wire:"vlan"`
}

// ServerInterface is a network interface of a server.
type ServerInterface struct {
	MAC  string `wire:"mac"`
	Main bool   `wire:"IsMain,loose"`
}

// PoweredOn reports whether the server runs; known is false if the answer does not say. Sources disagree
// where it does: Power counts, and without it State, from which the vendor's Terraform provider reads it.
// Status does not say it: a server that is rented may be off.
func (s *Server) PoweredOn() (on, known bool) {
	switch strings.ToLower(cmp.Or(s.Power, string(s.State))) {
	case "":
		return false, false
	case "power_off", "poweroff", "off", "stopped":
		return false, true
	}
	return true, true
}

// Tag returns the tag with a name, or nil.
func (s *Server) Tag(name string) *Tag {
	for i := range s.Tags {
		if s.Tags[i].Name == name {
			return &s.Tags[i]
		}
	}
	return nil
}

// Hostname returns the value of the tag "hostname", which most servers have; "" if there is none. A
// new server is called "hostkey<id>" for a while.
func (s *Server) Hostname() string {
	if t := s.Tag("hostname"); t != nil {
		return t.Value
	}
	return ""
}

// MainIP returns the main address; without one the first address, or the zero Addr.
func (s *Server) MainIP() netip.Addr {
	for _, ip := range s.IPs {
		if ip.Main {
			return ip.IP
		}
	}
	if len(s.IPs) > 0 {
		return s.IPs[0].IP
	}
	return netip.Addr{}
}

// ServersUpdate is the account's servers in the inventory and in billing.
type ServersUpdate struct {
	Servers []int64 `wire:"servers,required,strict"`
	// DeployKeys are the keys of running deployment tasks by invoice ID; nil if there are none.
	DeployKeys map[int64]provider.Secret `wire:"deploy_keys,required,strict"`
	// Billing lists the services in billing.
	Billing []BillingServer `wire:"billing_servers"`
}

// BillingServer is a server in the billing system.
type BillingServer struct {
	ID     int64  `wire:"id"`
	Name   string `wire:"name"`
	Status string `wire:"status"`
	// Config has an undocumented shape.
	Config provider.Payload `wire:"config"`
}

// List lists the servers that the key reaches: POST /eq.php, action list. nil opts list the IDs of
// all of them.
func (s *ServersService) List(ctx context.Context, opts *ServerListOptions) iter.Seq2[*ListedServer, error] {
	var o ServerListOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", o.Location)
	provider.OneOf(&problems, "Status", o.Status, StatusRent, StatusPowerOff)
	call, _, err := formOf(eqList, problems, "", o, o.Extra)
	if err != nil {
		return rest.Failed[ListedServer](err)
	}
	return proof[ListedServer](ctx, s.c, eqList, call, "servers", "message.servers")
}

// Show reads a server: POST /eq.php, action show.
func (s *ServersService) Show(ctx context.Context, id int64) (*Server, error) {
	call, err := byID(eqShow, id, nil)
	if err != nil {
		return nil, err
	}
	return fetch[Server](ctx, s.c, eqShow, call)
}

// Search looks for servers by location, status, type, IP or MAC: POST /eq.php, action search. The
// names of the filters, and the answer, are undocumented.
func (s *ServersService) Search(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqSearch, extra)
}

// UnifiedSearch looks for servers by a query: POST /eq.php, action unified_server_search. Fields
// and answer are undocumented.
func (s *ServersService) UnifiedSearch(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqUnifiedSearch, extra)
}

// Groups lists the groups of a server: POST /eq.php, action groups. The fields are undocumented
// (that "id" is the server is inferred from the other actions), and so is the answer.
func (s *ServersService) Groups(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqGroups, id, extra)
}

// History lists the events of a server: POST /eq.php, action history. Fields and answer are
// undocumented, as in Groups.
func (s *ServersService) History(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqHistory, id, extra)
}

// UpdateServers compares the list of servers with billing and returns it, with the tasks of orders
// that are being deployed: POST /eq.php, action update_servers.
func (s *ServersService) UpdateServers(ctx context.Context) (*ServersUpdate, error) {
	return fetch[ServersUpdate](ctx, s.c, eqUpdateServers, &rest.Call{})
}

// Rename gives a server another host name: POST /eq.php, action rename_server. The tag "hostname"
// is separate; see Tags.
func (s *ServersService) Rename(ctx context.Context, id int64, hostname string) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	checkHostname(&problems, "hostname", hostname)
	problems.Required("hostname", hostname)
	if err := eqRename.Refuse("", problems); err != nil {
		return nil, err
	}
	call, err := byID(eqRename, id, map[string]any{"hostname": hostname})
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, eqRename, call)
}
