package hestiatest

import "strings"

// configKeys are the keys that v-list-sys-config prints, in order.
var configKeys = strings.Fields(`ANTISPAM_SYSTEM ANTIVIRUS_SYSTEM API API_ALLOWED_IP API_SYSTEM APP_NAME BACKEND_PORT BACKUP
	BACKUP_GZIP BACKUP_INCREMENTAL BACKUP_MODE BACKUP_SYSTEM CRON_SYSTEM DB_PGA_ALIAS DB_PMA_ALIAS DB_SYSTEM DEBUG_MODE DEMO_MODE
	DISABLE_IP_CHECK DISK_QUOTA RESOURCES_LIMIT DNS_CLUSTER DNS_CLUSTER_SYSTEM DNS_SYSTEM ENFORCE_SUBDOMAIN_OWNERSHIP FILE_MANAGER
	FIREWALL_EXTENSION FIREWALL_SYSTEM FROM_EMAIL FROM_NAME FTP_SYSTEM HIDE_DOCS IMAP_SYSTEM INACTIVE_SESSION_TIMEOUT LANGUAGE
	LOGIN_STYLE MAIL_SYSTEM PHPMYADMIN_KEY PLUGIN_APP_INSTALLER PLUGIN_FILE_MANAGER PMA_RESTRICT_ACCESS
	POLICY_BACKUP_SUSPENDED_USERS POLICY_CSRF_STRICTNESS POLICY_SYNC_ERROR_DOCUMENTS POLICY_SYNC_SKELETON
	POLICY_SYSTEM_ENABLE_BACON POLICY_SYSTEM_HIDE_ADMIN POLICY_SYSTEM_HIDE_SERVICES POLICY_SYSTEM_PASSWORD_RESET
	POLICY_SYSTEM_PROTECTED_ADMIN POLICY_USER_CHANGE_THEME POLICY_USER_DELETE_LOGS POLICY_USER_EDIT_DETAILS
	POLICY_USER_EDIT_DNS_TEMPLATES POLICY_USER_EDIT_WEB_TEMPLATES POLICY_USER_VIEW_LOGS POLICY_USER_VIEW_SUSPENDED PROXY_PORT
	PROXY_SSL_PORT PROXY_SYSTEM RELEASE_BRANCH REPOSITORY ROOT_USER SERVER_SMTP_ADDR SERVER_SMTP_HOST SERVER_SMTP_PASSWD
	SERVER_SMTP_PORT SERVER_SMTP_SECURITY SERVER_SMTP_USER SMTP_RELAY SMTP_RELAY_HOST SMTP_RELAY_PORT SMTP_RELAY_USER STATS_SYSTEM
	SUBJECT_EMAIL SUPPORT_DNSSEC THEME TITLE UPDATE_AVAILABLE UPGRADE_SEND_EMAIL UPGRADE_SEND_EMAIL_LOG USE_SERVER_SMTP VERSION
	WEBMAIL_ALIAS WEBMAIL_SYSTEM WEB_BACKEND WEB_PORT WEB_RGROUPS WEB_SSL WEB_SSL_PORT WEB_SYSTEM WEB_TERMINAL WEB_TERMINAL_PORT`)

// initialConfig returns the configuration of the recorded machine. Keys that are not in it are
// empty.
func initialConfig() row {
	return row{
		"BACKEND_PORT": "8083", "BACKUP": "/backup", "BACKUP_GZIP": "4", "BACKUP_MODE": "zstd", "BACKUP_SYSTEM": "local,ftp",
		"CRON_SYSTEM": "cron", "DB_SYSTEM": "mysql", "DISK_QUOTA": "no", "RESOURCES_LIMIT": "no", "DNS_SYSTEM": "bind9",
		"IMAP_SYSTEM": "dovecot", "INACTIVE_SESSION_TIMEOUT": "60", "LANGUAGE": "en", "LOGIN_STYLE": "default", "MAIL_SYSTEM": "exim4",
		"POLICY_SYSTEM_PROTECTED_ADMIN": "yes", "PROXY_PORT": "80", "PROXY_SSL_PORT": "443", "PROXY_SYSTEM": "nginx",
		"RELEASE_BRANCH": "release", "STATS_SYSTEM": "awstats", "SUPPORT_DNSSEC": "yes", "THEME": "dark", "UPGRADE_SEND_EMAIL": "true",
		"UPGRADE_SEND_EMAIL_LOG": "false", "VERSION": "1.10.3", "WEBMAIL_ALIAS": "webmail", "WEBMAIL_SYSTEM": "roundcube", "WEB_BACKEND": "php-fpm", "WEB_PORT": "8080",
		"WEB_RGROUPS": "www-data", "WEB_SSL": "mod_ssl", "WEB_SSL_PORT": "8443", "WEB_SYSTEM": "apache2", "WEB_TERMINAL": "false",
		"WEB_TERMINAL_PORT": "8085",
	}
}

