package hostkey

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Actions on records, and on names below the vendor's own domains.
var (
	pdnsAddDNS          = act("pdns", "add_dns", "DNS.AddDNS", "add DNS record", ClassWrite)
	pdnsDeleteDNS       = act("pdns", "delete_dns", "DNS.DeleteDNS", "delete DNS record", ClassDestroy)
	pdnsListSubdomains  = act("pdns", "list_subdomains", "DNS.ListSubdomains", "list subdomains of server", ClassRead)
	pdnsAddSubdomain    = act("pdns", "add_subdomain", "DNS.AddSubdomain", "add subdomain to server", ClassWrite)
	pdnsEditSubdomain   = act("pdns", "edit_subdomain", "DNS.EditSubdomain", "change subdomain of server", ClassWrite)
	pdnsDeleteSubdomain = act("pdns", "delete_subdomain", "DNS.DeleteSubdomain", "delete subdomain of server", ClassDestroy)
)

// DNSAddRequest adds records of one name and type.
type DNSAddRequest struct {
	// Zone, Name, Type and Contents are required.
	Zone string `url:"zone"`
	// Name within the zone.
	Name string `url:"name"`
	// OldName is the name that the record has until now, to rename it; "" adds a record.
	OldName string `url:"old_name,omitempty"`
	Type    string `url:"type"`
	// Contents has one element for each record. Types other than A, AAAA, NS and MX take only one.
	Contents []string `url:"-"`
	// TTL is in seconds; 0 is the server's default.
	TTL int64 `url:"ttl,omitempty"`
	// Priority of MX and SRV.
	Priority *int64 `url:"priority,omitempty"`
	// Weight, Port, Proto and Target of SRV.
	Weight *int64 `url:"weight,omitempty"`
	Port   *int64 `url:"port,omitempty"`
	Proto  string `url:"proto,omitempty"`
	Target string `url:"target,omitempty"`
	// SOA has the fields of a record of type SOA.
	SOA *SOA `url:"-"`
	// ChangeType is "create" or "update", Location that of the name server. Update is undocumented except
	// for its name.
	ChangeType string `url:"changetype,omitempty"`
	Location   string `url:"pdns_loc,omitempty"`
	Update     *int64 `url:"update,omitempty"`
	// Extra fields of params, sent as they are.
	Extra map[string]any `url:"-"`
}

// SOA is the start of authority of a zone. Times are in seconds; 0 is not sent.
type SOA struct {
	MName   string `url:"mname,omitempty"`
	RName   string `url:"rname,omitempty"`
	Serial  int64  `url:"serial,omitempty"`
	Refresh int64  `url:"refresh,omitempty"`
	Retry   int64  `url:"retry,omitempty"`
	Expire  int64  `url:"expire,omitempty"`
	Minimum int64  `url:"minimum,omitempty"`
	// IncreaseSerial leaves the serial to the server.
	IncreaseSerial bool `url:"increase_soa_serial,int,omitempty"`
}

// DNSDeleteRequest removes records of one name and type.
type DNSDeleteRequest struct {
	// Zone, Type and Contents are required: without contents the server would remove every record
	// of the name and type.
	Zone string `url:"zone"`
	// Name within the zone, as ViewZone returns it.
	Name     string   `url:"name,omitempty"`
	Type     string   `url:"type"`
	Contents []string `url:"content,brackets"`
	// Priority is required for MX.
	Priority *int64 `url:"priority,omitempty"`
	// Extra fields of params, sent as they are.
	Extra map[string]any `url:"-"`
}

