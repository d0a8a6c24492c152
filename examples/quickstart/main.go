// Quickstart runs the whole life of an account (a hosting account, a license) through provkit's
// portable contract, on one system after the other, and prints what happened on the wire.
//
// Without arguments it starts emulated panels inside this process, so it needs only Go:
//
//	go run ./examples/quickstart
//	go run ./examples/quickstart -provider hestia
//
// Against a real panel it makes a test account and removes it again. It says so and asks before it
// begins:
//
//	KEYHELP_API_KEY=... go run ./examples/quickstart -provider keyhelp -url https://panel.example.com
//	HESTIA_ACCESS_KEY=... HESTIA_SECRET_KEY=... go run ./examples/quickstart -provider hestia -url https://panel.example.com:8083
//	LICENSESERVER_API_KEY=... LICENSESERVER_COOKIE=name=value go run ./examples/quickstart -provider licenseserver -url https://license.example.com
//
// On a real panel it also needs PROVKIT_MARKER_KEY, a random text of 16 characters or more with which it signs the
// account's marker: keep one for all your programs.
//
// It ends with a status other than zero if any step did not go as expected.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/ledger"
)

// drivers are the systems that this program can open; a billing system has such a list, too.
var drivers = provider.Drivers{keyhelp.Driver, hestia.Driver, hostkey.Driver, elizon.Driver, licenseserver.Driver}

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
	kinds             []string
	url, dialect, pin string
	yes               bool
}

func run(ctx context.Context, args []string, getenv func(string) string, in io.Reader, out io.Writer) error {
	var c config
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	kinds := flags.String("provider", "", "which systems, separated by commas; empty is all: "+strings.Join(allKinds(), ","))
	flags.StringVar(&c.url, "url", "", "a real panel, with its key in the environment; empty starts emulated ones")
	flags.StringVar(&c.dialect, "dialect", "auto", "keyhelp: API dialect of the panel: auto, documented or live")
	flags.StringVar(&c.pin, "pin", "", "public key of a self-signed panel, sha256/...")
	flags.BoolVar(&c.yes, "yes", false, "do not ask before working on a real panel")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	c.kinds = allKinds()
	if *kinds != "" {
		c.kinds = strings.Split(*kinds, ",")
	}
	if c.url != "" {
		return onReal(ctx, c, getenv, in, out)
	}
	return onEmulated(ctx, c, out)
}

func allKinds() []string {
	kinds := make([]string, len(drivers))
	for i, driver := range drivers {
		kinds[i] = driver.Kind()
	}
	return kinds
}

// onEmulated runs the life on emulated panels in this process.
func onEmulated(ctx context.Context, c config, out io.Writer) error {
	var failed []error
	for _, kind := range c.kinds {
		start, ok := emulators[kind]
		if !ok {
			return fmt.Errorf("no provider %q (there are %s)", kind, strings.Join(allKinds(), ", "))
		}
		panel := start(c)
		panel.server.MarkerKeys = []provider.Secret{provider.NewSecret(rand.Text())} // no account outlives this run
		fmt.Fprintf(out, "%s, emulated at %s\n\n", panel.title, panel.server.URL)
		book := provider.WithLedger(ledger.NewMemory()) // nor does an order
		err := live(ctx, panel.server, "example.com", "", panel.create, out, append(panel.opts, book)...)
		panel.stop()
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", kind, err))
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%d of %d providers as expected: %s\n", len(c.kinds)-len(failed), len(c.kinds), strings.Join(c.kinds, ", "))
	return errors.Join(failed...)
}

// onReal runs the life on a panel of the user's, after saying what it will do.
func onReal(ctx context.Context, c config, getenv func(string) string, in io.Reader, out io.Writer) error {
	if len(c.kinds) != 1 {
		return errors.New("with -url, say which -provider it is")
	}
	server, err := realServer(c, getenv)
	if err != nil {
		return err
	}
	name := "provkit" + time.Now().UTC().Format("0102150405")
	domain := name + ".example.com"
	fmt.Fprintf(out, `This will work on the real panel %s:
  - read its version, its plans and its list of accounts
  - create the account %q, on hosting panels with the domain %q
  - ask for a way to sign on (not shown), read usage, suspend, unsuspend
  - change the account's plan and, if it has one, its password
  - delete the account %q with all that belongs to it
`, c.url, name, domain, name)
	if !c.yes {
		fmt.Fprint(out, "Type yes to go on: ")
		line, _ := bufio.NewReader(in).ReadString('\n')
		if strings.TrimSpace(line) != "yes" {
			return errors.New("nothing was done")
		}
	}
	fmt.Fprintln(out)
	return live(ctx, server, domain, name, nil, out)
}

// realServer returns the panel's configuration, as a billing system would store it.
func realServer(c config, getenv func(string) string) (provider.ServerConfig, error) {
	server := provider.ServerConfig{Kind: c.kinds[0], URL: c.url, Options: make(map[string]string)}
	if c.pin != "" {
		server.Options["pin"] = c.pin
	}
	need := func(name string) (string, error) {
		if value := getenv(name); value != "" {
			return value, nil
		}
		return "", fmt.Errorf("set %s in the environment", name)
	}
	var err error
	var secret string
	switch server.Kind {
	case hostkey.Kind, elizon.Kind:
		return server, errors.New("what this program does would cost money there, so it runs on the emulated one only")
	case keyhelp.Kind:
		server.Options["dialect"] = c.dialect
		secret, err = need("KEYHELP_API_KEY")
	case licenseserver.Kind:
		// Sign-in to its panel is undocumented: a browser's cookie may work.
		if secret, err = need("LICENSESERVER_API_KEY"); err == nil {
			var cookie string
			cookie, err = need("LICENSESERVER_COOKIE")
			name, value, _ := strings.Cut(cookie, "=")
			server.Options["admin_sign_in"], server.Options["admin_name"] = "cookie", name
			server.Secrets = map[string]provider.Secret{"admin_secret": provider.NewSecret(value)}
		}
		server.Options["plans"] = "basic=1/5,pro=10/50/12"
	case hestia.Kind:
		if server.Username, err = need("HESTIA_ACCESS_KEY"); err == nil {
			secret, err = need("HESTIA_SECRET_KEY")
		}
	}
	server.Secret = provider.NewSecret(secret)
	if err != nil {
		return server, err
	}
	// A customer who writes the marker of somebody's order cannot sign it without this key.
	marker, err := need("PROVKIT_MARKER_KEY")
	server.MarkerKeys = []provider.Secret{provider.NewSecret(marker)}
	return server, err
}

// live opens the server as a billing system would, from a row of its table, and runs the life on
// it. An empty username is derived from the domain.
func live(ctx context.Context, server provider.ServerConfig, domain, username string, create map[string]string, out io.Writer, opts ...provider.Option) error {
	wire := newWire()
	p, err := drivers.Open(server, append(opts, provider.WithHTTPClient(wire.client()))...)
	if err != nil {
		return err
	}
	if username == "" {
		username = p.Describe().Username.Username(domain, "")
	}
	l := &life{provider: p, wire: wire, out: out, username: username, domain: domain, options: create}
	return l.run(ctx)
}
