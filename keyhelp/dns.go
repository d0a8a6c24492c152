package keyhelp

import (
	"cmp"
	"context"

	"github.com/provkit/provkit/provider"
)

// DNSService manages the zones of top-level domains. Live dialect only. A
// sub-domain has no zone of its own: provider.ErrNotFound.
type DNSService struct{ c *Client }

// Zone is the DNS zone of a domain.
type Zone struct {
	// Custom tells that records were set by hand; read-only.
	Custom bool
	// Disabled: the panel serves no zone; read-only.
	Disabled   bool
	DKIMRecord string
	Records    ZoneRecords
}

// ZoneRecords is everything in a zone.
type ZoneRecords struct {
	SOA   SOA         `json:"soa"`
	Other []DNSRecord `json:"other"`
}

// SOA is the start of authority of a zone. Durations are in seconds.
type SOA struct {
	TTL       int64  `json:"ttl"`
	PrimaryNS string `json:"primary_ns"`
	// RName is the mailbox of the responsible person, with dots, ending in one.
	RName   string `json:"rname"`
	Refresh int64  `json:"refresh"`
	Retry   int64  `json:"retry"`
	Expire  int64  `json:"expire"`
	Minimum int64  `json:"minimum"`
}

// DNSRecord is one record of a zone. The priority of an MX stands in Value.
type DNSRecord struct {
	// Host is "@" or a label relative to the zone.
	Host  string `json:"host"`
	TTL   int64  `json:"ttl"` // seconds
	Type  string `json:"type"`
	Value string `json:"value"`
}

// ZoneUpdateRequest replaces a zone.
type ZoneUpdateRequest struct {
	// Records replace all records of the zone: read, change, write back. Required.
	Records *ZoneRecords
	// DKIMRecord is sent by one client; others take it out. nil leaves it out.
	DKIMRecord *string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Get reads the zone of a domain: GET /api/v2/dns/{id_domain}.
func (s *DNSService) Get(ctx context.Context, domainID int64) (*Zone, error) {
	return fetchID[Zone, zoneWire](ctx, s.c, dnsGet, domainID)
}

// GetByName reads the zone of a domain: GET /api/v2/dns/name/{domain}. Known from
// one client's helper only.
func (s *DNSService) GetByName(ctx context.Context, domain string) (*Zone, error) {
	if err := dnsGetByName.any().RefuseBlank("domain", domain); err != nil {
		return nil, err
	}
	return fetch[Zone, zoneWire](ctx, s.c, dnsGetByName, domain)
}

// Update replaces the records of a zone: PUT /api/v2/dns/{id_domain}.
func (s *DNSService) Update(ctx context.Context, domainID int64, req *ZoneUpdateRequest) error {
	if err := dnsUpdate.any().RefuseID("id", domainID); err != nil {
		return err
	}
	return s.update(ctx, dnsUpdate, idText(domainID), req)
}

// UpdateByName replaces the records of a zone: PUT /api/v2/dns/name/{domain}. Known
// from one client's helper only.
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
	records := *req.Records
	if records.Other == nil {
		records.Other = []DNSRecord{} // null might mean something else than none
	}
	fields := map[string]any{"records": records}
	if req.DKIMRecord != nil {
		fields["dkim_record"] = *req.DKIMRecord
	}
	return s.c.change(ctx, op, arg, withExtra(fields, req.Extra))
}

// Reset drops the custom records of a zone, back to the panel's own:
// DELETE /api/v2/dns/{id_domain}.
func (s *DNSService) Reset(ctx context.Context, domainID int64) error {
	if err := dnsReset.any().RefuseID("id", domainID); err != nil {
		return err
	}
	return s.c.remove(ctx, dnsReset, idText(domainID))
}

// ResetByName drops the custom records of a zone: DELETE /api/v2/dns/name/{domain}.
// Known from one client's helper only.
func (s *DNSService) ResetByName(ctx context.Context, domain string) error {
	if err := dnsResetByName.any().RefuseBlank("domain", domain); err != nil {
		return err
	}
	return s.c.remove(ctx, dnsResetByName, domain)
}

type zoneWire struct {
	Custom        bool         `json:"is_custom_dns"`
	Disabled      bool         `json:"is_dns_disabled"`
	DKIMRecord    string       `json:"dkim_record"`
	DKIMTXTRecord string       `json:"dkim_txt_record"` // servers of 2024 and before
	Records       *zoneRecords `json:"records"`
}

// zoneRecords reads TTLs that were once written as text.
type zoneRecords struct {
	SOA struct {
		TTL       number `json:"ttl"`
		PrimaryNS string `json:"primary_ns"`
		RName     string `json:"rname"`
		Refresh   number `json:"refresh"`
		Retry     number `json:"retry"`
		Expire    number `json:"expire"`
		Minimum   number `json:"minimum"`
	} `json:"soa"`
	Other []struct {
		Host  string `json:"host"`
		TTL   number `json:"ttl"`
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"other"`
}

func (w *zoneWire) Missing() string {
	if w.Records == nil {
		return "records"
	}
	return ""
}

func (w *zoneWire) model() *Zone {
	z := &Zone{Custom: w.Custom, Disabled: w.Disabled, DKIMRecord: cmp.Or(w.DKIMRecord, w.DKIMTXTRecord)}
	soa := w.Records.SOA
	z.Records.SOA = SOA{
		TTL: int64(soa.TTL), PrimaryNS: soa.PrimaryNS, RName: soa.RName, Refresh: int64(soa.Refresh),
		Retry: int64(soa.Retry), Expire: int64(soa.Expire), Minimum: int64(soa.Minimum),
	}
	for _, r := range w.Records.Other {
		z.Records.Other = append(z.Records.Other, DNSRecord{Host: r.Host, TTL: int64(r.TTL), Type: r.Type, Value: r.Value})
	}
	return z
}
