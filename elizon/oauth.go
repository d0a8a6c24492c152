package elizon

import (
	"context"
	"maps"
	"net/url"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// OAuthService signs in through other providers. These endpoints are made for browsers: they
// redirect, and may set cookies, which provider.CaptureResponse shows.
type OAuthService struct{ c *Client }

// OAuthAnswer is the answer of an endpoint for browsers. Either Location or Body is set.
type OAuthAnswer struct {
	StatusCode int
	// Location is the target of the redirect, which is not followed. After a failed login, it may
	// be a page that says so.
	Location provider.Secret
	// Body is an answer in JSON; its fields are undocumented. It may contain the same target.
	Body provider.Secret
}

// OAuthProviders are the providers that sign in.
type OAuthProviders struct {
	Providers []OAuthProvider `wire:"providers"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// OAuthProvider is a provider as a login page shows it. Any field may be missing.
type OAuthProvider struct {
	Name  string `wire:"name"`
	Icon  string `wire:"icon"`
	Color string `wire:"color"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Providers reads the available providers, with name, icon and color: GET /api/auth/oauth/providers
// (method inferred). The names of these fields are assumed.
func (s *OAuthService) Providers(ctx context.Context) (*OAuthProviders, error) {
	return fetch[OAuthProviders](ctx, s.c.ask(oauthProviders))
}

// Start begins a login: GET /api/auth/oauth/{provider} (method inferred). It redirects to the
// provider.
func (s *OAuthService) Start(ctx context.Context, providerName string) (*OAuthAnswer, error) {
	return s.browse(ctx, s.c.ask(oauthStart, providerName))
}

// Callback finishes a login with the arguments with which the provider redirected the browser: GET
// /api/auth/oauth/{provider}/callback (method inferred, it may be POST). It creates or links an
// account and opens a session; where the answer has its token is undocumented.
func (s *OAuthService) Callback(ctx context.Context, providerName string, args url.Values) (*OAuthAnswer, error) {
	r := s.c.ask(oauthCallback, providerName)
	r.problems.Some("args", len(args))
	r.query = maps.Clone(args)
	for _, values := range args {
		for _, value := range values {
			r.hide(provider.NewSecret(value))
		}
	}
	return s.browse(ctx, r)
}

// StartLink begins to link a provider to the account: GET /api/auth/oauth/link/{provider} (method
// inferred, it may be POST).
func (s *OAuthService) StartLink(ctx context.Context, providerName string) (*OAuthAnswer, error) {
	return s.browse(ctx, s.c.ask(oauthLink, providerName))
}

// Unlink removes the link to a provider: DELETE /api/auth/oauth/link/{provider} (method inferred).
func (s *OAuthService) Unlink(ctx context.Context, providerName string) error {
	return done(ctx, s.c.ask(oauthUnlink, providerName))
}

func (s *OAuthService) browse(ctx context.Context, r *request) (*OAuthAnswer, error) {
	var d browserAnswer
	err := r.send(ctx, func(call *rest.Call) { call.Redirects, call.Out = true, &d })
	if err != nil {
		return nil, err
	}
	return &d.answer, nil
}

type browserAnswer struct{ answer OAuthAnswer }

func (d *browserAnswer) DecodeAnswer(a *rest.Answer) error {
	d.answer = OAuthAnswer{StatusCode: a.Status}
	if a.Status/100 == 3 {
		if d.answer.Location = provider.NewSecret(a.Header.Get("Location")); d.answer.Location.IsZero() {
			return wire.Lacks("Location")
		}
		return nil
	}
	var body unread
	if err := body.DecodeAnswer(a); err != nil {
		return err
	}
	d.answer.Body = provider.NewSecret(body.data.Reveal())
	return nil
}
