// Emulators serves the emulated systems of provkit on loopback ports until it is interrupted, for
// programs that are not written in Go: a billing module in PHP, a script, an interactive HTTP
// client. It prints the URL and the credentials of each system and a curl line to try, which works
// as printed.
//
//	go run ./examples/emulators
//	go run ./examples/emulators -only hestia,keyhelp -keyhelp 8101 -hestia 8102
//	go run ./examples/emulators -accounts 500 -tls -cert cert.pem -key key.pem
//
// For scripts and test suites, print one JSON object on standard output (everything else goes to
// standard error), and have what takes minutes take no time:
//
//	go run ./examples/emulators -json -fast
//
// What an API cannot do (advance time, start again, pay an invoice, revoke a key, lose an answer, show
// what was sent) is done below /_emulator/ on the same port: see docs/emulators.md.
//
// To see how your program handles lost answers and servers in trouble, inject faults, which hit the
// same requests in every run:
//
//	go run ./examples/emulators -only keyhelp -faults 0.1 -fault-kinds drop,status -fault-seed 7
//
// The systems keep their state in memory and forget it at the end. Their credentials are the same
// in every run and work nowhere else, so they may be printed. Without -listen, only this machine
// reaches them.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/provkit/provkit/internal/emulate"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := emulate.Run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "emulators:", err)
		stop()
		os.Exit(1)
	}
}
