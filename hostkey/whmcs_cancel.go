package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// Actions that end a server.
var (
	whmcsRequestCancellation  = act("whmcs", "request_cancellation", "WHMCS.RequestCancellation", "cancel server", ClassDestroy)
	whmcsCancellationRequests = act("whmcs", "get_cancellation_requests", "WHMCS.CancellationRequests", "list cancellations", ClassRead)
	whmcsDeleteCancellation   = act("whmcs", "delete_cancellation_request", "WHMCS.DeleteCancellationRequest", "withdraw cancellation of server", ClassWrite)
	whmcsCancelSubscription   = act("whmcs", "request_subscription_cancellation", "WHMCS.RequestSubscriptionCancellation", "cancel bank subscription of server", ClassDestroy)
)

// CancellationType is when a cancelled server ends.
type CancellationType int64

// The types of a cancellation.
const (
	// CancelAtPeriodEnd keeps the server until the end of the paid period. It is the zero value.
	CancelAtPeriodEnd CancellationType = 0
	// CancelNow ends it at once, with a partial refund where that is allowed.
	CancelNow CancellationType = 1
)

// ServerCancelRequest cancels a server.
type ServerCancelRequest struct {
	// ServerID is required.
	ServerID int64 `url:"id"`
	// Type is always sent.
	Type CancellationType `url:"cancellation_type"`
	// Reason and CustomReason go to the staff.
	Reason       string `url:"cancellation_reason,omitempty"`
	CustomReason string `url:"terminate_reason_custom,omitempty"`
	// PIN of the account, if it has one. A live client sends "not_set" if it has none; whether that
	// is needed is undocumented.
	PIN provider.Secret `url:"pin,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// CancellationListRequest selects cancellations. The zero value selects all.
type CancellationListRequest struct {
	// ServerID selects one server; 0 is all.
	ServerID int64 `url:"id,omitempty"`
	// Extra fields: the reference mentions filters for a user, the type, the payment and the date,
	// whose names are undocumented.
	Extra map[string]any `url:"-"`
}

// noPIN is what a live client sends for an account that has no PIN.
const noPIN = "not_set"

// RequestCancellation cancels a server: POST /whmcs.php, action request_cancellation. A success
// means that the request was accepted, not that the server is gone: use Servers.Show to find out.
func (s *WHMCSService) RequestCancellation(ctx context.Context, req *ServerCancelRequest) (*Ack, error) {
	if req == nil {
		return nil, whmcsRequestCancellation.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ServerID", req.ServerID)
	if req.Type != CancelAtPeriodEnd && req.Type != CancelNow {
		problems.Add("Type", "must be CancelAtPeriodEnd or CancelNow")
	}
	if req.PIN != provider.NewSecret(noPIN) {
		checkPIN(&problems, "PIN", req.PIN)
	}
	call, _, err := formOf(whmcsRequestCancellation, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	if req.PIN != provider.NewSecret(noPIN) {
		call.Secrets = append(call.Secrets, req.PIN)
	}
	return s.c.ack(ctx, whmcsRequestCancellation, call)
}

// CancellationRequests lists the open cancellations: POST /whmcs.php, action
// get_cancellation_requests. The answer is undocumented. req may be nil.
func (s *WHMCSService) CancellationRequests(ctx context.Context, req *CancellationListRequest) (provider.Payload, error) {
	if req == nil {
		req = new(CancellationListRequest)
	}
	var problems provider.Problems
	problems.NotNegative("ServerID", req.ServerID)
	call, _, err := formOf(whmcsCancellationRequests, problems, about(req.ServerID), req, req.Extra)
	if err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, whmcsCancellationRequests, call)
}

// DeleteCancellationRequest takes back the cancellation of a server that has not ended yet: POST
// /whmcs.php, action delete_cancellation_request.
func (s *WHMCSService) DeleteCancellationRequest(ctx context.Context, serverID int64) (*Ack, error) {
	call, err := byID(whmcsDeleteCancellation, serverID, nil)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, whmcsDeleteCancellation, call)
}

// RequestSubscriptionCancellation asks the staff to end the bank subscription that pays for a
// server: POST /whmcs.php, action request_subscription_cancellation. That it takes the server's ID
// as "id" is inferred from its description only; further fields and the answer are undocumented.
func (s *WHMCSService) RequestSubscriptionCancellation(ctx context.Context, serverID int64, extra map[string]any) (*Ack, error) {
	return s.c.ackByID(ctx, whmcsCancelSubscription, serverID, extra)
}