// SubdomainAddRequest adds a name below a domain of the vendor.
type SubdomainAddRequest struct {
	// ServerID, DomainID and Name are required.
	ServerID int64  `url:"server_id"`
	DomainID int64  `url:"domain_id"`
	Name     string `url:"name"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// SubdomainEditRequest changes a name below a domain of the vendor.
type SubdomainEditRequest struct {
	// ID of the subdomain, ServerID of its server; whether both are required is undocumented.
	ID       int64 `url:"id,omitempty"`
	ServerID int64 `url:"server_id,omitempty"`
	// Extra fields: what can be changed is undocumented.
	Extra map[string]any `url:"-"`
}

// severalContents are the record types whose contents are sent as a list.
var severalContents = []string{"A", "AAAA", "NS", "MX"}

// AddDNS adds records: POST /pdns.php, action add_dns. It is not retried, since a second call may
// add a second record.
func (s *DNSService) AddDNS(ctx context.Context, req *DNSAddRequest) (*Ack, error) {
	if req == nil {
		return nil, pdnsAddDNS.RefuseNil()
	}
	kind := strings.ToUpper(req.Type)
	several := slices.Contains(severalContents, kind)
	problems := checkRecord(req.Zone, req.Type, req.Contents)
	problems.Required("Name", req.Name)
	if len(req.Contents) > 1 && !several {
		problems.Add("Contents", "must have one element for type %s", kind)
	}
	for name, n := range map[string]*int64{"TTL": &req.TTL, "Priority": req.Priority, "Weight": req.Weight, "Port": req.Port} {
		if n != nil {
			problems.NotNegative(name, *n)
		}
	}
	soa := req.SOA
	if soa == nil {
		soa = new(SOA)
	}
	if min(soa.Serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minimum) < 0 {
		problems.Add("SOA", "has a negative number")
	}
	fields := struct {
		*DNSAddRequest
		*SOA
		Contents []string `url:"content,brackets,omitempty"`
		Content  string   `url:"content,omitempty"`
	}{DNSAddRequest: req, SOA: soa}
	if several {
		fields.Contents = req.Contents
	} else if len(req.Contents) == 1 {
		fields.Content = req.Contents[0]
	}
	call, _, err := paramsOf(pdnsAddDNS, problems, "", fields, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, pdnsAddDNS, call)
}

// DeleteDNS removes the records with the given contents: POST /pdns.php, action delete_dns. To
// remove all records of a name and type, list all their contents.
func (s *DNSService) DeleteDNS(ctx context.Context, req *DNSDeleteRequest) (*Ack, error) {
	if req == nil {
		return nil, pdnsDeleteDNS.RefuseNil()
	}
	problems := checkRecord(req.Zone, req.Type, req.Contents)
	switch {
	case req.Priority == nil && strings.EqualFold(req.Type, "MX"):
		problems.Add("Priority", "required for a record of type MX")
	case req.Priority != nil && *req.Priority < 0:
		problems.Add("Priority", "negative")
	}
	call, _, err := paramsOf(pdnsDeleteDNS, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, pdnsDeleteDNS, call)
}

func checkRecord(zone, kind string, contents []string) (problems provider.Problems) {
	problems.Required("Zone", zone)
	problems.Required("Type", kind)
	problems.Some("Contents", len(contents))
	for _, content := range contents {
		if strings.TrimSpace(content) == "" {
			problems.Add("Contents", "has an empty element")
		}
	}
	return problems
}

// SubdomainList lists the names of a server below the vendor's domains. Its shape is undocumented: they are
// read where other answers of the module have their lists, and everything else is in More.
type SubdomainList struct {
	Subdomains []Subdomain `wire:"data|subdomains,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Subdomain is a name below a domain of the vendor, as far as it can be read: its fields have the names
// that requests have.
type Subdomain struct {
	ID       int64  `wire:"id,loose"`
	Name     string `wire:"name,loose"`
	DomainID int64  `wire:"domain_id,loose"`
	ServerID int64  `wire:"server_id,loose"`
	// More fields of the subdomain.
	More map[string]provider.Payload `wire:",extra"`
}

// ListSubdomains lists the names of a server below the vendor's domains: POST /pdns.php, action
// list_subdomains. The answer is undocumented; see SubdomainList.
func (s *DNSService) ListSubdomains(ctx context.Context, serverID int64) (*SubdomainList, error) {
	if err := pdnsListSubdomains.RefuseID("serverID", serverID); err != nil {
		return nil, err
	}
	return guess[SubdomainList](ctx, s.c, pdnsListSubdomains, &rest.Call{Body: url.Values{"server_id": {idText(serverID)}}, Subject: idText(serverID)})
}

// AddedSubdomain is the answer to AddSubdomain. Its shape is undocumented.
type AddedSubdomain struct {
	// ID is 0 if the answer does not name it where AddDomain's does.
	ID int64 `wire:"data.id|id,loose"`
	// More fields that the answer contains there.
	More map[string]provider.Payload `wire:"data,extra"`
}

// AddSubdomain gives a server a name below a domain of the vendor: POST /pdns.php, action
// add_subdomain. The answer is undocumented; see AddedSubdomain.
func (s *DNSService) AddSubdomain(ctx context.Context, req *SubdomainAddRequest) (*AddedSubdomain, error) {
	if req == nil {
		return nil, pdnsAddSubdomain.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.Positive("DomainID", req.DomainID)
	problems.Required("Name", req.Name)
	call, _, err := formOf(pdnsAddSubdomain, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return guess[AddedSubdomain](ctx, s.c, pdnsAddSubdomain, call)
}

// EditSubdomain changes a name below a domain of the vendor: POST /pdns.php, action edit_subdomain.
// Most fields and the answer are undocumented.
func (s *DNSService) EditSubdomain(ctx context.Context, req *SubdomainEditRequest) (*Ack, error) {
	if req == nil {
		return nil, pdnsEditSubdomain.RefuseNil()
	}
	var problems provider.Problems
	problems.NotNegative("ID", req.ID)
	problems.NotNegative("ServerID", req.ServerID)
	if req.ID == 0 && req.ServerID == 0 {
		problems.Add("ID", "required, or ServerID")
	}
	call, _, err := formOf(pdnsEditSubdomain, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, pdnsEditSubdomain, call)
}

// DeleteSubdomain removes a name below a domain of the vendor: POST /pdns.php, action
// delete_subdomain. The answer is undocumented.
func (s *DNSService) DeleteSubdomain(ctx context.Context, serverID, id int64) (*Ack, error) {
	var problems provider.Problems
	problems.Positive("serverID", serverID)
	problems.Positive("id", id)
	if err := pdnsDeleteSubdomain.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, pdnsDeleteSubdomain, &rest.Call{
		Body: url.Values{"server_id": {idText(serverID)}, "id": {idText(id)}}, Subject: idText(id),
	})
}
