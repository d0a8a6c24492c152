package hostkey

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Times of a token.
const (
	// DefaultTokenTTL is the life that the client asks for when it signs in.
	DefaultTokenTTL = time.Hour
	// renewBefore is how long before its end a token is replaced.
	renewBefore = 2 * time.Minute
	// unknownLife is the life of a token of which the server tells no end, or one that
	// is over already, as when the clocks differ.
	unknownLife = 5 * time.Minute
)

// Session is what the server tells about who is signed in. Auth.Info tells more of it
// than a sign-in.
type Session struct {
	// Token stands for the key until Expires; the zero time if the server told none.
	Token   provider.Secret `wire:"token,required,strict"`
	Expires time.Time       `wire:"token_expire"`
	// Role is open: "Customer". RoleType is "Customer" for an account's key and
	// "server <id>" for a server's.
	Role     string `wire:"role"`
	RoleType string `wire:"role_type"`
	RoleName string `wire:"role_name"`
	// Portal is the host that the server wants to be talked to at, such as
	// "invapi.hostkey.com". The client never follows it by itself.
	Portal string `wire:"invapi"`
	// Servers that the key reaches.
	Servers []int64 `wire:"servers"`
	// WHMCSID and CustomerID are the account's numbers in billing and in InvAPI; 0 if
	// not told. WHMCSLocation names the billing system: "whmcs_com".
	WHMCSID       int64  `wire:"whmcs_id"`
	CustomerID    int64  `wire:"customer_id"`
	WHMCSLocation string `wire:"whmcs_location"`
	// Permissions such as "pdns/view".
	Permissions []string `wire:"permissions"`
	Email       string   `wire:"email"`
	// Verified and Corporate accounts; false if not told.
	Verified  bool `wire:"verified,loose"`
	Corporate bool `wire:"corporate,loose"`
	// DeployKeys are the keys of tasks under way, by invoice.
	DeployKeys map[int64]string `wire:"deploy_keys"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// AccountKey reports whether the key is the account's, which reaches billing and
// orders, and not that of one server.
func (s *Session) AccountKey() bool { return s.RoleType == "Customer" }

// sessions keeps the client's token and sees to it that one goroutine at a time signs
// in.
type sessions struct {
	signIn func(context.Context) (*Session, error)

	mu      sync.Mutex
	current *Session
	until   time.Time         // when current is to be replaced
	recent  []provider.Secret // tokens, for redaction
	flight  *flight
}

// flight is a sign-in under way. It belongs to all who wait for it: that one of them
// gives up does not end it for the others.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int

	session *Session
	err     error
}

// get returns a good session, signing in if need be. The error is that of the sign-in,
// or of the caller's context.
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

// begin signs in in the background. The caller's context lends its values, for tracing,
// but not its end, and not its place for the answer: that is for the call's own.
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

// maxRecent is how many tokens are kept out of texts.
const maxRecent = 4

func (s *sessions) keep(session *Session) {
	now := time.Now()
	life := session.Expires.Sub(now)
	if life <= 0 {
		life = unknownLife
	}
	// A short life is used for its half at least.
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

// forget drops a token that the server has refused, and no newer one.
func (s *sessions) forget(token provider.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.Token == token {
		s.current = nil
	}
}

// held returns the token at hand, "" if there is none.
func (s *sessions) held() provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return ""
	}
	return s.current.Token
}

// secrets are the tokens that must not show up anywhere.
func (s *sessions) secrets() []provider.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.recent)
}

// fill reads a session where it stands: in "result", in "scope", in "data", or flat.
func (s *Session) fill(raw []byte, partial bool) error {
	for _, name := range []string{"result", "scope", "data"} {
		if inner := openEnvelope(raw)[name]; len(inner) > 0 && inner[0] == '{' {
			raw = inner
			break
		}
	}
	return wire.Options{Envelope: beside, Partial: partial}.Fill(raw, s)
}

var _ = wire.Read(func(raw []byte, s *Session) error { return s.fill(raw, false) })
