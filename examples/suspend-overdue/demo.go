package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// demo works on emulated servers: a run that is interrupted, the run that does the rest, and a list
// that the safety stop refuses.
func demo(ctx context.Context, t terminal) (int, error) {
	dir, err := os.MkdirTemp("", "suspend-overdue-demo-")
	if err != nil {
		return exitBroken, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p := startPanels()
	defer p.stop()
	servers, err := p.fleet()
	if err != nil {
		return exitBroken, err
	}
	d := &demonstration{terminal: t, servers: servers, dir: dir}

	fmt.Fprintf(t.out, "Run 1, interrupted after %d accounts:\n\n", patience)
	impatient, cancel := context.WithCancel(ctx)
	defer cancel()
	t.out, t.live = &interrupter{Writer: t.out, left: patience, interrupt: cancel}, false
	d.run(impatient, t, "overdue", p.overdue(), exitInterrupted)

	fmt.Fprint(d.out, "\nRun 2, the same call:\n\n")
	d.run(ctx, d.terminal, "overdue", p.overdue(), exitFailures) // for the line with an unknown account
	first := p.suspended()

	fmt.Fprint(d.out, "\nRun 3, a list that cannot be meant:\n\n")
	d.run(ctx, d.terminal, "wrong", p.everybody(), exitSafety)

	twice, err := changedTwice(dir)
	if err != nil {
		return exitBroken, err
	}
	want := len(dueSeeds)*2 + 1 // including the one that was suspended before
	d.check(first == want && p.suspended() == want, "%d accounts are suspended, not %d, and %d after the third run", first, want, p.suspended())
	d.check(twice == 0, "%d accounts were suspended twice", twice)
	if d.failed != nil {
		return exitFailures, errors.Join(d.failed...)
	}
	fmt.Fprintf(d.out, "\n3 of 3 runs as expected: %d accounts suspended, none twice, the wrong list refused.\n", len(dueSeeds)*2)
	return exitDone, nil
}

// patience is after how many accounts the demo presses Ctrl-C.
const patience = 4

type demonstration struct {
	terminal
	servers *fleet.Fleet
	dir     string
	failed  []error
}

func (d *demonstration) check(good bool, format string, args ...any) {
	if !good {
		d.failed = append(d.failed, fmt.Errorf(format, args...))
	}
}

func (d *demonstration) run(ctx context.Context, t terminal, name, list string, want int) {
	path := filepath.Join(d.dir, name+".csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		d.failed = append(d.failed, err)
		return
	}
	s := settings{list: path, result: filepath.Join(d.dir, name+"-result.csv"), yes: true, perServer: 1, maxShare: bulk.DefaultMaxShare}
	state, err := suspend(ctx, s, d.servers, t)
	if err != nil {
		fmt.Fprintln(d.out, err)
	}
	fmt.Fprintf(d.out, "State at the end: %d\n", state)
	d.check(state == want, "%s ended with %d, not %d: %v", name, state, want, err)
}

// interrupter presses Ctrl-C after some accounts were printed.
type interrupter struct {
	io.Writer
	left      int
	interrupt func()
}

func (i *interrupter) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("[")) {
		if i.left--; i.left == 0 {
			i.interrupt()
		}
	}
	return i.Writer.Write(p)
}

// changedTwice returns how many accounts were changed more than once, by the logs.
func changedTwice(dir string) (int, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return 0, err
	}
	twice := 0
	for _, path := range logs {
		entries, err := bulk.ReadLog(path)
		if err != nil {
			return 0, err
		}
		seen := make(map[bulk.Key]int)
		for _, e := range entries {
			if e.Outcome == provider.OutcomeChanged {
				if seen[e.Key()]++; seen[e.Key()] == 2 {
					twice++
				}
			}
		}
	}
	return twice, nil
}
