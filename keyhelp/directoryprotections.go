package keyhelp

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// DirectoryProtectionsService manages password-protected directories. Live dialect only. The API is
// known to create them only; ClientsService.Resources lists them.
type DirectoryProtectionsService struct{ c *Client }

// DirectoryProtection is a directory of a website that asks for a password.
type DirectoryProtection struct {
	ID         int64    `wire:"id"`
	Path       string   `wire:"path"`
	AuthName   string   `wire:"auth_name"`
	Username   string   `wire:"username"`
	Exceptions []string `wire:"exceptions"`
}

// DirectoryProtectionCreateRequest describes a new protection. The fields are known from /api/v1.
type DirectoryProtectionCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64 `wire:"id_user"`
	// Path is the directory, such as "example.com/intern". Required.
	Path string `wire:"path"`
	// AuthName is the name that browsers show. Required.
	AuthName string `wire:"auth_name"`
	// Username is required.
	Username string `wire:"username"`
	// Exactly one of Password and PasswordHash is required. The only known client sends
	// PasswordHash; Password is assumed to work as elsewhere.
	Password     provider.Secret `wire:"password"`
	PasswordHash provider.Secret `wire:"password_hash"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Create protects a directory and returns the protection's ID: POST /api/v2/directory-protections.
func (s *DirectoryProtectionsService) Create(ctx context.Context, req *DirectoryProtectionCreateRequest) (int64, error) {
	if req == nil {
		return 0, protectionsCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ClientID", req.ClientID)
	problems.Required("Path", req.Path)
	problems.Required("AuthName", req.AuthName)
	problems.Required("Username", req.Username)
	checkPassword(&problems, req.Password, req.PasswordHash)
	if err := protectionsCreate.any().Refuse(quoted(req.Path), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, protectionsCreate, req.Path, req)
}
