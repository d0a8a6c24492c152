package hestiatest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What tests can see and set of the state. Everything returned is a copy.

// User is an account of the panel.
type User struct {
	// Name is the login.
	Name string
	// Password is the last one that was set.
	Password string
	// Email is the contact, DisplayName the full name.
	Email, DisplayName string
	// Package is the name of the hosting package.
	Package string
	// Suspended is the flag of the whole account.
	Suspended bool
	// Role is "user", "admin" or "dns-cluster".
	Role string
	// Shell is the login shell.
	Shell string
	// Nameservers are the defaults for zones.
	Nameservers []string
	// WebDomains are the names of the websites.
	WebDomains []string
	// Config is everything the panel keeps about the account: limits, counters (U_…), switches.
	Config map[string]string
}

// Package is a hosting package. Limits are numbers or "unlimited".
type Package struct {
	Name                                             string
	WebTemplate, BackendTemplate, ProxyTemplate      string
	DNSTemplate                                      string
	WebDomains, WebAliases                           string
	DNSDomains, DNSRecords                           string
	MailDomains, MailAccounts, RateLimit             string
	Databases, CronJobs                              string
	DiskQuota, Bandwidth                             string
	CPUQuota, CPUQuotaPeriod, MemoryLimit, SwapLimit string
	Nameservers, Shell, Backups, IncrementalBackups  string
	Time, Date                                       string
}

// fields returns a package's fields in the order of packageFields.
func (p *Package) fields() []*string {
	return []*string{
		&p.WebTemplate, &p.ProxyTemplate, &p.BackendTemplate, &p.DNSTemplate, &p.WebDomains, &p.WebAliases, &p.DNSDomains,
		&p.DNSRecords, &p.MailDomains, &p.MailAccounts, &p.RateLimit, &p.Databases, &p.CronJobs, &p.DiskQuota, &p.CPUQuota,
		&p.CPUQuotaPeriod, &p.MemoryLimit, &p.SwapLimit, &p.Bandwidth, &p.Nameservers, &p.Shell, &p.Backups, &p.IncrementalBackups,
	}
}

func (p Package) row() row {
	r := row{"TIME": p.Time, "DATE": p.Date}
	for i, field := range p.fields() {
		r[packageFields[i]] = *field
	}
	return r
}

// complete sets the fields that are empty.
func (p Package) complete() Package {
	base := shippedPackages()[0]
	from, to := base.fields(), p.fields()
	for i := range to {
		if *to[i] == "" {
			*to[i] = *from[i]
		}
	}
	if p.Time == "" && p.Date == "" {
		p.Time, p.Date = base.Time, base.Date
	}
	return p
}

// shippedPackages returns the packages of a fresh installation. "system" was written last, so lists
// print it first.
func shippedPackages() []Package {
	def := Package{Name: "default", Time: "18:00:00", Date: "2019-01-15"}
	for i, field := range def.fields() {
		*field = "unlimited"
		switch key := packageFields[i]; {
		case strings.HasSuffix(key, "_TEMPLATE"):
			*field = "default"
		case key == "RATE_LIMIT":
			*field = "200"
		case key == "NS":
			*field = "ns1.example.com,ns2.example.com"
		case key == "SHELL":
			*field = "nologin"
		case key == "BACKUPS":
			*field = "1"
		case key == "BACKUPS_INCREMENTAL":
			*field = "no"
		}
	}
	sys := def
	sys.Name, sys.Time, sys.Date = "system", "00:00:00", "2022-01-20"
	for _, field := range []*string{&sys.WebDomains, &sys.WebAliases, &sys.DNSDomains, &sys.MailDomains, &sys.MailAccounts} {
		*field = "1"
	}
	sys.Databases = "0"
	return []Package{def, sys}
}

// locked calls do with the state, under the lock.
func locked[T any](s *Server, do func(*state) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return do(s.st)
}

// Users returns all users, including the root user, in order of creation.
func (s *Server) Users() []User {
	return locked(s, func(st *state) []User {
		users := make([]User, len(st.users))
		for i, a := range st.users {
			users[i] = a.public()
		}
		return users
	})
}

// User returns one user, and false if there is none of that name.
func (s *Server) User(name string) (User, bool) {
	users := s.Users()
	i := slices.IndexFunc(users, func(u User) bool { return u.Name == name })
	if i < 0 {
		return User{}, false
	}
	return users[i], true
}

func (a *account) public() User {
	u := User{
		Name: a.name, Password: a.password, Email: a.conf["CONTACT"], DisplayName: a.conf["NAME"], Package: a.conf["PACKAGE"],
		Suspended: a.conf.yes("SUSPENDED"), Role: a.conf["ROLE"], Shell: a.conf["SHELL"], Nameservers: split(a.conf["NS"]),
		Config: maps.Clone(a.conf),
	}
	for _, site := range a.file("web").rows {
		u.WebDomains = append(u.WebDomains, site["DOMAIN"])
	}
	return u
}

// Packages returns all hosting packages, in order of creation.
func (s *Server) Packages() []Package {
	return locked(s, func(st *state) []Package {
		packages := make([]Package, len(st.packages))
		for i, p := range st.packages {
			packages[i] = Package{Name: p.name, Time: p.conf["TIME"], Date: p.conf["DATE"]}
			for j, field := range packages[i].fields() {
				*field = p.conf[packageFields[j]]
			}
		}
		return packages
	})
}

