package licenseserver

import (
	"context"
	"encoding/json"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// SessionsService starts, keeps and ends the sessions of running programs. A license
// has one session at a time. StartSession does all of this for a program.
type SessionsService struct{ c *Client }

// SessionStartRequest asks for a session.
type SessionStartRequest struct {
	// LicenseKey and MachineID are required.
	LicenseKey   provider.Secret
	MachineID    string
	HardwareHash string
	Version      string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// StartedSession is an open session.
type StartedSession struct {
	Token provider.Secret
	// Extra holds all other fields: data about an update may be among them, whose
	// names are undocumented.
	Extra map[string]Payload
}

// Heartbeat is the answer to one.
type Heartbeat struct {
	LastHeartbeat time.Time
	// Extra holds all other fields; undocumented.
	Extra map[string]Payload
}

// Start opens a session: POST /api/license/session/start. While another one is open
// the error matches ErrSessionActive and provider.ErrConflict, and its Message is the
// server's text. Whether a machine may start again while its own session is open is
// undocumented.
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
	fields := map[string]any{"license_key": req.LicenseKey.Reveal(), "machine_id": req.MachineID}
	put(fields, "hardware_hash", req.HardwareHash)
	put(fields, "version", req.Version)
	return fetch[StartedSession, startedWire](ctx, s.c, sessionsStart, &rest.Call{
		Body: withExtra(fields, req.Extra), Secrets: []provider.Secret{req.LicenseKey},
	})
}

// Heartbeat keeps a session alive: POST /api/license/session/heartbeat. How often one
// is due, and when a session without any ends, is undocumented.
func (s *SessionsService) Heartbeat(ctx context.Context, licenseKey, token provider.Secret) (*Heartbeat, error) {
	var problems provider.Problems
	problems.Credential("licenseKey", licenseKey)
	problems.Credential("token", token)
	if err := sessionsHeartbeat.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Heartbeat, heartbeatWire](ctx, s.c, sessionsHeartbeat, &rest.Call{
		Body:    map[string]any{"session_token": token.Reveal(), "license_key": licenseKey.Reveal()},
		Secrets: []provider.Secret{licenseKey, token},
	})
}

// End closes a session: POST /api/license/session/end. The answer tells its duration
// and the reason of its end, under names and in units that are undocumented; it is nil
// if the answer was lost and the session is gone.
func (s *SessionsService) End(ctx context.Context, token provider.Secret) (Payload, error) {
	var problems provider.Problems
	problems.Credential("token", token)
	if err := sessionsEnd.Refuse("", problems); err != nil {
		return nil, err
	}
	return s.c.unknown(ctx, sessionsEnd, &rest.Call{
		Body: map[string]any{"session_token": token.Reveal()}, Secrets: []provider.Secret{token},
	})
}

type startedWire struct {
	token string
	extra map[string]Payload
}

func (w *startedWire) UnmarshalJSON(data []byte) error {
	var known struct {
		Token string `json:"session_token"`
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	var err error
	w.token = known.Token
	w.extra, err = rest.Extras[Payload](data, "session_token")
	return err
}

func (w *startedWire) Missing() string {
	if w.token == "" {
		return "session_token"
	}
	return ""
}

func (w *startedWire) model() *StartedSession {
	return &StartedSession{Token: provider.Secret(w.token), Extra: w.extra}
}

type heartbeatWire struct {
	at    timestamp
	extra map[string]Payload
}

func (w *heartbeatWire) UnmarshalJSON(data []byte) error {
	var known struct {
		At timestamp `json:"last_heartbeat"`
	}
	if err := json.Unmarshal(data, &known); err != nil {
		return err
	}
	var err error
	w.at = known.At
	w.extra, err = rest.Extras[Payload](data, "last_heartbeat")
	return err
}

func (w *heartbeatWire) Missing() string {
	if w.at.IsZero() {
		return "last_heartbeat"
	}
	return ""
}

func (w *heartbeatWire) model() *Heartbeat {
	return &Heartbeat{LastHeartbeat: w.at.Time, Extra: w.extra}
}
