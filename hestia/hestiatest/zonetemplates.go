package hestiatest

// zoneTemplates are the records that zones start with: those of the two templates that the
// recordings use. %ns1% to %ns8%, %domain% and %ip% are filled in.
var zoneTemplates = map[string][]zoneLine{
	"default": {
		{"1", "@", "NS", "", "%ns1%"},
		{"2", "@", "NS", "", "%ns2%"},
		{"3", "@", "NS", "", "%ns3%"},
		{"4", "@", "NS", "", "%ns4%"},
		{"5", "@", "NS", "", "%ns5%"},
		{"6", "@", "NS", "", "%ns6%"},
		{"7", "@", "NS", "", "%ns7%"},
		{"8", "@", "NS", "", "%ns8%"},
		{"9", "@", "A", "", "%ip%"},
		{"10", "www", "CNAME", "", "%domain%."},
		{"11", "ftp", "CNAME", "", "%domain%."},
		{"12", "mail", "A", "", "%ip%"},
		{"13", "webmail", "CNAME", "", "mail.%domain%."},
		{"14", "@", "MX", "0", "mail.%domain%."},
		{"15", "@", "TXT", "", `"v=spf1 a mx ip4:%ip% -all"`},
		{"16", "_dmarc", "TXT", "", `"v=DMARC1; p=quarantine; pct=100"`},
		{"17", "_submission._tcp", "SRV", "1", "0 587 mail.%domain%."},
		{"18", "_imap._tcp", "SRV", "1", "0 143 mail.%domain%."},
		{"19", "_imaps._tcp", "SRV", "1", "0 993 mail.%domain%."},
		{"20", "_pop3._tcp", "SRV", "1", "0 110 mail.%domain%."},
		{"21", "_pop3s._tcp", "SRV", "1", "0 995 mail.%domain%."},
	},
	"gmail": {
		{"1", "@", "NS", "", "%ns1%"},
		{"2", "@", "NS", "", "%ns2%"},
		{"3", "@", "NS", "", "%ns3%"},
		{"4", "@", "NS", "", "%ns4%"},
		{"5", "@", "NS", "", "%ns5%"},
		{"6", "@", "NS", "", "%ns6%"},
		{"7", "@", "NS", "", "%ns7%"},
		{"8", "@", "NS", "", "%ns8%"},
		{"9", "@", "A", "", "%ip%"},
		{"10", "ftp", "CNAME", "", "%domain%."},
		{"11", "www", "CNAME", "", "%domain%."},
		{"12", "@", "MX", "1", "ASPMX.L.GOOGLE.COM."},
		{"13", "@", "MX", "5", "ALT1.ASPMX.L.GOOGLE.COM."},
		{"14", "@", "MX", "5", "ALT2.ASPMX.L.GOOGLE.COM."},
		{"15", "@", "MX", "10", "ALT3.ASPMX.L.GOOGLE.COM."},
		{"16", "@", "MX", "10", "ALT4.ASPMX.L.GOOGLE.COM."},
		{"17", "@", "TXT", "", `"v=spf1 a mx ip4:%ip% include:_spf.google.com -all"`},
	},
}

type zoneLine struct{ id, record, kind, priority, value string }
