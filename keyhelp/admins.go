package keyhelp

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// AdminsService manages the panel's administrators. Live dialect only. Names of admins and clients
// share one namespace.
type AdminsService struct{ c *Client }

// Admin is an administrator of the panel. The fields of the API's answer are undocumented: they are
// read by the names that requests use, and More contains all others.
type Admin struct {
	ID        int64  `wire:"id,positive,identity"`
	Username  string `wire:"username,name"`
	Email     string `wire:"email,loose"`
	Language  string `wire:"language,loose"`
	MainAdmin bool   `wire:"is_main_admin"`
	// More contains the other fields of the answer.
	More map[string]provider.Payload `wire:",extra"`
}

// AdminCreateRequest describes a new administrator.
type AdminCreateRequest struct {
	// Username and Email are required.
	Username string `wire:"username"`
	Email    string `wire:"email"`
	// Exactly one of Password and PasswordHash is required.
	Password     provider.Secret `wire:"password"`
	PasswordHash provider.Secret `wire:"password_hash"`
	Language     string          `wire:"language"`
	MainAdmin    bool            `wire:"is_main_admin,always"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// AdminUpdateRequest changes an administrator. A nil field stays as it is.
type AdminUpdateRequest struct {
	Language *string          `wire:"language"`
	Email    *string          `wire:"email"`
	Password *provider.Secret `wire:"password"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// List reads all admins: GET /api/v2/admins.
func (s *AdminsService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Admin, error] {
	return list[Admin](ctx, s.c, adminsList, opts)
}

// Get reads an admin: GET /api/v2/admins/{id}.
func (s *AdminsService) Get(ctx context.Context, id int64) (*Admin, error) {
	return fetchID[Admin](ctx, s.c, adminsGet, id)
}

// GetByName reads an admin: GET /api/v2/admins/name/{username}.
func (s *AdminsService) GetByName(ctx context.Context, username string) (*Admin, error) {
	if err := adminsGetByName.any().RefuseBlank("username", username); err != nil {
		return nil, err
	}
	return fetch[Admin](ctx, s.c, adminsGetByName, username)
}

// Create creates an admin and returns its ID: POST /api/v2/admins.
func (s *AdminsService) Create(ctx context.Context, req *AdminCreateRequest) (int64, error) {
	if req == nil {
		return 0, adminsCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Username", req.Username)
	problems.Email("Email", req.Email)
	checkPassword(&problems, req.Password, req.PasswordHash)
	if err := adminsCreate.any().Refuse(quoted(req.Username), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, adminsCreate, req.Username, req)
}

// Update changes an admin: PUT /api/v2/admins/{id}.
func (s *AdminsService) Update(ctx context.Context, id int64, req *AdminUpdateRequest) error {
	if err := adminsUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.update(ctx, adminsUpdate, idText(id), req)
}

// UpdateByName changes an admin: PUT /api/v2/admins/name/{username}. Known from one client's helper
// only.
func (s *AdminsService) UpdateByName(ctx context.Context, username string, req *AdminUpdateRequest) error {
	if err := adminsUpdateByName.any().RefuseBlank("username", username); err != nil {
		return err
	}
	return s.update(ctx, adminsUpdateByName, username, req)
}

func (s *AdminsService) update(ctx context.Context, op operation, arg string, req *AdminUpdateRequest) error {
	if req == nil {
		return op.any().RefuseNil()
	}
	var problems provider.Problems
	if req.Email != nil {
		problems.Email("Email", *req.Email)
	}
	problems.NotEmptySecret("Password", req.Password)
	if err := op.any().Refuse(quoted(arg), problems); err != nil {
		return err
	}
	return s.c.change(ctx, op, arg, req)
}

// Delete removes an admin: DELETE /api/v2/admins/{id}.
func (s *AdminsService) Delete(ctx context.Context, id int64) error {
	if err := adminsDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, adminsDelete, idText(id))
}

// DeleteByName removes an admin: DELETE /api/v2/admins/name/{username}. Known from one client's
// helper only.
func (s *AdminsService) DeleteByName(ctx context.Context, username string) error {
	if err := adminsDeleteByName.any().RefuseBlank("username", username); err != nil {
		return err
	}
	return s.c.remove(ctx, adminsDeleteByName, username)
}
