package hestia

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/provider"
)

// DatabasesService manages databases and the servers that hold them. ExitConnect means that a
// database server does not answer.
type DatabasesService struct{ c *Client }

var (
	databasesAdd                  = adds("Databases.Add", "v-add-database USER DATABASE DBUSER DBPASS! [TYPE=mysql] [HOST] [CHARSET]")
	databasesAddHost              = adds("Databases.AddHost", "v-add-database-host TYPE HOST DBUSER DBPASS! [MAX_DB=500] [CHARSETS] [TEMPLATE] [PORT]")
	databasesAddTempUser          = adds("Databases.AddTempUser", "v-add-database-temp-user USER DATABASE [TYPE=mysql] [HOST] [TTL]").printing().secretly()
	databasesAddSysPMARestrict    = adds("Databases.AddSysPMARestrict", "v-add-sys-pma-restrict [MODE]")
	databasesAddSysPMASSO         = adds("Databases.AddSysPMASSO", "v-add-sys-pma-sso [MODE]")
	databasesChangeHostPassword   = sets("Databases.ChangeHostPassword", "v-change-database-host-password TYPE HOST USER PASSWORD!")
	databasesChangeOwner          = adds("Databases.ChangeOwner", "v-change-database-owner DATABASE USER").slowly()
	databasesChangePassword       = sets("Databases.ChangePassword", "v-change-database-password USER DATABASE DBPASS!")
	databasesChangeUser           = adds("Databases.ChangeUser", "v-change-database-user USER DATABASE DBUSER [DBPASS!]")
	databasesChangeSysDBAlias     = sets("Databases.ChangeSysDBAlias", "v-change-sys-db-alias TYPE ALIAS")
	databasesDelete               = removes("Databases.Delete", "v-delete-database USER DATABASE").slowly()
	databasesDeleteHost           = removes("Databases.DeleteHost", "v-delete-database-host TYPE HOST")
	databasesDeleteTempUser       = adds("Databases.DeleteTempUser", "v-delete-database-temp-user USER DATABASE DBUSER [TYPE=mysql] [HOST]")
	databasesDeleteDatabases      = sets("Databases.DeleteDatabases", "v-delete-databases USER").slowly()
	databasesDeleteSysPMARestrict = adds("Databases.DeleteSysPMARestrict", "v-delete-sys-pma-restrict [MODE]")
	databasesDeleteSysPMASSO      = adds("Databases.DeleteSysPMASSO", "v-delete-sys-pma-sso [MODE]")
	databasesDump                 = reads("Databases.Dump", "v-dump-database USER DATABASE").secretly().orNothing().slowly()
	databasesDumpToFile           = variant("Databases.DumpToFile", "v-dump-database USER DATABASE file [COMPRESSION]", once).printing().besides()
	databasesImport               = adds("Databases.Import", "v-import-database USER DB PATH").slowly()
	databasesGet                  = reads("Databases.Get", "v-list-database USER DATABASE json")
	databasesGetHost              = reads("Databases.GetHost", "v-list-database-host TYPE HOST json")
	databasesList                 = reads("Databases.List", "v-list-databases USER json")
	databasesListHosts            = reads("Databases.ListHosts", "v-list-database-hosts json")
	databasesListTypes            = reads("Databases.ListTypes", "v-list-database-types json")
	databasesRebuild              = sets("Databases.Rebuild", "v-rebuild-database USER DATABASE")
	databasesRebuildDatabases     = sets("Databases.RebuildDatabases", "v-rebuild-databases USER").slowly()
	databasesSuspend              = suspends("Databases.Suspend", "v-suspend-database USER DATABASE")
	databasesSuspendHost          = suspends("Databases.SuspendHost", "v-suspend-database-host TYPE HOST")
	databasesSuspendDatabases     = sets("Databases.SuspendDatabases", "v-suspend-databases USER").slowly()
	databasesUnsuspend            = resumes("Databases.Unsuspend", "v-unsuspend-database USER DATABASE")
	databasesUnsuspendHost        = resumes("Databases.UnsuspendHost", "v-unsuspend-database-host TYPE HOST")
	databasesUnsuspendDatabases   = sets("Databases.UnsuspendDatabases", "v-unsuspend-databases USER").slowly()
	databasesUpdateDisk           = sets("Databases.UpdateDisk", "v-update-database-disk USER DATABASE")
	databasesUpdateDatabasesDisk  = sets("Databases.UpdateDatabasesDisk", "v-update-databases-disk USER").slowly()
)

