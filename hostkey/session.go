package hostkey

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// The lifetimes of tokens.
const (
	// DefaultTokenTTL is the lifetime that the client asks for when it signs in.
	DefaultTokenTTL = time.Hour
	// renewBefore is how long before its expiry a token is replaced.
	renewBefore = 2 * time.Minute
	// unknownLife is how long a token is used whose expiry is missing or already past, such as when
	// the clocks differ.
	unknownLife = 5 * time.Minute
)

// Session describes who is signed in. Auth.Info returns more of it than a sign-in.
type Session struct {
	// Token replaces the key until Expires, which is zero if unknown.
	Token   provider.Secret `wire:"token,required,strict"`
	Expires time.Time       `wire:"token_expire"`
	// Role is a word such as "Customer". RoleType is "Customer" for an account's key and "server
	// <id>" for a server's.
	Role     string `wire:"role"`
	RoleType string `wire:"role_type"`
	RoleName string `wire:"role_name"`
	// Portal is the host that the server asks clients to use, such as "invapi.hostkey.com". The
	// client never switches to it by itself.
	Portal string `wire:"invapi"`
	// Servers that the key reaches.
	Servers []int64 `wire:"servers"`
	// WHMCSID and CustomerID are the account's IDs in billing and in InvAPI; 0 if unknown.
	// WHMCSLocation is the billing system: "whmcs_com".
	WHMCSID       int64  `wire:"whmcs_id"`
	CustomerID    int64  `wire:"customer_id"`
	WHMCSLocation string `wire:"whmcs_location"`
	// Permissions such as "pdns/view".
	Permissions []string `wire:"permissions"`
	Email       string   `wire:"email"`
	// Verified and Corporate are false if unknown.
	Verified  bool `wire:"verified,loose"`
	Corporate bool `wire:"corporate,loose"`
	// DeployKeys are the keys of running deployment tasks by invoice ID.
	DeployKeys map[int64]provider.Secret `wire:"deploy_keys"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AccountKey reports whether the key is the account's, which reaches billing and orders, and not
// one server's.
func (s *Session) AccountKey() bool { return s.RoleType == "Customer" }

// sessions keeps the client's token, and makes sure that only one goroutine at a time signs in.
type sessions struct {
	signIn func(context.Context) (*Session, error)

	mu      sync.Mutex
	current *Session
	until   time.Time         // when current has to be replaced
	recent  []provider.Secret // tokens, for redaction
	flight  *flight
}

// flight is a running sign-in. It belongs to everyone who waits for it: one who gives up does not
// end it for the others.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int

	session *Session
	err     error
}

// get returns a valid session, and signs in if there is none. The error is that of the sign-in, or
// of the caller's context.
func (s *sessions) get(ctx context.Context) (*Session, error) {
	s.mu.Lock()
	if s.current != nil && time.Now().Before(s.until) {
		defer s.mu.Unlock()
		return s.current, nil
	}
	f := s.flight
	if f == nil {
		f = s.begin(ctx)
	}
	f.waiting++
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.session, f.err
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		if s.flight == f {
			s.flight = nil
		}
	}
	return nil, context.Cause(ctx)
}

// begin starts a sign-in in the background. It uses the values of the caller's context, for
// tracing, but neither its cancellation nor its CaptureResponse, which is for the caller's own
// call.
func (s *sessions) begin(ctx context.Context) *flight {
	ctx = provider.CaptureResponse(context.WithoutCancel(ctx), nil)
	ctx, cancel := context.WithCancel(ctx)
	f := &flight{done: make(chan struct{}), cancel: cancel}
	s.flight = f
	go func() {
		defer cancel()
		defer close(f.done)
		session, err := s.signIn(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		f.session, f.err = session, err
		if s.flight == f {
			s.flight = nil
			if err == nil {
				s.keep(session)
			}
		}
	}()
	return f
}

// maxRecent is how many recent tokens are redacted in texts.
const maxRecent = 4

func (s *sessions) keep(session *Session) {
	now := time.Now()
	life := session.Expires.Sub(now)
	if life <= 0 {
		life = unknownLife
	}
	// A token is used for at least half of its lifetime.
	s.current, s.until = session, now.Add(max(life-renewBefore, life/2))
	s.note(session.Token)
}

func (s *sessions) note(token provider.Secret) {
	if slices.Contains(s.recent, token) {
		return
	}
	if len(s.recent) == maxRecent {
		s.recent = slices.Delete(s.recent, 0, 1)
	}
	s.recent = append(s.recent, token)
}

// forget drops a token that the server has refused, but not a newer one.
func (s *sessions) forget(token provider.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.Token == token {
		s.current = nil
	}
}

// held returns the current token, "" if there is none.
func (s *sessions) held() provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return provider.Secret{}
	}
	return s.current.Token
}

// secrets returns the tokens to redact.
func (s *sessions) secrets() []provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recent)
}

// fill decodes a session.
func (s *Session) fill(raw []byte, partial bool) error {
	return wire.Options{Envelope: beside, Partial: partial}.Fill(sessionIn(raw), s)
}

// sessionIn returns where an answer of the module auth has its fields: in "result", in "scope", in "data",
// or at the top.
func sessionIn(raw []byte) []byte {
	for _, name := range []string{"result", "scope", "data"} {
		if inner := openEnvelope(raw)[name]; len(inner) > 0 && inner[0] == '{' {
			return inner
		}
	}
	return raw
}

var _ = wire.Read(func(raw []byte, s *Session) error { return s.fill(raw, false) })
