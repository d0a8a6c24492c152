package elizontest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/emulator"
)

// Key is an API key of the account.
type Key struct {
	ID, Name, Secret string
	// Permissions are the names of its scopes. nil gives all.
	Permissions           []string
	CreatedAt, LastUsedAt time.Time
	// ExpiresAt is zero for a key that does not expire.
	ExpiresAt time.Time
	Revoked   bool

	budget emulator.Budget
}

// session is a sign-in of the account.
type session struct {
	ID, Token, UserAgent    string
	CreatedAt, LastActiveAt time.Time
}

// credential is the sender of a request: an API key, a session, or neither.
type credential struct {
	key     *Key
	session *session
}

func (w credential) known() bool { return w.key != nil || w.session != nil }

// may reports whether the credential has a permission. A session is the owner and has all.
func (w credential) may(permission string) bool {
	return w.key == nil || w.key.Permissions == nil || slices.Contains(w.key.Permissions, permission)
}

// identify reads the credential of a request. If there are two, x-api-key counts.
func (s *Server) identify(r *http.Request) (credential, reply, bool) {
	text := r.Header.Get("X-Api-Key")
	if text == "" {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return credential{}, reply{}, true
		}
		text = strings.TrimSpace(token)
		if session := s.st.sessionByToken[text]; session != nil {
			session.LastActiveAt = s.now()
			return credential{session: session}, reply{}, true
		}
		if !strings.HasPrefix(text, keyPrefix) {
			return credential{}, fail(http.StatusUnauthorized, codeUnauthenticated, "Authentication required"), false
		}
	}
	key := s.st.keyBySecret[text]
	switch {
	case !strings.HasPrefix(text, keyPrefix):
		return credential{}, fail(http.StatusUnauthorized, codeKeyFormat, "Invalid API key format"), false
	case key == nil || !emulator.SameKey(text, key.Secret):
		return credential{}, fail(http.StatusUnauthorized, codeBadKey, "Invalid API key"), false
	case key.Revoked:
		return credential{}, fail(http.StatusUnauthorized, codeKeyRevoked, "API key has been revoked"), false
	case !key.ExpiresAt.IsZero() && !s.now().Before(key.ExpiresAt):
		return credential{}, fail(http.StatusUnauthorized, codeBadKey, "API key has expired"), false
	}
	key.LastUsedAt = s.now()
	return credential{key: key}, reply{}, true
}

// admit checks whether the sender may use a row at all. A wrong credential matters only if one is
// needed.
func (s *Server) admit(rt route, r *http.Request, w http.ResponseWriter) (credential, reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, refused, fine := s.identify(r)
	if !fine && (rt.access == sessionOnly || rt.access == withKey) {
		return who, refused, false
	}
	if who.key != nil {
		if retry, over := s.spend(who.key, w); over {
			return who, retry, false
		}
		if rt.access == sessionOnly || rt.access == keyless {
			return who, fail(http.StatusForbidden, codeKeyNotAllowed, "This route cannot be used with an API key"), false
		}
	}
	if !who.known() && (rt.access == sessionOnly || rt.access == withKey) {
		return who, fail(http.StatusUnauthorized, codeUnauthenticated, "Authentication required"), false
	}
	if rt.permission != "" && !who.may(rt.permission) {
		return who, missingPermission(rt.permission), false
	}
	return who, reply{}, true
}

func missingPermission(name string) reply {
	return fail(http.StatusForbidden, codeMissingPermission, "API key is missing the permission "+name).
		with(row{"permission": name})
}

func (st *state) newKey(name string, permissions []string, now time.Time) *Key {
	k := &Key{
		ID: st.newID(), Name: name, Secret: keyPrefix + st.tokens.Next(keyLength, emulator.LowerAlphanumeric),
		Permissions: permissions, CreatedAt: now,
	}
	st.keys.Add(k)
	st.keyBySecret[k.Secret] = k
	return k
}

func (st *state) newSession(agent string, now time.Time) *session {
	session := &session{
		ID: st.newID(), Token: st.tokens.Next(sessionTokenLength, emulator.LowerAlphanumeric), UserAgent: agent,
		CreatedAt: now, LastActiveAt: now,
	}
	st.sessions.Add(session)
	st.sessionByToken[session.Token] = session
	return session
}

func (st *state) endSession(session *session) {
	st.sessions.Remove(session)
	delete(st.sessionByToken, session.Token)
}
