// Suspend-overdue suspends the accounts whose invoices are overdue, from a list that a billing
// system writes: a CSV file with the columns server, account (ID or user name), invoice and due
// (2006-01-02), and possibly reference, the order's.
//
// To see it, on emulated servers inside this process (only Go is needed):
//
//	go run ./examples/suspend-overdue -demo
//
// On real servers, with servers.json as package fleet describes it, with the marker_keys of the programs that
// create the accounts. Lists with IDs are best: nobody but the system chooses those. With references, an
// account that carries another one, as after a server was restored, is left alone.
//
//	go run ./examples/suspend-overdue -servers servers.json -n overdue.csv    # the plan only
//	go run ./examples/suspend-overdue -servers servers.json overdue.csv       # plan, question, work
//	go run ./examples/suspend-overdue -servers servers.json -yes overdue.csv  # without the question
//
// It shows its plan before it does anything, works on many servers at once (package bulk), and
// writes the result of each line to overdue-result.csv. After Ctrl-C or a kill, the same call does
// the rest: a log next to the list records what is done. A wrong list stops it: see -max-share.
//
// It ends with one of these exit codes:
//
//	0    all done, or nothing to do
//	1    done, but some lines failed or were not found: see the result
//	2    wrong call, configuration or list; nothing was changed
//	3    safety stop: too many accounts of one server; nothing was changed
//	4    the answer to the question was not yes; nothing was changed
//	5    the job stopped, such as on a full disk; the same call does the rest
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
	"github.com/provkit/provkit/internal/statefile"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/licenseserver"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// drivers are the systems that servers.json may name.
var drivers = provider.Drivers{keyhelp.Driver, hestia.Driver, licenseserver.Driver, hostkey.Driver, elizon.Driver}

// The exit codes of the program.
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

// terminal is where the program asks and prints.
type terminal struct {
	in  io.Reader
	out io.Writer
	// live is set for terminals, which get a moving bar; all else gets a line for each account.
	live bool
}

// isTerminal reports whether f is a terminal, not a pipe or a file.
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
	flags.StringVar(&s.result, "out", "", "file for the result of each line; by default overdue-result.csv for overdue.csv")
	flags.IntVar(&s.perServer, "per-server", bulk.DefaultPerServer, "how many accounts of one server to suspend at once")
	flags.Float64Var(&s.maxShare, "max-share", bulk.DefaultMaxShare, "how much of a server's accounts may be suspended; 1 switches the safety stop off")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitDone, nil
		}
		return exitUsage, nil // package flag has printed why
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
	for what, input := range map[string]string{"the list": s.list, "-servers": *servers} {
		if statefile.Same(s.result, input) {
			return exitUsage, fmt.Errorf("-out %q and %s %q are one file, which the result would replace", s.result, what, input)
		}
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
