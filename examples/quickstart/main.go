// Quickstart runs the whole life of a hosting account through provkit's portable
// contract and prints what happened on the wire.
//
// Without arguments it starts an emulated KeyHelp panel inside this process, so it
// needs nothing but Go:
//
//	go run ./examples/quickstart
//
// Against a real panel it makes a test account and removes it again. It says so and
// asks before it begins:
//
//	KEYHELP_API_KEY=... go run ./examples/quickstart -url https://panel.example.com
//
// It ends with a status other than zero if any step went otherwise than expected.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/keyhelp/keyhelptest"
	"github.com/provkit/provkit/provider"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		stop()
		os.Exit(1)
	}
}

type config struct {
	url, dialect, pin string
	yes               bool
}

func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out io.Writer) error {
	var c config
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.StringVar(&c.url, "url", "", "a real panel, with its API key in KEYHELP_API_KEY; empty starts an emulated one")
	flags.StringVar(&c.dialect, "dialect", "auto", "API dialect of the panel: auto, documented or live")
	flags.StringVar(&c.pin, "pin", "", "public key of a self-signed panel, sha256/...")
	flags.BoolVar(&c.yes, "yes", false, "do not ask before working on a real panel")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if c.url == "" {
		return emulated(ctx, c, out)
	}
	return real(ctx, c, provider.Secret(getenv("KEYHELP_API_KEY")), in, out)
}

// emulated runs the life on a panel that lives in this process.
func emulated(ctx context.Context, c config, out io.Writer) error {
	dialect := keyhelptest.Documented
	if c.dialect == string(keyhelptest.Live) {
		dialect = keyhelptest.Live
	}
	panel := keyhelptest.NewServer(keyhelptest.WithDialect(dialect), keyhelptest.WithSeedClients(3))
	defer panel.Close()
	// A panel's records know where its IDs begin; so do we.
	scan := keyhelp.Scan{ClientsFrom: panel.Clients()[0].ID}
	server := provider.ServerConfig{Kind: keyhelp.Kind, URL: panel.URL, Secret: provider.Secret(panel.Key)}
	fmt.Fprintf(out, "KeyHelp, emulated (%s dialect) at %s\n\n", dialect, panel.URL)
	return live(ctx, server, "example_com", "example.com", out, keyhelp.WithScan(scan))
}

// real runs the life on a panel of the caller's, after saying what it will do.
func real(ctx context.Context, c config, key provider.Secret, in io.Reader, out io.Writer) error {
	if key == "" {
		return errors.New("set KEYHELP_API_KEY to the panel's API key")
	}
	server := provider.ServerConfig{Kind: keyhelp.Kind, URL: c.url, Secret: key, Options: map[string]string{"dialect": c.dialect}}
	if c.pin != "" {
		server.Options["pin"] = c.pin
	}
	name := "provkit" + time.Now().UTC().Format("0102150405")
	domain := name + ".example"
	fmt.Fprintf(out, `This will work on the real panel %s:
  - read its version, its plans and its list of clients
  - create the client %q with the domain %q
  - mint a sign-on link (not shown), read usage, suspend, unsuspend
  - change the client's plan and password
  - delete the client %q with all that belongs to it
`, c.url, name, domain, name)
	if !c.yes {
		fmt.Fprint(out, "Type yes to go on: ")
		line, _ := bufio.NewReader(in).ReadString('\n')
		if strings.TrimSpace(line) != "yes" {
			return errors.New("nothing was done")
		}
	}
	fmt.Fprintln(out)
	return live(ctx, server, name, domain, out)
}

// live opens the server as a billing system would, from a row of its table, and runs
// the life on it.
func live(ctx context.Context, server provider.ServerConfig, username, domain string, out io.Writer, opts ...provider.Option) error {
	drivers := provider.Drivers{keyhelp.Driver}
	wire := newWire()
	p, err := drivers.Open(server, append(opts, provider.WithHTTPClient(wire.client()))...)
	if err != nil {
		return err
	}
	l := &life{provider: p, wire: wire, out: out, username: username, domain: domain}
	return l.run(ctx)
}
