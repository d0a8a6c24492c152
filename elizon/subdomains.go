package elizon

import (
	"context"
	"iter"
	"strings"
)

// SubdomainsService is about DNS records below domains of the platform's.
type SubdomainsService struct{ c *Client }

// Types of subdomain records.
const (
	RecordA     = "A"
	RecordAAAA  = "AAAA"
	RecordCNAME = "CNAME"
	RecordSRV   = "SRV"
)

// Subdomain is a record.
type Subdomain struct {
	ID       string `elizon:"id,required"`
	DomainID string `elizon:"domainId"`
	Domain   string `elizon:"domain"`
	Name     string `elizon:"subdomain"`
	FQDN     string `elizon:"fqdn"`
	// Type is RecordA or another.
	Type  string `elizon:"type"`
	Value string `elizon:"value"`
	// Port of an SRV record; 0 if there is none.
	Port        int64  `elizon:"port"`
	ServiceID   string `elizon:"serviceId"`
	ServiceName string `elizon:"serviceName"`
	SRVService  string `elizon:"srvService"`
	SRVProtocol string `elizon:"srvProtocol"`
	Comment     string `elizon:"comment"`
}

// SubdomainList are all records and how many there may be.
type SubdomainList struct {
	Records []Subdomain `elizon:"data,required"`
	// Used of Max, which is 5 as documented.
	Used int64 `elizon:"limitUsed"`
	Max  int64 `elizon:"limitMax"`
}

// SubdomainDomain is a domain that subdomains can be made of.
type SubdomainDomain struct {
	ID     string `elizon:"id,required"`
	Domain string `elizon:"domain"`
}

// SubdomainRequest makes a record.
type SubdomainRequest struct {
	// DomainID, Name (letters and digits), Type and ServiceID are required.
	DomainID  string `elizon:"domainId,required"`
	Name      string `elizon:"subdomain,required"`
	Type      string `elizon:"type,required"`
	ServiceID string `elizon:"serviceId,required"`
	Comment   string `elizon:"comment"`
	// Value is the target of a CNAME record: a subdomain of the account's own.
	Value string `elizon:"value"`
	// Of an SRV record. TargetSubdomain is an existing CNAME, A or AAAA record of the same
	// domain and service; DirectTarget goes without one, for Pterodactyl. Preset (ts3,
	// minecraft) or Service and Protocol (tcp, udp) say what it is for.
	Port            int64  `elizon:"port"`
	Priority        *int64 `elizon:"priority"`
	Weight          *int64 `elizon:"weight"`
	TargetSubdomain string `elizon:"targetCnameSubdomain"`
	DirectTarget    *bool  `elizon:"srvDirectTarget"`
	Preset          string `elizon:"presetId"`
	SRVService      string `elizon:"srvService"`
	SRVProtocol     string `elizon:"srvProtocol"`
	// Extra fields, sent as they are.
	Extra map[string]any `elizon:",extra"`
}

// List reads all records of the account: GET /api/subdomains.
func (s *SubdomainsService) List(ctx context.Context) (*SubdomainList, error) {
	return fetch[SubdomainList](ctx, s.c.ask(subdomainsList))
}

// Create makes a record: POST /api/subdomains. The answer is undocumented.
func (s *SubdomainsService) Create(ctx context.Context, req *SubdomainRequest) (Payload, error) {
	r := s.c.ask(subdomainsCreate).with(req)
	if req != nil {
		if strings.Trim(strings.ToLower(req.Name), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			r.problem("Name", "must hold letters and digits only")
		}
		switch req.Type {
		case "", RecordA, RecordAAAA:
		case RecordCNAME:
			r.require("Value", req.Value)
		case RecordSRV:
			if req.Port < 1 || req.Port > 65535 {
				r.problem("Port", "must be 1 to 65535, got %d", req.Port)
			}
		default:
			r.problem("Type", "must be A, AAAA, CNAME or SRV")
		}
	}
	return unknown(ctx, r)
}

// Update changes the comment of a record, which is all that can be changed: PATCH
// /api/subdomains/{id} (method inferred, it may be PUT). "" empties it. The answer is
// undocumented.
func (s *SubdomainsService) Update(ctx context.Context, id, comment string) (Payload, error) {
	return unknown(ctx, s.c.ask(subdomainsUpdate, id).body(map[string]any{"comment": comment}))
}

// Delete removes a record: DELETE /api/subdomains/{id}.
func (s *SubdomainsService) Delete(ctx context.Context, id string) error {
	return gone(done(ctx, s.c.ask(subdomainsDelete, id)))
}

// Domains yields the domains that subdomains can be made of: GET /api/subdomains/domains.
func (s *SubdomainsService) Domains(ctx context.Context) iter.Seq2[*SubdomainDomain, error] {
	return all[SubdomainDomain](ctx, s.c.ask(subdomainsDomains), "data")
}
