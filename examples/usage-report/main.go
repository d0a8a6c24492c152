// Usage-report reports what all accounts of a fleet of servers use. It writes every figure to a CSV
// file, and an HTML page with the accounts over their limit on top, bars, and the sums of each
// server. The page is a single file without scripts or external resources, so it can be mailed, or
// served under a strict Content-Security-Policy.
//
//	go run ./examples/usage-report -config servers.json
//	go run ./examples/usage-report -config servers.json -csv - -html "" | grep ',true,'
//
// The configuration is that of package fleet; secrets are references to the environment or to
// files. To try it without servers, use emulated ones of every system; -dead adds one that is down:
//
//	go run ./examples/usage-report -demo
//	go run ./examples/usage-report -demo -dead
//
// It keeps only a page of accounts of each server, the top of the lists and the sums in memory,
// however large the fleet is. Files replace older ones only when they are complete.
//
// Exit status: 0 all servers were read; 1 no report was written; 2 wrong flags; 3 the report was
// written, and says which servers or accounts could not be read.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/provider/fleet"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "usage-report:", err)
	}
	os.Exit(status(err))
}

var (
	errFlags      = errors.New("wrong flags")
	errIncomplete = errors.New("the report is incomplete")
)

func status(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errFlags):
		return 2
	case errors.Is(err, errIncomplete):
		return 3
	}
	return 1
}

type settings struct {
	config         string
	demo, dead     bool
	csv, html      string
	top, serversAt int
}

func readSettings(args []string, notes io.Writer) (*settings, error) {
	s := new(settings)
	flags := flag.NewFlagSet("usage-report", flag.ContinueOnError)
	flags.SetOutput(notes)
	flags.StringVar(&s.config, "config", "", "configuration of the servers, in the format of package fleet")
	flags.BoolVar(&s.demo, "demo", false, "use emulated servers of every system instead of -config")
	flags.BoolVar(&s.dead, "dead", false, "with -demo: add a server that is down")
	flags.StringVar(&s.csv, "csv", "usage.csv", "file for all figures; - is standard output, empty is none")
	flags.StringVar(&s.html, "html", "usage.html", "file for the page; - is standard output, empty is none")
	flags.IntVar(&s.top, "top", 50, "how many accounts the lists of the page show")
	flags.IntVar(&s.serversAt, "servers", 0, "how many servers to read at once; 0 is 16")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, err
	case err != nil:
		return nil, errFlags // package flag has printed what is wrong
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%w: %q is not a flag", errFlags, flags.Arg(0))
	case (s.config == "") != s.demo:
		return nil, fmt.Errorf("%w: give either -config or -demo", errFlags)
	case s.dead && !s.demo:
		return nil, fmt.Errorf("%w: -dead goes with -demo", errFlags)
	case s.csv == "" && s.html == "":
		return nil, fmt.Errorf("%w: with neither -csv nor -html there is nothing to write", errFlags)
	case s.csv == "-" && s.html == "-":
		return nil, fmt.Errorf("%w: -csv and -html cannot both be standard output", errFlags)
	case statefile.Same(s.csv, s.html):
		return nil, fmt.Errorf("%w: -csv and -html are one file", errFlags)
	case s.config != "" && (statefile.Same(s.csv, s.config) || statefile.Same(s.html, s.config)):
		return nil, fmt.Errorf("%w: -csv and -html would replace the file of -config", errFlags)
	case s.top < 1 || s.serversAt < 0:
		return nil, fmt.Errorf("%w: -top must be positive, -servers not negative", errFlags)
	}
	return s, nil
}

func run(ctx context.Context, args []string, out, notes io.Writer) error {
	s, err := readSettings(args, notes)
	if err != nil {
		return err
	}
	servers, end, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer end()

	figures, err := create(s.csv, out)
	if err != nil {
		return err
	}
	defer figures.discard()
	page, err := create(s.html, out)
	if err != nil {
		return err
	}
	defer page.discard()

	sums := newSummary(servers.Servers(), s.top)
	if err := collect(servers.Usage(ctx, &fleet.UsageOptions{Servers: s.serversAt}), newTable(figures), sums); err != nil {
		return err
	}
	if err := writePage(page, sums, time.Now()); err != nil {
		return err
	}
	if err := errors.Join(figures.keep(), page.keep()); err != nil {
		return err
	}
	if s.csv == "-" || s.html == "-" {
		out = notes // standard output is taken
	}
	for _, server := range sums.servers {
		if server.err != nil {
			fmt.Fprintln(notes, server.err)
		}
	}
	fmt.Fprintln(out, sums)
	if sums.incomplete() {
		return errIncomplete
	}
	return nil
}

// open opens the fleet; end stops what belongs to it.
func open(ctx context.Context, s *settings) (servers *fleet.Fleet, end func(), err error) {
	if s.demo {
		return openDemo(ctx, s.dead)
	}
	config, err := fleet.Load(s.config)
	if err != nil {
		return nil, nil, err
	}
	servers, err = config.Open(drivers, nil)
	return servers, func() {}, err
}
