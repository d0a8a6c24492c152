package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/bulk"
	"github.com/provkit/provkit/provider/fleet"
)

// settings is what the caller wants.
type settings struct {
	list, result string
	dryRun, yes  bool
	perServer    int
	maxShare     float64
}

// suspend is the whole program: it reads, plans, asks, works and reports.
func suspend(ctx context.Context, s settings, servers *fleet.Fleet, t terminal) (int, error) {
	lines, fingerprint, err := readList(s.list)
	if err != nil {
		return exitUsage, err
	}
	// The log belongs to this very list. Next month's list, under the same name, is another job.
	logPath := fmt.Sprintf("%s-%s.jsonl", strings.TrimSuffix(s.list, ".csv"), fingerprint)
	done, err := readLog(logPath)
	if err != nil {
		return exitUsage, err
	}
	plan, err := makePlan(ctx, lines, servers, succeeded(done), time.Now().UTC().Truncate(24*time.Hour))
	if err != nil {
		return exitInterrupted, errors.New("interrupted; nothing was done")
	}
	show(t.out, plan)
	switch todo := count(plan, toSuspend); {
	case s.dryRun:
		return exitDone, nil
	case todo > 0 && !s.yes && !ask(t, todo):
		return exitDeclined, errors.New("nothing was done")
	}
	state, err := work(ctx, s, plan, servers, t, logPath)
	if state == exitUsage || state == exitSafety {
		return state, err
	}
	// The log contains the result of each line, from any run.
	done, readErr := readLog(logPath)
	if readErr == nil {
		readErr = writeResult(s.result, plan, done)
	}
	if readErr != nil {
		return exitBroken, errors.Join(err, readErr)
	}
	fmt.Fprintf(t.out, "Result: %s\n", s.result)
	if state == exitDone {
		switch results := tally(plan, done); {
		case results[notTried] > 0: // whatever the job returned, it was cut short
			state, err = exitInterrupted, errInterrupted
		case results[failed] > 0:
			state = exitFailures
		}
	}
	return state, err
}

func count(plan []planned, a action) int {
	n := 0
	for _, p := range plan {
		if p.action == a {
			n++
		}
	}
	return n
}

// tally returns the number of lines by result.
func tally(plan []planned, done map[bulk.Key]bulk.Entry) map[string]int {
	counts := make(map[string]int)
	for _, p := range plan {
		result, _ := outcome(p, done)
		counts[result]++
	}
	return counts
}

func ask(t terminal, todo int) bool {
	fmt.Fprintf(t.out, "Accounts to suspend: %d. Type yes to go on: ", todo)
	answer, _ := bufio.NewReader(t.in).ReadString('\n')
	return strings.TrimSpace(answer) == "yes"
}

// work carries out the plan.
func work(ctx context.Context, s settings, plan []planned, servers *fleet.Fleet, t terminal, logPath string) (int, error) {
	log, err := bulk.OpenLog(logPath)
	if err != nil {
		return exitUsage, err
	}
	defer func() { _ = log.Close() }()
	var targets []bulk.Target
	for _, p := range plan {
		// This includes what an earlier run has done: the job skips it because of its log, and the
		// progress counts it.
		if p.action == toSuspend || p.action == doneThen {
			targets = append(targets, p.target())
		}
	}
	shown := newProgress(t, names(plan))
	job := &bulk.Job{
		Verb: bulk.Suspend, Targets: bulk.Targets(targets), Open: servers.Provider, Log: log,
		PerServer: s.perServer, MaxShare: s.maxShare, OnProgress: shown.note,
	}
	for result, err := range job.Run(ctx) {
		if err != nil {
			shown.end()
			return ending(ctx, err)
		}
		shown.result(result)
	}
	shown.end()
	return exitDone, nil
}

var errInterrupted = errors.New("interrupted; the same call does the rest")

// ending returns the exit code and error of a job that did not run to its end.
func ending(ctx context.Context, err error) (int, error) {
	switch {
	case errors.Is(err, bulk.ErrSafetyStop):
		return exitSafety, err
	case errors.Is(err, provider.ErrInvalid): // refused before the first call
		return exitUsage, err
	case ctx.Err() != nil:
		return exitInterrupted, errInterrupted
	}
	return exitBroken, err
}

// names returns the names of the accounts, since people know those better than IDs.
func names(plan []planned) map[bulk.Key]string {
	all := make(map[bulk.Key]string, len(plan))
	for _, p := range slices.Backward(plan) {
		all[p.target().Key()] = p.Server + "/" + p.name
	}
	return all
}
