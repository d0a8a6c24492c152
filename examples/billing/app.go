package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// config is what the program needs besides its servers.
type config struct {
	StatePath string
	Workers   int
	Backoff   backoff
	// IPHeader is the header in which a proxy in front passes the browser's address; "" is none.
	IPHeader string

	// Secret is shared with the billing system, Token is that of the operator, and initial
	// passwords are derived from Passwords.
	Secret, Token, Passwords provider.Secret
}

// app is one running instance.
type app struct {
	config    config
	signer    signer
	passwords passwords
	fleet     *fleet.Fleet
	state     *state
	queue     *queue
	checks    checks
	log       *slog.Logger
	server    *http.Server

	stopping, killed context.Context
	stopWork, kill   context.CancelFunc
	worked           chan struct{} // closed when the workers have ended
}

// start opens the state and continues what an earlier instance has left.
func start(c config, servers *fleet.Fleet, log *slog.Logger) (*app, error) {
	if c.Secret.IsZero() || c.Token.IsZero() || c.Passwords.IsZero() {
		return nil, errors.New("a secret is empty")
	}
	stored, err := openState(c.StatePath)
	if err != nil {
		return nil, err
	}
	a := &app{
		config: c, signer: signer{c.Secret}, passwords: passwords{c.Passwords},
		fleet: servers, state: stored, queue: newQueue(), log: log, worked: make(chan struct{}),
	}
	a.stopping, a.stopWork = context.WithCancel(context.Background())
	a.killed, a.kill = context.WithCancel(context.Background())
	a.server = &http.Server{
		Handler:           a.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	w := &workers{state: a.state, queue: a.queue, fleet: servers, passwords: a.passwords, backoff: c.Backoff, log: log}
	go func() {
		defer close(a.worked)
		w.run(a.stopping, a.killed, c.Workers)
	}()
	return a, nil
}

// serve answers requests until stop is called.
func (a *app) serve(listener net.Listener) error {
	if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// stop ends the program gracefully: it accepts no new requests, begins no new work, then waits for
// the work in progress, for as long as the context allows.
func (a *app) stop(ctx context.Context) error {
	a.stopWork()
	err := a.server.Shutdown(ctx)
	select {
	case <-a.worked:
	case <-ctx.Done():
		a.kill()
		<-a.worked
	}
	return errors.Join(err, a.state.close())
}
