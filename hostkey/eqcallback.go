package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

var (
	eqCallbackCheck     = act("eq_callback", "check", "EQCallback.Check", "check task", ClassRead).public().sensitive()
	eqCallbackReinstall = act("eq_callback", "reinstall", "EQCallback.Reinstall", "report end of reinstall", ClassWrite)
)

// EQCallbackService is the module that tasks report to. See Tasks for waiting.
type EQCallbackService struct{ c *Client }

// TaskCheckRequest asks about a task.
type TaskCheckRequest struct {
	// Key of the task, required.
	Key provider.Secret `url:"key"`
	// Status, Stage and ID are documented without their meaning; "" and 0 are not sent.
	Status string `url:"status,omitempty"`
	Stage  string `url:"stage,omitempty"`
	ID     int64  `url:"id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Check reads the state of a task once: POST /eq_callback.php, action check. Tasks.Check does the
// same by the key alone, and documents the errors.
func (s *EQCallbackService) Check(ctx context.Context, req *TaskCheckRequest) (*TaskState, error) {
	if req == nil {
		return nil, eqCallbackCheck.RefuseNil()
	}
	return s.c.checkTask(ctx, eqCallbackCheck, req)
}

// Reinstall reports the end of a reinstallation: POST /eq_callback.php, action reinstall. The
// vendor's own workers call it, not customers. Fields other than the key, and the answer, are
// undocumented.
func (s *EQCallbackService) Reinstall(ctx context.Context, key provider.Secret, extra map[string]any) (*Ack, error) {
	var problems provider.Problems
	checkTaskKey(&problems, "key", key)
	call, form, err := formOf(eqCallbackReinstall, problems, "", nil, extra)
	if err != nil {
		return nil, err
	}
	form.Set("key", key.Reveal())
	return s.c.ack(ctx, eqCallbackReinstall, call)
}
