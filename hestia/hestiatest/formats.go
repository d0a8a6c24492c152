package hestiatest

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The patterns are the panel's, including its mistakes: a "|" inside brackets was meant as "or" and
// is a character.
var (
	rePlainUser = regexp.MustCompile(`^[A-Za-z0-9]([-|\\._A-Za-z0-9]{0,28}[A-Za-z0-9])?$`)
	reNewUser   = regexp.MustCompile(`^[a-zA-Z][-|_A-Za-z0-9]{0,28}[A-Za-z0-9]$`)
	reLocalPart = regexp.MustCompile(`^([A-Za-z0-9]|[A-Za-z0-9_.-]{2,64})$`)
	reObject    = regexp.MustCompile(`^[A-Za-z0-9][-|\\._A-Za-z0-9]{0,64}[A-Za-z0-9]$`)
	reSearch    = regexp.MustCompile(`^[-|\\ ._A-Za-z0-9]{0,50}$`)
	reService   = regexp.MustCompile(`^[A-Za-z0-9][-|\\._A-Za-z0-9]{0,64}$`)
	reComment   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9\s._-]{0,64}[A-Za-z0-9]$`)
	reHash      = regexp.MustCompile(`^[A-Za-z0-9|\\:=_-]{1,80}$`)
	reEmail     = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.([A-Za-z]{2,63}|xn--[A-Za-z0-9]{2,63})$`)
	reRelayUser = regexp.MustCompile(`^[A-Za-z0-9._%+-]+[/\\][A-Za-z0-9._%+-]+$`)
	reDate      = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	reInt       = regexp.MustCompile(`^[0-9]+$`)
	reID        = regexp.MustCompile(`^[1-9][0-9]*$`)
	reFirePort  = regexp.MustCompile(`^[0-9][-|,:0-9]{0,76}[0-9]$`)
	reNetmask   = regexp.MustCompile(`^(128|192|224|240|248|252|254|255)(\.(0|128|192|224|240|248|252|254|255)){3}`)
	reKeyID     = regexp.MustCompile(`^[A-Za-z0-9]{20}$`)
	reKeySecret = regexp.MustCompile(`^[A-Za-z0-9|_.+/^~=%-]{40}$`)
	reCronStep  = regexp.MustCompile(`^\*+/+[0-9]`)
	reCronRange = regexp.MustCompile(`^[0-9][-|,0-9]{0,70}/[0-9]$`)
	reMinusOne  = regexp.MustCompile(`^(-1|[0-9]+)$`)
)

const (
	domainForbidden    = "[]!@#$^&*()+={},<>?_/\\\"|'`;% \t\n\r\v\f"
	aliasForbidden     = "[]!@#$^&()+={},<>?_/\\\"|'`;% \t\n\r\v\f"
	stringForbidden    = "!|#$^&()+={}:<>?/\\\"';%`"
	extensionForbidden = "!|#$^&()+={}:@<>?/\\\"';%` "
	databaseForbidden  = "!@#$^&*|()+={}:,<>?/\\\"';%` "
)

// labels are the names of arguments in errors about their format, if they differ from those of the
// arguments.
var labels = map[string]string{
	"nat_ip": "ip", "max_db": "max db", "malias": "malias", "rule": "rule id", "soa": "SOA", "newid": "id",
	"email_forward": "email", "priority": "", "dkim_size": "", "ip_name": "IP name",
}

