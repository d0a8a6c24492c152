package keyhelp

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// DatabasesService manages the clients' databases. Live dialect only.
type DatabasesService struct{ c *Client }

// Database is a database with its user.
type Database struct {
	ID          int64  `wire:"id,positive,identity"`
	Name        string `wire:"database_name,name"`
	Username    string `wire:"database_username"`
	Description string `wire:"description"`
	Size        int64  `wire:"size"` // bytes
	// RemoteHosts may connect; empty means local connections only.
	RemoteHosts []string `wire:"remote_hosts"`
}

// DatabaseCreateRequest describes a new database. The fields are known from /api/v1.
type DatabaseCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64 `wire:"id_user"`
	// Name and Username are required. One client names them db<id>_... and dbu<id>_...; whether the
	// panel requires that is undocumented.
	Name     string `wire:"database_name"`
	Username string `wire:"database_username"`
	// Exactly one of Password and PasswordHash is required; PasswordHash needs the panel's option
	// "use password hashes".
	Password     provider.Secret `wire:"password"`
	PasswordHash provider.Secret `wire:"password_hash"`
	Description  string          `wire:"description,always"`
	// RemoteHosts may connect; empty means local connections only.
	RemoteHosts []string `wire:"remote_hosts,always"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List reads all databases: GET /api/v2/databases.
func (s *DatabasesService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Database, error] {
	return list[Database](ctx, s.c, databasesList, opts)
}

// Get reads a database: GET /api/v2/databases/{id}.
func (s *DatabasesService) Get(ctx context.Context, id int64) (*Database, error) {
	return fetchID[Database](ctx, s.c, databasesGet, id)
}

// GetByName reads a database: GET /api/v2/databases/name/{name}. Known from one client's helper
// only.
func (s *DatabasesService) GetByName(ctx context.Context, name string) (*Database, error) {
	if err := databasesGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Database](ctx, s.c, databasesGetByName, name)
}

// Create creates a database and returns its ID: POST /api/v2/databases.
func (s *DatabasesService) Create(ctx context.Context, req *DatabaseCreateRequest) (int64, error) {
	if req == nil {
		return 0, databasesCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ClientID", req.ClientID)
	problems.Required("Name", req.Name)
	problems.Required("Username", req.Username)
	checkPassword(&problems, req.Password, req.PasswordHash)
	if err := databasesCreate.any().Refuse(quoted(req.Name), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, databasesCreate, req.Name, req)
}
