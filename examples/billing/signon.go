package main

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/provkit/provkit/provider"
)

// getSignOn takes a customer from the client area into the panel. The billing system makes a
// short-lived signed link. The way into the panel is created at the click, handed to the browser,
// and neither stored nor logged.
func (a *app) getSignOn(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer") // the link must not reach the panel's logs
	if r.Method != http.MethodGet {                  // HEAD comes from programs that check links, and must create nothing
		http.Error(w, "Please follow the link.", http.StatusMethodNotAllowed)
		return
	}
	query := r.URL.Query()
	if err := a.signer.checkLink(query.Get("service"), query.Get("until"), query.Get("signature")); err != nil {
		http.Error(w, "This link is not valid any more. Please go back to the client area and try again.", http.StatusForbidden)
		return
	}
	service, _ := a.state.service(query.Get("service"))
	p, err := a.fleet.Provider(service.Server)
	if err != nil || !service.Made || service.Cancelled {
		http.Error(w, "There is no account to open yet.", http.StatusNotFound)
		return
	}
	way, err := p.SignOn(r.Context(), &provider.SignOnRequest{AccountID: service.Account, ClientIP: a.clientIP(r)})
	if err != nil {
		a.log.Warn("sign-on failed", "service", service.ID, "server", service.Server, "error", err)
		http.Error(w, "The panel does not answer as it should. Please try again in a few minutes.", http.StatusBadGateway)
		return
	}
	// A token is for programs, and may open more than this customer's account.
	if way.Kind == provider.SignOnToken || !isWeb(way.URL) {
		http.Error(w, "This service has no panel to sign on to.", http.StatusNotImplemented)
		return
	}
	a.log.Info("sign-on", "service", service.ID, "server", service.Server, "kind", way.Kind)
	if way.Method == http.MethodPost {
		postForm(w, way)
		return
	}
	w.Header().Set("Location", way.URL.Reveal())
	w.WriteHeader(http.StatusSeeOther)
}

// isWeb reports whether a link is an ordinary web address, not one that a browser would run or open
// otherwise.
func isWeb(link provider.Secret) bool {
	u, err := url.Parse(link.Reveal())
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

var formPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>One moment</title>
<form method="post" action="{{.URL}}">
{{range $name, $value := .Fields}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}<button>Go to the panel</button></form>
<script nonce="{{.Nonce}}">document.forms[0].submit()</script></html>
`))

// postForm sends a page whose form submits itself. Its policy allows nothing else.
func postForm(w http.ResponseWriter, way *provider.SignOn) {
	fields := make(map[string]string, len(way.Form))
	for name, value := range way.Form {
		fields[name] = value.Reveal()
	}
	nonce := rand.Text()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; script-src 'nonce-"+nonce+"'")
	_ = formPage.Execute(w, map[string]any{"URL": way.URL.Reveal(), "Fields": fields, "Nonce": nonce})
}

// clientIP returns the address of the customer's browser, for panels that bind a session to it.
// Behind a proxy only the proxy knows it; without its header the result is the zero address.
func (a *app) clientIP(r *http.Request) netip.Addr {
	if a.config.IPHeader != "" {
		ip, _ := netip.ParseAddr(r.Header.Get(a.config.IPHeader))
		return ip
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || from.Addr().IsLoopback() {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}
