package temporalprovider

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// Config is what the workers need.
type Config struct {
	// Servers whose intents this program carries out.
	Servers []Server
	// Open returns the provider of a server; fleet.Fleet has it as a method. Required.
	Open func(server string) (provider.Provider, error)
	// Secrets knows what intents name; nil if none does.
	Secrets provider.SecretSource
	// OnEvent hears what becomes of intents, at least once: an error has it told again. It may be nil.
	OnEvent func(ctx context.Context, e *Event) error
	// OnPassword hears a password that a system made up, this once: no workflow carries it. Without it such
	// a password is lost, and ChangePassword sets another.
	OnPassword func(ctx context.Context, i *provider.Intent, password provider.Secret) error
	// Periodic is work at fixed times, such as fleet.Fleet's PeriodicUsage and PeriodicReconcile; see
	// Schedule.
	Periodic []fleet.Periodic
}

// Server is a server whose intents are carried out.
type Server struct {
	// Name as in Intent.Server.
	Name string
	// Workers is how many of its intents are carried out at once in this process; 0 is 4.
	Workers int
}

const defaultWorkers = 4

// Event tells what has become of an intent. States done, refused and person end it: nothing more happens
// until one with a greater Sequence arrives.
type Event struct {
	Intent *provider.Intent       `json:"intent"`
	Report *provider.IntentReport `json:"report"`
}

// TaskQueue is that of the workflows, and of what concerns no server.
const TaskQueue = "provkit"

// QueueOf returns the name of the task queue of a server's activities.
func QueueOf(server string) string { return TaskQueue + "/" + server }

// Workers are the workers of one program.
type Workers struct{ running []worker.Worker }

// Start starts a worker for the workflows and one for each server.
func Start(c client.Client, cfg Config) (*Workers, error) {
	a, err := newActivities(cfg)
	if err != nil {
		return nil, err
	}
	all := &Workers{}
	start := func(queue string, workers int, register func(worker.Worker)) {
		if err == nil {
			w := worker.New(c, queue, worker.Options{MaxConcurrentActivityExecutionSize: workers})
			register(w)
			if err = w.Start(); err == nil {
				all.running = append(all.running, w)
			}
		}
	}
	start(TaskQueue, 0, func(w worker.Worker) { Register(w, a) })
	for _, s := range cfg.Servers {
		workers := s.Workers
		if workers == 0 {
			workers = defaultWorkers
		}
		start(QueueOf(s.Name), workers, func(w worker.Worker) {
			w.RegisterActivityWithOptions(a.Ensure, activity.RegisterOptions{Name: ensureActivity})
		})
	}
	if err != nil {
		all.Stop()
		return nil, err
	}
	return all, nil
}

// Stop lets what is under way end, and stops the workers.
func (w *Workers) Stop() {
	for _, one := range w.running {
		one.Stop()
	}
}

// registry is a worker, or a test environment.
type registry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// The names in Temporal's records.
const (
	serviceWorkflow  = "provkit.Service"
	periodicWorkflow = "provkit.Periodic"
	ensureActivity   = "provkit.Ensure"
	tellActivity     = "provkit.Tell"
	periodicActivity = "provkit.RunPeriodic"
)

// Register registers the workflows and all activities with a worker, or a test environment, of your own.
func Register(r registry, a *Activities) {
	r.RegisterWorkflowWithOptions(Service, workflow.RegisterOptions{Name: serviceWorkflow})
	r.RegisterWorkflowWithOptions(Periodic, workflow.RegisterOptions{Name: periodicWorkflow})
	r.RegisterActivityWithOptions(a.Ensure, activity.RegisterOptions{Name: ensureActivity})
	r.RegisterActivityWithOptions(a.Tell, activity.RegisterOptions{Name: tellActivity})
	r.RegisterActivityWithOptions(a.RunPeriodic, activity.RegisterOptions{Name: periodicActivity})
}

// NewActivities returns the activities, for Register.
func NewActivities(cfg Config) (*Activities, error) { return newActivities(cfg) }

func newActivities(cfg Config) (*Activities, error) {
	var problems provider.Problems
	if cfg.Open == nil {
		problems.Add("Open", "required")
	}
	seen := make(map[string]bool)
	for _, s := range cfg.Servers {
		if s.Name == "" || seen[s.Name] {
			problems.Add("Servers", "%q is empty or named twice", s.Name)
		}
		problems.NotNegative("Workers", int64(s.Workers))
		seen[s.Name] = true
	}
	problems.Note("Periodic", fleet.PeriodicProblem(cfg.Periodic))
	return &Activities{cfg}, problems.Err("", "", "temporalprovider: start the workers")
}

// Send tells the workflow of a reference what is wanted, and starts it if there is none. Sent twice, or older
// than what is known, it changes nothing. An intent that is not valid is ErrInvalid.
func Send(ctx context.Context, c client.Client, i *provider.Intent) error {
	if err := valid(i); err != nil {
		return err
	}
	_, err := c.SignalWithStartWorkflow(ctx, WorkflowID(i.Reference), SignalOf(i.Status), i, client.StartWorkflowOptions{
		ID: WorkflowID(i.Reference), TaskQueue: TaskQueue,
	}, serviceWorkflow, nil)
	return err
}

func valid(i *provider.Intent) error {
	if err := i.Validate(); err != nil {
		return err
	}
	var problems provider.Problems
	problems.Required("server", i.Server)
	return problems.Err("", "", "send "+i.Reference)
}

// WorkflowID returns the ID of the workflow of a reference.
func WorkflowID(reference string) string { return "provkit/" + reference }

// The signals, each with an Intent; what it leaves empty stays as the newest known intent has it, but for
// Sequence.
const (
	SignalPaid      = "paid"
	SignalOverdue   = "overdue"
	SignalCancelled = "cancelled"
)

// SignalOf returns the signal that wants a status.
func SignalOf(s provider.Status) string {
	for name, status := range signals {
		if status == s {
			return name
		}
	}
	return SignalPaid
}

// Schedule creates or renews the schedules of Config.Periodic.
func Schedule(ctx context.Context, c client.Client, all []fleet.Periodic) error {
	for _, p := range all {
		spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: p.Every}}}
		action := &client.ScheduleWorkflowAction{
			ID: "provkit/" + p.Name, Workflow: periodicWorkflow, Args: []any{p.Name}, TaskQueue: TaskQueue,
		}
		id := "provkit/periodic/" + p.Name
		_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{ID: id, Spec: spec, Action: action})
		if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
			err = c.ScheduleClient().GetHandle(ctx, id).Update(ctx, client.ScheduleUpdateOptions{
				DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
					in.Description.Schedule.Spec, in.Description.Schedule.Action = &spec, action
					return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
				},
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