// Objects returns the lines of one of a user's files, as the panel keeps them: "web", "dns",
// "dns/example.com", "mail", "mail/example.com", "db", "cron", "backup", "stats", "history" or
// "auth". It returns none if there is no such user.
func (s *Server) Objects(user, file string) []map[string]string {
	return locked(s, func(st *state) []map[string]string {
		a := st.user(user)
		if a == nil || a.files[file] == nil {
			return nil
		}
		var all []map[string]string
		for _, r := range a.files[file].clone() {
			all = append(all, r)
		}
		return all
	})
}

// Config returns the server's configuration.
func (s *Server) Config() map[string]string {
	return locked(s, func(st *state) map[string]string { return maps.Clone(st.config) })
}

// SetConfig sets a key of the server's configuration, such as DEMO_MODE, API_SYSTEM or
// WEBMAIL_SYSTEM.
func (s *Server) SetConfig(key, value string) {
	locked(s, func(st *state) struct{} {
		st.config[key] = value
		return struct{}{}
	})
}

// Queue returns the backups and restores that were scheduled, as "backup alice".
func (s *Server) Queue() []string {
	return locked(s, func(st *state) []string { return slices.Clone(st.queue) })
}

// Files returns the files that v-make-tmp-file and WriteFile have put on the server, by path.
func (s *Server) Files() map[string]string {
	return locked(s, func(st *state) map[string]string { return maps.Clone(st.files) })
}

// WriteFile puts a file on the server, below /tmp or elsewhere.
func (s *Server) WriteFile(path, content string) {
	locked(s, func(st *state) struct{} {
		st.files[path] = content
		return struct{}{}
	})
}

// AddPackage adds a hosting package, or replaces one. Empty fields are as in "default".
func (s *Server) AddPackage(p Package) {
	p = p.complete()
	locked(s, func(st *state) struct{} {
		st.putPackage(p.Name, p.row())
		return struct{}{}
	})
}

// RemovePackage removes a hosting package and leaves its members as they are, as an operator can.
// It reports whether the package existed.
func (s *Server) RemovePackage(name string) bool {
	return locked(s, func(st *state) bool {
		was := len(st.packages)
		st.packages = slices.DeleteFunc(st.packages, func(p *pack) bool { return p.name == name })
		return len(st.packages) < was
	})
}

// AddUser adds a user without validation, as if it had been added in the panel. Empty fields get
// defaults: the package "default", the role user, a password. Websites are added for WebDomains,
// and Config overrides the rest. It panics if the name is taken or empty, or if there is no such
// package.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.Package == "" {
		u.Package = "default"
	}
	if u.Name == "" || s.st.user(u.Name) != nil || s.st.pack(u.Package) == nil {
		panic(fmt.Sprintf("hestiatest: cannot add user %q with package %q", u.Name, u.Package))
	}
	if u.Password == "" {
		u.Password = s.st.tokens.Next(16, keyAlphabet)
	}
	if u.Email == "" {
		u.Email = u.Name + "@clients.test"
	}
	c := &call{server: s, st: s.st, now: s.now(), depth: 1} // depth 1, since no client sent the commands
	a := c.newAccount(u.Name, u.Password, u.Email, u.Package, u.DisplayName)
	s.st.rootConf().raise("U_USERS", 1)
	for key, value := range map[string]string{"ROLE": u.Role, "SHELL": u.Shell, "NS": strings.Join(u.Nameservers, ",")} {
		if value != "" {
			a.conf[key] = value
		}
	}
	for _, domain := range u.WebDomains {
		c.run("v-add-web-domain", u.Name, domain, "", "no")
	}
	if u.Suspended {
		a.conf["SUSPENDED"] = "yes"
		s.st.rootConf().raise("SUSPENDED_USERS", 1)
	}
	maps.Copy(a.conf, u.Config)
}

// RenameUser changes the name of the person, as users do in the panel, and reports whether the user exists.
func (s *Server) RenameUser(user, displayName string) bool {
	return locked(s, func(st *state) bool {
		a := st.user(user)
		if a != nil {
			a.conf["NAME"] = displayName
		}
		return a != nil
	})
}

// RemoveUser deletes a user with everything that it owns, as if it had been deleted in the panel,
// and reports whether the user existed.
func (s *Server) RemoveUser(name string) bool {
	return locked(s, func(st *state) bool {
		a := st.user(name)
		if a == nil {
			return false
		}
		for _, site := range a.file("web").rows {
			site["SUSPENDED"] = "no"
		}
		for _, site := range slices.Clone(a.file("web").rows) {
			a.file("web").remove("DOMAIN", site["DOMAIN"])
			st.leaveIP(site["IP"], a)
		}
		st.users = slices.DeleteFunc(st.users, func(other *account) bool { return other == a })
		if name != st.root() {
			st.rootConf().lower("U_USERS", 1)
		}
		return true
	})
}

// SetUsage sets a user's usage, in MB: the disk space of its home, and the traffic. It panics if
// there is no such user.
func (s *Server) SetUsage(user string, disk, bandwidth int) {
	locked(s, func(st *state) struct{} {
		a := st.user(user)
		if a == nil {
			panic(fmt.Sprintf("hestiatest: there is no user %q", user))
		}
		a.conf["U_DISK_DIRS"], a.conf["U_BANDWIDTH"] = strconv.Itoa(disk), strconv.Itoa(bandwidth)
		a.conf["U_DISK"] = strconv.Itoa(disk + number(a.conf["U_DISK_WEB"]) + number(a.conf["U_DISK_MAIL"]) + number(a.conf["U_DISK_DB"]))
		return struct{}{}
	})
}
