package keyhelp

import (
	"context"
	"net/url"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// SessionsService signs customers on without a password.
type SessionsService struct{ c *Client }

// Session is a sign-on to a client's panel. Use it at once and do not keep it.
type Session struct {
	// URL opens the panel.
	URL provider.Secret `wire:"url,strict"`
	// Token is part of URL; documented dialect only.
	Token provider.Secret `wire:"token,strict"`
	// ExpiresAt is reported in the documented dialect only, without a time zone: it is read as UTC.
	ExpiresAt time.Time `wire:"expires_at"`
}

// Create signs a client on: POST /api/v2/sessions, whose token goes into
// https://HOST/login?token=...; in the live dialect GET /api/v2/login/{id}, which returns the URL.
// How long and how often a live URL works is undocumented.
func (s *SessionsService) Create(ctx context.Context, clientID int64) (*Session, error) {
	if err := sessionsCreate.any().RefuseID("id", clientID); err != nil {
		return nil, err
	}
	endpoint, err := s.c.endpoint(ctx, sessionsCreate, idText(clientID))
	if err != nil {
		return nil, err
	}
	call := &rest.Call{Endpoint: endpoint, Subject: idText(clientID)}
	if endpoint.Method == get {
		call.Args = idArg(clientID)
	} else {
		call.Body = map[string]any{"id_client": clientID}
	}
	return s.open(ctx, call)
}

// CreateByName signs a client on: GET /api/v2/login/name/{username}. Live dialect only.
func (s *SessionsService) CreateByName(ctx context.Context, loginName string) (*Session, error) {
	if err := sessionsCreateByName.any().RefuseBlank("loginName", loginName); err != nil {
		return nil, err
	}
	endpoint, err := s.c.endpoint(ctx, sessionsCreateByName, quoted(loginName))
	if err != nil {
		return nil, err
	}
	return s.open(ctx, &rest.Call{Endpoint: endpoint, Subject: quoted(loginName), Args: []string{loginName}})
}

func (s *SessionsService) open(ctx context.Context, call *rest.Call) (*Session, error) {
	var answer wire.One[Session]
	call.Out = &answer
	if err := s.c.rest.Do(ctx, call); err != nil {
		return nil, err
	}
	session := &answer.Value
	if session.URL.IsZero() {
		login := s.c.rest.Root()
		login.Path += "/login"
		login.RawPath = ""
		login.RawQuery = url.Values{"token": {session.Token.Reveal()}}.Encode()
		session.URL = provider.NewSecret(login.String())
	}
	return session, nil
}

var _ = wire.After(func(s *Session) error {
	if !s.Token.IsZero() && s.URL.IsZero() {
		return nil
	}
	u, err := url.Parse(s.URL.Reveal())
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return wire.Lacks("url")
	}
	return nil
})
