package hostkey

import (
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"time"

	"github.com/provkit/provkit/provider"
)

// Checking a task is retried like any read although a success is reported only once: if that answer
// is lost, no retry policy brings it back.
var (
	tasksCheck = act("eq_callback", "check", "Tasks.Check", "check task", ClassRead).public().sensitive()
	tasksWait  = act("eq_callback", "check", "Tasks.Wait", "wait for task", ClassRead).public().sensitive()
)

// TasksService waits for the tasks that asynchronous calls start. A task is identified by its key,
// the Callback of an Ack or an Order. It is a secret: whoever has it can read the task's result, which
// may contain a password, without any other credential. To continue waiting after a restart of the
// program, store what Reveal returns where secrets are stored.
type TasksService struct{ c *Client }

// Defaults of TaskWaitOptions.
const (
	DefaultTaskInterval    = 2 * time.Second
	DefaultTaskMaxInterval = 15 * time.Second
)

// TaskWaitOptions are options of TasksService.Wait. nil is the zero value.
type TaskWaitOptions struct {
	// Interval is the first pause between two checks; 0 is DefaultTaskInterval.
	Interval time.Duration
	// MaxInterval bounds the growing pause; 0 is DefaultTaskMaxInterval.
	MaxInterval time.Duration
	// OnProgress, if set, is called after each check that finds the task running.
	OnProgress func(*TaskState)
}

// Check reads the state of a task once: POST /eq_callback.php, action check. A failed task is a
// state, not an error.
//
// The server reports a success only once and then removes the task. After an error that matches
// ErrTaskGone it is unknown whether the task succeeded; see there.
func (s *TasksService) Check(ctx context.Context, key provider.Secret) (*TaskState, error) {
	return s.c.checkTask(ctx, tasksCheck, &TaskCheckRequest{Key: key})
}

// Wait checks a task until it is done, has failed or the context ends: POST /eq_callback.php,
// action check. A deployment takes 10 to 30 minutes; set a deadline.
//
// The error of a failed task matches ErrTaskFailed, and the state is returned with it. ErrTaskGone
// is as in Check. Checks that fail because the server is unavailable or limits the rate are
// retried. If the context ends, the task continues; call Wait again with the same key.
func (s *TasksService) Wait(ctx context.Context, key provider.Secret, opts *TaskWaitOptions) (*TaskState, error) {
	var o TaskWaitOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	problems.NotNegative("Interval", int64(o.Interval))
	problems.NotNegative("MaxInterval", int64(o.MaxInterval))
	checkTaskKey(&problems, "key", key)
	if err := tasksWait.Refuse("", problems); err != nil {
		return nil, err
	}
	if o.Interval == 0 {
		o.Interval = DefaultTaskInterval
	}
	if o.MaxInterval == 0 {
		o.MaxInterval = max(DefaultTaskMaxInterval, o.Interval)
	}
	pause := o.Interval
	var seen *TaskState
	var last error
	for {
		state, err := s.c.checkTask(ctx, tasksWait, &TaskCheckRequest{Key: key})
		switch {
		case err == nil && state.State == TaskDone:
			return state, nil
		case err == nil && state.State == TaskFailed:
			return state, &provider.Error{
				Provider: Kind, Op: tasksWait.Op, Action: tasksWait.Verb, Kind: provider.ErrConflict, Message: s.c.taskFailure(state), Err: ErrTaskFailed,
			}
		case ctx.Err() != nil:
			return seen, s.c.stopped(ctx, last)
		case err == nil:
			seen, last = state, nil
			if o.OnProgress != nil {
				o.OnProgress(state)
			}
		case errors.Is(err, provider.ErrUnavailable), errors.Is(err, provider.ErrRateLimited):
			last = err
		default:
			return seen, err
		}
		// A quarter of jitter keeps many waiters from checking at the same moment.
		wait := pause - time.Duration(rand.Int64N(int64(pause)/4+1))
		var e *provider.Error
		if errors.As(err, &e) && e.RetryAfter > wait {
			wait = e.RetryAfter
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return seen, s.c.stopped(ctx, last)
		case <-timer.C:
		}
		pause = min(pause*3/2, o.MaxInterval)
	}
}

// stopped returns the error of a Wait whose context ended: the context's, and that of the last
// check if it failed.
func (c *Client) stopped(ctx context.Context, last error) error {
	err := &provider.Error{Provider: Kind, Op: tasksWait.Op, Action: tasksWait.Verb, Message: c.rest.Say("stopped waiting, the task continues: %v", ctx.Err())}
	err.Err = ctx.Err()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ctx.Err()) {
		err.Err = errors.Join(err.Err, cause)
	}
	if last != nil {
		err.Err = errors.Join(err.Err, last)
		err.Message += c.rest.Say("; the last check failed: %v", last)
	}
	return err
}

// checkTask reads the state of a task once.
func (c *Client) checkTask(ctx context.Context, a action, req *TaskCheckRequest) (*TaskState, error) {
	var problems provider.Problems
	checkTaskKey(&problems, "key", req.Key)
	problems.NotNegative("ID", req.ID)
	call, _, err := formOf(a, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	call.Classify = classifyTask
	state, err := fetch[TaskState](ctx, c, a, call)
	if err != nil {
		return nil, err
	}
	if state.Key.IsZero() {
		state.Key = req.Key
	}
	return state, nil
}

// taskKey accepts more than the documented 32 letters and digits.
var taskKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func checkTaskKey(problems *provider.Problems, field string, key provider.Secret) {
	if key.IsZero() {
		problems.Add(field, "required (an answer without a callback started no task)")
	} else if !taskKey.MatchString(key.Reveal()) {
		problems.Add(field, "must be the callback of an answer: letters and digits")
	}
}
