package elizon

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/provkit/provkit/provider"
)

// SignOn opens the console of a service (SignOnConsole, the default), or tells how to sign in to the
// panel of a web space (SignOnPlain): the platform has no login for its customers' own customers.
//
// The result depends on the system behind the service. A web console has a URL for the browser. For
// a VNC console, URL is the address of a WebSocket, for a viewer of the caller's, and Token is the
// password. For a terminal, URL is the address of an event stream and Token its ticket, if there is
// one; the stream needs the account's credentials, so it is not for the customer's browser: see
// ConsoleService.StreamFrom.
//
// For the panel of a web space (Plesk), URL is its login page, Username the login and Token the password,
// which stays valid: whoever gets it can sign in until HostingService.RotatePassword replaces it.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, id string) (*provider.SignOn, error) {
		if req.Kind == provider.SignOnPlain {
			return p.client.panelLogin(ctx, id)
		}
		access, err := p.client.Services.Console.Open(ctx, id)
		if err != nil {
			return nil, err
		}
		in, problem := p.client.signOn(access)
		if problem != "" {
			return nil, &provider.Error{Kind: provider.ErrProtocol, Message: p.client.core.Say("a console of type %q %s", access.Type, problem)}
		}
		return in, nil
	}, provider.SignOnConsole, provider.SignOnPlain)
}

// panelLogin returns the login to the panel of a web space.
func (c *Client) panelLogin(ctx context.Context, id string) (*provider.SignOn, error) {
	login, err := c.Services.Hosting.Credentials(ctx, id, true)
	if err != nil {
		return nil, err
	}
	address, problem := c.address(login.PanelURL)
	switch {
	case login.PanelURL == "":
		return nil, &provider.Error{Kind: provider.ErrConflict, Message: "the service has no panel, or none yet"}
	case problem == "" && !strings.HasPrefix(address.Scheme, "http"):
		problem = "has an address that is no web page"
	}
	if problem != "" {
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: c.core.Say("the panel %s", problem)}
	}
	return &provider.SignOn{
		Kind: provider.SignOnPlain, Method: http.MethodGet, URL: provider.NewSecret(address.String()), Username: login.Login, Token: login.Password,
	}, nil
}

// signOn returns the console's absolute address, or what is wrong with the console.
func (c *Client) signOn(access *ConsoleAccess) (in *provider.SignOn, problem string) {
	in = &provider.SignOn{Kind: provider.SignOnConsole, Method: http.MethodGet, ExpiresAt: access.ExpiresAt}
	given, socket := access.URL, false
	switch strings.ToLower(access.Type) {
	case ConsoleWeb:
	case ConsoleVNC:
		given, socket, in.Token = access.WSPath, true, access.VNCPassword
	case ConsoleTerminal:
		given, in.Token = access.StreamURL, access.Ticket
	default:
		return nil, "is not known"
	}
	target, problem := c.address(given.Reveal())
	if problem != "" {
		return nil, problem
	}
	if socket {
		target.Scheme = strings.Replace(target.Scheme, "http", "ws", 1)
	}
	in.URL = provider.NewSecret(target.String())
	return in, ""
}

// address makes an address absolute that the platform gave, or says what is wrong with it.
func (c *Client) address(given string) (target *url.URL, problem string) {
	target, err := url.Parse(given)
	if given == "" || err != nil {
		return nil, "has no address"
	}
	if target.Host == "" {
		root := c.core.Root()
		if !strings.HasPrefix(target.Path, "/") {
			return nil, "has an address that is neither absolute nor a path"
		}
		base := strings.TrimRight(root.Path, "/")
		if base != "" && strings.HasPrefix(target.Path, base+"/") {
			base = ""
		}
		target.Scheme, target.Host, target.Path, target.RawPath = root.Scheme, root.Host, base+target.Path, ""
	}
	switch target.Scheme {
	case "https", "http", "wss", "ws":
		return target, ""
	}
	return nil, "has an address that is neither http nor a WebSocket"
}
