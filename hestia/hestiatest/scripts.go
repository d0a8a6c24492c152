package hestiatest

import (
	"maps"
	"time"
)

// scripts says how the panel's scripts are unkind: they take time, in which others run, and they stop half-way.
type scripts struct {
	takes map[string]time.Duration
	stops map[string]int
	gone  map[string]bool     // templates: "dns default"
	keeps bool                // KeepSites
	users map[string]struct{} // logins without a record: what v-add-user is making, and the operating system's
}

// TakeTime makes a command take that long between its checks and what it does; scripts that it runs come on top.
// Other commands run meanwhile, and the command goes on when its client has gone away.
//
// v-add-user takes the login first, so that nobody else can add it. After half of the time its record is there,
// but as good as empty, and at the end the record is whole.
func (s *Server) TakeTime(command string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.scripts.takes, command, d)
}

// AddLogin adds a login of the operating system, whose name is taken although the panel has no such user.
func (s *Server) AddLogin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.scripts.users, name, struct{}{})
}

// StopDomain makes the next v-add-domain end after it has made that many parts (website, zone, mail domain), as if it
// had been killed: with code 137 and without a word.
func (s *Server) StopDomain(parts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.scripts.stops, "v-add-domain", parts)
}

// LoseTemplate removes a template of one kind ("web", "backend", "proxy" or "dns"), as an operator can who deletes
// its file while packages name it. On false it is there again.
func (s *Server) LoseTemplate(kind, name string, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set(&s.scripts.gone, kind+" "+name, gone)
}

// KeepSites makes v-suspend-user leave websites online: it ignores what becomes of each of them.
func (s *Server) KeepSites(on bool) { s.toggle(&s.scripts.keeps, on) }

func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = make(map[string]V)
	}
	(*m)[key] = value
}

const killed = 137

// stopped reports whether a command is killed now that it has made that many parts.
func (c *call) stopped(parts int) bool {
	limit, there := c.server.scripts.stops[c.cmd.name]
	if !there || parts < limit {
		return false
	}
	delete(c.server.scripts.stops, c.cmd.name)
	return true
}

// pause lets others run. What they change is there afterwards.
func (c *call) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	c.server.mu.Unlock()
	defer c.server.mu.Lock()
	time.Sleep(d)
}

// slowly makes an account as v-add-user does: in steps that others can see.
func (c *call) slowly(name string, takes time.Duration, add func() *account) {
	if takes <= 0 {
		add()
		return
	}
	set(&c.server.scripts.users, name, struct{}{})
	c.pause(takes / 2)
	delete(c.server.scripts.users, name)
	a := add()
	whole := a.conf
	a.conf = halfWritten(whole)
	c.pause(takes / 2)
	maps.Copy(a.conf, whole)
}

// halfWritten is what lists show of a user.conf that is not written yet: nothing, but for what the server's own
// configuration calls alike.
func halfWritten(whole row) row {
	half := make(row, len(whole))
	for key := range whole {
		half[key] = ""
	}
	half["DISK_QUOTA"] = "no"
	return half
}
