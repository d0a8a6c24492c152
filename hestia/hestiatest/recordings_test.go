package hestiatest

// people adds the users that most recordings start with.
func people(s *Server) {
	for _, u := range []User{
		{Name: "alice", DisplayName: "X Y", Email: "alice.new@example.com", Nameservers: []string{"ns1.example.com", "ns2.domain.tld"}},
		{Name: "bob"}, {Name: "carl"}, {Name: "quinn", DisplayName: "Quinn Sample"}, {Name: "wilma", DisplayName: "Wilma"},
	} {
		s.AddUser(u)
	}
	s.AddPackage(smallPackage)
}

var smallPackage = Package{
	Name: "small", WebDomains: "1", WebAliases: "5", DNSDomains: "1", DNSRecords: "20", MailDomains: "1", MailAccounts: "2",
	Databases: "1", CronJobs: "1", DiskQuota: "1000", Bandwidth: "10000",
}

const unsuitable = "the answer of a race: which of several concurrent callers gets it is not modelled"

var recordings = []recording{
	{
		name: "auth", prepare: people,
		before: map[string]func(*Server){
			"user key while API_SYSTEM=2, allowed command, object missing": configure("API_SYSTEM", "2"),
			"key of a suspended user":                                      conf("keyowner", "SUSPENDED", "yes"),
			"list of one access key":                                       steps(conf("keyowner", "SUSPENDED", "no"), configure("API_SYSTEM", "1")),
			"ip not allowed, password":                                     configure("API_ALLOWED_IP", "198.51.100.7"),
			"ip list empty (the installer's default), access key":          configure("API_ALLOWED_IP", ""),
			"legacy API disabled, password":                                configure("API_ALLOWED_IP", "allow-all", "API", "no"),
			"access key API disabled":                                      configure("API", "yes", "API_SYSTEM", "0"),
			"API switched off through itself":                              configure("API_SYSTEM", "1"),
			"access key for an unknown user, valid comment": func(s *Server) {
				s.st.apiFile = apiEnabled
				configure("API", "yes", "API_SYSTEM", "1", "API_ALLOWED_IP", "allow-all")(s)
			},
			"access key deleted twice, returncode=yes": doing(cmd("v-delete-access-key", "ACCESSKEYNEWTWO00000")),
		},
	},
	{
		name: "errors",
		prepare: steps(people, func(s *Server) {
			for _, name := range []string{"errol", "erika"} {
				s.AddUser(User{Name: name, Config: map[string]string{"CRON_JOBS": "1", "WEB_DOMAINS": "1"}})
			}
			s.AddUser(User{Name: "ipowner"})
		}, doing(cmd("v-add-sys-ip", "192.0.2.11", "255.255.255.0", "eth0", "ipowner", "dedicated"),
			cmd("v-add-cron-job", "errol", "1", "1", "*", "*", "*", "true", "3"),
			cmd("v-add-database", "alice", "extra", "extra", "x"), cmd("v-add-database", "alice", "one", "one", "x"),
			cmd("v-add-database", "alice", "two", "two", "x"))),
		left: map[string]string{
			"panel back end is down, access key": "the web server's answer while PHP is down: a fault for Faults, not an answer of the panel",
		},
		before: map[string]func(*Server){
			"5 suspended twice, access key":                                 conf("errol", "SUSPENDED", "yes"),
			"6 not suspended, access key":                                   conf("errol", "SUSPENDED", "no"),
			"20 web server does not restart, access key":                    func(s *Server) { s.BreakWebServer(true) },
			"delete the user again":                                         func(s *Server) { s.BreakWebServer(false) },
			"demo mode, access key":                                         configure("DEMO_MODE", "yes"),
			"demo mode off":                                                 configure("DEMO_MODE", ""),
			"15 database server down, add, access key":                      func(s *Server) { s.StopDatabase(true) },
			"15 database server back":                                       func(s *Server) { s.StopDatabase(false) },
			"20 web server does not restart, access key, returncode=yes #2": func(s *Server) { s.BreakWebServer(true) },
		},
	},
	{
		name: "users",
		before: map[string]func(*Server){
			"change package while suspended": func(s *Server) { s.RemovePackage("default") },
			"unsuspend":                      func(s *Server) { s.AddPackage(Package{Name: "default"}) },
			"stats after the update":         conf("alice", "U_DISK", "1", "U_DISK_DIRS", "1"),
			"recreate a deleted user":        func(s *Server) { s.AddPackage(smallPackage) },
			"list after the delete":          conf("alice", "NS", "ns1.example.com,ns2.example.com", "SHELL", "nologin"),
			"suspend with objects": steps(pair("/tmp/ssl-alice", "alice.example.com"), doing(
				cmd("v-add-web-domain", "alice", "alice.example.com"),
				cmd("v-add-web-domain-ssl", "alice", "alice.example.com", "/tmp/ssl-alice"),
				cmd("v-add-web-domain-ssl-force", "alice", "alice.example.com"))),
			"change php cli, unknown version":           conf("quinn", "SUSPENDED", "no"),
			"suspend again, access key, returncode=yes": conf("quinn", "SUSPENDED", "yes"),
			"change template, unknown":                  conf("quinn", "SUSPENDED", "no"),
			"suspend again, key in hash":                conf("quinn", "SUSPENDED", "yes"),
			"change theme, unknown":                     conf("quinn", "SUSPENDED", "no"),
			"change password while suspended":           conf("quinn", "SUSPENDED", "yes"),
			"change ns, invalid":                        conf("quinn", "SUSPENDED", "no"),
		},
	},
	{
		name: "packages", prepare: people,
		before: map[string]func(*Server){
			"delete the default":                        doing(cmd("v-rename-user-package", "default", "other")),
			"change the package of a suspended user":    conf("wilma", "SUSPENDED", "yes"),
			"change to a package too small, not forced": conf("alice", "U_WEB_DOMAINS", "2"),
			"delete one that is in use while the default package is missing": func(s *Server) {
				s.RemovePackage("default")
				s.AddPackage(Package{Name: "medium"})
				s.AddUser(User{Name: "rosa", Package: "medium"})
			},
		},
	},
	{
		name: "web", prepare: steps(people, limited("bob")),
		before: map[string]func(*Server){
			"add while the panel cannot fetch the public suffix list": func(s *Server) { s.LoseSuffixList(true) },
			"list, none": func(s *Server) { s.LoseSuffixList(false) },
			"ssl add":    pair("/tmp/ssl-alice", "alice.example.com"),
			"ssl hsts without force": steps(pair("/tmp/ssl-quinn", "quinn.example.org"), doing(
				cmd("v-add-web-domain", "quinn", "quinn.example.org"), cmd("v-add-web-domain", "quinn", "blog.example.org"),
				cmd("v-add-web-domain-ssl", "quinn", "quinn.example.org", "/tmp/ssl-quinn"))),
		},
	},
	{
		name: "web_restart_failing",
		prepare: steps(people, pair("/tmp/ssl-alice", "alice.example.com"), doing(
			cmd("v-add-web-domain", "alice", "alice.example.com"), cmd("v-add-web-domain", "alice", "shop.example.com"),
			cmd("v-add-web-domain", "alice", "lower.example.com")), func(s *Server) { s.BreakWebServer(true) }),
		before: map[string]func(*Server){
			"alias add": doing(cmd("v-add-web-domain", "alice", "lower.example.com")),
			"delete":    doing(cmd("v-add-web-domain", "alice", "lower.example.com")),
		},
	},
	{
		name: "dns", prepare: steps(people, limited("bob"), conf("alice", "NS", "ns1.example.com,ns2.domain.tld"),
			doing(cmd("v-add-dns-domain", "quinn", "quinn.example.org", "192.0.2.10"))),
		before: map[string]func(*Server){
			"record delete, legacy": doing(cmd("v-add-dns-record", "quinn", "quinn.example.org", "app", "A", "192.0.2.20", "", "23")),
		},
	},
	{
		name: "mail",
		prepare: steps(people, limited("bob"), doing(cmd("v-add-mail-domain", "quinn", "quinn.example.org"),
			cmd("v-add-mail-domain", "quinn", "blog.example.org"),
			cmd("v-add-mail-account", "quinn", "quinn.example.org", "jobs", "x"),
			cmd("v-suspend-mail-account", "quinn", "quinn.example.org", "jobs"),
			cmd("v-add-mail-account", "quinn", "quinn.example.org", "office", "x"),
			cmd("v-add-mail-account-forward", "quinn", "quinn.example.org", "office", "elsewhere@example.net"),
			cmd("v-add-mail-account-fwd-only", "quinn", "quinn.example.org", "office"))),
		before: map[string]func(*Server){
			"account limit reached": doing(cmd("v-add-mail-account", "bob", "bob.example.com", "box1", "x"),
				cmd("v-add-mail-account", "bob", "bob.example.com", "box2", "x")),
		},
	},
	{
		name: "databases", prepare: steps(people, limited("bob")),
		before: map[string]func(*Server){
			"hosts with databases": func(s *Server) {
				host := s.st.dbHosts["mysql"].find("HOST", "localhost")
				host["U_SYS_USERS"], host["U_DB_BASES"] = "alice,quinn,bob,uma", "7"
			},
			"unsuspend, returncode=yes": doing(cmd("v-add-database", "quinn", "crm", "crm", "x"), cmd("v-suspend-database", "quinn", "quinn_crm")),
		},
	},
	{
		name: "cron", prepare: steps(people, limited("bob")),
		before: map[string]func(*Server){
			"suspend again, legacy": doing(cmd("v-add-cron-job", "quinn", "1", "1", "*", "*", "*", "true", "42"),
				cmd("v-suspend-cron-job", "quinn", "42")),
			"suspend, legacy": doing(cmd("v-unsuspend-cron-job", "quinn", "42")),
		},
	},
	{
		name: "backups", prepare: steps(people, func(s *Server) { s.AddUser(User{Name: "uma"}) }),
		before: map[string]func(*Server){
			"run": steps(conf("alice", "PHPCLI", "8.2"), doing(cmd("v-add-web-domain", "alice", "alice.example.com"),
				cmd("v-add-web-domain", "alice", "shop.example.com"), cmd("v-add-dns-domain", "alice", "alice.example.com", "192.0.2.10"),
				cmd("v-add-mail-domain", "alice", "alice.example.com"), cmd("v-add-database", "alice", "shop", "shop", "x"),
				cmd("v-add-database", "alice", "nopw", "nopw", "x"), cmd("v-add-database", "alice", "extra", "extra", "x"),
				cmd("v-add-database", "alice", "late", "late", "x"), cmd("v-add-cron-job", "alice", "1", "1", "*", "*", "*", "true")),
				func(s *Server) {
					s.st.targets.add(row{
						"HOST": "127.0.0.9", "USERNAME": "backup", "PORT": "21", "TYPE": "ftp", "BPATH": "/backup", "TIME": "04:52:12",
						"DATE": "2026-11-21",
					})
				}),
		},
	},
	{name: "firewall"},
	{
		name: "sys", prepare: steps(people, func(s *Server) { s.AddUser(User{Name: "ipowner"}) }),
		before: map[string]func(*Server){
			"v-list-users-stats json, legacy": func(s *Server) {
				for _, name := range []string{"uma", "vera"} {
					s.AddUser(User{Name: name})
				}
				conf("wilma", "IP_OWNED", "1", "U_DISK", "9", "U_DISK_DIRS", "1", "U_DISK_WEB", "4", "U_DISK_MAIL", "2", "U_DISK_DB", "2",
					"U_WEB_DOMAINS", "3", "U_WEB_SSL", "1", "U_WEB_ALIASES", "2", "U_DNS_DOMAINS", "2", "U_DNS_RECORDS", "32",
					"U_MAIL_DOMAINS", "2", "U_MAIL_DKIM", "2", "U_MAIL_ACCOUNTS", "2", "U_DATABASES", "5", "U_CRON_JOBS", "3")(s)
			},
			"sys info, plain": func(s *Server) { s.load = "0.73 / 0.81 / 1.24" },
		},
	},
	{
		name: "concurrency", prepare: people,
		left: map[string]string{
			"same user added four times at once, 2": unsuitable, "same user added four times at once, 3": unsuitable,
			"same user added four times at once, 4": unsuitable, "suspend one user four times at once, 1": unsuitable,
			"suspend one user four times at once, 2": unsuitable, "delete one user four times at once, 3": unsuitable,
			"delete one user four times at once, 1": unsuitable,
		},
		before: map[string]func(*Server){
			"same user added four times at once, 1": doing(cmd("v-add-user", "racer", "SECRET", "racer@example.com")),
			"delete and add at once, delete 3":      doing(cmd("v-add-user", "para3", "SECRET", "para3@example.com")),
			"counter of users on the admin":         conf("admin", "U_USERS", "18"),
		},
	},
}

// limited puts a user on the package with one of everything.
func limited(user string) func(*Server) {
	return doing(cmd("v-change-user-package", user, "small", "yes"))
}

// pair writes a certificate and its key to where the recordings had them.
func pair(folder, domain string) func(*Server) {
	return func(s *Server) {
		crt, key := selfSigned(domain)
		s.WriteFile(folder+"/"+domain+".crt", crt)
		s.WriteFile(folder+"/"+domain+".key", key)
	}
}
