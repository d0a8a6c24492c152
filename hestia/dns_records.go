package hestia

import (
	"context"
	"iter"
	"strings"
	"time"
)

var (
	dnsAddRecord        = adds("DNS.AddRecord", "v-add-dns-record USER DOMAIN RECORD TYPE VALUE [PRIORITY] [ID] [RESTART] [TTL] [QUIET]")
	dnsChangeRecord     = sets("DNS.ChangeRecord", "v-change-dns-record USER DOMAIN ID RECORD TYPE? VALUE [PRIORITY] [RESTART] [TTL]").doneIf(ExitExists)
	dnsChangeRecordID   = adds("DNS.ChangeRecordID", "v-change-dns-record-id USER DOMAIN ID NEWID [RESTART]")
	dnsDeleteRecord     = removes("DNS.DeleteRecord", "v-delete-dns-record USER DOMAIN ID [RESTART] [QUIET]")
	dnsGetMailDKIM      = reads("DNS.GetMailDomainDKIM", "v-list-mail-domain-dkim-dns USER DOMAIN json").elsewise()
	dnsGetTemplate      = reads("DNS.GetTemplate", "v-list-dns-template TEMPLATE json")
	dnsListRecords      = reads("DNS.ListRecords", "v-list-dns-records USER DOMAIN json").escaping()
	dnsListTemplates    = reads("DNS.ListTemplates", "v-list-dns-templates json")
	dnsSuspendRecord    = suspends("DNS.SuspendRecord", "v-suspend-dns-record USER DOMAIN ID [RESTART]")
	dnsUnsuspendRecord  = sets("DNS.UnsuspendRecord", "v-unsuspend-dns-record USER DOMAIN ID [RESTART]")
	dnsUpdateTemplates  = sets("DNS.UpdateTemplates", "v-update-dns-templates [RESTART]")
	dnsInsertDomain     = adds("DNS.InsertDomain", "v-insert-dns-domain USER DATA [SRC] [FLUSH]")
	dnsInsertRecord     = adds("DNS.InsertRecord", "v-insert-dns-record USER DOMAIN DATA")
	dnsInsertRecordFile = sets("DNS.InsertRecords", "v-insert-dns-records USER DOMAIN DATA_FILE")
)

