package keyhelptest

import (
	"fmt"
	"maps"
	"slices"
)

// What tests see of the state, and put into it. Everything returned is a copy.

// Clients returns all clients, in order of creation.
func (s *Server) Clients() []Client {
	return locked(s, func(st *state) []Client { return st.clients.values((*Client).clone) })
}

// Domains returns all domains, in order of creation.
func (s *Server) Domains() []Domain {
	return locked(s, func(st *state) []Domain { return st.domains.values(plain) })
}

// Plans returns all hosting plans.
func (s *Server) Plans() []Plan {
	return locked(s, func(st *state) []Plan { return st.plans.values((*Plan).clone) })
}

// Admins returns all administrators.
func (s *Server) Admins() []Admin {
	return locked(s, func(st *state) []Admin { return st.admins.values(plain) })
}

// Certificates returns all certificates.
func (s *Server) Certificates() []Certificate {
	return locked(s, func(st *state) []Certificate { return st.certificates.values(plain) })
}

// Databases returns all databases.
func (s *Server) Databases() []Database {
	return locked(s, func(st *state) []Database { return st.databases.values((*Database).clone) })
}

// Emails returns all mailboxes.
func (s *Server) Emails() []Email {
	return locked(s, func(st *state) []Email { return st.emails.values((*Email).clone) })
}

// FTPUsers returns all FTP accounts.
func (s *Server) FTPUsers() []FTPUser {
	return locked(s, func(st *state) []FTPUser { return st.ftpUsers.values(plain) })
}

// DirectoryProtections returns all protected directories.
func (s *Server) DirectoryProtections() []DirectoryProtection {
	return locked(s, func(st *state) []DirectoryProtection { return st.protections.values(plain) })
}

// Sessions returns all sign-ons that were handed out, also expired ones.
func (s *Server) Sessions() []Session {
	return locked(s, func(st *state) []Session { return slices.Clone(st.sessions) })
}

// AddClient adds a client as it is, without validation, and returns its ID. ID, times, language and the limits of its
// plan are filled in where they are zero. It panics if the ID or the login name is taken.
func (s *Server) AddClient(c Client) int64 {
	return locked(s, func(st *state) int64 {
		if st.clients.get(c.ID) != nil || st.loginTaken(c.Username) {
			panic(fmt.Sprintf("keyhelptest: client %d %q is there already", c.ID, c.Username))
		}
		return st.addClient(c, s.cfg.clock.Now())
	})
}

// AddDomain adds a domain as it is, without validation, and returns its ID. ID, times and status are filled in where
// they are zero. It panics if the ID or the name is taken, or if there is no such client.
func (s *Server) AddDomain(d Domain) int64 {
	return locked(s, func(st *state) int64 {
		if st.domains.get(d.ID) != nil || st.domains.has(d.Name) {
			panic(fmt.Sprintf("keyhelptest: domain %d %q is there already", d.ID, d.Name))
		}
		st.mustHave(d.ClientID)
		return st.addDomain(d, s.cfg.clock.Now())
	})
}

// AddScheduledTask adds a cron job and returns its ID. It panics if there is no such client.
func (s *Server) AddScheduledTask(t ScheduledTask) int64 {
	return locked(s, func(st *state) int64 {
		st.mustHave(t.ClientID)
		return st.tasks.add(&t)
	})
}

// RemoveClient deletes a client and what goes with it, as somebody in the panel would, and tells whether it was there.
func (s *Server) RemoveClient(id int64) bool {
	return locked(s, func(st *state) bool {
		client := st.clients.get(id)
		if client != nil {
			st.removeClient(client)
		}
		return client != nil
	})
}

// SetUsage sets what a client has used. It panics if there is no such client.
func (s *Server) SetUsage(clientID int64, u Usage) {
	locked(s, func(st *state) struct{} {
		st.mustHave(clientID)
		u.Protocols = maps.Clone(u.Protocols)
		st.usage[clientID] = u
		return struct{}{}
	})
}

func (st *state) mustHave(clientID int64) {
	if st.clients.get(clientID) == nil {
		panic(fmt.Sprintf("keyhelptest: there is no client %d", clientID))
	}
}

// locked does something with the state under the lock, after everything that was scheduled.
func locked[T any](s *Server, do func(*state) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.applySchedules(s.cfg.clock.Now(), !s.ignore)
	return do(s.st)
}
