package hestiatest

import (
	"fmt"
	"strings"
)

// AddAccessKey adds an access key for a user, limited to the named permission profiles, such as
// "billing". Without profiles it may run everything if the user is the root user, and nothing
// otherwise. It panics if there is no such user or profile.
func (s *Server) AddAccessKey(user string, profiles ...string) (id, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.st.user(user) == nil {
		panic(fmt.Sprintf("hestiatest: there is no user %q", user))
	}
	for _, name := range profiles {
		if s.st.profile(name) == nil {
			panic(fmt.Sprintf("hestiatest: there is no profile %q", name))
		}
	}
	c := &call{server: s, st: s.st, now: s.now()}
	id, secret = s.st.tokens.Next(keyIDLength, keyAlphabet), s.st.tokens.Next(keySecretLength, secretAlphabet)
	s.st.keys.add(c.stamp(row{
		"ACCESS_KEY_ID": id, "SECRET_ACCESS_KEY": secret, "USER": user, "PERMISSIONS": strings.Join(profiles, ","), "COMMENT": "made by a test",
	}))
	return id, secret
}

// AddProfile adds a permission profile, as an operator can with a file on the server. With the role
// "admin", only the root user's keys may have it.
func (s *Server) AddProfile(name, role string, commands ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.profiles = append(s.st.profiles, profile{name: name, role: role, commands: commands})
}

// IgnoreSuspension makes the panel report success when users are suspended and unsuspended, but
// keep the flag as it is.
func (s *Server) IgnoreSuspension(on bool) { s.toggle(&s.ignore, on) }

// HideUsers makes reads of users fail with code 3 although the key is valid: v-list-user,
// v-list-users, v-list-sys-users and v-get-user-value. Writes work.
func (s *Server) HideUsers(on bool) { s.toggle(&s.hidden, on) }

// RevokeKey makes the panel refuse every key and password from now on.
func (s *Server) RevokeKey() { s.toggle(&s.revoked, true) }

// BreakWebServer makes every reload of the web servers fail with code 20, as after a broken
// configuration file. What a command changed before stays changed.
func (s *Server) BreakWebServer(on bool) { s.toggle(&s.broken, on) }

// StopDatabase makes commands that need the database server fail with code 15.
func (s *Server) StopDatabase(on bool) { s.toggle(&s.noMySQL, on) }

// StopLetsEncrypt makes v-add-letsencrypt-domain fail with code 15, as when the authority cannot be reached or refuses.
// Otherwise it gets a certificate for every name, whether it resolves or not.
func (s *Server) StopLetsEncrypt(on bool) { s.toggle(&s.noACME, on) }

// LoseSuffixList makes commands that add domains fail with code 3, as on a panel that could not
// fetch the list of public suffixes.
func (s *Server) LoseSuffixList(on bool) { s.toggle(&s.noList, on) }

func (s *Server) toggle(flag *bool, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*flag = on
}
