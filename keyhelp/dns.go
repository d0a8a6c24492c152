package keyhelp

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// DNSService manages the zones of top-level domains. Live dialect only. A sub-domain has no zone of
// its own: the error matches provider.ErrNotFound.
type DNSService struct{ c *Client }

// Zone is the DNS zone of a domain.
type Zone struct {
	// Custom reports whether records were set by hand; read-only.
	Custom bool `wire:"is_custom_dns"`
	// Disabled reports whether the panel does not serve the zone; read-only.
	Disabled   bool        `wire:"is_dns_disabled"`
	DKIMRecord string      `wire:"dkim_record|dkim_txt_record"`
	Records    ZoneRecords `wire:"records,required"`
}

// ZoneRecords contains all records of a zone.
type ZoneRecords struct {
	SOA   SOA         `wire:"soa,always"`
	Other []DNSRecord `wire:"other,always"`
}

// SOA is the start of authority of a zone. Durations are in seconds.
type SOA struct {
	TTL       int64  `wire:"ttl,always"`
	PrimaryNS string `wire:"primary_ns,always"`
	// RName is the mailbox of the responsible person, with dots and a dot at the end.
	RName   string `wire:"rname,always"`
	Refresh int64  `wire:"refresh,always"`
	Retry   int64  `wire:"retry,always"`
	Expire  int64  `wire:"expire,always"`
	Minimum int64  `wire:"minimum,always"`
}

// DNSRecord is one record of a zone. Value contains the priority of an MX record.
type DNSRecord struct {
	// Host is "@" or a label relative to the zone.
	Host  string `wire:"host,always"`
	TTL   int64  `wire:"ttl,always"` // seconds
	Type  string `wire:"type,always"`
	Value string `wire:"value,always"`
}

// ZoneUpdateRequest replaces a zone.
type ZoneUpdateRequest struct {
	// Records replaces all records of the zone: read, change, write back. Required.
	Records *ZoneRecords `wire:"records"`
	// DKIMRecord is sent by one client; others remove it. nil is not sent.
	DKIMRecord *string `wire:"dkim_record"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Get reads the zone of a domain: GET /api/v2/dns/{id_domain}.
func (s *DNSService) Get(ctx context.Context, domainID int64) (*Zone, error) {
	return fetchID[Zone](ctx, s.c, dnsGet, domainID)
}

// GetByName reads the zone of a domain: GET /api/v2/dns/name/{domain}. Known from one client's
// helper only.
func (s *DNSService) GetByName(ctx context.Context, domain string) (*Zone, error) {
	if err := dnsGetByName.any().RefuseBlank("domain", domain); err != nil {
		return nil, err
	}
	return fetch[Zone](ctx, s.c, dnsGetByName, domain)
}

// Update replaces the records of a zone: PUT /api/v2/dns/{id_domain}.
func (s *DNSService) Update(ctx context.Context, domainID int64, req *ZoneUpdateRequest) error {
	if err := dnsUpdate.any().RefuseID("id", domainID); err != nil {
		return err
	}
	return s.update(ctx, dnsUpdate, idText(domainID), req)
}

// UpdateByName replaces the records of a zone: PUT /api/v2/dns/name/{domain}. Known from one
// client's helper only.
func (s *DNSService) UpdateByName(ctx context.Context, domain string, req *ZoneUpdateRequest) error {
	if err := dnsUpdateByName.any().RefuseBlank("domain", domain); err != nil {
		return err
	}
	return s.update(ctx, dnsUpdateByName, domain, req)
}

func (s *DNSService) update(ctx context.Context, op operation, arg string, req *ZoneUpdateRequest) error {
	if req == nil {
		return op.any().RefuseNil()
	}
	var problems provider.Problems
	if req.Records == nil {
		problems.Add("Records", "required: the update replaces all records")
	} else {
		for _, r := range req.Records.Other {
			if r.Host == "" || r.Type == "" || r.Value == "" {
				problems.Add("Records", "a record lacks host, type or value")
			}
		}
	}
	if err := op.any().Refuse(quoted(arg), problems); err != nil {
		return err
	}
	return s.c.change(ctx, op, arg, req)
}

// Reset replaces the custom records of a zone with the panel's own: DELETE /api/v2/dns/{id_domain}.
func (s *DNSService) Reset(ctx context.Context, domainID int64) error {
	if err := dnsReset.any().RefuseID("id", domainID); err != nil {
		return err
	}
	return s.c.remove(ctx, dnsReset, idText(domainID))
}

// ResetByName replaces the custom records of a zone with the panel's own: DELETE
// /api/v2/dns/name/{domain}. Known from one client's helper only.
func (s *DNSService) ResetByName(ctx context.Context, domain string) error {
	if err := dnsResetByName.any().RefuseBlank("domain", domain); err != nil {
		return err
	}
	return s.c.remove(ctx, dnsResetByName, domain)
}
