package hestiatest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// member is one key of a JSON object and its value, in the order of the text.
type member struct {
	key   string
	value json.RawMessage
}

// members reads an object in order, duplicate keys included.
func members(text []byte) []member {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil
	}
	var all []member
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil
		}
		name, _ := key.(string)
		all = append(all, member{name, value})
	}
	return all
}

// rowOf reads a flat object of strings.
func rowOf(text json.RawMessage) row {
	r := row{}
	for _, m := range members(text) {
		var value string
		if json.Unmarshal(m.value, &value) == nil {
			r[m.key] = value
		}
	}
	return r
}

// lists says where the rows of a list are stored: in which file of the user, and by which key. "*"
// is the second argument.
var lists = map[string]struct {
	file, key string
	plural    bool
}{
	"v-list-web-domain": {"web", "DOMAIN", false}, "v-list-web-domains": {"web", "DOMAIN", true},
	"v-list-dns-domain": {"dns", "DOMAIN", false}, "v-list-dns-domains": {"dns", "DOMAIN", true},
	"v-list-dns-records": {"dns/*", "ID", true},
	"v-list-mail-domain": {"mail", "DOMAIN", false}, "v-list-mail-domains": {"mail", "DOMAIN", true},
	"v-list-mail-account": {"mail/*", "ACCOUNT", false}, "v-list-mail-accounts": {"mail/*", "ACCOUNT", true},
	"v-list-database": {"db", "DB", false}, "v-list-databases": {"db", "DB", true},
	"v-list-cron-job": {"cron", "JOB", false}, "v-list-cron-jobs": {"cron", "JOB", true},
	"v-list-user-backup": {"backup", "BACKUP", false}, "v-list-user-backups": {"backup", "BACKUP", true},
	"v-list-user-log": {"history", "ID", true}, "v-list-user-auth-log": {"auth", "ID", true},
}

// take puts the panel into the state that a recorded list shows, and reports whether it knows how.
func take(s *Server, e exchange) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.st
	form := e.Request.Form
	if form["cmd"] == "v-list-users" && form["arg1"] == "plain" {
		takePlainUsers(s, e.Response.Body)
		return true
	}
	name, objects := strings.TrimSpace(form["cmd"]), members([]byte(e.Response.Body))
	if len(objects) == 0 {
		return false
	}
	c := &call{server: s, st: st, now: s.now()}
	switch name {
	case "v-list-web-domain-ssl", "v-list-sys-hestia-ssl":
		r := rowOf(objects[0].value)
		cert := certificate{crt: r["CRT"], key: r["KEY"], ca: r["CA"]}
		if a := st.user(form["arg1"]); a != nil {
			a.certs[form["arg2"]] = cert
			return true
		}
		st.certificate = cert
		return true
	case "v-list-users", "v-list-user":
		users := st.users
		if name == "v-list-users" {
			users = nil
		}
		for _, o := range objects {
			a := st.user(o.key)
			if a == nil {
				a = c.newAccount(o.key, "SECRET", "x@example.com", "default", "")
				st.users = st.users[:len(st.users)-1]
				users = append(users, a)
			} else if name == "v-list-users" {
				users = append(users, a)
			}
			maps.Copy(a.conf, rowOf(o.value))
			if name == "v-list-user" { // two values are the root user's
				st.rootConf()["U_USERS"], st.rootConf()["SUSPENDED_USERS"] = a.conf["U_USERS"], a.conf["SUSPENDED_USERS"]
			}
		}
		st.users = users
		return true
	case "v-list-user-packages", "v-list-user-package":
		if name == "v-list-user-packages" {
			st.packages = nil
		}
		for _, o := range slices.Backward(objects) {
			conf := row{"BACKEND_TEMPLATE": "default", "RATE_LIMIT": "200", "BACKUPS_INCREMENTAL": "no"}
			maps.Copy(conf, rowOf(o.value))
			st.putPackage(o.key, conf)
		}
		return true
	case "v-list-sys-ips", "v-list-sys-ip":
		for _, o := range objects {
			st.ips.remove("IP", o.key)
			r := rowOf(o.value)
			r["IP"] = o.key
			st.ips.add(r)
		}
		return true
	}
	shape, known := lists[name]
	a := st.user(form["arg1"])
	log := st.log
	if !known || (a == nil && form["arg1"] != "system") {
		return false
	}
	if a != nil {
		log = a.file(strings.Replace(shape.file, "*", form["arg2"], 1))
	}
	if shape.plural {
		log.rows = nil
	}
	for _, o := range objects {
		r := rowOf(o.value)
		r[shape.key] = o.key
		if root := r["DOCUMENT_ROOT"]; root != "" && !strings.Contains(root, "/"+o.key+"/public_html/") {
			r["CUSTOM_DOCROOT"] = root
		}
		for key, value := range log.find(shape.key, o.key) {
			if _, there := r[key]; !there {
				r[key] = value
			}
		}
		log.remove(shape.key, o.key)
		log.add(r)
	}
	return true
}

// takePlainUsers adds the users of a list in the plain format.
func takePlainUsers(s *Server, body string) {
	c := &call{server: s, st: s.st, now: s.now()}
	var users []*account
	for line := range strings.Lines(body) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		a := s.st.user(columns[0])
		if a == nil {
			a = c.newAccount(columns[0], "SECRET", "x@example.com", "default", "")
			s.st.users = s.st.users[:len(s.st.users)-1]
		}
		for i, f := range listings["v-list-users"].plain {
			if i > 0 && i < len(columns) {
				a.conf[f.from] = columns[i]
			}
		}
		users = append(users, a)
	}
	s.st.users = users
}