func systemEffects() map[string]effect {
	return map[string]effect{
		"v-list-sys-config": listConfig,
		"v-change-sys-config-value": func(c *call) int {
			c.st.config[c.v["key"]] = c.v["value"]
			return 0
		},
		"v-change-sys-demo-mode": changeDemoMode,
		"v-list-sys-info":        listSysInfo,
		"v-list-sys-services":    func(c *call) int { return c.list(services) },
		"v-list-sys-shells":      func(c *call) int { return c.words("SHELL", shells) },
		"v-list-sys-languages":   func(c *call) int { return c.words("LANGUAGE", languages) },
		"v-list-sys-themes":      func(c *call) int { return c.words("THEME", themes) },
		"v-list-sys-php":         func(c *call) int { return c.words("VERSION", []string{phpVersion}) },
		"v-list-default-php":     func(c *call) int { return c.words("VERSION", []string{phpVersion}) },
		"v-list-sys-webmail":     func(c *call) int { return c.words("CLIENT", split(c.st.config["WEBMAIL_SYSTEM"])) },
		"v-list-sys-sshd-port":   func(c *call) int { return c.words("PORT", nil) },
		"v-get-sys-timezone": func(c *call) int {
			c.say("%s", timeZoneName) // bare text, whatever the format
			return 0
		},
		"v-list-sys-nginx-config":      func(c *call) int { return c.listServiceConfig(nginxConfig) },
		"v-list-sys-php-config":        func(c *call) int { return c.listServiceConfig(phpConfig) },
		"v-list-sys-mysql-config":      func(c *call) int { return c.listServiceConfig(mysqlConfig) },
		"v-list-sys-dovecot-config":    func(c *call) int { return c.listServiceConfig(dovecotConfig) },
		"v-list-sys-rrd":               func(c *call) int { return c.list(nil) },
		"v-list-sys-hestia-updates":    func(c *call) int { return c.list(panelPackages) },
		"v-list-sys-hestia-autoupdate": listAutoupdate,
		"v-list-remote-dns-hosts":      func(*call) int { return 0 },
		"v-update-sys-hestia":          func(c *call) int { return c.fail(eUpdate, "%s update failed", c.v["package"]) },
	}
}

func listConfig(c *call) int {
	switch c.v["format"] {
	case "json":
		c.say("{\n\t\"config\": {")
		for i, key := range configKeys {
			comma := ","
			if i == len(configKeys)-1 {
				comma = ""
			}
			c.say("\t\t\"%s\": \"%s\"%s", key, c.st.config[key], comma)
		}
		c.say("\t}\n}")
	case "plain", "csv", "shell":
		for _, key := range configKeys {
			c.say("%s='%s'", key, c.st.config[key])
		}
	}
	return 0
}

// changeDemoMode also switches the API off when it switches the demo mode on.
func changeDemoMode(c *call) int {
	switch c.v["active"] {
	case "yes":
		c.run("v-change-sys-api", "disable")
		c.st.config["DEMO_MODE"] = "yes"
	case "no":
		c.st.config["DEMO_MODE"] = "no"
	}
	return c.reloadWeb("yes")
}

// listSysInfo prints one object under a fixed key. Its table splits the load into words.
func listSysInfo(c *call) int {
	r := row{
		"HOSTNAME": hostName, "OS": systemName, "VERSION": systemVersion, "ARCH": kernelArch, "HESTIA": c.st.config["VERSION"],
		"RELEASE": c.st.config["RELEASE_BRANCH"], "UPTIME": uptimeMinutes, "LOADAVERAGE": c.server.load, "-": "sysinfo",
	}
	if c.v["format"] != "shell" {
		return c.list([]row{r})
	}
	line := []string{r["HOSTNAME"], r["OS"], r["VERSION"], r["ARCH"], r["HESTIA"], r["RELEASE"], r["UPTIME"]}
	c.table([][]string{
		strings.Fields("HOSTNAME OS VER ARCH HESTIA RELEASE UPTIME LA"), strings.Fields("-------- -- --- ---- ------ ------- ------ --"),
		append(line, strings.Fields(r["LOADAVERAGE"])...),
	})
	return 0
}

// listAutoupdate prints invalid JSON, with an extra comma.
func listAutoupdate(c *call) int {
	if c.st.jobs["update"] {
		return c.words("AUTOUPDATE", []string{"Enabled"})
	}
	if c.v["format"] == "json" {
		c.say("[\n\t\"Disabled\",\n]")
		return 0
	}
	return c.words("AUTOUPDATE", []string{"Disabled"})
}

var panelPackages = []row{
	{"NAME": "hestia", "VERSION": "", "ARCH": "", "UPDATED": "yes", "DESCR": "Hestia core package", "TIME": "", "DATE": ""},
	{"NAME": "hestia-php", "VERSION": "", "ARCH": "", "UPDATED": "yes", "DESCR": "Hestia internal php interpreter", "TIME": "", "DATE": ""},
	{"NAME": "hestia-nginx", "VERSION": "", "ARCH": "", "UPDATED": "yes", "DESCR": "Hestia internal web server", "TIME": "", "DATE": ""},
}

