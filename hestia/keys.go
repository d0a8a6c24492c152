package hestia

import (
	"context"
	"iter"
	"net/netip"
	"time"

	"github.com/provkit/provkit/provider"
)

// KeysService manages access to the API: access keys, legacy API keys, permission profiles and the
// list of allowed addresses.
type KeysService struct{ c *Client }

var (
	keysAddAccessKey    = adds("Keys.AddAccessKey", "v-add-access-key USER [PERMISSIONS] [COMMENT] json").printing().secretly()
	keysAddAPIIP        = adds("Keys.AddAPIIP", "v-add-sys-api-ip IP")
	keysChangeAPI       = sets("Keys.ChangeAPI", "v-change-sys-api STATUS [VERSION]")
	keysCheckAccessKey  = reads("Keys.CheckAccessKey", "v-check-access-key ACCESS_KEY_ID SECRET_ACCESS_KEY! COMMAND [IP=127.0.0.1] json").secretly()
	keysCheckAPIKey     = checks("Keys.CheckAPIKey", "v-check-api-key KEY! [IP=127.0.0.1]")
	keysDeleteAccessKey = sets("Keys.DeleteAccessKey", "v-delete-access-key ACCESS_KEY_ID")
	keysDeleteAPIIP     = removes("Keys.DeleteAPIIP", "v-delete-sys-api-ip IP")
	keysGenerateAPIKey  = adds("Keys.GenerateAPIKey", "v-generate-api-key").printing().secretly()
	keysGetAccessKey    = reads("Keys.GetAccessKey", "v-list-access-key ACCESS_KEY_ID json").secretly()
	keysListAccessKeys  = reads("Keys.ListAccessKeys", "v-list-access-keys [USER] json")
	keysGetAPI          = reads("Keys.GetAPI", "v-list-api API json")
	keysListAPIs        = reads("Keys.ListAPIs", "v-list-apis json")
	keysRevokeAPIKey    = sets("Keys.RevokeAPIKey", "v-revoke-api-key HASH!")
)

// AccessKeyInfo is an access key.
type AccessKeyInfo struct {
	ID string `hestia:"ACCESS_KEY_ID,key"`
	// Secret is empty in listings.
	Secret provider.Secret `hestia:"SECRET_ACCESS_KEY"`
	User   string          `hestia:"USER"`
	// Permissions are names of profiles; none means full rights.
	Permissions []string  `hestia:"PERMISSIONS"`
	Comment     string    `hestia:"COMMENT"`
	Created     time.Time `hestia:"DATE+TIME"`
}

// AccessKeyCheck is what the API finds out about a key before it runs a command.
type AccessKeyCheck struct {
	User string `hestia:"USER"`
	// UserPosition is the position of the argument that must be the key's owner; 0 if the command
	// has none.
	UserPosition int64 `hestia:"USER_ARG_POSITION"`
}

// APIProfile is a set of commands that a key can be limited to.
type APIProfile struct {
	Name string `hestia:"API,key"`
	// Role of the users whose keys may have it: "admin" or "user".
	Role     string   `hestia:"ROLE"`
	Commands []string `hestia:"COMMANDS"`
}

// KeyAddAccessKeyOptions are the optional arguments of KeysService.AddAccessKey.
type KeyAddAccessKeyOptions struct {
	// Permissions are names of profiles. Only a key of the root user can have none.
	Permissions []string
	// Comment must have at least two characters.
	Comment string
}

// AddAccessKey issues a new access key for a user and returns it with its secret: v-add-access-key.
// Permissions are names of profiles (ListAPIs). None means full rights, which only the root user's
// keys can have.
func (s *KeysService) AddAccessKey(ctx context.Context, user string, opts *KeyAddAccessKeyOptions) (*AccessKeyInfo, error) {
	if opts == nil {
		opts = &KeyAddAccessKeyOptions{}
	}
	return get[AccessKeyInfo](ctx, s.c, keysAddAccessKey, user, opts.Permissions, opts.Comment)
}

// AddAPIIP appends an address to the API's allow list: v-add-sys-api-ip.
func (s *KeysService) AddAPIIP(ctx context.Context, ip netip.Addr) error {
	return s.c.change(ctx, keysAddAPIIP, ip)
}

// KeyChangeAPIOptions are the optional arguments of KeysService.ChangeAPI.
type KeyChangeAPIOptions struct {
	Version string
}

