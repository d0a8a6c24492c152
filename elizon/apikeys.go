package elizon

import (
	"context"
	"encoding/json"
	"iter"
	"time"
	"unicode/utf8"

	"github.com/provkit/provkit/provider"
)

// APIKeysService is about the API keys of the account.
type APIKeysService struct{ c *Client }

// APIKey is an API key without its secret.
type APIKey struct {
	ID   string `elizon:"id,required"`
	Name string `elizon:"name"`
	// Prefix is the beginning of the key, for people to tell keys apart.
	Prefix    string    `elizon:"keyPrefix|prefix"`
	CreatedAt time.Time `elizon:"createdAt"`
	// LastUsedAt and ExpiresAt are zero where there is none.
	LastUsedAt time.Time `elizon:"lastUsedAt"`
	ExpiresAt  time.Time `elizon:"expiresAt"`
}

// NewAPIKey is an API key with its secret, which is told once.
type NewAPIKey struct {
	APIKey
	Secret provider.Secret
}

// APIKeyRequest makes an API key.
type APIKeyRequest struct {
	// Name is required; up to 100 characters.
	Name string `elizon:"name,required"`
	// Extra fields, sent as they are: permissions and expiry can be chosen, but the names
	// of their fields are undocumented.
	Extra map[string]any `elizon:",extra"`
}

// decode finds the secret: at the key, or beside it.
func (k *NewAPIKey) decode(raw []byte, path string) error {
	var answer struct {
		Key    APIKey          `elizon:"apiKey,required"`
		Secret provider.Secret `elizon:"secret"`
		Inner  struct {
			Key provider.Secret `elizon:"key"`
		} `elizon:"apiKey"`
	}
	var o object
	if raw[0] != '{' || json.Unmarshal(raw, &o) != nil {
		return errNoObject
	}
	if err := o.fillStruct(&answer, path); err != nil {
		return err
	}
	k.APIKey, k.Secret = answer.Key, answer.Inner.Key
	if k.Secret == "" {
		k.Secret = answer.Secret
	}
	if k.Secret == "" {
		return lacks("apiKey.key")
	}
	return nil
}

// List yields the API keys, page by page: GET /api/api-keys. perPage is how many one
// request reads; 0 is the server's default.
func (s *APIKeysService) List(ctx context.Context, perPage int64) iter.Seq2[*APIKey, error] {
	return pages[APIKey](ctx, s.c.ask(apiKeysList), paging{size: perPage, sizeName: "pageSize", pageName: "page"}, "apiKeys")
}

// Create makes an API key: POST /api/api-keys.
func (s *APIKeysService) Create(ctx context.Context, req *APIKeyRequest) (*NewAPIKey, error) {
	r := s.c.ask(apiKeysCreate).with(req)
	if req != nil && utf8.RuneCountInString(req.Name) > 100 {
		r.problem("Name", "has more than 100 characters")
	}
	return fetch[NewAPIKey](ctx, r)
}

// Delete revokes an API key: DELETE /api/api-keys with its ID in the query.
func (s *APIKeysService) Delete(ctx context.Context, id string) error {
	return gone(done(ctx, s.c.ask(apiKeysDelete).id("id", "id", id)))
}

// Usage reads how the API keys are used: GET /api/api-keys/usage (method inferred). It
// wants a session. The answer is undocumented.
func (s *APIKeysService) Usage(ctx context.Context) (Payload, error) {
	return unknown(ctx, s.c.ask(apiKeysUsage))
}
