package bulk

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// Verb is what a job does to each account.
type Verb string

// The verbs that need no function. A name of your own goes with Job.Do.
const (
	Suspend   Verb = "suspend"
	Unsuspend Verb = "unsuspend"
	Terminate Verb = "terminate"
	// Ensure converges each account to Target.Want.
	Ensure Verb = "ensure"
)

// Target is one account that a job is about.
type Target struct {
	// Server is the name that Job.Open knows.
	Server string
	// ID of the account, which all verbs but Ensure take.
	ID string
	// Want is for Ensure. Its ID is Target.ID if it has none.
	Want provider.Desired
}

// String names the target for people: "web1/17".
func (t Target) String() string { return t.Server + "/" + t.name() }

func (t Target) name() string {
	switch create := t.Want.Create; {
	case t.ID != "":
		return t.ID
	case t.Want.ID != "":
		return t.Want.ID
	case create != nil && create.Reference != "":
		return create.Reference
	case create != nil:
		return create.Username
	}
	return ""
}

// Targets turns a slice into what Job.Targets takes.
func Targets(all []Target) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		for _, t := range all {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Defaults of a Job.
const (
	DefaultPerServer = 8
	DefaultTotal     = 64
	DefaultMaxShare  = 0.30
	DefaultGiveUp    = 10
)

// Job is one verb over many accounts. Fill in the fields, then call Run; do not
// change it meanwhile.
type Job struct {
	// Verb is required.
	Verb Verb
	// Targets is required and read once. Suspend, Terminate, Ensure and whatever
	// Destroys read all of it before the first call; the others as they go, ahead of
	// the calls, in a goroutine of their own, which should end with Run's context where
	// it waits. An error in it ends the job. An account that is listed twice is worked
	// on once, at least never twice at the same time; one that is listed for Ensure with
	// different wishes is refused.
	Targets iter.Seq2[Target, error]
	// Open returns the provider of a server. Required. It is asked once for each name.
	// If it fails, every target of that server fails.
	Open func(server string) (provider.Provider, error)
	// Do is what to do, for a Verb that is not one of the constants. It must be safe
	// to call again.
	Do func(ctx context.Context, p provider.Provider, t Target) (provider.Outcome, error)
	// Destroys tells that Do takes accounts out of service, so that the safety stop
	// counts them.
	Destroys bool

	// PerServer and Total bound how many accounts are worked on at once; 0 is 8 and 64.
	PerServer, Total int
	// MaxShare is how much of one server's accounts may be taken out of service, as a
	// fraction; 0 is 0.30, and 1 switches the safety stop off. One account is always
	// allowed.
	MaxShare float64
	// GiveUp is after how many targets in a row a server that cannot be reached gets
	// no more calls; its other targets fail at once. 0 is 10, negative never gives up.
	GiveUp int

	// Log remembers what is done across runs; nil remembers nothing.
	Log *Log
	// Expect is how many targets there are, for Progress, where the job cannot know:
	// it does when it reads all of them first.
	Expect int
	// OnProgress, if set, is called after each result, from the goroutine that ranges
	// over Run.
	OnProgress func(JobProgress)
}

// Result is what became of one target.
type Result struct {
	Target Target
	// Outcome is "" beside an error.
	Outcome provider.Outcome
	// Ensured is what Ensure did; nil for other verbs.
	Ensured *provider.EnsureResult
	// Err is why it failed. ErrOutcomeUnknown means that it may be done; the same job
	// finds out.
	Err error
	// Took is how long the verb took; 0 if it was not called.
	Took time.Duration
}

// Handle of the work that is pending, for provider.Wait; "" if none is.
func (r *Result) Handle() string {
	switch {
	case r.Outcome != provider.OutcomePending:
		return ""
	case r.Ensured != nil && r.Ensured.Handle != "":
		return r.Ensured.Handle
	case r.Ensured != nil && r.Ensured.Account != nil:
		return r.Ensured.Account.ID
	}
	return r.Target.ID
}

// Run does the work and yields each result in the order in which they come. Targets
// that the log knows as done are left out.
//
// An error that stands beside no result concerns the job and is the last thing that
// comes: bad input (ErrInvalid), the safety stop (ErrSafetyStop, before the first
// call), the list of targets, the log, or the end of the context. Leaving the loop
// stops the job: calls under way are cancelled, and Run returns when they have ended.
// A cancelled change may have been made; the same job with the same log finds out.
func (j *Job) Run(ctx context.Context) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		if err := j.validate(); err != nil {
			yield(nil, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		r := newRun(j, cancel, yield)
		defer close(r.over) // also when the loop's body panics
		if err := r.run(ctx); err != nil && !r.left {
			yield(nil, err)
		}
	}
}

func (j *Job) validate() error {
	var problems provider.Problems
	if j.Verb == "" {
		problems.Add("Verb", "required")
	}
	if j.Targets == nil {
		problems.Add("Targets", "required")
	}
	if j.Open == nil {
		problems.Add("Open", "required")
	}
	if _, known := verbs[j.Verb]; known == (j.Do != nil) {
		problems.Add("Do", "goes with a verb of your own, and only with one")
	}
	if j.PerServer < 0 {
		problems.Add("PerServer", "negative")
	}
	if j.Total < 0 {
		problems.Add("Total", "negative")
	}
	if !(j.MaxShare >= 0 && j.MaxShare <= 1) {
		problems.Add("MaxShare", "must be between 0 and 1")
	}
	if j.Log != nil && j.Log.verb != "" && j.Log.verb != j.Verb {
		problems.Add("Log", "it is the log of a job that did %q", string(j.Log.verb))
	}
	return problems.Err("bulk", "Run", fmt.Sprintf("%s many accounts", j.Verb))
}

// check refuses a target that the verb cannot work on.
func (j *Job) check(t Target) error {
	var problems provider.Problems
	if t.Server == "" {
		problems.Add("Server", "required")
	}
	if j.Verb == Ensure {
		if t.name() == "" {
			problems.Add("Want", "names no account")
		}
		if t.ID != "" && t.Want.ID != "" && t.ID != t.Want.ID {
			problems.Add("Want.ID", "%q is another account than ID %q", t.Want.ID, t.ID)
		}
	} else if t.ID == "" && j.Do == nil {
		problems.Add("ID", "required")
	}
	return problems.Err("bulk", "Run", fmt.Sprintf("%s account %s", j.Verb, t))
}
