package hostkey

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// signOnKey is the name of the keys that SignOn makes.
const signOnKey = "provkit sign-on"

// SignOn opens the vendor's panel for one server, with a new key that reaches nothing else
// (SignOnSession, the default), or the server's console (SignOnConsole). With ClientIP either works
// from that address only.
//
// The key of a sign-on works until the next sign-on to that server, which removes it.
func (p *Provider) SignOn(ctx context.Context, req *provider.SignOnRequest) (*provider.SignOn, error) {
	return p.accounts.SignOn(ctx, req, func(ctx context.Context, n int64) (*provider.SignOn, error) {
		open := p.session
		if req.Kind == provider.SignOnConsole {
			open = p.console
		}
		in, err := open(ctx, n, req)
		if err != nil {
			return nil, err
		}
		in.BoundTo = req.ClientIP
		return in, nil
	}, provider.SignOnSession, provider.SignOnConsole)
}

// session creates a key of the server for the vendor's panel, as a reseller in production does it.
// A key's value is shown only once, so keys of earlier sign-ons cannot be reused and are removed.
func (p *Provider) session(ctx context.Context, id int64, req *provider.SignOnRequest) (*provider.SignOn, error) {
	var old []int64
	for key, err := range p.client.APIKeys.ListForServer(ctx, id) {
		if err != nil {
			return nil, err
		}
		if key.Name == signOnKey {
			old = append(old, key.ID)
		}
	}
	for _, key := range old {
		if err := p.client.APIKeys.Delete(ctx, key); err != nil {
			return nil, err
		}
	}
	order := &APIKeyAddRequest{Name: signOnKey, ServerID: id}
	if req.ClientIP.IsValid() {
		order.IP = req.ClientIP.String()
	}
	key, err := p.client.APIKeys.Add(ctx, order)
	if err != nil {
		return nil, err
	}
	root := p.client.rest.Root()
	panel := panelOf(&root)
	panel.RawQuery = url.Values{"base": {root.Host}, "key": {key.Key.Reveal()}}.Encode()
	return &provider.SignOn{Kind: provider.SignOnSession, URL: provider.NewSecret(panel.String()), Method: http.MethodGet}, nil
}

// panelOf returns the panel of a portal. Whatever is not the vendor's own has it itself, as the emulator
// does: a key is never handed to somebody else's panel.
func panelOf(root *url.URL) *url.URL {
	for _, region := range []string{"hostkey.com", "hostkey.ru"} {
		if host := root.Hostname(); host == region || strings.HasSuffix(host, "."+region) {
			root = &url.URL{Scheme: "https", Host: "panel." + region}
		}
	}
	return root.JoinPath("controlpanel.html")
}

// console opens noVNC, whose URL is the scope of its task.
func (p *Provider) console(ctx context.Context, id int64, req *provider.SignOnRequest) (*provider.SignOn, error) {
	ack, err := p.client.Servers.NoVNC(ctx, id, &ServerNoVNCOptions{WhiteIP: req.ClientIP})
	if err != nil {
		return nil, err
	}
	if ack.Callback.IsZero() {
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the answer names no task that would return the console's URL"}
	}
	state, err := p.client.Tasks.Wait(ctx, ack.Callback, &TaskWaitOptions{Interval: time.Second})
	if err != nil {
		return nil, err
	}
	address := strings.TrimSpace(state.Scope.Text())
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != p.client.rest.Root().Scheme {
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the answer is not the URL of a console"}
	}
	return &provider.SignOn{Kind: provider.SignOnConsole, URL: provider.NewSecret(address), Method: http.MethodGet}, nil
}
