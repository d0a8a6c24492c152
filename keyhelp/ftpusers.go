package keyhelp

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// FTPUsersService manages the clients' FTP users. Live dialect only.
type FTPUsersService struct{ c *Client }

// FTPUser is an FTP login of a client.
type FTPUser struct {
	ID          int64  `wire:"id,positive,identity"`
	Username    string `wire:"username,name"`
	Description string `wire:"description"`
	// HomeDirectory is relative to the client's home: "/www/...".
	HomeDirectory string `wire:"home_directory"`
}

// FTPUserCreateRequest describes a new FTP user. The fields are known from /api/v1.
type FTPUserCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64 `wire:"id_user"`
	// Username is required. Freely chosen names need the panel's option "custom FTP usernames".
	Username string `wire:"username"`
	// HomeDirectory is relative to the client's home: "/www/...". Required.
	HomeDirectory string `wire:"home_directory"`
	// Exactly one of Password and PasswordHash is required; PasswordHash needs the panel's option
	// "use password hashes".
	Password     provider.Secret `wire:"password"`
	PasswordHash provider.Secret `wire:"password_hash"`
	Description  string          `wire:"description,always"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List reads all FTP users: GET /api/v2/ftp-users.
func (s *FTPUsersService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*FTPUser, error] {
	return list[FTPUser](ctx, s.c, ftpUsersList, opts)
}

// Get reads an FTP user: GET /api/v2/ftp-users/{id}.
func (s *FTPUsersService) Get(ctx context.Context, id int64) (*FTPUser, error) {
	return fetchID[FTPUser](ctx, s.c, ftpUsersGet, id)
}

// GetByName reads an FTP user: GET /api/v2/ftp-users/name/{name}. Known from one client's helper
// only.
func (s *FTPUsersService) GetByName(ctx context.Context, name string) (*FTPUser, error) {
	if err := ftpUsersGetByName.any().RefuseBlank("name", name); err != nil {
		return nil, err
	}
	return fetch[FTPUser](ctx, s.c, ftpUsersGetByName, name)
}

// Create creates an FTP user and returns its ID: POST /api/v2/ftp-users.
func (s *FTPUsersService) Create(ctx context.Context, req *FTPUserCreateRequest) (int64, error) {
	if req == nil {
		return 0, ftpUsersCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ClientID", req.ClientID)
	problems.Required("Username", req.Username)
	problems.Required("HomeDirectory", req.HomeDirectory)
	checkPassword(&problems, req.Password, req.PasswordHash)
	if err := ftpUsersCreate.any().Refuse(quoted(req.Username), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, ftpUsersCreate, req.Username, req)
}
