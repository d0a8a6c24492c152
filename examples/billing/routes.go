package main

import (
	"encoding/json"
	"net/http"
	"time"
)

// routes returns a handler with all routes of this program.
func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", a.postEvent)
	mux.HandleFunc("GET /events/{id}", a.operator(a.getEvent))
	mux.HandleFunc("POST /events/{id}/retry", a.operator(a.retryEvent))
	mux.HandleFunc("GET /services/{id}/initial-password", a.operator(a.getPassword))
	mux.HandleFunc("GET /sign-on", a.getSignOn)
	mux.HandleFunc("GET /health", a.getHealth)
	mux.HandleFunc("GET /ready", a.getReady)
	return a.logged(mux)
}

// logged logs each request by its route, since paths and queries contain signatures.
func (a *app) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		// Nothing here may be cached, and some of it is for one browser only.
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		noting := &statusNote{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(noting, r)
		a.log.Debug("request", "route", r.Pattern, "status", noting.status, "took", time.Since(began))
	})
}

type statusNote struct {
	http.ResponseWriter
	status int
}

func (n *statusNote) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the original writer.
func (n *statusNote) Unwrap() http.ResponseWriter { return n.ResponseWriter }

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func refuse(w http.ResponseWriter, status int, reason string) {
	answer(w, status, map[string]string{"error": reason})
}
