package bulk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// run is one run of a job. Everything but the calls happens in the goroutine that ranges over the
// results.
type run struct {
	job    *Job
	cancel context.CancelFunc
	yield  func(*Result, error) bool
	// left is set when the caller has left the loop, failed when the job ends early.
	left   bool
	failed error

	lanes   map[string]*lane
	order   []*lane // in which they take turns
	turn    int
	rolls   map[string]*roll
	meter   *meter
	queued  int
	running int

	perServer, total, giveUp int

	calls   sync.WaitGroup
	results chan *Result
	// over is closed when nobody receives results any more.
	over chan struct{}
	// waiting are the targets that are queued or under way: a target that is listed twice must not be
	// worked on twice at once.
	waiting   map[work]bool
	lookahead int
}

// lane is the queue of one server.
type lane struct {
	server   string
	provider provider.Provider
	err      error // the server cannot be worked on
	queue    []Target
	running  int
	// missed counts the targets in a row that failed because of the server.
	missed int
}

// lookahead is how many targets may be queued: enough that a list sorted by server keeps several
// servers busy.
const lookahead = 4096

func newRun(j *Job, cancel context.CancelFunc, yield func(*Result, error) bool) *run {
	r := &run{
		job: j, cancel: cancel, yield: yield, meter: newMeter(j.Expect),
		lanes: make(map[string]*lane), rolls: make(map[string]*roll), waiting: make(map[work]bool),
		perServer: j.PerServer, total: j.Total, giveUp: j.GiveUp, lookahead: lookahead,
		results: make(chan *Result), over: make(chan struct{}),
	}
	if r.perServer == 0 {
		r.perServer = DefaultPerServer
	}
	if r.total == 0 {
		r.total = DefaultTotal
	}
	if r.giveUp == 0 {
		r.giveUp = DefaultGiveUp
	}
	return r
}

