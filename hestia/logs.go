package hestia

import (
	"context"
	"iter"
	"net/netip"
	"time"

	"github.com/provkit/provkit/provider"
)

// LogsService manages the histories of actions and logins.
type LogsService struct{ c *Client }

var (
	logsDeleteUserAuthLog = sets("Logs.DeleteUserAuthLog", "v-delete-user-auth-log USER")
	logsDeleteUserLog     = sets("Logs.DeleteUserLog", "v-delete-user-log USER")
	logsListUserAuthLog   = reads("Logs.ListUserAuthLog", "v-list-user-auth-log USER json").secretly().orNothing()
	logsListUserLog       = reads("Logs.ListUserLog", "v-list-user-log USER json").orNothing()
	logsLogAction         = adds("Logs.LogAction", "v-log-action USER LEVEL CATEGORY DETAILS")
	logsLogUserLogin      = adds("Logs.LogUserLogin", "v-log-user-login USER IP STATUS SESSION_ID! USER_AGENT [AUTHLOG=no] [REASON]")
	logsLogUserLogout     = adds("Logs.LogUserLogout", "v-log-user-logout USER SESSION_ID!")
)

// LogEntry is an action in a log.
type LogEntry struct {
	ID   string    `hestia:",key"`
	Time time.Time `hestia:"DATE+TIME"`
	// Level is "Info", "Warning" or "Error".
	Level    string `hestia:"LEVEL"`
	Category string `hestia:"CATEGORY"`
	Message  string `hestia:"MESSAGE"`
}

// Login is a login to the panel.
type Login struct {
	// Number is its position in the list, from "1".
	Number    string          `hestia:",key"`
	Time      time.Time       `hestia:"DATE+TIME"`
	IP        string          `hestia:"IP"`
	Action    string          `hestia:"ACTION"`
	Status    string          `hestia:"STATUS"`
	UserAgent string          `hestia:"USER_AGENT"`
	Session   provider.Secret `hestia:"SESSION"`
	Active    bool            `hestia:"ACTIVE"`
}

// DeleteUserAuthLog clears a user's log of logins: v-delete-user-auth-log.
func (s *LogsService) DeleteUserAuthLog(ctx context.Context, user string) error {
	return s.c.change(ctx, logsDeleteUserAuthLog, user)
}

// DeleteUserLog clears a user's log of actions: v-delete-user-log.
func (s *LogsService) DeleteUserLog(ctx context.Context, user string) error {
	return s.c.change(ctx, logsDeleteUserLog, user)
}

// ListUserAuthLog returns a user's logins: v-list-user-auth-log.
func (s *LogsService) ListUserAuthLog(ctx context.Context, user string) iter.Seq2[*Login, error] {
	return list[Login](ctx, s.c, logsListUserAuthLog, user)
}

// ListUserLog returns a user's log of actions, or that of "system": v-list-user-log.
func (s *LogsService) ListUserLog(ctx context.Context, user string) iter.Seq2[*LogEntry, error] {
	return list[LogEntry](ctx, s.c, logsListUserLog, user)
}

// LogAction writes a line to a user's log of actions, or to that of "system": v-log-action. Levels:
// "Info", "Warning", "Error".
func (s *LogsService) LogAction(ctx context.Context, user, level, category, details string) error {
	return s.c.change(ctx, logsLogAction, user, level, category, details)
}

// LogLogUserLoginRequest asks for LogsService.LogUserLogin.
type LogLogUserLoginRequest struct {
	User      string
	IP        netip.Addr
	Status    string
	SessionID provider.Secret
	UserAgent string
	AuthLog   bool
	Reason    string
}

// LogUserLogin adds a login to the panel to a user's log of logins: v-log-user-login.
func (s *LogsService) LogUserLogin(ctx context.Context, req *LogLogUserLoginRequest) error {
	if req == nil {
		return logsLogUserLogin.endpoint.RefuseNil()
	}
	return s.c.change(ctx, logsLogUserLogin, req.User, req.IP, req.Status, req.SessionID, req.UserAgent, req.AuthLog, req.Reason)
}

// LogUserLogout adds a logout from the panel to a user's log of logins: v-log-user-logout.
func (s *LogsService) LogUserLogout(ctx context.Context, user string, session provider.Secret) error {
	return s.c.change(ctx, logsLogUserLogout, user, session)
}
