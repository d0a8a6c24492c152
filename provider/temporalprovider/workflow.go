package temporalprovider

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/provkit/provkit/provider"
)

const (
	// poll is how long a workflow sleeps while work is pending.
	poll = 30 * time.Second
	// rounds is how many attempts one run of a workflow makes before it continues as a new one, with a
	// short history.
	rounds = 100
	// attempts is how often an error that may heal is tried again before a person is asked: about a week
	// of growing waits.
	attempts = 180
	// longest is the longest of these waits.
	longest = time.Hour
	// memory is how long a workflow stays after the account is gone: an older event that comes late would start another,
	// which knew of no newer one and made the account again.
	memory = 30 * 24 * time.Hour
)

// State is what a workflow knows; the query "state" returns it.
type State struct {
	// Intent is the newest, Report what the last attempt at it came to; nil before.
	Intent *provider.Intent       `json:"intent"`
	Report *provider.IntentReport `json:"report"`
	// AccountID is the account's, if it is known; "" once it is gone.
	AccountID string `json:"account_id,omitempty"`
	// Ending is set if an attempt to end the account has begun: it may be gone though none has said so.
	Ending bool `json:"ending,omitempty"`
}

// QueryState is the name of the query.
const QueryState = "state"

// Service is the workflow of a service: it brings about the newest intent, whatever the order in which they
// arrive, and ends 30 days after the account is gone. before is what an earlier run knew; nil for the first.
func Service(ctx workflow.Context, before *State) error {
	s := &service{}
	if before != nil {
		s.State = *before
	}
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (State, error) { return s.State, nil }); err != nil {
		return err
	}
	workflow.Go(ctx, s.listen)
	for n := 0; ; n++ {
		something := func() bool { return s.open() || len(s.refused) > 0 }
		var err error
		if s.gone() {
			var more bool
			more, err = workflow.AwaitWithTimeout(ctx, memory, something)
			if err == nil && !more && !s.waiting(ctx) {
				return nil
			}
		} else {
			err = workflow.Await(ctx, something)
		}
		if err != nil {
			return err
		}
		if something() {
			err = s.round(ctx)
		}
		if err != nil {
			return err
		}
		if s.waiting(ctx) || len(s.refused) > 0 {
			continue // nothing that has arrived may be lost
		}
		if n >= rounds {
			return workflow.NewContinueAsNewError(ctx, serviceWorkflow, &s.State)
		}
	}
}

type service struct {
	State

	// cancel ends the attempt or the sleep that is under way; nil if none is.
	cancel workflow.CancelFunc
	// refused are intents that are not carried out, with the reason, until that is told.
	refused []*Event
}

// gone reports whether the account is gone, as the newest intent wants it.
func (s *service) gone() bool {
	return s.Report != nil && s.Report.State == provider.IntentDone && s.Intent.Status == provider.StatusAbsent
}

// moves reports whether nothing is left on the server, so that the next account may be on another.
func (s *service) moves() bool {
	return s.AccountID == "" && s.Report != nil && (s.Report.State == provider.IntentDone || s.Report.State == provider.IntentRefused)
}

// open reports whether the newest intent is not over.
func (s *service) open() bool {
	return s.Intent != nil && (s.Report == nil || s.Report.State == provider.IntentPending)
}

var signals = map[string]provider.Status{
	SignalPaid: provider.StatusActive, SignalOverdue: provider.StatusSuspended, SignalCancelled: provider.StatusAbsent,
}

// waiting reports whether a signal has arrived that listen has not taken yet.
func (s *service) waiting(ctx workflow.Context) bool {
	for _, name := range []string{SignalPaid, SignalOverdue, SignalCancelled} {
		if workflow.GetSignalChannel(ctx, name).Len() > 0 {
			return true
		}
	}
	return false
}

// listen takes signals as they arrive.
func (s *service) listen(ctx workflow.Context) {
	all := workflow.NewSelector(ctx)
	for _, name := range []string{SignalPaid, SignalOverdue, SignalCancelled} {
		all.AddReceive(workflow.GetSignalChannel(ctx, name), func(c workflow.ReceiveChannel, _ bool) {
			var i *provider.Intent
			c.Receive(ctx, &i)
			s.hear(i, signals[name])
		})
	}
	for ctx.Err() == nil {
		all.Select(ctx)
	}
}

