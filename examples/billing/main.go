// Billing is a service between a billing system and the servers with its customers' accounts. The
// billing system calls it with signed webhooks (order paid, invoice overdue, invoice paid,
// cancelled) and sends customers through it into their panels.
//
// To see a day of it, on emulated servers inside this process (only Go is needed):
//
//	go run ./examples/billing -demo
//
// On real servers, with the secrets in the environment or in files:
//
//	export BILLING_SECRET=... BILLING_TOKEN=... BILLING_PASSWORDS=...
//	go run ./examples/billing -servers servers.json -state billing.jsonl -listen 127.0.0.1:8080
//	go run ./examples/billing ... -secret file:/run/secrets/billing
//
// servers.json is described in package fleet; its marker_keys sign whose an account is. Put a proxy with TLS in front of it.
//
// What it shows:
//
//   - An event is stored (fsync) before it is answered with 202, so that a kill loses none;
//     sent again, it changes nothing. See state.go, and journal.go for the file.
//   - The work is one call, provider.Ensure, which may be repeated after any error. The
//     server is chosen by fleet.Place and stored before the account is made. See attempt.go.
//   - What fails is tried again with growing pauses and finally given up; GET /events/{id}
//     shows it and POST /events/{id}/retry tries it again. See workers.go.
//   - Passwords are not stored: they are derived from a secret and the order. See password.go.
//   - A sign-on is created at the click, and appears in no log. See signon.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// drivers are the systems that servers.json may name.
var drivers = provider.Drivers{keyhelp.Driver, hestia.Driver, licenseserver.Driver, hostkey.Driver, elizon.Driver}

// grace is how long work in progress may take when the program is asked to end.
const grace = 30 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "billing:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out, logs io.Writer) error {
	c := config{Backoff: patient}
	flags := flag.NewFlagSet("billing", flag.ContinueOnError)
	verbose := flags.Bool("v", false, "log every request and every call")
	showDemo := flags.Bool("demo", false, "run a day on emulated servers, and end")
	listen := flags.String("listen", "127.0.0.1:8080", "address to serve on")
	servers := flags.String("servers", "servers.json", "configuration of the servers")
	flags.StringVar(&c.StatePath, "state", "billing.jsonl", "file that stores the state")
	flags.IntVar(&c.Workers, "workers", 8, "how many events are carried out at once")
	flags.StringVar(&c.IPHeader, "ip-header", "", "header in which your proxy passes the client's address, such as X-Real-IP")
	secret := flags.String("secret", "env:BILLING_SECRET", "what the billing system signs with: env:NAME or file:PATH")
	token := flags.String("token", "env:BILLING_TOKEN", "what operators sign in with: env:NAME or file:PATH")
	passwords := flags.String("passwords", "env:BILLING_PASSWORDS", "what initial passwords are derived from: env:NAME or file:PATH")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if *verbose {
		options.Level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(logs, options))
	if *showDemo {
		if !*verbose {
			log = slog.New(slog.DiscardHandler)
		}
		return demo(ctx, out, log)
	}
	if c.Workers < 1 {
		return errors.New("-workers must be at least 1")
	}
	var errs [3]error
	c.Secret, errs[0] = secretFrom(*secret, getenv)
	c.Token, errs[1] = secretFrom(*token, getenv)
	c.Passwords, errs[2] = secretFrom(*passwords, getenv)
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	all, err := fleet.Load(*servers)
	if err != nil {
		return err
	}
	opened, err := all.Open(drivers, &fleet.Sources{Getenv: getenv}, provider.WithLogger(log))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	return serve(ctx, c, opened, log, listener)
}

// serve runs until the context ends, then stops gracefully.
func serve(ctx context.Context, c config, servers *fleet.Fleet, log *slog.Logger, listener net.Listener) error {
	a, err := start(c, servers, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info("serving", "address", listener.Addr(), "servers", len(servers.Servers()), "waiting", len(a.state.backlog()))
	served := make(chan error, 1)
	go func() { served <- a.serve(listener) }()
	select {
	case <-ctx.Done():
	case <-a.state.failed:
		err = a.state.broken() // after a restart the file can be read, and perhaps written
	case err = <-served:
	}
	ending, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	return errors.Join(err, a.stop(ending))
}

// shortest is the minimum length of a secret.
const shortest = 16

// secretFrom reads a secret by its reference. A value on the command line could be seen by all
// users of the machine.
func secretFrom(reference string, getenv func(string) string) (provider.Secret, error) {
	kind, name, _ := strings.Cut(reference, ":")
	var text string
	switch kind {
	case "env":
		text = getenv(name)
	case "file":
		content, err := os.ReadFile(name)
		if err != nil {
			return provider.Secret{}, err
		}
		text = strings.TrimSpace(string(content))
	default:
		return provider.Secret{}, errors.New("a secret must be given as env:NAME or file:PATH")
	}
	if len(text) < shortest {
		return provider.Secret{}, fmt.Errorf("the secret in %s has fewer than %d characters", reference, shortest)
	}
	return provider.NewSecret(text), nil
}
