package hostkey

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"

	"github.com/provkit/provkit/provider"
)

// Looking at a task changes nothing, and is retried like any read, although a success
// is told once only: a lost answer is lost either way.
var (
	tasksCheck = act("eq_callback", "check", "Tasks.Check", "check task", ClassRead).public().sensitive()
	tasksWait  = act("eq_callback", "check", "Tasks.Wait", "wait for task", ClassRead).public().sensitive()
)

// TasksService follows what asynchronous calls have started. A task is known by its key,
// the Callback of an Ack or an Order: keep it, and waiting can go on after a restart of
// the program.
type TasksService struct{ c *Client }

// Defaults of TaskWaitOptions.
const (
	DefaultTaskInterval    = 2 * time.Second
	DefaultTaskMaxInterval = 15 * time.Second
)

// TaskWaitOptions shape TasksService.Wait.
type TaskWaitOptions struct {
	// Interval is the first pause between two looks; 0 is DefaultTaskInterval.
	Interval time.Duration
	// MaxInterval bounds the growing pause; 0 is DefaultTaskMaxInterval.
	MaxInterval time.Duration
	// OnProgress, if set, is called after each look that finds the task under way.
	OnProgress func(*TaskState)
}

// Check looks at a task once: POST /eq_callback.php, action check. A task that failed
// comes as a state, without an error.
//
// The server tells a success once and then removes the task. An error that matches
// ErrTaskGone leaves open whether it succeeded; see there.
func (s *TasksService) Check(ctx context.Context, key string) (*TaskState, error) {
	return s.c.checkTask(ctx, tasksCheck, &TaskCheckRequest{Key: key})
}

// Wait looks at a task until it is done, has failed or the context ends: POST
// /eq_callback.php, action check. A deployment takes 10 to 30 minutes; set a deadline.
//
// The error of a failed task matches ErrTaskFailed, and the state comes beside it.
// ErrTaskGone is as in Check. Looks that fail because the server is unavailable or asks
// for patience are retried. When the context ends, the task goes on; Wait with the same
// key continues.
func (s *TasksService) Wait(ctx context.Context, key string, opts *TaskWaitOptions) (*TaskState, error) {
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
				Provider: Kind, Op: tasksWait.Op, Action: tasksWait.Verb, Kind: provider.ErrConflict, Message: state.reason(), Err: ErrTaskFailed,
			}
		case ctx.Err() != nil:
			return seen, stopped(ctx, last)
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
		// A quarter of jitter keeps many waiters from looking in step.
		wait := pause - time.Duration(rand.Int64N(int64(pause)/4+1))
		var e *provider.Error
		if errors.As(err, &e) && e.RetryAfter > wait {
			wait = e.RetryAfter
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return seen, stopped(ctx, last)
		case <-timer.C:
		}
		pause = min(pause*3/2, o.MaxInterval)
	}
}

// stopped is the error when the caller's context ended the waiting: its own, and that of
// the last look if it failed.
func stopped(ctx context.Context, last error) error {
	err := &provider.Error{Provider: Kind, Op: tasksWait.Op, Action: tasksWait.Verb, Message: "stopped waiting, the task goes on: " + ctx.Err().Error()}
	err.Err = ctx.Err()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, ctx.Err()) {
		err.Err = errors.Join(err.Err, cause)
	}
	if last != nil {
		err.Err = errors.Join(err.Err, last)
		err.Message += fmt.Sprintf(", and the last look failed: %v", last)
	}
	return err
}

// checkTask looks at a task once.
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
	if state.Key == "" {
		state.Key = req.Key
	}
	return state, nil
}

// taskKey is generous: 32 letters and digits are documented.
var taskKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func checkTaskKey(problems *provider.Problems, field, key string) {
	if key == "" {
		problems.Add(field, "required: there is no task")
	} else if !taskKey.MatchString(key) {
		problems.Add(field, "must be the callback of an answer, letters and digits")
	}
}
