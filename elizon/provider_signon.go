package elizon

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/provkit/provkit/provider"
)

// SignOn opens the console of a service (SignOnConsole, the default): the platform has no login for
// its customers' own customers.
//
// The result depends on the system behind the service. A web console has a URL for the browser. For
// a VNC console, URL is the address of a WebSocket, for a viewer of the caller's, and Token is the
// password. For a terminal, URL is the address of an event stream and Token its ticket, if there is
// one; the stream needs the account's credentials, so it is not for the customer's browser: see
// ConsoleService.StreamFrom.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, id string) (*provider.SignOn, error) {
		access, err := p.client.Services.Console.Open(ctx, id)
		if err != nil {
			return nil, err
		}
		in, problem := p.client.signOn(access)
		if problem != "" {
			return nil, &provider.Error{Kind: provider.ErrProtocol, Message: p.client.core.Say("a console of type %q %s", access.Type, problem)}
		}
		return in, nil
	}, provider.SignOnConsole)
}

// signOn returns the console's absolute address, or what is wrong with the console.
func (c *Client) signOn(access *ConsoleAccess) (in *provider.SignOn, problem string) {
	in = &provider.SignOn{Kind: provider.SignOnConsole, Method: http.MethodGet, ExpiresAt: access.ExpiresAt}
	address, scheme := access.URL, ""
	switch strings.ToLower(access.Type) {
	case ConsoleWeb:
	case ConsoleVNC:
		address, scheme, in.Token = access.WSPath, "ws", access.VNCPassword
	case ConsoleTerminal:
		address, in.Token = access.StreamURL, access.Ticket
	default:
		return nil, "is not known"
	}
	target, err := url.Parse(address.Reveal())
	if address.IsZero() || err != nil {
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
	default:
		return nil, "has an address that is neither http nor a WebSocket"
	}
	if scheme == "ws" {
		target.Scheme = strings.Replace(target.Scheme, "http", "ws", 1)
	}
	in.URL = provider.NewSecret(target.String())
	return in, ""
}
