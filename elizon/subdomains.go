package elizon

import (
	"context"
	"iter"
	"strings"
)

// SubdomainsService manages DNS records below the platform's domains.
type SubdomainsService struct{ c *Client }

// Types of subdomain records.
const (
	RecordA     = "A"
	RecordAAAA  = "AAAA"
	RecordCNAME = "CNAME"
	RecordSRV   = "SRV"
)

// Subdomain is a DNS record.
type Subdomain struct {
	ID       string `wire:"id,required"`
	DomainID string `wire:"domainId"`
	Domain   string `wire:"domain"`
	Name     string `wire:"subdomain"`
	FQDN     string `wire:"fqdn"`
	// Type is an open set: RecordA and others.
	Type  string `wire:"type"`
	Value string `wire:"value"`
	// Port of an SRV record; 0 if there is none.
	Port        int64  `wire:"port"`
	ServiceID   string `wire:"serviceId"`
	ServiceName string `wire:"serviceName"`
	SRVService  string `wire:"srvService"`
	SRVProtocol string `wire:"srvProtocol"`
	Comment     string `wire:"comment"`
}

// SubdomainList has all records and their limit.
type SubdomainList struct {
	Records []Subdomain `wire:"data,required"`
	// Used is how many of Max records exist. The documented maximum is 5. Max is -1 without a limit, and 0 if it is not told.
	Used int64 `wire:"limitUsed"`
	Max  int64 `wire:"limitMax,limit"`
}

// SubdomainDomain is a domain below which records can be created.
type SubdomainDomain struct {
	ID     string `wire:"id,required"`
	Domain string `wire:"domain"`
}

// SubdomainCreateRequest creates a record.
type SubdomainCreateRequest struct {
	// DomainID, Name (letters and digits), Type and ServiceID are required.
	DomainID  string `wire:"domainId,required"`
	Name      string `wire:"subdomain,required"`
	Type      string `wire:"type,required"`
	ServiceID string `wire:"serviceId,required"`
	Comment   string `wire:"comment"`
	// Value is the target of a CNAME record: one of the account's own subdomains.
	Value string `wire:"value"`
	// The following are for SRV records. TargetSubdomain is an existing CNAME, A or AAAA record of
	// the same domain and service; DirectTarget needs none, for Pterodactyl. Preset (ts3,
	// minecraft) or Service and Protocol (tcp, udp) say what the record is for.
	Port            int64  `wire:"port"`
	Priority        *int64 `wire:"priority"`
	Weight          *int64 `wire:"weight"`
	TargetSubdomain string `wire:"targetCnameSubdomain"`
	DirectTarget    *bool  `wire:"srvDirectTarget"`
	Preset          string `wire:"presetId"`
	SRVService      string `wire:"srvService"`
	SRVProtocol     string `wire:"srvProtocol"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List reads all records of the account: GET /api/subdomains.
func (s *SubdomainsService) List(ctx context.Context) (*SubdomainList, error) {
	return fetch[SubdomainList](ctx, s.c.ask(subdomainsList))
}

// Create creates a record: POST /api/subdomains.
func (s *SubdomainsService) Create(ctx context.Context, req *SubdomainCreateRequest) error {
	r := s.c.ask(subdomainsCreate).with(req)
	if req != nil {
		if strings.Trim(strings.ToLower(req.Name), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			r.problem("Name", "must contain letters and digits only")
		}
		switch req.Type {
		case "", RecordA, RecordAAAA:
		case RecordCNAME:
			r.require("Value", req.Value)
		case RecordSRV:
			r.problems.Between("Port", req.Port, 1, 65535)
		default:
			r.problem("Type", "must be A, AAAA, CNAME or SRV")
		}
	}
	return done(ctx, r)
}

// Update changes the comment of a record, which is all that can be changed: PATCH
// /api/subdomains/{id} (method inferred, it may be PUT). "" empties it.
func (s *SubdomainsService) Update(ctx context.Context, id, comment string) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(subdomainsUpdate, id).body(map[string]any{"comment": comment}))
}

// Delete removes a record: DELETE /api/subdomains/{id}.
func (s *SubdomainsService) Delete(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(subdomainsDelete, id))
}

// Domains yields the domains below which records can be created: GET /api/subdomains/domains.
func (s *SubdomainsService) Domains(ctx context.Context) iter.Seq2[*SubdomainDomain, error] {
	return all[SubdomainDomain](ctx, s.c.ask(subdomainsDomains), "data")
}
