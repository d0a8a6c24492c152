package main

import (
	"cmp"
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/riverqueue/river"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"riverqueue.com/riverui"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
	"github.com/provkit/provkit/provider/riverprovider"
)

// app is the program as it runs.
type app struct {
	workers         int
	poll, tolerance time.Duration
	token           string // of the operators
	webhook         *standardwebhooks.Webhook
	db              *database
	servers         *fleet.Fleet
	queue           *riverprovider.Queue
	client          *river.Client[*sql.Tx]
	page            *riverui.Handler
	log             *slog.Logger
}

// start begins to carry out orders, with those that an earlier run has left.
func (a *app) start(ctx context.Context) (err error) {
	c := riverprovider.Config{Open: a.servers.Provider, Secrets: provider.SecretSourceFunc(a.password), OnEvent: a.tell}
	for _, server := range a.servers.Servers() {
		c.Servers = append(c.Servers, riverprovider.Server{Name: server.Name, Workers: a.workers})
	}
	if a.queue, err = riverprovider.New(a.db.DB, c); err == nil {
		err = a.db.migrate(ctx, a.queue)
	}
	if err == nil && a.db.alone {
		err = a.queue.Recover(ctx)
	}
	rc := &river.Config{Logger: a.log, FetchPollInterval: a.poll, FetchCooldown: min(a.poll, river.FetchCooldownDefault)}
	if err == nil {
		err = a.queue.Configure(rc)
	}
	if err == nil {
		a.client, err = river.NewClient(a.db.driver, rc)
	}
	if err == nil {
		a.page, err = riverui.NewHandler(&riverui.HandlerOpts{Endpoints: riverui.NewEndpoints(a.client, nil), Logger: a.log, Prefix: "/jobs"})
	}
	if err != nil {
		return err
	}
	return errors.Join(a.page.Start(ctx), a.client.Start(context.WithoutCancel(ctx))) // run stops it
}

func (a *app) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events", a.postEvent)
	mux.HandleFunc("GET /sign-on", a.getSignOn)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "status", "ok") })
	mux.Handle("POST /services/{id}/password", a.operator(http.HandlerFunc(a.postPassword)))
	// A browser that is signed in must not be made to send commands by other sites.
	mux.Handle("/jobs/", a.operator(http.NewCrossOriginProtection().Handler(a.page)))
	return mux
}

// operator admits requests with the operators' token, as bearer or, for browsers, as a password.
func (a *app) operator(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := r.BasicAuth()
		token = cmp.Or(token, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if subtle.ConstantTimeCompare([]byte(token), []byte(a.token)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="billing"`)
			answer(w, http.StatusUnauthorized, "error", "the operators' token is missing or wrong")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, status int, name, value string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{name: value})
}