// format checks the format of an argument of that name. Names without a format pass.
func (c *call) format(name, value string) int {
	label, renamed := labels[name]
	if !renamed {
		label = name
	}
	bad := func(ok bool) int {
		if ok {
			return 0
		}
		return c.fail(eInvalid, "invalid %s format :: %s", label, value)
	}
	switch name {
	case "user":
		if !rePlainUser.MatchString(value) || (c.cmd != nil && c.cmd.name == "v-add-user" && !reNewUser.MatchString(value)) {
			return bad(false)
		}
	case "ftp_user", "stats_user":
		return bad(rePlainUser.MatchString(value))
	case "account", "malias":
		return bad(reLocalPart.MatchString(value))
	case "email", "email_forward":
		return bad(reEmail.MatchString(value))
	case "domain", "ip_name", "ns1", "ns2", "ns3", "ns4", "ns5", "ns6", "ns7", "ns8", "soa":
		return c.domainFormat(value, label)
	case "alias", "aliases", "dom_alias":
		return c.aliasFormat(value)
	case "ip", "nat_ip":
		return c.ipFormat(value)
	case "ip46":
		if addr, err := netip.ParseAddr(value); err != nil || addr.Zone() != "" {
			return c.fail(eInvalid, "invalid IP format :: %s", value)
		}
	case "ipv4_cidr":
		return c.cidrFormat(value)
	case "netmask":
		if !reNetmask.MatchString(value) {
			return c.fail(eInvalid, "invalid netmask :: %s", value)
		}
	case "ip_status":
		if value != "shared" && value != "dedicated" && value != "shared,dedicated" {
			return c.fail(eInvalid, "invalid status format :: %s", value)
		}
	case "iface":
		if value != interfaceName {
			return c.fail(eInvalid, "invalid interface format :: %s", value)
		}
	case "package", "charset", "chain", "host", "backup", "snapshot", "template":
		return bad(reObject.MatchString(value))
	case "object":
		return bad(reSearch.MatchString(value))
	case "service":
		return bad(reService.MatchString(value))
	case "comment":
		return bad(reComment.MatchString(value))
	case "hash":
		return bad(reHash.MatchString(value))
	case "exp":
		label = "date"
		return bad(reDate.MatchString(value))
	case "id":
		return bad(reID.MatchString(value))
	case "job", "max_db", "port", "quota", "rate", "ttl", "rule", "newid", "priority", "dkim_size":
		return bad(reInt.MatchString(value))
	case "antispam", "antivirus", "dkim", "reject", "active":
		return bad(value == "yes" || value == "no")
	case "restart":
		return bad(slices.Contains([]string{"yes", "no", "ssl", "reload", "updatessl", "scheduled"}, value))
	case "role":
		return bad(value == "admin" || value == "user" || value == "dns-cluster")
	case "min", "hour", "day", "month", "wday":
		return bad(cronFormat(name, value))
	case "format":
		return c.oneOf("plain json shell csv", value)
	default:
		return c.formatOfText(name, label, value)
	}
	return 0
}

// formatOfText checks the formats that say which characters a text may have.
func (c *call) formatOfText(name, label, value string) int {
	switch name {
	case "name":
		if strings.ContainsAny(value, `'|"<>`) {
			return c.fail(eInvalid, `Invalid name contains qoutes (" or ') :: %s`, value)
		}
		return c.oneLine(value)
	case "key", "record", "charsets", "extentions", "theme", "value":
		return c.common(label, value)
	case "proxy_ext":
		if strings.ContainsAny(value, extensionForbidden) {
			return c.fail(eInvalid, "invalid proxy extention format :: %s", value)
		}
		return c.oneLine(value)
	case "database":
		if strings.ContainsAny(value, databaseForbidden) || len(value) >= 64 {
			return c.fail(eInvalid, "invalid database format :: %s", value)
		}
		return c.oneLine(value)
	case "dbuser":
		if len(value) > 32 {
			return c.fail(eInvalid, "mysql username can be up to 32 characters long")
		}
		if strings.ContainsAny(value, databaseForbidden) {
			return c.fail(eInvalid, "invalid dbuser format :: %s", value)
		}
		return c.oneLine(value)
	case "password", "dbpass", "ftp_password", "stats_pass":
		if len(value) < 6 {
			return c.fail(eInvalid, "invalid password format :: %s", value)
		}
	case "cron_command":
		if strings.ContainsAny(value, "`\n") {
			return c.fail(eInvalid, "Invalid cron command format")
		}
	case "autoreply":
		if len(value) >= 10240 {
			return c.fail(eInvalid, "invalid autoreply format :: %s", value)
		}
	case "topic", "notice":
		if strings.ContainsAny(value, "\n\r") {
			return c.fail(eInvalid, "invalid %s format :: line breaks are not allowed", name)
		}
		if len([]rune(value)) > map[string]int{"topic": 255, "notice": 4000}[name] {
			return c.fail(eInvalid, "invalid %s format :: too long", name)
		}
	case "access_key_id":
		if !reKeyID.MatchString(value) {
			return c.fail(eInvalid, "invalid access_key_id format :: %s", value)
		}
	case "secret_access_key":
		if !reKeySecret.MatchString(value) {
			return c.fail(eInvalid, "invalid secret_access_key format")
		}
	case "action", "protocol", "port_ext":
		return c.firewallFormat(name, value)
	case "rtype":
		if !slices.Contains(recordTypes, value) {
			return c.fail(eInvalid, "invalid dns record type format :: %s", value)
		}
	case "dvalue":
		return c.recordFormat(value)
	case "shell":
		if !slices.Contains(shells, value) {
			return c.fail(eInvalid, "shell %s is not valid", value)
		}
	case "ssl_dir":
		if !c.st.isFolder(value) {
			return c.fail(eNotExist, "folder %s does not exist", value)
		}
	}
	return 0
}

