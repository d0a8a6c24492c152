package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/provkit/provkit/provider"
)

// demo plays a day on emulated servers: the events of a billing system, a duplicate, a forgery, a
// server that is down, an instance that is killed in the middle of its work.
func demo(ctx context.Context, out io.Writer, log *slog.Logger) error {
	dir, err := os.MkdirTemp("", "billing-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	d := &day{
		out: out, panels: startPanels(),
		config: config{
			StatePath: filepath.Join(dir, "billing.jsonl"), Workers: 4,
			Backoff: backoff{First: 10 * time.Millisecond, Longest: 80 * time.Millisecond, Attempts: 5},
			Secret:  fresh(), Token: fresh(), Passwords: fresh(),
		},
		log: log,
	}
	defer d.panels.stop()
	if err := d.open(); err != nil {
		return err
	}
	fmt.Fprintf(out, row, "TIME", "EVENT", "SERVICE", "ANSWER", "WHAT CAME OF IT")
	err = d.play(ctx)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err = errors.Join(err, d.app.stop(ending)); err != nil {
		return err
	}
	return d.count()
}

// fresh returns a secret for one run.
func fresh() provider.Secret {
	return provider.PasswordPolicy{MinLength: 32}.Generate()
}

// open starts an instance with the state file, as the program does when it starts.
func (d *day) open() error {
	servers, err := d.panels.fleet(d.log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if d.app, err = start(d.config, servers, d.log); err != nil {
		return errors.Join(err, listener.Close())
	}
	d.url = "http://" + listener.Addr().String()
	go func() { _ = d.app.serve(listener) }()
	return nil
}

// crash ends an instance as a kill does: at once it writes nothing more, and its connections break.
func (d *day) crash() {
	_ = d.app.state.close()
	d.app.kill()
	d.app.stopWork()
	_ = d.app.server.Close()
	<-d.app.worked
}
