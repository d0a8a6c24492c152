package keyhelp

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/provkit/provkit/provider"
)

// AdminsService manages the panel's administrators. Live dialect only. Names of
// admins and clients share one namespace.
type AdminsService struct{ c *Client }

// Admin is an administrator of the panel. What the API answers is undocumented: the
// fields are read under the names that requests use, and Raw holds all of it.
type Admin struct {
	ID        int64
	Username  string
	Email     string
	Language  string
	MainAdmin bool
	// Raw is the answer as it came.
	Raw json.RawMessage
}

// AdminCreateRequest asks for a new administrator.
type AdminCreateRequest struct {
	// Username and Email are required.
	Username string
	Email    string
	// Password or PasswordHash; exactly one is required.
	Password     provider.Secret
	PasswordHash provider.Secret
	Language     string
	MainAdmin    bool
	// Extra fields, sent as they are.
	Extra map[string]any
}

// AdminUpdateRequest changes an administrator. nil leaves a field as it is.
type AdminUpdateRequest struct {
	Language *string
	Email    *string
	Password *provider.Secret
	// Extra fields, sent as they are.
	Extra map[string]any
}

// List reads all admins: GET /api/v2/admins.
func (s *AdminsService) List(ctx context.Context, opts *SortOptions) iter.Seq2[*Admin, error] {
	return list[Admin, adminWire](ctx, s.c, adminsList, opts)
}

// Get reads an admin: GET /api/v2/admins/{id}.
func (s *AdminsService) Get(ctx context.Context, id int64) (*Admin, error) {
	return fetchID[Admin, adminWire](ctx, s.c, adminsGet, id)
}

// GetByName reads an admin: GET /api/v2/admins/name/{username}.
func (s *AdminsService) GetByName(ctx context.Context, username string) (*Admin, error) {
	if err := adminsGetByName.any().RefuseBlank("username", username); err != nil {
		return nil, err
	}
	return fetch[Admin, adminWire](ctx, s.c, adminsGetByName, username)
}

// Create makes an admin and returns its ID: POST /api/v2/admins.
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
	fields := map[string]any{"username": req.Username, "email": req.Email, "is_main_admin": req.MainAdmin}
	if req.Language != "" {
		fields["language"] = req.Language
	}
	putPassword(fields, req.Password, req.PasswordHash)
	return s.c.create(ctx, adminsCreate, quoted(req.Username), withExtra(fields, req.Extra), req.Password, req.PasswordHash)
}

// Update changes an admin: PUT /api/v2/admins/{id}.
func (s *AdminsService) Update(ctx context.Context, id int64, req *AdminUpdateRequest) error {
	if err := adminsUpdate.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.update(ctx, adminsUpdate, idText(id), req)
}

// UpdateByName changes an admin: PUT /api/v2/admins/name/{username}. Known from one
// client's helper only.
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
	fields := make(map[string]any)
	var password provider.Secret
	if req.Language != nil {
		fields["language"] = *req.Language
	}
	if req.Email != nil {
		problems.Email("Email", *req.Email)
		fields["email"] = *req.Email
	}
	if req.Password != nil {
		if password = *req.Password; password == "" {
			problems.Add("Password", "empty")
		}
		fields["password"] = password.Reveal()
	}
	if err := op.any().Refuse(quoted(arg), problems); err != nil {
		return err
	}
	return s.c.change(ctx, op, arg, withExtra(fields, req.Extra), password)
}

// Delete removes an admin: DELETE /api/v2/admins/{id}.
func (s *AdminsService) Delete(ctx context.Context, id int64) error {
	if err := adminsDelete.any().RefuseID("id", id); err != nil {
		return err
	}
	return s.c.remove(ctx, adminsDelete, idText(id))
}

// DeleteByName removes an admin: DELETE /api/v2/admins/name/{username}. Known from
// one client's helper only.
func (s *AdminsService) DeleteByName(ctx context.Context, username string) error {
	if err := adminsDeleteByName.any().RefuseBlank("username", username); err != nil {
		return err
	}
	return s.c.remove(ctx, adminsDeleteByName, username)
}

type adminWire struct {
	raw   json.RawMessage
	known struct {
		ID        int64  `json:"id"`
		Username  string `json:"username"`
		Email     text   `json:"email"`
		Language  text   `json:"language"`
		MainAdmin bool   `json:"is_main_admin"`
	}
}

func (w *adminWire) UnmarshalJSON(data []byte) error {
	w.raw = append(json.RawMessage(nil), data...)
	return json.Unmarshal(data, &w.known)
}

func (w *adminWire) Missing() string { return missingID(w.known.ID) }

func (w *adminWire) model() *Admin {
	k := w.known
	return &Admin{ID: k.ID, Username: k.Username, Email: string(k.Email), Language: string(k.Language), MainAdmin: k.MainAdmin, Raw: w.raw}
}
