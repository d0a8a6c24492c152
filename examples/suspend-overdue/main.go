// Suspend-overdue suspends the accounts whose invoices are overdue, from a list that a
// billing system writes: a CSV file with the columns server, account (ID or user name),
// invoice and due (2006-01-02).
//
// To see it, on emulated servers inside this process (nothing but Go is needed):
//
//	go run ./examples/suspend-overdue -demo
//
// On real servers, with servers.json as package fleet describes it:
//
//	go run ./examples/suspend-overdue -servers servers.json -n overdue.csv    # the plan only
//	go run ./examples/suspend-overdue -servers servers.json overdue.csv       # plan, question, work
//	go run ./examples/suspend-overdue -servers servers.json -yes overdue.csv  # without the question
//
// It shows what is to be done before it does anything, works on many servers at once
// (package bulk), and writes what became of each line to overdue-result.csv. After Ctrl-C
// or a kill, the same call does the rest: a log beside the list remembers what is done.
// A wrong list stops it: see -max-share.
//
// It ends with one of these states:
//
//	0    all done, or nothing to do
//	1    done, but some lines failed or could not be found: see the result
//	2    wrong call, configuration or list; nothing was changed
//	3    safety stop: too many accounts of one server; nothing was changed
//	4    the question was not answered with yes; nothing was changed
//	5    the job broke off, such as on a full disk; the same call does the rest
//	130  interrupted; the same call does the rest
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/hestia"
	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// drivers is what servers.json may name.
var drivers = provider.Drivers{keyhelp.Driver, hestia.Driver, licenseserver.Driver, hostkey.Driver, elizon.Driver}

// The states in which the program ends.
const (
	exitDone = iota
	exitFailures
	exitUsage
	exitSafety
	exitDeclined
	exitBroken
	exitInterrupted = 130
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	state, err := run(ctx, os.Args[1:], os.Getenv, terminal{in: os.Stdin, out: os.Stdout, live: isTerminal(os.Stdout)})
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "suspend-overdue:", err)
	}
	os.Exit(state)
}

// terminal is whom the program talks to.
type terminal struct {
	in  io.Reader
	out io.Writer
	// live terminals get a bar that moves, others a line for each account.
	live bool
}

// isTerminal tells a terminal from a pipe and a file.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func run(ctx context.Context, args []string, getenv func(string) string, t terminal) (int, error) {
	var s settings
	flags := flag.NewFlagSet("suspend-overdue", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: suspend-overdue [flags] overdue.csv")
		flags.PrintDefaults()
	}
	showDemo := flags.Bool("demo", false, "run on emulated servers, be interrupted, go on, and end")
	servers := flags.String("servers", "servers.json", "configuration of the servers")
	flags.BoolVar(&s.dryRun, "n", false, "only show what would be done")
	flags.BoolVar(&s.yes, "yes", false, "do not ask")
	flags.StringVar(&s.result, "out", "", "file for what became of each line; overdue-result.csv for overdue.csv if empty")
	flags.IntVar(&s.perServer, "per-server", bulk.DefaultPerServer, "how many accounts of one server are worked on at once")
	flags.Float64Var(&s.maxShare, "max-share", bulk.DefaultMaxShare, "how much of a server's accounts may be suspended; 1 switches the safety stop off")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitDone, nil
		}
		return exitUsage, nil // flag has said why
	}
	if *showDemo {
		return demo(ctx, t)
	}
	if flags.NArg() != 1 {
		return exitUsage, errors.New("name one list: suspend-overdue overdue.csv")
	}
	s.list = flags.Arg(0)
	if s.result == "" {
		s.result = strings.TrimSuffix(s.list, ".csv") + "-result.csv"
	}
	config, err := fleet.Load(*servers)
	if err != nil {
		return exitUsage, err
	}
	all, err := config.Open(drivers, &fleet.Sources{Getenv: getenv})
	if err != nil {
		return exitUsage, err
	}
	return suspend(ctx, s, all, t)
}