// DNSRecord is a record of a zone.
type DNSRecord struct {
	// ID is unique in the zone. There are gaps.
	ID int64 `hestia:"ID"`
	// Record is "@" or a label below the zone.
	Record string `hestia:"RECORD"`
	Type   string `hestia:"TYPE"`
	// Priority of MX and SRV records; 0 for others.
	Priority int64 `hestia:"PRIORITY"`
	// Value of a TXT record is in double quotes. Listings lose backslashes: do not write such a
	// value back.
	Value string `hestia:"VALUE"`
	// TTL in seconds; that of the zone if the record has none.
	TTL       int64     `hestia:"TTL"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// DNSAddRecordRequest asks for a new record. All fields are required.
type DNSAddRecordRequest struct {
	User   string
	Domain string
	// Record is "@" or a label below the zone; the panel converts it to lower case.
	Record string
	// Type is A, AAAA, NS, CNAME, MX, TXT, SRV, DNSKEY, KEY, IPSECKEY, PTR, SPF, TLSA, CAA or DS.
	Type string
	// Value: the panel adds a final dot if it names a host, removes double quotes, and puts double
	// quotes around values with spaces.
	Value string
}

// DNSAddRecordOptions are the optional arguments of DNSService.AddRecord.
type DNSAddRecordOptions struct {
	// Priority of MX and SRV records; nil is 10.
	Priority *int64
	// ID defaults to the next free one.
	ID      int64
	Restart Restart
	// TTL in seconds; it defaults to the zone's.
	TTL int64
	// Quiet leaves no entry in the user's history.
	Quiet bool
}

// AddRecord creates a record: v-add-dns-record. The panel does not return the record's ID: give
// one, which also makes a repeated call fail (ExitExists), or list the records.
func (s *DNSService) AddRecord(ctx context.Context, req *DNSAddRecordRequest, opts *DNSAddRecordOptions) error {
	if req == nil {
		return dnsAddRecord.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &DNSAddRecordOptions{}
	}
	return s.c.change(ctx, dnsAddRecord, req.User, req.Domain, req.Record, req.Type, req.Value,
		opts.Priority, opts.ID, opts.Restart, opts.TTL, opts.Quiet)
}

// DNSChangeRecordRequest asks for a record to be replaced. All fields but Type are required.
type DNSChangeRecordRequest struct {
	User   string
	Domain string
	ID     int64
	Record string
	// Type of the record; "" keeps it.
	Type  string
	Value string
}

// DNSChangeRecordOptions are the optional arguments of DNSService.ChangeRecord.
type DNSChangeRecordOptions struct {
	// Priority of the record; nil keeps it.
	Priority *int64
	Restart  Restart
	// TTL in seconds; 0 removes the record's own TTL.
	TTL int64
}

// ChangeRecord replaces a record and keeps its ID: v-change-dns-record. A suspended record is
// served again. ExitExists if there is nothing to change.
func (s *DNSService) ChangeRecord(ctx context.Context, req *DNSChangeRecordRequest, opts *DNSChangeRecordOptions) error {
	if req == nil {
		return dnsChangeRecord.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &DNSChangeRecordOptions{}
	}
	return s.c.change(ctx, dnsChangeRecord, req.User, req.Domain, req.ID, req.Record, req.Type, req.Value,
		opts.Priority, opts.Restart, opts.TTL)
}

// ChangeRecordID gives a record another ID: v-change-dns-record-id.
func (s *DNSService) ChangeRecordID(ctx context.Context, user, domain string, id, newID int64, opts *RestartOptions) error {
	return s.c.change(ctx, dnsChangeRecordID, user, domain, id, newID, opts.restart())
}

// DNSDeleteRecordOptions are the optional arguments of DNSService.DeleteRecord.
type DNSDeleteRecordOptions struct {
	Restart Restart
	// Quiet leaves no entry in the user's history.
	Quiet bool
}

// DeleteRecord removes a record: v-delete-dns-record. ExitInvalid for the last A and the last NS
// record of a zone.
func (s *DNSService) DeleteRecord(ctx context.Context, user, domain string, id int64, opts *DNSDeleteRecordOptions) error {
	if opts == nil {
		opts = &DNSDeleteRecordOptions{}
	}
	return s.c.change(ctx, dnsDeleteRecord, user, domain, id, opts.Restart, opts.Quiet)
}

// ListRecords returns the records of a zone: v-list-dns-records.
func (s *DNSService) ListRecords(ctx context.Context, user, domain string) iter.Seq2[*DNSRecord, error] {
	return list[DNSRecord](ctx, s.c, dnsListRecords, user, domain)
}

// SuspendRecord stops serving one record: v-suspend-dns-record.
func (s *DNSService) SuspendRecord(ctx context.Context, user, domain string, id int64, opts *RestartOptions) error {
	return s.c.change(ctx, dnsSuspendRecord, user, domain, id, opts.restart())
}

// UnsuspendRecord serves one record again: v-unsuspend-dns-record. A record that is not suspended
// is no error; a zone that is suspended is (ExitSuspended).
func (s *DNSService) UnsuspendRecord(ctx context.Context, user, domain string, id int64, opts *RestartOptions) error {
	return s.c.change(ctx, dnsUnsuspendRecord, user, domain, id, opts.restart())
}

// DNSTemplateRecord is a record of a template for zones, with placeholders such as %ip%.
type DNSTemplateRecord struct {
	ID       int64  `hestia:"ID"`
	Record   string `hestia:"RECORD"`
	Type     string `hestia:"TYPE"`
	Priority int64  `hestia:"PRIORITY"`
	Value    string `hestia:"VALUE"`
}

// GetTemplate returns the records of a template for zones: v-list-dns-template.
func (s *DNSService) GetTemplate(ctx context.Context, template string) iter.Seq2[*DNSTemplateRecord, error] {
	return list[DNSTemplateRecord](ctx, s.c, dnsGetTemplate, template)
}

// ListTemplates returns the names of the templates for zones, the newest first:
// v-list-dns-templates.
func (s *DNSService) ListTemplates(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, dnsListTemplates)
}

// UpdateTemplates restores the templates for zones that came with the panel:
// v-update-dns-templates. It restarts no service, whatever opts say.
func (s *DNSService) UpdateTemplates(ctx context.Context, opts *RestartOptions) error {
	return s.c.change(ctx, dnsUpdateTemplates, opts.restart())
}

// DKIMRecord is the record that publishes the key of a mail domain.
type DKIMRecord struct {
	// Name is "mail._domainkey".
	Name string `hestia:",key"`
	TTL  int64  `hestia:"TTL"`
	// Text is the value of the record. Without DKIM, it contains "DKIM-SUPPORT-IS-NOT-ACTIVATED" as
	// the key.
	Text string `hestia:"TXT"`
}

// GetMailDomainDKIM returns the record for a mail domain's DKIM, for zones that are served
// elsewhere: v-list-mail-domain-dkim-dns.
func (s *DNSService) GetMailDomainDKIM(ctx context.Context, user, domain string) (*DKIMRecord, error) {
	record, err := get[DKIMRecord](ctx, s.c, dnsGetMailDKIM, user, domain)
	if err != nil {
		return nil, err
	}
	record.Text = strings.Trim(record.Text, "'")
	return record, nil
}

// DNSInsertDomainOptions are the optional arguments of DNSService.InsertDomain.
type DNSInsertDomainOptions struct {
	// Source is the cluster host that the zone comes from.
	Source string
	// Flush is "no" to refuse a zone that exists, "domain" (or "") to replace its line, or
	// "records" to remove its records, too.
	Flush string
}

// InsertDomain adds a line to the panel's list of zones (DOMAIN='...' IP='...' ...), as cluster
// hosts do to each other: v-insert-dns-domain. RebuildDomain then makes the server serve the zone.
func (s *DNSService) InsertDomain(ctx context.Context, user, data string, opts *DNSInsertDomainOptions) error {
	if opts == nil {
		opts = &DNSInsertDomainOptions{}
	}
	return s.c.change(ctx, dnsInsertDomain, user, data, opts.Source, opts.Flush)
}

// InsertRecord adds a line to the panel's list of records (ID='...' RECORD='...' ...), as cluster
// hosts do to each other: v-insert-dns-record. It does not replace an existing record of that ID.
func (s *DNSService) InsertRecord(ctx context.Context, user, domain, data string) error {
	return s.c.change(ctx, dnsInsertRecord, user, domain, data)
}

// InsertRecords replaces the panel's list of a zone's records with a file on the server, which it
// moves: v-insert-dns-records. If the file does not exist, the panel does nothing and reports
// success.
func (s *DNSService) InsertRecords(ctx context.Context, user, domain, file string) error {
	return s.c.change(ctx, dnsInsertRecordFile, user, domain, file)
}