// ChangeAPI enables, disables or removes the HTTP API: "enable", "disable", "remove":
// v-change-sys-api. Version is "legacy", "api" or "all".
func (s *KeysService) ChangeAPI(ctx context.Context, status string, opts *KeyChangeAPIOptions) error {
	if opts == nil {
		opts = &KeyChangeAPIOptions{}
	}
	return s.c.change(ctx, keysChangeAPI, status, opts.Version)
}

// KeyCheckAccessKeyOptions are the optional arguments of KeysService.CheckAccessKey.
type KeyCheckAccessKeyOptions struct {
	IP netip.Addr
}

// CheckAccessKey verifies an access key against a command, as the API itself does:
// v-check-access-key.
func (s *KeysService) CheckAccessKey(ctx context.Context, id string, secret provider.Secret, command string, opts *KeyCheckAccessKeyOptions) (*AccessKeyCheck, error) {
	if opts == nil {
		opts = &KeyCheckAccessKeyOptions{}
	}
	return get[AccessKeyCheck](ctx, s.c, keysCheckAccessKey, id, secret, command, opts.IP)
}

// KeyCheckAPIKeyOptions are the optional arguments of KeysService.CheckAPIKey.
type KeyCheckAPIKeyOptions struct {
	IP netip.Addr
}

// CheckAPIKey verifies a legacy API key: v-check-api-key.
func (s *KeysService) CheckAPIKey(ctx context.Context, key provider.Secret, opts *KeyCheckAPIKeyOptions) error {
	if opts == nil {
		opts = &KeyCheckAPIKeyOptions{}
	}
	return s.c.change(ctx, keysCheckAPIKey, key, opts.IP)
}

// DeleteAccessKey revokes an access key: v-delete-access-key. If an answer was lost and the panel then knows no such key,
// the error matches ErrNotFound and ErrOutcomeUnknown: a mistyped ID must not pass for a key that was revoked. So it is
// if the client deletes the key that it signs in with, except that its next attempt is refused.
func (s *KeysService) DeleteAccessKey(ctx context.Context, id string) error {
	return s.c.change(ctx, keysDeleteAccessKey, id)
}

// DeleteAPIIP removes an address from the API's allow list: v-delete-sys-api-ip.
func (s *KeysService) DeleteAPIIP(ctx context.Context, ip netip.Addr) error {
	return s.c.change(ctx, keysDeleteAPIIP, ip)
}

// GenerateAPIKey issues a legacy API key, which may run every command: v-generate-api-key.
func (s *KeysService) GenerateAPIKey(ctx context.Context) (provider.Secret, error) {
	return s.c.secret(ctx, keysGenerateAPIKey)
}

// GetAccessKey returns one access key, its secret included: v-list-access-key.
func (s *KeysService) GetAccessKey(ctx context.Context, id string) (*AccessKeyInfo, error) {
	return get[AccessKeyInfo](ctx, s.c, keysGetAccessKey, id)
}

// KeyListAccessKeysOptions are the optional arguments of KeysService.ListAccessKeys.
type KeyListAccessKeysOptions struct {
	// User is the owner of the keys; "" is all users.
	User string
}

// ListAccessKeys returns the access keys of a user, or of all, without their secrets:
// v-list-access-keys.
func (s *KeysService) ListAccessKeys(ctx context.Context, opts *KeyListAccessKeysOptions) iter.Seq2[*AccessKeyInfo, error] {
	if opts == nil {
		opts = &KeyListAccessKeysOptions{}
	}
	return list[AccessKeyInfo](ctx, s.c, keysListAccessKeys, opts.User)
}

// GetAPI returns one permission profile: v-list-api.
func (s *KeysService) GetAPI(ctx context.Context, name string) (*APIProfile, error) {
	return get[APIProfile](ctx, s.c, keysGetAPI, name)
}

// ListAPIs returns all permission profiles: v-list-apis.
func (s *KeysService) ListAPIs(ctx context.Context) iter.Seq2[*APIProfile, error] {
	return list[APIProfile](ctx, s.c, keysListAPIs)
}

// RevokeAPIKey revokes a legacy API key: v-revoke-api-key. A lost answer is as with DeleteAccessKey.
func (s *KeysService) RevokeAPIKey(ctx context.Context, hash provider.Secret) error {
	return s.c.change(ctx, keysRevokeAPIKey, hash)
}
