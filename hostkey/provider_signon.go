package hostkey

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/provkit/provkit/provider"
)

// signOnKey is the name of the keys that SignOn makes.
const signOnKey = "provkit sign-on"

// session makes a key of the server for the vendor's panel, as a reseller in production
// does it. A key's value is shown once, so that there is none to use again: those of
// earlier sign-ons are removed.
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
	order := &APIKeyRequest{Name: signOnKey, ServerID: id}
	if req.ClientIP.IsValid() {
		order.IP = req.ClientIP.String()
	}
	key, err := p.client.APIKeys.Add(ctx, order)
	if err != nil {
		return nil, err
	}
	root := p.client.rest.Root()
	query := url.Values{"base": {root.Host}, "key": {key.Key.Reveal()}}
	panel := url.URL{Scheme: "https", Host: panelHost(root.Hostname()), Path: "/controlpanel.html", RawQuery: query.Encode()}
	return &provider.SignOn{Kind: provider.SignOnSession, URL: provider.Secret(panel.String()), Method: http.MethodGet}, nil
}

// panelHost is the panel of the region that a portal belongs to.
func panelHost(portal string) string {
	if strings.HasSuffix(portal, ".ru") {
		return "panel.hostkey.ru"
	}
	return "panel.hostkey.com"
}

// console opens noVNC, whose address is what its task brings forth.
func (p *Provider) console(ctx context.Context, id int64, req *provider.SignOnRequest) (*provider.SignOn, error) {
	ack, err := p.client.Servers.NoVNC(ctx, id, &NoVNCOptions{WhiteIP: req.ClientIP})
	if err != nil {
		return nil, err
	}
	if ack.Callback == "" {
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answers no task that would tell the console's address"}
	}
	state, err := p.client.Tasks.Wait(ctx, ack.Callback, &TaskWaitOptions{Interval: lookTime})
	if err != nil {
		return nil, err
	}
	address := strings.TrimSpace(state.Scope.Text())
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answers something that is no address of a console"}
	}
	return &provider.SignOn{Kind: provider.SignOnConsole, URL: provider.Secret(address), Method: http.MethodGet}, nil
}
