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
	ID          int64
	Name        string
	Username    string
	Description string
	Size        int64 // bytes
	// RemoteHosts that may connect; empty is local only.
	RemoteHosts []string
}

// DatabaseCreateRequest asks for a new database. The fields are known from /api/v1.
type DatabaseCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64
	// Name and Username are required. One client names them db<id>_... and
	// dbu<id>_...; whether the panel insists is undocumented.
	Name     string
	Username string
	// Password, or PasswordHash where the panel's option "use password hashes"
	// is on. Exactly one is required.
	Password     provider.Secret
	PasswordHash provider.Secret
	Description  string
	// RemoteHosts that may connect; none is local only.
	RemoteHosts []string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// List reads all databases: GET /api/v2/databases.
func (s *DatabasesService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Database, error] {
	return list[Database, databaseWire](ctx, s.c, databasesList, opts)
}

// Get reads a database: GET /api/v2/databases/{id}.
func (s *DatabasesService) Get(ctx context.Context, id int64) (*Database, error) {
	return fetchID[Database, databaseWire](ctx, s.c, databasesGet, id)
}

// GetByName reads a database: GET /api/v2/databases/name/{name}. Known from one
// client's helper only.
func (s *DatabasesService) GetByName(ctx context.Context, name string) (*Database, error) {
	if err := databasesGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[Database, databaseWire](ctx, s.c, databasesGetByName, name)
}

// Create makes a database and returns its ID: POST /api/v2/databases.
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
	fields := map[string]any{
		"id_user": req.ClientID, "database_name": req.Name, "database_username": req.Username,
		"description": req.Description, "remote_hosts": notNil(req.RemoteHosts),
	}
	putPassword(fields, req.Password, req.PasswordHash)
	return s.c.create(ctx, databasesCreate, quoted(req.Name), withExtra(fields, req.Extra), req.Password, req.PasswordHash)
}

type databaseWire struct {
	ID          int64    `json:"id"`
	Name        string   `json:"database_name"`
	Username    string   `json:"database_username"`
	Description string   `json:"description"`
	Size        number   `json:"size"`
	RemoteHosts []string `json:"remote_hosts"`
}

func (w *databaseWire) Missing() string { return missingID(w.ID) }

func (w *databaseWire) model() *Database {
	return &Database{ID: w.ID, Name: w.Name, Username: w.Username, Description: w.Description, Size: int64(w.Size), RemoteHosts: w.RemoteHosts}
}
