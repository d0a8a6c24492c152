package hestia

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// DatabaseHost is a database server.
type DatabaseHost struct {
	Host string `hestia:"HOST"`
	Port int64  `hestia:"PORT"`
	// Type is "mysql" or "pgsql".
	Type     string   `hestia:"TYPE"`
	Charsets []string `hestia:"CHARSETS"`
	// MaxDatabases is how many databases it may hold, UsedDatabases how many it does.
	MaxDatabases  Limit `hestia:"MAX_DB"`
	UsedDatabases int64 `hestia:"U_DB_BASES"`
	// Users are those who have databases there.
	Users []string `hestia:"U_SYS_USERS"`
	// Template of new PostgreSQL databases.
	Template  string    `hestia:"TPL"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// DatabaseAddHostRequest registers a database server. All fields are required.
type DatabaseAddHostRequest struct {
	// Type is "mysql" or "pgsql".
	Type string
	Host string
	// Login may create databases and logins, and grant rights.
	Login    string
	Password provider.Secret
}

// DatabaseAddHostOptions are the optional arguments of DatabasesService.AddHost.
type DatabaseAddHostOptions struct {
	// MaxDatabases is how many databases it may hold; 0 is the panel's default, 500.
	MaxDatabases int64
	Charsets     []string
	// Template of new PostgreSQL databases. Required for "pgsql".
	Template string
	// Port defaults to the usual one of the type.
	Port int64
}

// AddHost registers a database server: v-add-database-host. ExitConnect if it does not answer, or
// if the login may not grant rights.
func (s *DatabasesService) AddHost(ctx context.Context, req *DatabaseAddHostRequest, opts *DatabaseAddHostOptions) error {
	if req == nil {
		return databasesAddHost.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &DatabaseAddHostOptions{}
	}
	return s.c.change(ctx, databasesAddHost, req.Type, req.Host, req.Login, req.Password,
		opts.MaxDatabases, opts.Charsets, opts.Template, opts.Port)
}

// DatabaseChangeHostPasswordRequest asks for a new password. All fields are required.
type DatabaseChangeHostPasswordRequest struct {
	// Type is "mysql". For "pgsql" the panel only stores the password and does not set it.
	Type  string
	Host  string
	Login string
	// Password must not contain quotation marks or backslashes.
	Password provider.Secret
}

// ChangeHostPassword sets the password of a login on a database server, which the panel then uses
// too: v-change-database-host-password.
func (s *DatabasesService) ChangeHostPassword(ctx context.Context, req *DatabaseChangeHostPasswordRequest) error {
	if req == nil {
		return databasesChangeHostPassword.endpoint.RefuseNil()
	}
	return s.c.change(ctx, databasesChangeHostPassword, req.Type, req.Host, req.Login, req.Password)
}

// DeleteHost unregisters a database server: v-delete-database-host. ExitInUse if it holds
// databases.
func (s *DatabasesService) DeleteHost(ctx context.Context, kind, host string) error {
	return s.c.change(ctx, databasesDeleteHost, kind, host)
}

// GetHost returns one database server: v-list-database-host.
func (s *DatabasesService) GetHost(ctx context.Context, kind, host string) (*DatabaseHost, error) {
	return get[DatabaseHost](ctx, s.c, databasesGetHost, kind, host)
}

// ListHosts returns all database servers: v-list-database-hosts.
func (s *DatabasesService) ListHosts(ctx context.Context) iter.Seq2[*DatabaseHost, error] {
	return list[DatabaseHost](ctx, s.c, databasesListHosts)
}

// ListTypes returns the types of databases that the server offers, such as "mysql":
// v-list-database-types.
func (s *DatabasesService) ListTypes(ctx context.Context) ([]string, error) {
	return s.c.names(ctx, databasesListTypes)
}

// SuspendHost stops the panel from placing new databases on a server: v-suspend-database-host.
func (s *DatabasesService) SuspendHost(ctx context.Context, kind, host string) error {
	return s.c.change(ctx, databasesSuspendHost, kind, host)
}

// UnsuspendHost lets the panel place new databases on a server again: v-unsuspend-database-host.
func (s *DatabasesService) UnsuspendHost(ctx context.Context, kind, host string) error {
	return s.c.change(ctx, databasesUnsuspendHost, kind, host)
}

// AddSysPMASSO installs the single sign-on to phpMyAdmin: v-add-sys-pma-sso. ExitArgs or
// ExitInvalid if it is installed already. It creates an access key of the root user. What the panel
// prints on success goes to the log, as it does for the three methods that follow.
func (s *DatabasesService) AddSysPMASSO(ctx context.Context) error {
	return s.c.change(ctx, databasesAddSysPMASSO)
}

// DeleteSysPMASSO uninstalls the single sign-on to phpMyAdmin, its access key included:
// v-delete-sys-pma-sso. ExitArgs if it is not installed.
func (s *DatabasesService) DeleteSysPMASSO(ctx context.Context) error {
	return s.c.change(ctx, databasesDeleteSysPMASSO)
}

// AddSysPMARestrict admits users to phpMyAdmin only through the single sign-on:
// v-add-sys-pma-restrict. ExitArgs if that is so already, ExitInvalid without the single sign-on.
func (s *DatabasesService) AddSysPMARestrict(ctx context.Context) error {
	return s.c.change(ctx, databasesAddSysPMARestrict)
}

// DeleteSysPMARestrict shows the login form of phpMyAdmin again: v-delete-sys-pma-restrict.
// ExitArgs if it is shown already.
func (s *DatabasesService) DeleteSysPMARestrict(ctx context.Context) error {
	return s.c.change(ctx, databasesDeleteSysPMARestrict)
}

// ChangeSysDBAlias sets the path of phpMyAdmin ("pma") or phpPgAdmin ("pga"):
// v-change-sys-db-alias. The panel ignores other types.
func (s *DatabasesService) ChangeSysDBAlias(ctx context.Context, kind, alias string) error {
	return s.c.change(ctx, databasesChangeSysDBAlias, kind, alias)
}