func (r *run) run(ctx context.Context) error {
	if !r.job.ahead() {
		return r.loop(ctx, r.feed(ctx, r.job.Targets))
	}
	var all []Target
	for t, err := range r.job.Targets {
		switch {
		case err != nil:
			return fmt.Errorf("bulk: read targets: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if err := r.job.check(t); err != nil {
			return err
		}
		fresh, problem := r.enroll(t)
		if problem != "" {
			return provider.Problems{"Targets": problem}.Err("bulk", "Run", fmt.Sprintf("%s many accounts", r.job.Verb))
		}
		if fresh {
			all = append(all, t)
		}
	}
	r.meter.Total = len(all)
	if err := r.safety(ctx); err != nil {
		return err
	}
	r.rolls = nil
	// All targets are in memory anyway, and a list sorted by server then keeps all servers busy.
	r.lookahead = max(lookahead, len(all))
	return r.loop(ctx, r.feed(ctx, Targets(all)))
}

// fed is a target, an error of Targets, or their end.
type fed struct {
	target Target
	err    error
	end    bool
}

// feed reads targets in its own goroutine: slow targets must not delay results.
func (r *run) feed(ctx context.Context, targets func(func(Target, error) bool)) <-chan fed {
	out := make(chan fed)
	r.calls.Go(func() {
		for t, err := range targets {
			select {
			case out <- fed{target: t, err: err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
		select {
		case out <- fed{end: true}:
		case <-ctx.Done():
		}
	})
	return out
}

// loop receives targets, starts calls while there is room, and hands out results.
func (r *run) loop(ctx context.Context, targets <-chan fed) error {
	for targets != nil || r.queued > 0 || r.running > 0 {
		r.start(ctx)
		in := targets
		if r.queued >= r.lookahead {
			in = nil
		}
		select {
		case f := <-in:
			switch {
			case f.end:
				targets = nil
			case f.err != nil:
				r.fail(fmt.Errorf("bulk: read targets: %w", f.err))
			default:
				r.take(f.target)
			}
		case result := <-r.results:
			r.finish(result)
		case <-ctx.Done():
			r.fail(ctx.Err())
		}
		if r.left || r.failed != nil {
			break
		}
	}
	r.end()
	return r.failed
}

func (r *run) fail(err error) {
	if r.failed == nil {
		r.failed = err
	}
}

// end cancels the calls under way and logs their results.
func (r *run) end() {
	r.cancel()
	done := make(chan struct{})
	go func() {
		r.calls.Wait()
		close(done)
	}()
	for {
		select {
		case result := <-r.results:
			r.running--
			r.hand(result)
		case <-done:
			return
		}
	}
}

// take puts a target into its server's queue, unless it is done or cannot be done.
func (r *run) take(t Target) {
	if r.job.Log.knows(r.job.Verb, t) {
		r.meter.Skipped++
		return
	}
	if err := r.job.check(t); err != nil {
		r.hand(&Result{Target: t, Err: err})
		return
	}
	key := t.work(r.job.Verb)
	if r.waiting[key] && t.name() != "" {
		r.meter.Skipped++
		return
	}
	lane := r.lane(t.Server)
	if lane.err != nil {
		r.hand(&Result{Target: t, Err: lane.err})
		return
	}
	r.waiting[key] = true
	lane.queue = append(lane.queue, t)
	r.queued++
}

func (r *run) lane(server string) *lane {
	l := r.lanes[server]
	if l == nil {
		l = &lane{server: server}
		l.provider, l.err = r.job.Open(server)
		if l.err == nil && l.provider == nil {
			l.err = fmt.Errorf("bulk: Open returned no provider for server %q", server)
		}
		r.lanes[server] = l
		r.order = append(r.order, l)
	}
	return l
}

// start starts calls while it may. The servers take turns.
func (r *run) start(ctx context.Context) {
	for idle := 0; idle < len(r.order) && r.running < r.total && ctx.Err() == nil; {
		l := r.order[r.turn%len(r.order)]
		r.turn++
		if len(l.queue) == 0 || l.running >= r.perServer {
			idle++
			continue
		}
		idle = 0
		t := l.queue[0]
		l.queue = l.queue[1:]
		r.queued--
		r.running++
		l.running++
		r.calls.Go(func() {
			began := time.Now()
			result := r.job.do(ctx, l.provider, t)
			result.Took = time.Since(began)
			select {
			case r.results <- result:
			case <-r.over:
			}
		})
	}
}

// finish counts the result of a call.
func (r *run) finish(result *Result) {
	r.running--
	l := r.lanes[result.Target.Server]
	l.running--
	delete(r.waiting, result.Target.work(r.job.Verb))
	if provider.ServerKind(result.Err) != nil {
		l.missed++
	} else {
		l.missed = 0
	}
	r.hand(result)
	if r.giveUp > 0 && l.missed >= r.giveUp && l.err == nil {
		r.giveUpOn(l, result.Err)
	}
}

// giveUpOn fails the queue of a server that cannot be reached or refuses us: a thousand time-outs in a row
// help nobody, and a thousand wrong keys get an address blocked.
func (r *run) giveUpOn(l *lane, cause error) {
	// The cause is text only: if its outcome is unknown, that of what was not tried is not.
	l.err = &provider.Error{
		Action: fmt.Sprintf("%s many accounts of %s", r.job.Verb, l.server), Kind: provider.ServerKind(cause),
		Message: words.Say("not tried, since %d accounts in a row could not be worked on because of the server: %v", l.missed, cause),
	}
	queue := l.queue
	l.queue = nil
	r.queued -= len(queue)
	for _, t := range queue {
		delete(r.waiting, t.work(r.job.Verb))
		r.hand(&Result{Target: t, Err: l.err})
	}
}

// hand logs a result and yields it to the caller.
func (r *run) hand(result *Result) {
	if err := r.job.Log.write(r.job.Verb, result); err != nil {
		r.fail(err)
	}
	if r.left {
		return
	}
	progress := r.meter.note(result.Err != nil)
	if r.job.OnProgress != nil {
		r.job.OnProgress(progress)
	}
	if !r.yield(result, nil) {
		r.left = true
	}
}
