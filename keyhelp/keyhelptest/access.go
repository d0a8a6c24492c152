package keyhelptest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/provkit/provkit/internal/emulator"
)

// Methods with which tests read and change the state. Everything returned is a copy.

// Clients returns all clients, in order of creation.
func (s *Server) Clients() []Client {
	return locked(s, func(st *state) []Client { return emulator.Copies(st.clients.Rows, (*Client).clone) })
}

// Domains returns all domains, in order of creation.
func (s *Server) Domains() []Domain {
	return locked(s, func(st *state) []Domain { return emulator.Copies(st.domains.Rows, emulator.Plain) })
}

// Plans returns all hosting plans.
func (s *Server) Plans() []Plan {
	return locked(s, func(st *state) []Plan { return emulator.Copies(st.plans.Rows, (*Plan).clone) })
}

// Admins returns all administrators.
func (s *Server) Admins() []Admin {
	return locked(s, func(st *state) []Admin { return emulator.Copies(st.admins.Rows, emulator.Plain) })
}

// Certificates returns all certificates.
func (s *Server) Certificates() []Certificate {
	return locked(s, func(st *state) []Certificate { return emulator.Copies(st.certificates.Rows, emulator.Plain) })
}

// Databases returns all databases.
func (s *Server) Databases() []Database {
	return locked(s, func(st *state) []Database { return emulator.Copies(st.databases.Rows, (*Database).clone) })
}

// Emails returns all mailboxes.
func (s *Server) Emails() []Email {
	return locked(s, func(st *state) []Email { return emulator.Copies(st.emails.Rows, (*Email).clone) })
}

// FTPUsers returns all FTP accounts.
func (s *Server) FTPUsers() []FTPUser {
	return locked(s, func(st *state) []FTPUser { return emulator.Copies(st.ftpUsers.Rows, emulator.Plain) })
}

// DirectoryProtections returns all protected directories.
func (s *Server) DirectoryProtections() []DirectoryProtection {
	return locked(s, func(st *state) []DirectoryProtection { return emulator.Copies(st.protections.Rows, emulator.Plain) })
}

// Sessions returns all sign-ons that were created, including expired ones.
func (s *Server) Sessions() []Session {
	return locked(s, func(st *state) []Session { return slices.Clone(st.sessions) })
}

// AddClient adds a client without validation and returns its ID. ID, times, language and the limits
// of its plan are filled in where they are zero. It panics if the ID or the login name is taken.
func (s *Server) AddClient(c Client) int64 {
	return locked(s, func(st *state) int64 {
		if st.clients.Get(c.ID) != nil || st.loginTaken(c.Username) {
			panic(fmt.Sprintf("keyhelptest: client %d or login name %q exists already", c.ID, c.Username))
		}
		return st.addClient(c, s.cfg.clock.Now())
	})
}

// AddDomain adds a domain without validation and returns its ID. ID, times and status are filled in
// where they are zero. It panics if the ID or the name is taken, or if there is no such client.
func (s *Server) AddDomain(d Domain) int64 {
	return locked(s, func(st *state) int64 {
		if st.domains.Get(d.ID) != nil || st.domains.has(d.Name) {
			panic(fmt.Sprintf("keyhelptest: domain %d or name %q exists already", d.ID, d.Name))
		}
		st.mustHave(d.ClientID)
		return st.addDomain(d, s.cfg.clock.Now())
	})
}

// AddScheduledTask adds a cron job and returns its ID. It panics if there is no such client.
func (s *Server) AddScheduledTask(t ScheduledTask) int64 {
	return locked(s, func(st *state) int64 {
		st.mustHave(t.ClientID)
		return st.tasks.Add(&t).ID
	})
}

// EditClient changes the record of a client, as he does in his profile or staff in the panel, and
// reports whether it exists.
func (s *Server) EditClient(id int64, edit func(*Client)) bool {
	return locked(s, func(st *state) bool {
		client := st.clients.Get(id)
		if client != nil {
			st.clients.rename(client, func() { edit(client) })
		}
		return client != nil
	})
}

// RemoveClient deletes a client and everything that belongs to it, as an operator would in the
// panel, and reports whether it existed.
func (s *Server) RemoveClient(id int64) bool {
	return locked(s, func(st *state) bool {
		client := st.clients.Get(id)
		if client != nil {
			st.removeClient(client)
		}
		return client != nil
	})
}

// SetUsage sets the usage of a client. It panics if there is no such client.
func (s *Server) SetUsage(clientID int64, u Usage) {
	locked(s, func(st *state) struct{} {
		st.mustHave(clientID)
		u.Protocols = maps.Clone(u.Protocols)
		st.usage[clientID] = u
		return struct{}{}
	})
}

func (st *state) mustHave(clientID int64) {
	if st.clients.Get(clientID) == nil {
		panic(fmt.Sprintf("keyhelptest: there is no client %d", clientID))
	}
}

// locked calls do with the state under the lock, after everything that was scheduled.
func locked[T any](s *Server, do func(*state) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.applySchedules(s.cfg.clock.Now(), !s.ignore)
	return do(s.st)
}
