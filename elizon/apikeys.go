package elizon

import (
	"context"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// APIKeysService manages the API keys of the account.
type APIKeysService struct{ c *Client }

// APIKey is an API key without its secret.
type APIKey struct {
	ID   string `wire:"id,required"`
	Name string `wire:"name"`
	// Prefix is the beginning of the key, by which people distinguish keys.
	Prefix    string    `wire:"keyPrefix|prefix"`
	CreatedAt time.Time `wire:"createdAt"`
	// LastUsedAt and ExpiresAt are zero if there is none.
	LastUsedAt time.Time `wire:"lastUsedAt"`
	ExpiresAt  time.Time `wire:"expiresAt,end"`
}

// NewAPIKey is an API key with its secret, which the platform returns only once.
type NewAPIKey struct {
	APIKey
	Secret provider.Secret
}

// APIKeyCreateRequest creates an API key.
type APIKeyCreateRequest struct {
	// Name is required; up to 100 characters.
	Name string `wire:"name,required"`
	// Extra fields, sent as they are: permissions and expiry can be chosen, but the names of their
	// fields are undocumented.
	Extra map[string]any `wire:",extra"`
}

// The secret is inside the key's object, or next to it.
var _ = wire.Read(func(raw []byte, k *NewAPIKey) error {
	var answer struct {
		Key    APIKey          `wire:"apiKey,required"`
		Secret provider.Secret `wire:"apiKey.key|secret,required"`
	}
	if err := wire.Unmarshal(raw, &answer); err != nil {
		return err
	}
	k.APIKey, k.Secret = answer.Key, answer.Secret
	return nil
})

// List yields the API keys, page by page: GET /api/api-keys. perPage is the page size; 0 is the
// server's default.
func (s *APIKeysService) List(ctx context.Context, perPage int64) iter.Seq2[*APIKey, error] {
	return pages[APIKey](ctx, s.c.ask(apiKeysList), paging{size: perPage, sizeName: "pageSize", pageName: "page"}, "apiKeys")
}

// Create creates an API key: POST /api/api-keys.
func (s *APIKeysService) Create(ctx context.Context, req *APIKeyCreateRequest) (*NewAPIKey, error) {
	r := s.c.ask(apiKeysCreate).with(req)
	if req != nil {
		r.problems.MaxLength("Name", req.Name, 100)
	}
	return fetch[NewAPIKey](ctx, r)
}

// Delete revokes an API key: DELETE /api/api-keys with its ID in the query.
func (s *APIKeysService) Delete(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(apiKeysDelete).id("id", "id", id))
}

// Usage reads how the API keys are used: GET /api/api-keys/usage (method inferred). It needs a
// session. The answer is undocumented.
func (s *APIKeysService) Usage(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(apiKeysUsage))
}
