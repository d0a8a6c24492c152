package elizon

import (
	"context"
	"strings"
	"time"

	"github.com/provkit/provkit/provider"
)

// SSHKeysService stores public keys, which new services can be given.
type SSHKeysService struct{ c *Client }

// SSHKeyList has the stored keys of an account and their limit.
type SSHKeyList struct {
	Keys []SSHKey `wire:"sshKeys,required"`
	// Used is how many of Max keys are stored. Max is -1 without a limit, and 0 if it is not told.
	Used int64 `wire:"limitUsed"`
	Max  int64 `wire:"limitMax,limit"`
}

// SSHKey is a stored public key.
type SSHKey struct {
	ID          string    `wire:"id,required"`
	Name        string    `wire:"name"`
	Type        string    `wire:"type"`
	Fingerprint string    `wire:"fingerprint"`
	CreatedAt   time.Time `wire:"createdAt"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// SSHKeyCreateRequest stores a public key.
type SSHKeyCreateRequest struct {
	Name string `wire:"name,required"`
	// PublicKey is a line as in authorized_keys.
	PublicKey string `wire:"publicKey,required"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Types of keys that the platform generates.
const (
	SSHKeyEd25519 = "ed25519"
	SSHKeyRSA4096 = "rsa4096"
	SSHKeyRSA8192 = "rsa8192"
)

// SSHKeyGenerateRequest lets the platform generate a key pair.
type SSHKeyGenerateRequest struct {
	Name string `wire:"name,required"`
	// KeyType is SSHKeyEd25519, SSHKeyRSA4096 or SSHKeyRSA8192.
	KeyType string `wire:"keyType,required"`
	// Passphrase encrypts the private key; "" leaves it unencrypted.
	Passphrase provider.Secret `wire:"passphrase"`
	// Extra fields, sent as they are; secrets in them are revealed.
	Extra map[string]any `wire:",extra"`
}

// GeneratedSSHKey is a key pair. The private key is returned only once.
type GeneratedSSHKey struct {
	PrivateKey provider.Secret `wire:"privateKey,required"`
	PublicKey  string          `wire:"publicKey"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// List reads the stored keys: GET /api/ssh-keys.
func (s *SSHKeysService) List(ctx context.Context) (*SSHKeyList, error) {
	return fetch[SSHKeyList](ctx, s.c.ask(sshKeysList))
}

// Create stores a public key: POST /api/ssh-keys. A private key is
// refused before it is sent.
func (s *SSHKeysService) Create(ctx context.Context, req *SSHKeyCreateRequest) error {
	r := s.c.ask(sshKeysCreate).with(req)
	if req != nil && strings.Contains(req.PublicKey, "PRIVATE KEY") {
		r.problem("PublicKey", "is a private key")
	}
	return done(ctx, r)
}

// Update changes a stored key: PATCH /api/ssh-keys/{id} (method inferred). Fields are undocumented.
func (s *SSHKeysService) Update(ctx context.Context, id string, fields map[string]any) (*Confirmation, error) {
	r := s.c.ask(sshKeysUpdate, id).body(fields)
	r.problems.Some("fields", len(fields))
	return confirmed(ctx, r)
}

// Delete removes a stored key: DELETE /api/ssh-keys/{id}.
func (s *SSHKeysService) Delete(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(sshKeysDelete, id))
}

// Generate lets the platform generate a key pair, at most one in two minutes: POST
// /api/ssh-keys/generate. The platform then knows the private key; Create with a key of your own
// keeps it secret.
func (s *SSHKeysService) Generate(ctx context.Context, req *SSHKeyGenerateRequest) (*GeneratedSSHKey, error) {
	return fetch[GeneratedSSHKey](ctx, s.c.ask(sshKeysGenerate).with(req))
}
