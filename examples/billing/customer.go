package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/provkit/provkit/provider"
)

// verify checks a message of the billing system by the Standard Webhooks scheme; the tolerance of its library is
// fixed. One that is sent again within the tolerance does no harm: its sequence is known.
func (a *app) verify(h http.Header, message []byte) error {
	if err := a.webhook.VerifyIgnoringTimestamp(message, h); err != nil {
		return errors.New("the signature is missing or wrong")
	}
	seconds, err := strconv.ParseInt(h.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > a.tolerance {
		return errors.New("the signature is too old, or the clocks differ")
	}
	return nil
}

func signedBy(id, seconds, signature string) http.Header {
	h := make(http.Header)
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, seconds)
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return h
}

// password makes up the one with which an account is made on a server. Nobody gets to know it: an attempt that dies
// could not tell it any more.
func (a *app) password(_ context.Context, server string) (provider.Secret, error) {
	p, err := a.servers.Provider(server)
	if err != nil || p.Describe().Password == nil {
		return provider.Secret{}, err
	}
	return p.Describe().Password.Generate(), nil
}

// account returns the account of a service, with a provider that touches no other; ok is false if there is none.
func (a *app) account(ctx context.Context, service string) (p provider.Provider, id string, ok bool) {
	known, err := a.queue.State(ctx, service)
	if err == nil && known.AccountID != "" && known.Intent.Status != provider.StatusAbsent {
		p, err = a.servers.Provider(known.Intent.Server)
	}
	if err != nil || p == nil {
		return nil, "", false
	}
	return provider.Expect(p, provider.Expected{Reference: service, Username: known.Intent.Order.Username}), known.AccountID, true
}

// postPassword hands over a password for the customer's welcome letter, once: it is set at this moment and stored
// nowhere. If the letter is lost, another call sets another.
func (a *app) postPassword(w http.ResponseWriter, r *http.Request) {
	p, id, ok := a.account(r.Context(), r.PathValue("id"))
	if !ok || p.Describe().Password == nil {
		answer(w, http.StatusNotFound, "error", "there is no account with a password")
		return
	}
	password := p.Describe().Password.Generate()
	changer, ok := provider.As[provider.PasswordChanger](p)
	if !ok {
		answer(w, http.StatusNotImplemented, "error", "this system sets no passwords")
	} else if _, err := changer.ChangePassword(r.Context(), id, password); err != nil {
		answer(w, http.StatusBadGateway, "error", err.Error())
	} else {
		answer(w, http.StatusOK, "password", password.Reveal())
	}
}

// getSignOn takes a customer from the client area into the panel: /sign-on?service=...&time=...&signature=..., where
// the billing system has signed the service's number as a message with the ID "sign-on". The way into the panel is
// created at the click, handed to the browser, and neither stored nor logged.
func (a *app) getSignOn(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer") // the link must not reach the panel's logs
	query := r.URL.Query()
	service := query.Get("service")
	err := a.verify(signedBy("sign-on", query.Get("time"), query.Get("signature")), []byte(service))
	if err != nil || r.Method != http.MethodGet { // HEAD comes from programs that check links, and must create nothing
		answer(w, http.StatusForbidden, "error", "This link is not valid any more. Please go back to the client area and try again.")
		return
	}
	p, id, ok := a.account(r.Context(), service)
	if !ok {
		answer(w, http.StatusNotFound, "error", "There is no account to open yet.")
		return
	}
	way, err := p.SignOn(r.Context(), &provider.SignOnRequest{AccountID: id})
	if err != nil {
		a.log.Warn("sign-on failed", "service", service, "error", err)
		answer(w, http.StatusBadGateway, "error", "The panel does not answer as it should. Please try again in a few minutes.")
		return
	}
	// A token is for programs, and may open more than this customer's account. A form would need a page of its own.
	u, err := url.Parse(way.URL.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || way.Kind == provider.SignOnToken || way.Method != http.MethodGet {
		answer(w, http.StatusNotImplemented, "error", "This service has no panel to sign on to.")
		return
	}
	a.log.Info("sign-on", "service", service, "kind", way.Kind)
	w.Header().Set("Location", way.URL.Reveal())
	answer(w, http.StatusSeeOther, "state", "to the panel")
}
