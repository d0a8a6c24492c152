// Emulators serves the emulated systems of provkit on loopback ports until it is interrupted, for
// programs that are not written in Go: a billing module in PHP, a script, an interactive HTTP
// client. It prints the URL and the credentials of each system and a curl line to try, which works
// as printed.
//
//	go run ./examples/emulators
//	go run ./examples/emulators -only hestia,keyhelp -keyhelp 127.0.0.1:8101 -hestia 8102
//	go run ./examples/emulators -accounts 500 -tls
//
// To see how your program handles lost answers and servers in trouble, inject faults, which hit the
// same requests in every run:
//
//	go run ./examples/emulators -only keyhelp -faults 0.1 -fault-kinds drop,status -fault-seed 7
//
// For scripts, print one JSON object on standard output; everything else goes to standard error:
//
//	go run ./examples/emulators -json
//
// The systems keep their state in memory and forget it at the end. Their credentials are the same
// in every run and work nowhere else, so they may be printed. The systems listen on loopback
// addresses only.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "emulators:", err)
		stop()
		os.Exit(1)
	}
}

// run serves until the context ends, which is no error.
func run(ctx context.Context, args []string, out, notes io.Writer) error {
	s, err := readSettings(args, notes)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	var systems []*system
	defer func() {
		for _, e := range systems {
			e.stop()
		}
	}()
	for _, kind := range s.kinds {
		e := kinds[kind](s)
		e.Kind, e.met = kind, make(map[string]int)
		systems = append(systems, e)
		if err := e.serveAt(s.addresses[kind]); err != nil {
			return err
		}
		e.describeTry()
		if s.share > 0 {
			e.faults.Random(s.seed, s.share, s.faults...)
		}
	}
	if err := show(systems, s, out); err != nil {
		return err
	}
	// The program may run for weeks, so the journals of requests are counted and cleared now and
	// then.
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-minute.C:
		}
		for _, e := range systems {
			e.count()
		}
	}
	for _, e := range systems {
		fmt.Fprintf(notes, "%s: %s\n", e.Kind, e.tally())
	}
	return nil
}

func show(systems []*system, s *settings, out io.Writer) error {
	if s.json {
		lines := json.NewEncoder(out)
		lines.SetIndent("", "  ")
		lines.SetEscapeHTML(false)
		return lines.Encode(struct {
			Emulators []*system `json:"emulators"`
		}{systems})
	}
	for _, e := range systems {
		e.print(out)
	}
	if s.share > 0 {
		fmt.Fprintf(out, "%g %% of the requests meet a fault (seed %d): %s\n", 100*s.share, s.seed, names(s.faults))
	}
	_, err := fmt.Fprintln(out, "Serving until you press Ctrl-C.")
	return err
}
