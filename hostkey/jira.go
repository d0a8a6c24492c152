package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// Each of them asks people to do something, so none is repeated once the server may have seen it.
var (
	jiraPXEBoot    = act("jira", "request_PXEboot", "Jira.RequestPXEBoot", "request PXE boot of server", ClassWrite)
	jiraAssistance = act("jira", "request_assistance", "Jira.RequestAssistance", "request assistance of sales", ClassWrite)
	jiraCheck      = act("jira", "request_check", "Jira.RequestCheck", "request check of server", ClassWrite)
	jiraKVM        = act("jira", "request_kvm", "Jira.RequestKVM", "request KVM for server", ClassWrite)
	jiraPowerOff   = act("jira", "request_poff", "Jira.RequestPowerOff", "request power off of server", ClassWrite)
	jiraPowerOn    = act("jira", "request_pon", "Jira.RequestPowerOn", "request power on of server", ClassWrite)
	jiraReboot     = act("jira", "request_reboot", "Jira.RequestReboot", "request reboot of server", ClassWrite)
)

// JiraService opens tickets for what the API cannot do by itself. They reach the data center's
// staff: do not call it in a loop.
type JiraService struct{ c *Client }

// JiraTicket is a new ticket.
type JiraTicket struct {
	// Issue is its name, such as "CS-1001".
	Issue string `wire:"jira_issue,required"`
	URL   string `wire:"jira_url"`
}

// AssistanceRequest asks the sales department about the end or the change of a service.
type AssistanceRequest struct {
	// ServerID and Reason are required.
	ServerID int64  `url:"id"`
	Reason   string `url:"terminate_reason_custom"`
	// AtOnce asks for an immediate end instead of one with the paid period; nil is not sent.
	AtOnce *bool `url:"cancellation_type,int,omitempty"`
	// CancellationReason and the other fields have undocumented values; "" is not sent.
	CancellationReason string `url:"cancellation_reason,omitempty"`
	MoveToProvider     string `url:"terminate_move_to_provider,omitempty"`
	Reboot             string `url:"terminate_reboot,omitempty"`
	Contact            string `url:"terminate_contact,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// RequestPXEBoot asks the staff to boot a server over the network: POST /jira.php, action
// request_PXEboot.
func (s *JiraService) RequestPXEBoot(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPXEBoot, serverID)
}

// RequestAssistance asks the sales department for assistance: POST /jira.php, action
// request_assistance. A server has at most one open request; the error of a second one matches
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

// RequestCheck asks the staff to inspect a server and boot its system: POST /jira.php, action
// request_check.
func (s *JiraService) RequestCheck(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraCheck, serverID)
}

// RequestKVM asks the staff to connect an IP KVM: POST /jira.php, action request_kvm.
func (s *JiraService) RequestKVM(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraKVM, serverID)
}

// RequestPowerOff asks the staff to power a server off: POST /jira.php, action request_poff.
func (s *JiraService) RequestPowerOff(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPowerOff, serverID)
}

// RequestPowerOn asks the staff to power a server on: POST /jira.php, action request_pon.
func (s *JiraService) RequestPowerOn(ctx context.Context, serverID int64) (*JiraTicket, error) {
	return s.ticket(ctx, jiraPowerOn, serverID)
}

// RequestReboot asks the staff to reboot a server: POST /jira.php, action request_reboot.
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