// hear takes an intent if it is the newest.
func (s *service) hear(i *provider.Intent, status provider.Status) {
	if i == nil || s.Intent != nil && i.Sequence <= s.Intent.Sequence {
		return
	}
	i.Status = status
	if old := s.Intent; old != nil {
		i.Server, i.Reference = cmp.Or(i.Server, old.Server), cmp.Or(i.Reference, old.Reference)
		if i.Order == nil {
			i.Order = old.Order
		}
		if i.Reference != old.Reference || i.Server != old.Server && !s.moves() {
			s.refuse(i, "server", fmt.Sprintf("the reference has or may have an account on %q: end that first", old.Server))
			return
		}
	}
	if err := valid(i); err != nil {
		s.refused = append(s.refused, &Event{i, i.Report(nil, err)})
		return
	}
	s.Intent, s.Report = i, nil
	if s.cancel != nil {
		s.cancel()
	}
}

func (s *service) refuse(i *provider.Intent, field, problem string) {
	s.refused = append(s.refused, &Event{i, i.Report(nil, &provider.Error{
		Action: "send " + i.Reference, Kind: provider.ErrInvalid, Fields: map[string]string{field: problem},
	})})
}

// round makes one attempt at the newest intent, with all repetitions, and tells what came of it. If a newer
// one arrives meanwhile, it ends early.
func (s *service) round(ctx workflow.Context) error {
	if len(s.refused) > 0 {
		e := s.refused[0]
		s.refused = s.refused[1:]
		return tell(ctx, e)
	}
	tried := *s.Intent
	tried.ID = cmp.Or(tried.ID, s.AccountID)
	absent, remembered := tried.Status == provider.StatusAbsent, s.Intent.ID == ""
	s.Ending = s.Ending || absent
	within, cancel := workflow.WithCancel(ctx)
	s.cancel = cancel
	defer func() { s.cancel = nil }()
	report, err := attempt(within, &tried)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if report != nil {
		s.AccountID = cmp.Or(report.AccountID, s.AccountID)
		switch {
		case report.State == provider.IntentDone && absent:
			s.AccountID, s.Ending = "", false
		case report.State == provider.IntentDone:
			s.Ending = false
		case s.Ending && !absent && remembered && report.Code == provider.Code(provider.ErrNotFound) && s.AccountID != "":
			s.AccountID = "" // we have ended that account ourselves: another is made in the next round
			return nil
		}
	}
	if s.Intent.Sequence != tried.Sequence { // a newer one has ended it
		return nil
	}
	if err != nil {
		return err
	}
	s.Report = report
	if report.State == provider.IntentPending {
		_ = workflow.Sleep(within, poll) // a newer intent ends it
		return ctx.Err()
	}
	return tell(ctx, &Event{&tried, report})
}

// attempt runs the activity until it ends for good.
func attempt(ctx workflow.Context, i *provider.Intent) (*provider.IntentReport, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: QueueOf(i.Server), StartToCloseTimeout: attemptTime, HeartbeatTimeout: silence,
		// Two attempts at once would only be slower; the one that is under way is told to end.
		WaitForCancellation: true,
		RetryPolicy:         &temporal.RetryPolicy{MaximumInterval: longest, MaximumAttempts: attempts},
	})
	var report *provider.IntentReport
	err := workflow.ExecuteActivity(ctx, ensureActivity, i).Get(ctx, &report)
	if err == nil {
		return report, nil
	}
	if temporal.IsCanceledError(err) {
		return nil, err
	}
	if app, ok := errors.AsType[*temporal.ApplicationError](err); ok && app.HasDetails() && app.Details(&report) == nil && report != nil {
		if report.State == provider.IntentWaiting {
			report.State = provider.IntentPerson // it was tried often enough
		}
		return report, nil
	}
	// The program died over and over, or it took too long each time.
	report = i.Report(nil, &provider.Error{Action: "ensure " + i.Reference, Kind: provider.ErrOutcomeUnknown, Message: err.Error()})
	report.State = provider.IntentPerson
	return report, nil
}

// tell tells an event until that succeeds.
func tell(ctx workflow.Context, e *Event) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue: TaskQueue, StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumInterval: longest},
	})
	return workflow.ExecuteActivity(ctx, tellActivity, e).Get(ctx, nil)
}

// Periodic is the workflow of a schedule.
func Periodic(ctx workflow.Context, name string) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 24 * time.Hour, HeartbeatTimeout: silence, RetryPolicy: &temporal.RetryPolicy{MaximumInterval: longest, MaximumAttempts: attempts},
	})
	return workflow.ExecuteActivity(ctx, periodicActivity, name).Get(ctx, nil)
}
