// Billing is a service between a billing system and the servers with its customers' accounts: it is called with
// signed webhooks (order paid, invoice overdue, invoice paid, cancelled), and customers get through it into their
// panels. To see a day of it, on emulated servers, with a program that is killed at work (only Go is needed):
//
//	cd examples/billing && go run . -demo
//
// On real servers, with a proxy with TLS in front; package fleet says what is in servers.json:
//
//	export BILLING_SECRET=whsec_... BILLING_TOKEN=... # what webhooks are signed with, and the operators' token
//	go run . -servers servers.json -database billing.db
//	PGPASSWORD=... go run . -database postgres://billing@db.example.com/billing # on as many machines as you like
//
// What is wanted, and what was paid for, is in one database, and no secret is: a password is made when it is handed
// over, a way into a panel at the click. Jobs are seen and stopped under /jobs (any user, the token as password).
// docs/running.md says what to back up, and what becomes of a crash.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

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

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "billing:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, logs io.Writer) error {
	a := &app{log: slog.New(slog.NewJSONHandler(logs, nil)), token: os.Getenv("BILLING_TOKEN")}
	flags := flag.NewFlagSet("billing", flag.ContinueOnError)
	showDemo := flags.Bool("demo", false, "run a day on emulated servers, and end")
	listen := flags.String("listen", "127.0.0.1:8080", "address to serve on")
	servers := flags.String("servers", "servers.json", "configuration of the servers")
	database := flags.String("database", "billing.db", "file of SQLite, or postgres://user@host/database")
	flags.IntVar(&a.workers, "workers", 4, "how many orders are carried out at once on each server")
	flags.DurationVar(&a.poll, "poll", 200*time.Millisecond, "how often new jobs are looked for")
	flags.DurationVar(&a.tolerance, "tolerance", 5*time.Minute, "how old a signature may be, and how far clocks may differ")
	fast := flags.Bool("fast", false, "for emulated servers: no waits and limits of rates that real ones need")
	err := flags.Parse(args)
	switch secret := os.Getenv("BILLING_SECRET"); {
	case err != nil:
		return err
	case *showDemo:
		return demo(ctx, out)
	case min(len(secret), len(a.token)) < 32: // 24 bytes as base64, what Standard Webhooks asks for
		return errors.New("BILLING_SECRET and BILLING_TOKEN need 32 characters or more")
	default:
		if a.webhook, err = standardwebhooks.NewWebhook(secret); err != nil {
			return errors.New("BILLING_SECRET is not whsec_ and base64")
		}
	}
	config, err := fleet.Load(*servers)
	if err != nil {
		return err
	}
	if a.db, err = openDatabase(ctx, *database); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { _ = a.db.Close() }()
	opts := []provider.Option{provider.WithLogger(a.log), provider.WithLedger(a.db.ledger)}
	if *fast {
		opts = append(opts, provider.WithRateLimit(0, 0), provider.WithReadLag(0), provider.WithRetry(provider.Retry{Attempts: 1}))
	}
	if a.servers, err = config.Open(drivers, nil, opts...); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	a.log.Info("serving", "url", "http://"+listener.Addr().String())
	if err := a.start(ctx); err != nil {
		return err
	}
	server := &http.Server{Handler: a.routes(), ReadTimeout: 15 * time.Second, WriteTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	// What does not end in time goes on with the next run.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(ending), a.client.Stop(ending))
}
