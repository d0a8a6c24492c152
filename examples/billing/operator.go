package main

import (
	"net/http"
)

// operator admits requests with the operator's token.
func (a *app) operator(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !equal(r.Header.Get("Authorization"), "Bearer "+a.config.Token.Reveal()) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			refuse(w, http.StatusUnauthorized, "the operator's token is missing or wrong")
			return
		}
		next(w, r)
	}
}

// getEvent shows what became of an event.
func (a *app) getEvent(w http.ResponseWriter, r *http.Request) {
	record, ok := a.state.record(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, "no such event")
		return
	}
	answer(w, http.StatusOK, record)
}

// retryEvent lets a dead event be tried again, after the cause has been repaired.
func (a *app) retryEvent(w http.ResponseWriter, r *http.Request) {
	record, ok, err := a.state.revive(r.PathValue("id"))
	switch {
	case err != nil:
		refuse(w, http.StatusServiceUnavailable, "the state cannot be stored")
	case !ok && record.ID == "":
		refuse(w, http.StatusNotFound, "no such event")
	case !ok:
		refuse(w, http.StatusConflict, "the event is not dead, or a newer one of its service counts")
	default:
		a.queue.push(record.Service)
		answer(w, http.StatusAccepted, record)
	}
}

// getPassword returns the initial password of an account, for the customer's welcome letter. The
// customer may have changed it since.
func (a *app) getPassword(w http.ResponseWriter, r *http.Request) {
	service, _ := a.state.service(r.PathValue("id"))
	p, err := a.fleet.Provider(service.Server)
	if err != nil || !service.Made {
		refuse(w, http.StatusNotFound, "no such account")
		return
	}
	password := a.passwords.of(service.ID, p.Describe().Password)
	answer(w, http.StatusOK, map[string]string{"username": service.Username, "password": password.Reveal()})
}