func (c *call) firewallFormat(name, value string) int {
	switch {
	case name == "action" && value != "ACCEPT" && value != "DROP",
		name == "protocol" && value != "ICMP" && value != "UDP" && value != "TCP",
		name == "port_ext" && len(value) == 1 && !reInt.MatchString(value):
		return c.fail(eInvalid, "invalid %s format :: %s", strings.TrimSuffix(name, "_ext"), value)
	case name == "port_ext" && len(value) > 1 && !reFirePort.MatchString(value):
		return c.fail(eInvalid, "invalid port format and/or more than 78 chars used :: %s", value)
	}
	return 0
}

func (c *call) domainFormat(value, label string) int {
	if strings.ContainsAny(value, domainForbidden) || reInt.MatchString(value) || badDots(value) || value == "www" {
		return c.fail(eInvalid, "invalid %s format :: %s", label, value)
	}
	return 0
}

func badDots(name string) bool {
	return strings.Contains(name, "..") || strings.Contains(name, ".-") || strings.Contains(name, "-.") ||
		strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".")
}

func (c *call) aliasFormat(value string) int {
	for _, alias := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		star := strings.Contains(alias, "*") && !strings.HasPrefix(alias, "*.")
		if strings.ContainsAny(alias, aliasForbidden) || badDots(alias) || star {
			return c.fail(eInvalid, "invalid alias format :: %s", alias)
		}
	}
	return 0
}

func (c *call) ipFormat(value string) int {
	if !isIPv4(value) {
		return c.fail(eInvalid, "invalid ip :: %s", value)
	}
	return 0
}

func isIPv4(value string) bool {
	addr, err := netip.ParseAddr(value)
	return err == nil && addr.Is4()
}

func (c *call) cidrFormat(value string) int {
	ip, bits, there := strings.Cut(value, "/")
	if n, err := strconv.Atoi(bits); !isIPv4(ip) || (there && (err != nil || n < 0 || n > 32)) {
		return c.fail(eInvalid, "invalid ip :: %s", value)
	}
	return 0
}

// oneLine refuses line breaks, except at the end.
func (c *call) oneLine(value string) int {
	if strings.Contains(strings.TrimRight(value, "\n"), "\n") {
		return c.fail(eInvalid, "invalid value :: %s", value)
	}
	return 0
}

// cronFormat checks a field of a cron job, as leniently as the panel: one valid number in a list is
// enough.
func cronFormat(name, value string) bool {
	limit := map[string]int{"min": 59, "hour": 23, "day": 31, "month": 12, "wday": 7}[name]
	if value == "*" {
		return true
	}
	if reCronStep.MatchString(value) {
		if n, err := strconv.Atoi(strings.Split(value, "/")[1]); err == nil && n < limit {
			return true
		}
	}
	good := false
	if reCronRange.MatchString(value) {
		good = true
		for _, text := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",-/", r) }) {
			if n, err := strconv.Atoi(text); err == nil && n > limit {
				good = false
			}
		}
	}
	for _, text := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",- ", r) }) {
		if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= limit {
			good = true
		}
	}
	return good
}
