package elizon

import (
	"context"
	"maps"
	"net/url"
	"time"

	"github.com/provkit/provkit/provider"
)

// PermissionsService shares the account's resources with other users, and accepts what others
// share. List, Grant and Remove need PermissionManage on the resource.
type PermissionsService struct{ c *Client }

// Permission is what a user may do with a resource. The set is open.
type Permission = string

// Permissions that can be granted.
const (
	PermissionView           Permission = "view"
	PermissionStart          Permission = "start"
	PermissionStop           Permission = "stop"
	PermissionRestart        Permission = "restart"
	PermissionConsole        Permission = "console"
	PermissionBackup         Permission = "backup"
	PermissionBackupCreate   Permission = "backup_create"
	PermissionBackupRestore  Permission = "backup_restore"
	PermissionBackupDelete   Permission = "backup_delete"
	PermissionBackupSchedule Permission = "backup_schedule"
	PermissionSettings       Permission = "settings"
	PermissionDelete         Permission = "delete"
	// PermissionManage lets its holder grant permissions to others.
	PermissionManage Permission = "manage_permissions"
)

// PermissionGrantRequest invites a user to a resource. The names of its fields are taken from error
// texts of the vendor's app.
type PermissionGrantRequest struct {
	// ResourceType and its values are undocumented.
	ResourceType string       `wire:"resourceType,required"`
	ResourceID   string       `wire:"resourceId,required"`
	Email        string       `wire:"email,required"`
	Permissions  []Permission `wire:"permissions,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Invitation is a grant as the invited user sees it.
type Invitation struct {
	ID           string       `wire:"id,required,identity"`
	ResourceType string       `wire:"resourceType"`
	ResourceID   string       `wire:"resourceId"`
	ResourceName string       `wire:"resourceName"`
	Permissions  []Permission `wire:"permissions"`
	// Status is an open set: "PENDING", "ACCEPTED".
	Status      string    `wire:"status"`
	InviterName string    `wire:"inviterName"`
	CreatedAt   time.Time `wire:"createdAt"`
	// ExpiresAt is zero if the invitation does not expire.
	ExpiresAt time.Time `wire:"expiresAt,end"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PermissionList has grants.
type PermissionList struct {
	Permissions []Invitation `wire:"permissions"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// PermissionChange is the answer to a change of a grant.
type PermissionChange struct {
	// Permission is nil if the answer has none.
	Permission *Invitation `wire:"permission"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List reads all grants on a resource: GET /api/permissions (method inferred). The names of its
// arguments are taken from error texts of the vendor's app. The answer is undocumented: that it has the
// fields of an Invitation is assumed.
func (s *PermissionsService) List(ctx context.Context, resourceType, resourceID string) (*PermissionList, error) {
	r := s.c.ask(permissionsList).require("resourceType", resourceType).arg("resourceType", resourceType)
	return fetch[PermissionList](ctx, r.id("resourceId", "resourceID", resourceID))
}

// Grant invites a user to a resource: POST /api/permissions (method inferred). The answer is
// undocumented, see List.
func (s *PermissionsService) Grant(ctx context.Context, req *PermissionGrantRequest) (*PermissionChange, error) {
	r := s.c.ask(permissionsGrant).with(req)
	if req != nil {
		r.listed("Permissions", req.Permissions)
	}
	return fetch[PermissionChange](ctx, r)
}

// Remove removes grants: DELETE /api/permissions (method inferred). Its arguments, and whether they
// are in the query or in the body, are undocumented: it may remove all grants of a resource. A call
// without any argument is refused, since how much it would remove is unknown. To end one grant, use
// Revoke.
func (s *PermissionsService) Remove(ctx context.Context, query url.Values, fields map[string]any) (provider.Payload, error) {
	r := s.c.ask(permissionsRemove)
	if len(query) == 0 && len(fields) == 0 {
		r.problem("query", "required unless fields are given")
	}
	if r.query = maps.Clone(query); len(fields) > 0 {
		r.body(fields)
	}
	return unknown(ctx, r)
}

// Update changes a grant: PATCH /api/permissions/{id} (method inferred, it may be PUT). The name of
// the field, "permissions", is assumed to be that of Grant. The answer is undocumented, see List.
func (s *PermissionsService) Update(ctx context.Context, id string, permissions []Permission) (*PermissionChange, error) {
	r := s.c.ask(permissionsUpdate, id).listed("permissions", permissions).body(map[string]any{"permissions": permissions})
	if len(permissions) == 0 {
		r.problem("permissions", "required: use Revoke to end a grant")
	}
	return fetch[PermissionChange](ctx, r)
}

// Revoke ends a grant: DELETE /api/permissions/{id} (method inferred).
func (s *PermissionsService) Revoke(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(permissionsRevoke, id))
}

// Details reads an invitation. Only the invited user may do that: GET
// /api/permissions/{id}/details.
func (s *PermissionsService) Details(ctx context.Context, id string) (*Invitation, error) {
	return fetch[Invitation](ctx, s.c.ask(permissionsDetails, id), "permission")
}

// Accept accepts an invitation: POST /api/permissions/accept.
func (s *PermissionsService) Accept(ctx context.Context, permissionID string) error {
	return done(ctx, s.answer(permissionsAccept, permissionID))
}

// Decline declines an invitation: POST /api/permissions/decline.
func (s *PermissionsService) Decline(ctx context.Context, permissionID string) error {
	return done(ctx, s.answer(permissionsDecline, permissionID))
}

func (s *PermissionsService) answer(op operation, permissionID string) *request {
	r := s.c.ask(op).body(map[string]any{"permissionId": permissionID})
	r.problems.Word("permissionID", permissionID)
	return r
}

// Mine reads what others share with the account: GET /api/permissions/me (method inferred). status
// "" reads all. The answer is undocumented, see List.
func (s *PermissionsService) Mine(ctx context.Context, status string) (*PermissionList, error) {
	return fetch[PermissionList](ctx, s.c.ask(permissionsMine).arg("status", status))
}
