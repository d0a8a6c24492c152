package hestiatest

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestZoneTemplates: a zone has the records of its template, in its order, with names that end in a dot.
func TestZoneTemplates(t *testing.T) {
	servers := []string{"@ NS  ns1.example.net.", "@ NS  ns2.example.net."}
	site := []string{"@ A  192.0.2.9", "ftp CNAME  shop.example.", "www CNAME  shop.example."}
	mail := []string{"mail A  192.0.2.9", "webmail CNAME  mail.shop.example.", "@ MX 0 mail.shop.example.", `@ TXT  "v=spf1 a mx ip4:192.0.2.9 -all"`, `_dmarc TXT  "v=DMARC1; p=quarantine; pct=100"`}
	want := map[string][]string{
		"default": slices.Concat(servers, []string{site[0], site[2], site[1]}, mail, []string{
			"_submission._tcp SRV 1 0 587 mail.shop.example.", "_imap._tcp SRV 1 0 143 mail.shop.example.", "_imaps._tcp SRV 1 0 993 mail.shop.example.",
			"_pop3._tcp SRV 1 0 110 mail.shop.example.", "_pop3s._tcp SRV 1 0 995 mail.shop.example.",
		}),
		"default-nomail": slices.Concat(servers, []string{site[0], site[2], site[1]}),
		"child-ns": slices.Concat([]string{"@ NS  ns1.shop.example.", "@ NS  ns2.shop.example.", site[0], "ns1 A  192.0.2.9", "ns2 A  192.0.2.9", site[2], site[1]},
			mail),
		"gmail": slices.Concat(servers, site, []string{
			"@ MX 1 ASPMX.L.GOOGLE.COM.", "@ MX 5 ALT1.ASPMX.L.GOOGLE.COM.", "@ MX 5 ALT2.ASPMX.L.GOOGLE.COM.", "@ MX 10 ALT3.ASPMX.L.GOOGLE.COM.",
			"@ MX 10 ALT4.ASPMX.L.GOOGLE.COM.", `@ TXT  "v=spf1 a mx ip4:192.0.2.9 include:_spf.google.com -all"`,
		}),
		"office365": slices.Concat(servers, site, []string{
			`@ TXT  "v=spf1 a mx ip4:192.0.2.9 include:spf.protection.outlook.com -all"`, "_dmarc TXT  v=DMARC1; p=none; pct=100; fo=1",
			"autodiscover CNAME  autodiscover.outlook.com.", "lyncdiscover CNAME  webdir.online.lync.com.", "sip CNAME  sipdir.online.lync.com.",
			"enterpriseregistration CNAME  enterpriseregistration.windows.net.", "enterpriseenrollment CNAME  enterpriseenrollment.manage.microsoft.com.",
			"_sip._tls SRV 100 1 443 sipdir.online.lync.com.", "_sipfederationtls._tcp SRV 100 1 5061 sipfed.online.lync.com.",
			"login CNAME  login.microsoftonline.com.", "mail CNAME  mail.office365.com.",
		}),
		"zoho": slices.Concat(servers, site, []string{
			"@ MX 10 mx.zoho.com.", "@ MX 20 mx2.zoho.com.", "@ MX 50 mx3.zoho.com.", `@ TXT  "v=spf1 a mx ip4:192.0.2.9 include:zoho.com -all"`,
		}),
	}
	require.Len(t, want, len(templates["dns"]))
	for _, template := range templates["dns"] {
		p := newPanel(t, WithPackages(Package{Name: template, DNSTemplate: template, Nameservers: "ns1.example.net,ns2.example.net"}))
		p.AddUser(User{Name: "alice", Package: template})
		p.ok(cmd("v-add-dns-domain", "alice", "shop.example", "192.0.2.9"))
		require.Equal(t, want[template], p.recordsOf("shop.example"), template)

		// The template itself has room for eight name servers.
		lines := len(want[template])
		if template != "child-ns" {
			lines += 6
			require.Equal(t, "%ns8%.", p.rows("v-list-dns-template", template, "json")["8"]["VALUE"], template)
		}
		require.Len(t, p.rows("v-list-dns-template", template, "json"), lines, template)

		// Changing to it makes the same records, and one more for the mail of Microsoft.
		p.ok(cmd("v-change-dns-domain-tpl", "alice", "shop.example", template))
		changed := want[template]
		if template == "office365" {
			changed = append(changed, "@ MX 0 shop-example.mail.protection.outlook.com.")
		}
		require.Equal(t, changed, p.recordsOf("shop.example"), template)
	}
}

// recordsOf returns a zone's records in the order of their IDs.
func (p panel) recordsOf(domain string) []string {
	all := p.rows("v-list-dns-records", "alice", domain, "json")
	var records []string
	for id := 0; len(records) < len(all); id++ {
		if r, there := all[strconv.Itoa(id)]; there {
			records = append(records, r["RECORD"].(string)+" "+r["TYPE"].(string)+" "+r["PRIORITY"].(string)+" "+r["VALUE"].(string))
		}
	}
	return records
}
