package hestiatest

import (
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// state is what the panel stores.
type state struct {
	config   row
	users    []*account // in the order in which they were made, as in the system's own list
	packages []*pack
	profiles []profile
	keys     *table   // access keys
	apiKeys  []string // legacy keys
	ips      *table
	dbHosts  map[string]*table // by type
	rules    *table            // firewall
	bans     *table
	chains   *table
	archives map[string]archive // backups, by name
	cluster  *table             // DNS cluster
	log      *table             // the system's
	files    map[string]string  // on the server's disk, by path
	jobs     map[string]bool    // the panel's own cron jobs
	queue    []string           // scheduled backups and restores: "backup alice"
	restarts []string           // scheduled restarts
	targets  *table             // where backups go
	apiFile  apiFile

	certificate certificate // the panel's own
	tokens      *emulator.Tokens
	browsers    browsers
	serial      int // orders packages by when they were written
}

// apiFile is the state that v-change-sys-api puts the front door into.
type apiFile int

const (
	apiEnabled apiFile = iota
	apiDisabled
	apiRemoved
)

// account is a user of the panel: user.conf, the files next to it, and what the operating system
// stores.
type account struct {
	name     string
	conf     row
	password string
	files    map[string]*table // web, dns, mail, db, cron, backup, dns/DOMAIN, mail/DOMAIN, …
	sshKeys  []string
	texts    map[string]string // autoreplies, exclusions
	certs    map[string]certificate
	secrets  map[string]string // passwords of mailboxes, databases and FTP logins
	// letsEncrypt is the account with Let's Encrypt, if there is one.
	letsEncrypt row
}

// pack is a hosting package.
type pack struct {
	name    string
	conf    row
	written int
}

// profile is a set of commands that an access key can be limited to.
type profile struct {
	name     string
	role     string
	commands []string
}

func (a *account) file(name string) *table {
	t := a.files[name]
	if t == nil {
		t = &table{}
		a.files[name] = t
	}
	return t
}

// knows reports whether it is the account's password. The system locks the passwords of suspended
// users.
func (a *account) knows(password string) bool {
	return password != "" && emulator.SameKey(password, a.password) && !a.conf.yes("SUSPENDED")
}

// note adds a line to the account's log, which keeps about 300.
func (a *account) note(now time.Time, level, category, message string) {
	note(a.file("history"), now, level, category, message)
}

func note(log *table, now time.Time, level, category, message string) {
	if len(log.rows) > maxLog {
		log.rows = slices.Clone(log.rows[len(log.rows)-keptLog:])
	}
	log.add(row{
		"ID": log.next("ID"), "DATE": clockDate(now), "TIME": clockTime(now), "LEVEL": level, "CATEGORY": category,
		"MESSAGE": strings.ReplaceAll(message, "'", "´"),
	})
}

func (st *state) root() string { return st.config["ROOT_USER"] }

func (st *state) user(name string) *account {
	for _, a := range st.users {
		if a.name == name {
			return a
		}
	}
	return nil
}

// rootConf returns the row in which the panel counts users. It is usable even if a test has removed
// the root user.
func (st *state) rootConf() row {
	if a := st.user(st.root()); a != nil {
		return a.conf
	}
	return row{}
}

func (st *state) pack(name string) *pack {
	for _, p := range st.packages {
		if p.name == name {
			return p
		}
	}
	return nil
}

// putPackage adds a package or replaces one.
func (st *state) putPackage(name string, conf row) {
	st.serial++
	if p := st.pack(name); p != nil {
		p.conf, p.written = conf, st.serial
		return
	}
	st.packages = append(st.packages, &pack{name: name, conf: conf, written: st.serial})
}

func (st *state) profile(name string) *profile {
	for i := range st.profiles {
		if st.profiles[i].name == name {
			return &st.profiles[i]
		}
	}
	return nil
}

// commandsOf returns the commands of several profiles.
func (st *state) commandsOf(permissions string) []string {
	var all []string
	for _, name := range split(permissions) {
		if p := st.profile(name); p != nil {
			all = append(all, p.commands...)
		}
	}
	return all
}

// file returns the server's own files by the names in the table of commands.
func (st *state) file(name string) *table {
	switch name {
	case "/keys":
		return st.keys
	case "/data/firewall/rules":
		return st.rules
	case "/conf/dns-cluster":
		return st.cluster
	}
	if hosts := st.dbHosts[strings.TrimPrefix(name, "/conf/")]; hosts != nil {
		return hosts
	}
	return &table{}
}

// fromFile reads passwords from files: a value that names a file below /tmp is replaced with its
// first line.
func (st *state) fromFile(value string) string {
	content, there := st.files[value]
	if !there || !strings.HasPrefix(value, "/tmp/") || strings.Contains(value, "../") {
		return value
	}
	line, _, _ := strings.Cut(content, "\n")
	return line
}

// isFolder reports whether there is such a folder on the server's disk.
func (st *state) isFolder(path string) bool {
	path = strings.TrimRight(path, "/")
	if slices.Contains([]string{"", "/tmp", "/home", "/backup"}, path) {
		return true
	}
	for name := range st.files {
		if strings.HasPrefix(name, path+"/") {
			return true
		}
	}
	return false
}