// services are all running but the last, with figures as recorded.
var services = readRows("NAME SYSTEM STATE CPU MEM RTIME",
	"apache2|web server|running|0|445|0", "php8.2-fpm|php interpreter|running|0|6|1", "nginx|reverse proxy|running|0|11|25",
	"bind9|dns server|running|0.1|140|0", "exim4|mail server|running|0|16|26", "dovecot|imap/pop3 server|running|0|0|25",
	"mariadb|database server|running|0.5|495|0", "cron|job scheduler|running|0|0|11", "ssh|ssh server|stopped|0|0|0")

// initialRules returns the firewall rules of a fresh installation. The firewall itself is off.
func initialRules() *table {
	return &table{rows: readRows("RULE ACTION PROTOCOL PORT IP COMMENT SUSPENDED TIME DATE",
		"1|ACCEPT|ICMP|0|0.0.0.0/0|PING|no|17:13:48|2014-09-16", "2|ACCEPT|TCP|8083|0.0.0.0/0|HESTIA|no|07:40:16|2014-05-25",
		"3|ACCEPT|TCP|143,993|0.0.0.0/0|IMAP|no|07:40:16|2014-05-25", "4|ACCEPT|TCP|110,995|0.0.0.0/0|POP3|no|07:40:16|2014-05-25",
		"5|ACCEPT|TCP|25,465,587|0.0.0.0/0|SMTP|no|21:47:04|2018-11-07", "6|ACCEPT|TCP|53|0.0.0.0/0|DNS|no|07:40:16|2014-05-25",
		"7|ACCEPT|UDP|53|0.0.0.0/0|DNS|no|07:40:16|2014-05-25", "8|ACCEPT|TCP|21,12000-12100|0.0.0.0/0|FTP|no|07:40:16|2014-05-25",
		"9|ACCEPT|TCP|80,443|0.0.0.0/0|WEB|no|17:04:27|2014-09-24", "10|ACCEPT|TCP|22|0.0.0.0/0|SSH|no|17:14:41|2014-09-16")}
}

func readRows(heading string, lines ...string) []row {
	keys := strings.Fields(heading)
	rows := make([]row, len(lines))
	for i, line := range lines {
		rows[i] = row{}
		for j, value := range strings.Split(line, "|") {
			rows[i][keys[j]] = value
		}
	}
	return rows
}

// The configuration of services, as recorded.
var (
	nginxConfig = []string{
		"worker_processes", "auto", "worker_connections", "1024", "send_timeout", "60s", "proxy_connect_timeout", "30s",
		"proxy_send_timeout", "180s", "proxy_read_timeout", "300s", "client_max_body_size", "1024m", "gzip", "on",
		"gzip_comp_level", "6", "charset", "utf-8", "config_path", "/etc/nginx/nginx.conf",
	}
	phpConfig = []string{
		"memory_limit", "128M", "max_execution_time", "30", "max_input_time", "60", "upload_max_filesize", "2M", "post_max_size", "8M",
		"display_errors", "Off", "error_reporting", "E_ALL & ~E_DEPRECATED & ~E_STRICT", "config_path", "/etc/php/8.2/fpm/php.ini",
	}
	mysqlConfig = []string{
		"max_user_connections", "", "max_connections", "", "wait_timeout", "", "interactive_timeout", "", "max_allowed_packet", "",
		"config_path", "/etc/mysql/my.cnf",
	}
	dovecotConfig = []string{
		"config_path", "/etc/dovecot/dovecot.conf", "config_path1", "/etc/dovecot/conf.d/10-auth.conf",
		"config_path2", "/etc/dovecot/conf.d/10-logging.conf", "config_path3", "/etc/dovecot/conf.d/10-mail.conf",
		"config_path4", "/etc/dovecot/conf.d/10-master.conf", "config_path5", "/etc/dovecot/conf.d/10-ssl.conf",
		"config_path6", "/etc/dovecot/conf.d/20-imap.conf", "config_path7", "/etc/dovecot/conf.d/20-pop3.conf",
		"config_path8", "/etc/dovecot/conf.d/auth-passwdfile.conf.ext",
	}
)

// listServiceConfig prints pairs of keys and values.
func (c *call) listServiceConfig(pairs []string) int {
	switch c.v["format"] {
	case "json":
		c.say("{\n    \"CONFIG\": {")
		for i := 0; i < len(pairs); i += 2 {
			comma := ","
			if i == len(pairs)-2 {
				comma = ""
			}
			c.say("        \"%s\": \"%s\"%s", pairs[i], pairs[i+1], comma)
		}
		c.say("        }\n}")
	case "plain", "csv", "shell":
		for i := 0; i < len(pairs); i += 2 {
			c.say("%s\t%s", pairs[i], pairs[i+1])
		}
	}
	return 0
}
