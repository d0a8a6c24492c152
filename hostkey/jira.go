package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// Each of them asks people to do something: a second sending asks them twice.
var (
	jiraPXEBoot    = act("jira", "request_PXEboot", "Jira.RequestPXEBoot", "request PXE boot of server", ClassWrite)
	jiraAssistance = act("jira", "request_assistance", "Jira.RequestAssistance", "request assistance of sales", ClassWrite)
	jiraCheck      = act("jira", "request_check", "Jira.RequestCheck", "request check of server", ClassWrite)
	jiraKVM        = act("jira", "request_kvm", "Jira.RequestKVM", "request KVM for server", ClassWrite)
	jiraPowerOff   = act("jira", "request_poff", "Jira.RequestPowerOff", "request power off of server", ClassWrite)
	jiraPowerOn    = act("jira", "request_pon", "Jira.RequestPowerOn", "request power on of server", ClassWrite)
	jiraReboot     = act("jira", "request_reboot", "Jira.RequestReboot", "request reboot of server", ClassWrite)
)

// JiraService opens tickets for the staff, for what the API cannot do by itself. They
// reach people at work: do not call these from a loop.
type JiraService struct{ c *Client }

// JiraTicket is a ticket that was opened.
type JiraTicket struct {
	// Issue is its name: "CS-1001".
	Issue string `wire:"jira_issue,required"`
	URL   string `wire:"jira_url"`
}

// AssistanceRequest asks the sales department about the end or the change of a service.
type AssistanceRequest struct {
	// ServerID and Reason are required.
	ServerID int64  `url:"id"`
	Reason   string `url:"terminate_reason_custom"`
	// AtOnce asks for an end at once instead of that of the paid period; nil sends
	// neither.
	AtOnce *bool `url:"cancellation_type,int,omitempty"`
	// The others are sent unless "". Their values are undocumented.
	CancellationReason string `url:"cancellation_reason,omitempty"`
	MoveToProvider     string `url:"terminate_move_to_provider,omitempty"`
	Reboot             string `url:"terminate_reboot,omitempty"`
	Contact            string `url:"terminate_contact,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// RequestPXEBoot asks for a boot over the network by hand: POST /jira.php, action
// request_PXEboot.
func (s *JiraService) RequestPXEBoot(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPXEBoot, serverID)
}

// RequestAssistance asks the sales department: POST /jira.php, action
// request_assistance. There is one open request for a server at most; a second one is
// provider.ErrAlreadyExists.
func (s *JiraService) RequestAssistance(ctx context.Context, req *AssistanceRequest) (*JiraTicket, error) {
	if req == nil {
		return nil, jiraAssistance.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	problems.Required("Reason", req.Reason)
	call, _, err := formOf(jiraAssistance, problems, idText(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[JiraTicket](ctx, s.c, jiraAssistance, call)
}

// RequestCheck asks to look at a server and boot its system: POST /jira.php, action
// request_check.
func (s *JiraService) RequestCheck(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraCheck, serverID)
}

// RequestKVM asks to connect an IP KVM: POST /jira.php, action request_kvm.
func (s *JiraService) RequestKVM(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraKVM, serverID)
}

// RequestPowerOff asks to power a server off by hand: POST /jira.php, action
// request_poff.
func (s *JiraService) RequestPowerOff(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPowerOff, serverID)
}

// RequestPowerOn asks to power a server on by hand: POST /jira.php, action request_pon.
func (s *JiraService) RequestPowerOn(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPowerOn, serverID)
}

// RequestReboot asks to reboot a server by hand: POST /jira.php, action
// request_reboot.
func (s *JiraService) RequestReboot(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraReboot, serverID)
}

func (s *JiraService) ticket(ctx context.Context, a action, serverID int64) (*JiraTicket, error) {
	if err := a.RefuseID("serverID", serverID); err != nil {
		return nil, err
	}
	call, err := byID(a, serverID, nil)
	if err != nil {
		return nil, err
	}
	return fetch[JiraTicket](ctx, s.c, a, call)
}
