package keyhelp

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// DirectoryProtectionsService manages password-protected directories. Live dialect
// only. The API is only known to create them; ClientsService.Resources lists them.
type DirectoryProtectionsService struct{ c *Client }

// DirectoryProtection is a directory of a website that asks for a password.
type DirectoryProtection struct {
	ID         int64
	Path       string
	AuthName   string
	Username   string
	Exceptions []string
}

// DirectoryProtectionCreateRequest asks for a new protection. The fields are known
// from /api/v1.
type DirectoryProtectionCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64
	// Path of the directory, such as "example.com/intern". Required.
	Path string
	// AuthName is what browsers show. Required.
	AuthName string
	// Username is required.
	Username string
	// PasswordHash is what the only known client sends; Password is taken to
	// work by analogy. Exactly one is required.
	Password     provider.Secret
	PasswordHash provider.Secret
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Create protects a directory and returns the protection's ID:
// POST /api/v2/directory-protections.
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
	fields := map[string]any{"id_user": req.ClientID, "path": req.Path, "auth_name": req.AuthName, "username": req.Username}
	putPassword(fields, req.Password, req.PasswordHash)
	return s.c.create(ctx, protectionsCreate, quoted(req.Path), withExtra(fields, req.Extra), req.Password, req.PasswordHash)
}

type directoryProtectionWire struct {
	ID         int64    `json:"id"`
	Path       string   `json:"path"`
	AuthName   string   `json:"auth_name"`
	Username   string   `json:"username"`
	Exceptions []string `json:"exceptions"`
}

func (w *directoryProtectionWire) model() *DirectoryProtection {
	return &DirectoryProtection{ID: w.ID, Path: w.Path, AuthName: w.AuthName, Username: w.Username, Exceptions: w.Exceptions}
}
