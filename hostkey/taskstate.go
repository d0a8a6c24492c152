package hostkey

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/netip"
	"regexp"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// TaskStatus is how far a task is.
type TaskStatus string

// The states of a task.
const (
	// TaskRunning: queued or under way.
	TaskRunning TaskStatus = "running"
	// TaskDone: it has succeeded. The server reports that only once.
	TaskDone TaskStatus = "done"
	// TaskFailed: it has failed or was cancelled.
	TaskFailed TaskStatus = "failed"
)

// TaskState is the state of a task as the server reports it.
type TaskState struct {
	Key   provider.Secret `wire:"key,identity"`
	State TaskStatus
	// Result is the server's own word: "Not ready", "Stage", "OK".
	Result string
	// Scope is the result of the task: a string (what eq/status found, a console's URL), an object,
	// or JSON in a string; Text and Decode read all of them. It may contain a secret.
	Scope provider.Payload
	// Context is what the task was about.
	Context TaskContext
	// Debug is the server's own log.
	Debug string
	// Message is the server's explanation of a failure.
	Message string
}

// TaskContext is what a task was about. Unknown fields are zero.
type TaskContext struct {
	// Action of the task: "deploy", "on".
	Action string `wire:"action"`
	// ServerID and IP of the server; for a deployment, those of the new one.
	ServerID int64
	IP       netip.Addr `wire:"ip"`
	Location string     `wire:"location"`
	// User and Password of a new system. The server has been seen to write "censored" instead of
	// the password.
	User     string          `wire:"User"`
	Password provider.Secret `wire:"password"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// taskFailure returns why a task failed. The server's log is not quoted: it may hold the password of
// a system, which the client need not know.
func (c *Client) taskFailure(s *TaskState) string {
	return c.rest.Clean("the task ended without success: "+cmp.Or(s.Message, s.Result), s.Context.Password)
}

// classifyTask leaves the task's outcome to its state: only an answer that is not about the task is
// an error.
func classifyTask(a *rest.Answer) *rest.Failure {
	e := openEnvelope(a.Body)
	if a.Status/100 != 2 {
		return classify(a)
	}
	if e == nil || !e.failed() {
		return nil
	}
	err := classify(a)
	switch {
	case isTaskGone(err.Message):
		err.Kind, err.Err, err.MaybeExecuted = provider.ErrOutcomeUnknown, ErrTaskGone, true
		return err
	case errors.Is(err.Kind, provider.ErrUnauthorized), errors.Is(err.Kind, provider.ErrForbidden), errors.Is(err.Kind, provider.ErrInvalid):
		if e.word("key") == "" && len(e["context"]) == 0 { // it refuses the call, and says nothing about the task
			return err
		}
	}
	return nil
}

// failureWords mean failure if they are whole words.
var failureWords = regexp.MustCompile(`(?i)\b(cancell?ed|aborted|rejected|fail(ed)?|error)\b`)

// successWords mean that a deployment is done.
var successWords = regexp.MustCompile(`(?i)deploy_done|autodeploy completed`)

// taskWire is the whole answer and its decoded fields.
type taskWire struct {
	envelope
	taskFields
}

type taskFields struct {
	Key     provider.Secret  `wire:"key"`
	Scope   provider.Payload `wire:"scope"`
	Context taskContext      `wire:"context,loose"`
	Debug   string           `wire:"debug,loose"`
}

// taskContext is a TaskContext on the wire, where an empty one is [].
type taskContext struct {
	TaskContext
	ID     string `wire:"id,loose"`
	failed bool
}

var (
	_ = wire.Read(func(raw []byte, c *taskContext) error {
		if raw[0] != '{' {
			return nil
		}
		c.failed = failureIn(openEnvelope(raw))
		return wire.Fill(raw, c)
	})
	_ = wire.Read(func(raw []byte, s *TaskState) error {
		w := taskWire{envelope: openEnvelope(raw)}
		if w.word("result") == "" && w.word("code") == "" {
			return wire.Lacks("result")
		}
		if err := wire.Unmarshal(raw, &w.taskFields); err != nil {
			return err
		}
		*s = w.taskState()
		return nil
	})
)

func (w *taskWire) taskState() TaskState {
	s := TaskState{Key: w.Key, State: w.state(), Result: w.word("result"), Scope: w.Scope, Debug: w.Debug, Context: w.Context.TaskContext}
	s.Context.ServerID = idIn(w.Context.ID)
	if scope := w.scopeObject(); scope != nil {
		if s.Context.ServerID == 0 {
			s.Context.ServerID = scope.id("id")
		}
		if !s.Context.IP.IsValid() {
			s.Context.IP, _ = netip.ParseAddr(scope.word("ip"))
		}
	}
	if s.State == TaskFailed {
		s.Message = w.text()
	}
	return s
}

// state decides from the whole answer. Signs of success come first: a deployment that is done may
// still mention an error on the way. Words of failure are only looked for in the server's comments,
// not in lists and names that are the task's result.
func (w *taskWire) state() TaskStatus {
	scope, object := w.Scope.Text(), w.scopeObject()
	result := strings.ToLower(w.word("result"))
	switch result {
	case "not ready", "stage":
		return TaskRunning
	}
	if successWords.MatchString(scope) || object != nil && successWords.MatchString(object.word("status")) {
		return TaskDone
	}
	switch {
	case w.failed() && (result == "" || failureWords.MatchString(result) || strings.HasPrefix(result, "-")):
		return TaskFailed
	case w.failed(): // an undocumented state
		return TaskRunning
	case w.Context.ID != "" && w.Context.IP.IsValid():
		return TaskDone
	case strings.EqualFold(strings.TrimSpace(scope), "pending"):
		return TaskRunning
	case w.Context.failed, object != nil && failureIn(object):
		return TaskFailed
	case object == nil && !w.structured() && (failureWords.MatchString(scope) || failureWords.MatchString(w.Debug)):
		return TaskFailed
	}
	return TaskDone
}

// scopeObject returns the scope if it is an object, or an object in a string; otherwise nil.
func (w *taskWire) scopeObject() envelope {
	return openEnvelope([]byte(cmp.Or(w.Scope.Text(), w.Scope.Reveal())))
}

// structured reports whether the scope is a list.
func (w *taskWire) structured() bool {
	body := rest.Content([]byte(cmp.Or(w.Scope.Text(), w.Scope.Reveal())))
	return len(body) > 0 && body[0] == '[' && json.Valid(body)
}

// failureIn reports whether an object's status fields say that it failed.
func failureIn(e envelope) bool {
	for _, name := range []string{"status", "state", "result", "stage", "deploy_status"} {
		if failureWords.MatchString(e.word(name)) {
			return true
		}
	}
	return e.hasError()
}

// idIn parses an ID; 0 if s is not one.
func idIn(s string) int64 {
	id, err := wire.Integer(s)
	if err != nil || id < 0 {
		return 0
	}
	return id
}
