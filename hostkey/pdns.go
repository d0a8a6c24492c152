package hostkey

import (
	"context"
	"iter"
	"net/url"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Reading requires the right pdns/view, everything else pdns/edit.
var (
	pdnsListDomains  = act("pdns", "list_domains", "DNS.ListDomains", "list domains", ClassRead)
	pdnsAddDomain    = act("pdns", "add_domain", "DNS.AddDomain", "add domain", ClassWrite)
	pdnsDeleteDomain = act("pdns", "delete_domain", "DNS.DeleteDomain", "delete domain", ClassDestroy)
	pdnsViewZone     = act("pdns", "view_zone", "DNS.ViewZone", "get DNS zone", ClassRead)
	pdnsListZones    = act("pdns", "list_zones", "DNS.ListZones", "list DNS zones", ClassRead)
	pdnsAddZone      = act("pdns", "add_zone", "DNS.AddZone", "add DNS zone", ClassWrite)
	pdnsDeleteZone   = act("pdns", "delete_zone", "DNS.DeleteZone", "delete DNS zone", ClassDestroy)
	pdnsCallbackURL  = act("pdns", "get_cb_url", "DNS.CallbackURL", "get callback URL", ClassRead).sensitive()
)

// DNSService manages domains, their zones and records, and names of servers below the vendor's own
// domains. AddDNS renames a record; to change anything else of one, delete it and add another.
type DNSService struct{ c *Client }

// Domain is a domain whose DNS the account manages.
type Domain struct {
	ID   int64  `wire:"id,positive"`
	Name string `wire:"name,required"`
}

// Zone is the DNS zone of a domain.
type Zone struct {
	ID      int64       `wire:"data.id,positive,identity"`
	Name    string      `wire:"data.name,required,name"`
	Records []DNSRecord `wire:"data.records,required"`
}

// DNSRecord is a record of a zone.
type DNSRecord struct {
	ID int64 `wire:"id"`
	// Name within the zone.
	Name    string `wire:"name"`
	Type    string `wire:"type"`
	Content string `wire:"content"`
	// TTL is in seconds.
	TTL int64 `wire:"ttl"`
	// Priority of MX and SRV.
	Priority int64 `wire:"priority"`
}

// DomainAddRequest adds a domain to the account's DNS.
type DomainAddRequest struct {
	// Name is required.
	Name string `url:"name"`
	// ServerID of a server; 0 is not sent.
	ServerID int64 `url:"server_id,omitempty"`
	// Extra fields of params, sent as they are.
	Extra map[string]any `url:"-"`
}

// ZoneAddRequest is undocumented except for the names of its fields: which are required, and their
// values, are unknown.
type ZoneAddRequest struct {
	Name string `url:"name,omitempty"`
	// Kind is "Master", the default, or "Slave" with Masters.
	Kind string `url:"kind,omitempty"`
	// RRSets is a JSON text according to the vendor's page, and a flag in the vendor's own program.
	RRSets      string   `url:"rrsets,omitempty"`
	DNSSec      *bool    `url:"dnssec,int,omitempty"`
	Masters     []string `url:"masters,brackets,omitempty"`
	DNS         []string `url:"dns,brackets,omitempty"`
	Nameservers []string `url:"nameservers,brackets,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// ListDomains lists the account's domains: POST /pdns.php, action list_domains.
func (s *DNSService) ListDomains(ctx context.Context) iter.Seq2[*Domain, error] {
	return elements[Domain](ctx, s.c, pdnsListDomains, new(rest.Call), "data")
}

// AddDomain adds a domain to the account's DNS and returns its ID: POST /pdns.php, action
// add_domain. It is not retried, since a second call may add a second domain.
func (s *DNSService) AddDomain(ctx context.Context, req *DomainAddRequest) (id int64, err error) {
	if req == nil {
		return 0, pdnsAddDomain.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.NotNegative("ServerID", req.ServerID)
	call, _, err := paramsOf(pdnsAddDomain, problems, "", req, req.Extra)
	if err != nil {
		return 0, err
	}
	added, err := fetch[struct {
		ID int64 `wire:"data.id,positive"`
	}](ctx, s.c, pdnsAddDomain, call)
	if err != nil {
		return 0, err
	}
	return added.ID, nil
}

// DeleteDomain removes a domain and all its records: POST /pdns.php, action delete_domain. zone is
// the domain's name. The vendor's own program sends server_id and domain_id instead, which contradicts the
// vendor's page and its Terraform provider.
func (s *DNSService) DeleteDomain(ctx context.Context, id int64, zone string) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	problems.Required("zone", zone)
	if err := pdnsDeleteDomain.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, pdnsDeleteDomain, &rest.Call{Body: url.Values{"params[id]": {idText(id)}, "params[zone]": {zone}}, Subject: idText(id)})
}

// ViewZone reads a zone with its records: POST /pdns.php, action view_zone.
func (s *DNSService) ViewZone(ctx context.Context, zone string) (*Zone, error) {
	if err := pdnsViewZone.RefuseBlank("zone", zone); err != nil {
		return nil, err
	}
	return fetch[Zone](ctx, s.c, pdnsViewZone, &rest.Call{Body: url.Values{"params[zone]": {zone}}})
}

// ZoneList lists zones. Its shape is undocumented: Zones are read where other answers of the module have
// their lists, and everything else is in More.
type ZoneList struct {
	Zones []ListedZone `wire:"data|zones,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ListedZone is a zone, as far as ZoneList can be read.
type ListedZone struct {
	// ID is a number, or the name with a dot at its end as PowerDNS has it.
	ID   string `wire:"id,loose"`
	Name string `wire:"name,loose"`
	// Kind is "Master" or "Slave".
	Kind string `wire:"kind,loose"`
	// More fields of the zone.
	More map[string]provider.Payload `wire:",extra"`
}

// ListZones lists the zones: POST /pdns.php, action list_zones. The answer is undocumented; see ZoneList.
func (s *DNSService) ListZones(ctx context.Context) (*ZoneList, error) {
	return guess[ZoneList](ctx, s.c, pdnsListZones, new(rest.Call))
}

// AddZone adds a zone: POST /pdns.php, action add_zone. What it does beyond AddDomain, and its
// answer, are undocumented.
func (s *DNSService) AddZone(ctx context.Context, req *ZoneAddRequest) (*Ack, error) {
	if req == nil {
		return nil, pdnsAddZone.RefuseNil()
	}
	call, form, err := formOf(pdnsAddZone, nil, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	if len(form) == 0 {
		return nil, pdnsAddZone.Refuse("", provider.Problems{"request": "is empty"})
	}
	return s.c.ack(ctx, pdnsAddZone, call)
}

// DeleteZone removes a zone: POST /pdns.php, action delete_zone. Whether it takes more than the
// zone's name, and its answer, are undocumented.
func (s *DNSService) DeleteZone(ctx context.Context, zone string, extra map[string]any) (*Ack, error) {
	var problems provider.Problems
	problems.Required("zone", zone)
	call, form, err := formOf(pdnsDeleteZone, problems, "", nil, extra)
	if err != nil {
		return nil, err
	}
	form.Set("zone", zone)
	return s.c.ack(ctx, pdnsDeleteZone, call)
}

// CallbackURL returns the URL for notifications: POST /pdns.php, action get_cb_url. Fields and
// answer are undocumented.
func (s *DNSService) CallbackURL(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, pdnsCallbackURL, extra)
}

var _ = wire.After(func(r *DNSRecord) error {
	r.Type = strings.ToUpper(r.Type)
	return nil
})
