package hestiatest

import "slices"

// zoneTemplates are the records that zones start with, those of all templates that the panel ships. An ID is the place in the
// template. %ns1% to %ns8%, %domain% and %ip% are filled in.
var zoneTemplates = map[string][]zoneLine{
	"default": onServers(
		zoneLine{"@", "A", "", "%ip%"},
		zoneLine{"www", "CNAME", "", "%domain%."},
		zoneLine{"ftp", "CNAME", "", "%domain%."},
		zoneLine{"mail", "A", "", "%ip%"},
		zoneLine{"webmail", "CNAME", "", "mail.%domain%."},
		zoneLine{"@", "MX", "0", "mail.%domain%."},
		zoneLine{"@", "TXT", "", `"v=spf1 a mx ip4:%ip% -all"`},
		zoneLine{"_dmarc", "TXT", "", `"v=DMARC1; p=quarantine; pct=100"`},
		zoneLine{"_submission._tcp", "SRV", "1", "0 587 mail.%domain%."},
		zoneLine{"_imap._tcp", "SRV", "1", "0 143 mail.%domain%."},
		zoneLine{"_imaps._tcp", "SRV", "1", "0 993 mail.%domain%."},
		zoneLine{"_pop3._tcp", "SRV", "1", "0 110 mail.%domain%."},
		zoneLine{"_pop3s._tcp", "SRV", "1", "0 995 mail.%domain%."},
	),
	"default-nomail": onServers(
		zoneLine{"@", "A", "", "%ip%"},
		zoneLine{"www", "CNAME", "", "%domain%."},
		zoneLine{"ftp", "CNAME", "", "%domain%."},
	),
	"child-ns": { // its name servers are in the zone itself
		{"@", "NS", "", "ns1.%domain%."},
		{"@", "NS", "", "ns2.%domain%."},
		{"@", "A", "", "%ip%"},
		{"ns1", "A", "", "%ip%"},
		{"ns2", "A", "", "%ip%"},
		{"www", "CNAME", "", "%domain%."},
		{"ftp", "CNAME", "", "%domain%."},
		{"mail", "A", "", "%ip%"},
		{"webmail", "CNAME", "", "mail.%domain%."},
		{"@", "MX", "0", "mail.%domain%."},
		{"@", "TXT", "", `"v=spf1 a mx ip4:%ip% -all"`},
		{"_dmarc", "TXT", "", `"v=DMARC1; p=quarantine; pct=100"`},
	},
	"gmail": onServers(
		zoneLine{"@", "A", "", "%ip%"},
		zoneLine{"ftp", "CNAME", "", "%domain%."},
		zoneLine{"www", "CNAME", "", "%domain%."},
		zoneLine{"@", "MX", "1", "ASPMX.L.GOOGLE.COM."},
		zoneLine{"@", "MX", "5", "ALT1.ASPMX.L.GOOGLE.COM."},
		zoneLine{"@", "MX", "5", "ALT2.ASPMX.L.GOOGLE.COM."},
		zoneLine{"@", "MX", "10", "ALT3.ASPMX.L.GOOGLE.COM."},
		zoneLine{"@", "MX", "10", "ALT4.ASPMX.L.GOOGLE.COM."},
		zoneLine{"@", "TXT", "", `"v=spf1 a mx ip4:%ip% include:_spf.google.com -all"`},
	),
	"office365": onServers( // the MX record comes from v-change-dns-domain-tpl
		zoneLine{"@", "A", "", "%ip%"},
		zoneLine{"ftp", "CNAME", "", "%domain%."},
		zoneLine{"www", "CNAME", "", "%domain%."},
		zoneLine{"@", "TXT", "", `"v=spf1 a mx ip4:%ip% include:spf.protection.outlook.com -all"`},
		zoneLine{"_dmarc", "TXT", "", "v=DMARC1; p=none; pct=100; fo=1"}, // without quotes
		zoneLine{"autodiscover", "CNAME", "", "autodiscover.outlook.com."},
		zoneLine{"lyncdiscover", "CNAME", "", "webdir.online.lync.com."},
		zoneLine{"sip", "CNAME", "", "sipdir.online.lync.com."},
		zoneLine{"enterpriseregistration", "CNAME", "", "enterpriseregistration.windows.net."},
		zoneLine{"enterpriseenrollment", "CNAME", "", "enterpriseenrollment.manage.microsoft.com."},
		zoneLine{"_sip._tls", "SRV", "100", "1 443 sipdir.online.lync.com."},
		zoneLine{"_sipfederationtls._tcp", "SRV", "100", "1 5061 sipfed.online.lync.com."},
		zoneLine{"login", "CNAME", "", "login.microsoftonline.com."},
		zoneLine{"mail", "CNAME", "", "mail.office365.com."},
	),
	"zoho": onServers(
		zoneLine{"@", "A", "", "%ip%"},
		zoneLine{"ftp", "CNAME", "", "%domain%."},
		zoneLine{"www", "CNAME", "", "%domain%."},
		zoneLine{"@", "MX", "10", "mx.zoho.com."},
		zoneLine{"@", "MX", "20", "mx2.zoho.com."},
		zoneLine{"@", "MX", "50", "mx3.zoho.com."},
		zoneLine{"@", "TXT", "", `"v=spf1 a mx ip4:%ip% include:zoho.com -all"`},
	),
}

type zoneLine struct{ record, kind, priority, value string }

// onServers returns a template that begins with the user's name servers.
func onServers(lines ...zoneLine) []zoneLine {
	return slices.Concat([]zoneLine{
		{"@", "NS", "", "%ns1%."}, {"@", "NS", "", "%ns2%."}, {"@", "NS", "", "%ns3%."}, {"@", "NS", "", "%ns4%."},
		{"@", "NS", "", "%ns5%."}, {"@", "NS", "", "%ns6%."}, {"@", "NS", "", "%ns7%."}, {"@", "NS", "", "%ns8%."},
	}, lines)
}
