package licenseserver

import (
	"context"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// SessionsService starts, keeps and ends the sessions of running programs. A license has one
// session at a time, or on newer servers as many as License.SessionLimit says. StartSession does all of
// this for a program.
type SessionsService struct{ c *Client }

// SessionStartRequest describes a new session.
type SessionStartRequest struct {
	// LicenseKey and MachineID are required.
	LicenseKey   provider.Secret `wire:"license_key"`
	MachineID    string          `wire:"machine_id"`
	HardwareHash string          `wire:"hardware_hash"`
	Version      string          `wire:"version"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// StartedSession is an open session.
type StartedSession struct {
	Token provider.Secret `wire:"session_token,required,strict"`
	// More contains the other fields of the answer. They may describe an update, under undocumented
	// names.
	More map[string]provider.Payload `wire:",extra"`
}

// Heartbeat is the answer to a heartbeat.
type Heartbeat struct {
	LastHeartbeat time.Time `wire:"last_heartbeat,required"`
	// More contains the other fields of the answer, which are undocumented.
	More map[string]provider.Payload `wire:",extra"`
}

// Start opens a session: POST /api/license/session/start. While as many as the license may have are open,
// the error matches ErrSessionActive and provider.ErrConflict, and its Message is the server's text. Whether
// a machine may start again while its own session is open is undocumented.
func (s *SessionsService) Start(ctx context.Context, req *SessionStartRequest) (*StartedSession, error) {
	if req == nil {
		return nil, sessionsStart.RefuseNil()
	}
	var problems provider.Problems
	problems.Credential("LicenseKey", req.LicenseKey)
	problems.Required("MachineID", req.MachineID)
	if err := sessionsStart.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[StartedSession](ctx, s.c, sessionsStart, with(&rest.Call{}, req))
}

// Heartbeat keeps a session alive: POST /api/license/session/heartbeat. By the vendor's repository it is
// due every 30 seconds (DefaultInterval), and a session ends 60 seconds after the last one.
func (s *SessionsService) Heartbeat(ctx context.Context, licenseKey, token provider.Secret) (*Heartbeat, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	problems.Credential("token", token)
	if err := sessionsHeartbeat.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Heartbeat](ctx, s.c, sessionsHeartbeat, &rest.Call{
		Body:    map[string]any{"session_token": token.Reveal(), "license_key": licenseKey.Reveal()},
		Secrets: []provider.Secret{licenseKey, token},
	})
}

// End closes a session: POST /api/license/session/end. Receipt.More has the session's duration and the
// reason for its end, under undocumented names and in undocumented units, and nothing if the first answer
// was lost and the session is gone.
func (s *SessionsService) End(ctx context.Context, token provider.Secret) (*Receipt, error) {
	var problems provider.Problems
	problems.Credential("token", token)
	if err := sessionsEnd.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.undocumented(ctx, sessionsEnd, &rest.Call{
		Body: map[string]any{"session_token": token.Reveal()}, Secrets: []provider.Secret{token},
	})
}
