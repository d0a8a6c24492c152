package bulk

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Verb is what a job does to each account.
type Verb string

// The verbs that need no function. Any other name needs Job.Do.
const (
	Suspend   Verb = "suspend"
	Unsuspend Verb = "unsuspend"
	Terminate Verb = "terminate"
	// Ensure brings each account to the state of Target.Want.
	Ensure Verb = "ensure"
)

// Target is one account to work on.
type Target struct {
	// Server is the name that Job.Open takes.
	Server string
	// ID of the account. All verbs but Ensure need it.
	ID string
	// Want is for Ensure. If its ID is "", ID is used. With the other verbs, Want.Create says whose the
	// account must be (provider.Expect), which is one call more.
	Want provider.Desired
}

// String returns a name for people: "web1/17".
//
// Other targets may have the same: see Key.
func (t Target) String() string { return words.Say("%s/%s", t.Server, t.name()) }

// Targets turns a slice into the sequence that Job.Targets takes.
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

// Job is one verb over many accounts. Fill in the fields, then call Run; do not change it
// meanwhile.
type Job struct {
	// Verb is required.
	Verb Verb
	// Targets is required. It is read once: by Suspend, Terminate, Ensure and jobs that Destroys
	// marks, all of it before the first call; by other jobs as they go, in a goroutine of its own,
	// so that it should end with Run's context where it waits. An error in it ends the job. A
	// target that it contains twice is never worked on twice at the same time. Jobs that read all
	// of it refuse an account that is named in two ways, or should be brought to two different
	// states, and a name that two accounts have, as far as the targets and the servers' lists tell:
	// lists are read for the safety stop, and where some targets have IDs and others only names.
	Targets iter.Seq2[Target, error]
	// Open returns the provider of a server. Required. It is called once for each server. If it
	// fails, all targets on that server fail.
	Open func(server string) (provider.Provider, error)
	// Do is the verb, if Verb is not one of the constants. It must be safe to call again.
	Do func(ctx context.Context, p provider.Provider, t Target) (provider.Outcome, error)
	// Destroys says that Do takes accounts out of service, so that the safety stop counts them.
	Destroys bool

	// PerServer and Total limit how many accounts are worked on at once; 0 is 8 and 64.
	PerServer, Total int
	// MaxShare is the largest part of a server's accounts that may be taken out of service, as a
	// fraction; 0 is 0.30, and 1 switches the safety stop off. One account is always allowed.
	MaxShare float64
	// GiveUp is after how many targets in a row that failed because of the server
	// (provider.ServerKind) the job gives up on it: its other targets then fail without a call. 0 is
	// 10; a negative number never gives up.
	GiveUp int

	// Log remembers what is done from one run to the next; nil remembers nothing.
	Log *Log
	// Expect is how many targets there are. It is for OnProgress, and for jobs that do not read all
	// targets first.
	Expect int
	// OnProgress, if set, is called after each result, in the goroutine that ranges over Run.
	OnProgress func(JobProgress)
}

// Result is the result for one target.
type Result struct {
	Target Target
	// Outcome is "" if Err is set.
	Outcome provider.Outcome
	// Ensured is the result of Ensure; nil for other verbs.
	Ensured *provider.EnsureResult
	// Err is why the verb failed. With ErrOutcomeUnknown it may have succeeded; the same job finds
	// out.
	Err error
	// Took is how long the call took; 0 if there was none.
	Took time.Duration
}

// Handle returns the handle of pending work, for provider.Wait; "" if nothing is pending.
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

// Run does the work and yields the results as they come. It leaves out targets that are done
// according to the log.
//
// An error without a result concerns the job, and is the last value: bad input (ErrInvalid), the
// safety stop (ErrSafetyStop, before the first call), an error of Targets or of the log, or the end
// of the context. Leaving the loop stops the job: calls under way are canceled, and Run returns
// when they have ended. A canceled change may have been made; the same job with the same log finds
// out.
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
		problems.Add("Do", "required for a verb of your own, and only allowed for one")
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
		problems.Add("Log", "is the log of a job with the verb %q", string(j.Log.verb))
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
			problems.Add("Want", "does not name an account")
		}
		if t.ID != "" && t.Want.ID != "" && t.ID != t.Want.ID {
			problems.Add("Want.ID", "%q differs from ID %q", t.Want.ID, t.ID)
		}
	} else if t.ID == "" && j.Do == nil {
		problems.Add("ID", "required")
	}
	return problems.Err("bulk", "Run", fmt.Sprintf("%s account %s", j.Verb, t))
}