// Database is a database with its login.
type Database struct {
	// Name and Login begin with the owner's name and "_".
	Name  string `hestia:"DATABASE"`
	Login string `hestia:"DBUSER"`
	Host  string `hestia:"HOST"`
	// Type is "mysql" or "pgsql".
	Type    string `hestia:"TYPE"`
	Charset string `hestia:"CHARSET"`
	// UsedDisk is in MB, as of the last count, which can be a day ago.
	UsedDisk  int64     `hestia:"U_DISK"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// DatabaseAddRequest asks for a new database with a login. All fields are required.
type DatabaseAddRequest struct {
	User string
	// Database and Login: the panel puts the user's name and "_" before them. The result may have
	// 32 characters.
	Database string
	Login    string
	Password provider.Secret
}

// DatabaseAddOptions are the optional arguments of DatabasesService.Add.
type DatabaseAddOptions struct {
	// Type is "mysql" (the default) or "pgsql".
	Type string
	// Host defaults to the one with the fewest databases.
	Host string
	// Charset defaults to UTF8MB4.
	Charset string
}

// Add creates a database with a login: v-add-database. The other methods take the full names, as
// List returns them. ExitExists if the user has the database or the login already. The panel
// accepts any password, so an empty one is refused here.
func (s *DatabasesService) Add(ctx context.Context, req *DatabaseAddRequest, opts *DatabaseAddOptions) error {
	if req == nil {
		return databasesAdd.endpoint.RefuseNil()
	}
	if opts == nil {
		opts = &DatabaseAddOptions{}
	}
	return s.c.change(ctx, databasesAdd, req.User, req.Database, req.Login, req.Password, opts.Type, opts.Host, opts.Charset)
}

// ChangeOwner hands a database to another user: v-change-database-owner. The names change with the
// owner. A database that the user owns already is no error.
func (s *DatabasesService) ChangeOwner(ctx context.Context, database, newOwner string) error {
	return s.c.change(ctx, databasesChangeOwner, database, newOwner)
}

// ChangePassword sets the password of a database's login: v-change-database-password.
func (s *DatabasesService) ChangePassword(ctx context.Context, user, database string, password provider.Secret) error {
	return s.c.change(ctx, databasesChangePassword, user, database, password)
}

// DatabaseChangeUserOptions are the optional arguments of DatabasesService.ChangeUser.
type DatabaseChangeUserOptions struct {
	// Password defaults to the old one.
	Password provider.Secret
}

// ChangeUser gives a database another login: v-change-database-user. The panel puts the user's name
// and "_" before the login, but not before the database. The old login is removed unless another
// database uses it. ExitExists if the user has the new one already.
func (s *DatabasesService) ChangeUser(ctx context.Context, user, database, login string, opts *DatabaseChangeUserOptions) error {
	if opts == nil {
		opts = &DatabaseChangeUserOptions{}
	}
	return s.c.change(ctx, databasesChangeUser, user, database, login, opts.Password)
}

// Delete removes a database, and its login unless another one uses it: v-delete-database.
func (s *DatabasesService) Delete(ctx context.Context, user, database string) error {
	return s.c.change(ctx, databasesDelete, user, database)
}

// DeleteDatabases removes the databases of a user: v-delete-databases. Suspended ones stay.
func (s *DatabasesService) DeleteDatabases(ctx context.Context, user string) error {
	return s.c.change(ctx, databasesDeleteDatabases, user)
}

// DatabaseLogin is a temporary login.
type DatabaseLogin struct {
	User     string          `hestia:"user"`
	Password provider.Secret `hestia:"password"`
}

// DatabaseAddTempUserOptions are the optional arguments of DatabasesService.AddTempUser.
type DatabaseAddTempUserOptions struct {
	Type string
	Host string
	// TTL is in minutes; nil is 60. 0 keeps the login until DeleteTempUser.
	TTL *int64
}

// AddTempUser creates a temporary login for one MySQL database, as the single sign-on to phpMyAdmin
// does: v-add-database-temp-user. It works only from the database server itself.
func (s *DatabasesService) AddTempUser(ctx context.Context, user, database string, opts *DatabaseAddTempUserOptions) (*DatabaseLogin, error) {
	if opts == nil {
		opts = &DatabaseAddTempUserOptions{}
	}
	return get[DatabaseLogin](ctx, s.c, databasesAddTempUser, user, database, opts.Type, opts.Host, opts.TTL)
}

// DatabaseDeleteTempUserOptions are the optional arguments of DatabasesService.DeleteTempUser.
type DatabaseDeleteTempUserOptions struct {
	Type string
	Host string
}

// DeleteTempUser removes a login that AddTempUser made: v-delete-database-temp-user. Other logins
// are ExitInvalid. One that is gone is no error on some database servers.
func (s *DatabasesService) DeleteTempUser(ctx context.Context, user, database, login string, opts *DatabaseDeleteTempUserOptions) error {
	if opts == nil {
		opts = &DatabaseDeleteTempUserOptions{}
	}
	return s.c.change(ctx, databasesDeleteTempUser, user, database, login, opts.Type, opts.Host)
}

// Compressions of DatabasesService.DumpToFile.
const (
	CompressionNone = ""
	CompressionGzip = "gzip"
	CompressionZstd = "zstd"
)

// Dump returns a dump of a database, as SQL: v-dump-database. It must fit into the size limit of
// answers. White space at both ends is lost.
func (s *DatabasesService) Dump(ctx context.Context, user, database string) (string, error) {
	return s.c.text(ctx, databasesDump, user, database)
}

// DumpToFile writes a dump of a database to a file on the server, which is removed after an hour,
// and returns the path: v-dump-database.
func (s *DatabasesService) DumpToFile(ctx context.Context, user, database, compression string) (path string, err error) {
	return s.c.word(ctx, databasesDumpToFile, user, database, compression)
}

// Import loads a dump from a file on the server into a database: v-import-database.
func (s *DatabasesService) Import(ctx context.Context, user, database, path string) error {
	return s.c.change(ctx, databasesImport, user, database, path)
}

// Get returns one database: v-list-database.
func (s *DatabasesService) Get(ctx context.Context, user, database string) (*Database, error) {
	return get[Database](ctx, s.c, databasesGet, user, database)
}

// List returns a user's databases: v-list-databases.
func (s *DatabasesService) List(ctx context.Context, user string) iter.Seq2[*Database, error] {
	return list[Database](ctx, s.c, databasesList, user)
}

// Rebuild recreates the login and the grants of a database: v-rebuild-database. Afterwards the
// panel counts this database as the user's only one; Users.UpdateCounters corrects that.
func (s *DatabasesService) Rebuild(ctx context.Context, user, database string) error {
	return s.c.change(ctx, databasesRebuild, user, database)
}

// RebuildDatabases recreates the logins and the grants of a user's databases, except suspended
// ones, which the panel no longer counts afterwards: v-rebuild-databases.
func (s *DatabasesService) RebuildDatabases(ctx context.Context, user string) error {
	return s.c.change(ctx, databasesRebuildDatabases, user)
}

// Suspend locks out the login of a database: v-suspend-database.
func (s *DatabasesService) Suspend(ctx context.Context, user, database string) error {
	return s.c.change(ctx, databasesSuspend, user, database)
}

// SuspendDatabases locks out the logins of all databases of a user: v-suspend-databases.
func (s *DatabasesService) SuspendDatabases(ctx context.Context, user string) error {
	return s.c.change(ctx, databasesSuspendDatabases, user)
}

// Unsuspend lets the login of a database in again: v-unsuspend-database.
func (s *DatabasesService) Unsuspend(ctx context.Context, user, database string) error {
	return s.c.change(ctx, databasesUnsuspend, user, database)
}

// UnsuspendDatabases lets the logins of all databases of a user in again: v-unsuspend-databases.
func (s *DatabasesService) UnsuspendDatabases(ctx context.Context, user string) error {
	return s.c.change(ctx, databasesUnsuspendDatabases, user)
}

// UpdateDisk recounts the size of a database: v-update-database-disk.
func (s *DatabasesService) UpdateDisk(ctx context.Context, user, database string) error {
	return s.c.change(ctx, databasesUpdateDisk, user, database)
}

// UpdateDatabasesDisk recounts the sizes of all databases of a user: v-update-databases-disk.
func (s *DatabasesService) UpdateDatabasesDisk(ctx context.Context, user string) error {
	return s.c.change(ctx, databasesUpdateDatabasesDisk, user)
}
