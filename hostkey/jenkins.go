package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	jenkinsTasks = act("jenkins", "get_tasks", "Jenkins.Tasks", "list post-install tasks", ClassRead).public()
	jenkinsCall  = act("jenkins", "call", "Jenkins.Call", "start post-install task on server", ClassWrite)
)

// JenkinsService runs tasks on servers after their installation.
type JenkinsService struct{ c *Client }

// JenkinsCallRequest starts a task.
type JenkinsCallRequest struct {
	// ServerID and Task, its ID or its name, are required.
	ServerID int64  `url:"id"`
	Task     string `url:"task"`
	// Params of the task, sent as params[name].
	Params map[string]any `url:"-"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PostInstallTasks are the tasks that Call starts. Their shape is undocumented: Tasks are read where other
// answers have such a list, and everything else is in More.
type PostInstallTasks struct {
	Tasks []PostInstallTask `wire:"tasks|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PostInstallTask is a task. Call takes its ID or its name.
type PostInstallTask struct {
	ID   int64  `wire:"id,loose"`
	Name string `wire:"name,loose"`
	// Tags say what the task is for: gpu, bm, vm, vgpu, default.
	Tags []string `wire:"tags,commas,loose"`
	// More fields of the task.
	More map[string]provider.Payload `wire:",extra"`
}

// Tasks lists the tasks: POST /jenkins.php, action get_tasks. It needs no token. The answer is
// undocumented; see PostInstallTasks.
func (s *JenkinsService) Tasks(ctx context.Context) (*PostInstallTasks, error) {
	return guess[PostInstallTasks](ctx, s.c, jenkinsTasks, new(rest.Call))
}

// Call starts a task on a server, presumably in the background: POST /jenkins.php, action call.
func (s *JenkinsService) Call(ctx context.Context, req *JenkinsCallRequest) (*Ack, error) {
	if req == nil {
		return nil, jenkinsCall.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.Required("Task", req.Task)
	call, form, err := formOf(jenkinsCall, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	for name, value := range req.Params {
		if problem := flatten(form, "params["+name+"]", value); problem != "" {
			return nil, jenkinsCall.Refuse("", provider.Problems{"Params": problem})
		}
	}
	call.Secrets = append(call.Secrets, secretsIn(req.Params)...)
	return s.c.ack(ctx, jenkinsCall, call)
}
