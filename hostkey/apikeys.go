package hostkey

import (
	"context"
	"iter"
	"net/url"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Whether answers about a key contain more than its name is undocumented, so they count as secret.
var (
	apiKeysAdd           = act("api_keys", "add", "APIKeys.Add", "create API key", ClassWrite).sensitive()
	apiKeysDelete        = act("api_keys", "delete", "APIKeys.Delete", "delete API key", ClassDestroy).idempotent().untilGone()
	apiKeysEdit          = act("api_keys", "edit", "APIKeys.Edit", "change API key", ClassWrite).idempotent().sensitive()
	apiKeysHistory       = act("api_keys", "history", "APIKeys.History", "get history of API key", ClassRead).sensitive()
	apiKeysList          = act("api_keys", "list", "APIKeys.List", "list API keys", ClassRead).sensitive()
	apiKeysListForServer = act("api_keys", "list_for_server", "APIKeys.ListForServer", "list API keys of server", ClassRead).sensitive()
	apiKeysView          = act("api_keys", "view", "APIKeys.View", "get API key", ClassRead).sensitive()
)

// APIKeysService manages API keys: of the account, which reach everything, and of single servers,
// which reach that server and no billing.
type APIKeysService struct{ c *Client }

// LoginNotify is how the owner is notified of sign-ins with a key.
type LoginNotify string

// The ways to notify.
const (
	NotifyNone    LoginNotify = "none"
	NotifyEmail   LoginNotify = "email"
	NotifyWebhook LoginNotify = "webhook"
)

// APIKey is a key without its secret, which is shown only once.
type APIKey struct {
	ID   int64  `wire:"id,positive"`
	Name string `wire:"name"`
	// More fields of the key, which are undocumented.
	More map[string]provider.Payload `wire:",extra"`
}

// NewAPIKey is a new key. Store its secret: it is shown only once.
type NewAPIKey struct {
	Key provider.Secret `wire:"data.api_key,required,strict"`
	// ID is 0 if the server did not return it.
	ID int64 `wire:"data.id"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:"data,extra"`
}

// APIKeyAddRequest creates a key.
type APIKeyAddRequest struct {
	// Name is required.
	Name string `url:"name"`
	// ServerID makes it the key of that server; 0 makes it the account's.
	ServerID int64 `url:"server_id,omitempty"`
	// IP lists the addresses and networks from which the key works, with commas between them; "" is all.
	IP string `url:"ip,omitempty"`
	// Active: nil is the server's default.
	Active *bool `url:"active,int,omitempty"`
	// Notify and NotifyAddress, which is an e-mail address or a URL; "" is the server's default.
	Notify        LoginNotify `url:"login_notify_method,omitempty"`
	NotifyAddress string      `url:"login_notify_address,omitempty"`
	// Extra fields, sent as params[name].
	Extra map[string]any `url:"-"`
}

// APIKeyEditRequest changes a key. Set every field: the server does not keep what is left out.
type APIKeyEditRequest struct {
	// Name and Notify are required.
	Name   string `url:"name"`
	IP     string `url:"ip,omitempty"`
	Active bool   `url:"active,int"`
	// NotifyAddress is required unless Notify is NotifyNone.
	Notify        LoginNotify `url:"login_notify_method"`
	NotifyAddress string      `url:"login_notify_address,omitempty"`
	// Extra fields, sent as params[name].
	Extra map[string]any `url:"-"`
}

// Add creates a key, for the account or for one server: POST /api_keys.php, action add. The account
// must have an active server. Sent twice it creates two.
func (s *APIKeysService) Add(ctx context.Context, req *APIKeyAddRequest) (*NewAPIKey, error) {
	if req == nil {
		return nil, apiKeysAdd.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	problems.NotNegative("ServerID", req.ServerID)
	checkNotify(&problems, req.Notify, req.NotifyAddress)
	call, _, err := paramsOf(apiKeysAdd, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[NewAPIKey](ctx, s.c, apiKeysAdd, call)
}

// Delete removes a key: POST /api_keys.php, action delete.
func (s *APIKeysService) Delete(ctx context.Context, id int64) error {
	call, err := s.byID(apiKeysDelete, "id", id)
	if err != nil {
		return err
	}
	return s.c.done(ctx, apiKeysDelete, call)
}

// Edit changes a key: POST /api_keys.php, action edit.
func (s *APIKeysService) Edit(ctx context.Context, id int64, req *APIKeyEditRequest) error {
	if req == nil {
		return apiKeysEdit.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("id", id)
	problems.Required("Name", req.Name)
	problems.Required("Notify", string(req.Notify))
	checkNotify(&problems, req.Notify, req.NotifyAddress)
	call, form, err := paramsOf(apiKeysEdit, problems, idText(id), req, req.Extra)
	if err != nil {
		return err
	}
	form.Set("params[id]", idText(id))
	return s.c.done(ctx, apiKeysEdit, call)
}

// History lists the events of a key: POST /api_keys.php, action history. from and to are dates; the
// zero time leaves that end open. The answer is undocumented.
func (s *APIKeysService) History(ctx context.Context, id int64, from, to time.Time) (provider.Payload, error) {
	call, err := s.byID(apiKeysHistory, "id", id)
	if err != nil {
		return provider.Payload{}, err
	}
	form := call.Body.(url.Values)
	if !from.IsZero() {
		form.Set("params[period_from]", from.Format(time.DateOnly))
	}
	if !to.IsZero() {
		form.Set("params[period_to]", to.Format(time.DateOnly))
	}
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return provider.Payload{}, apiKeysHistory.Refuse("", provider.Problems{"to": "must not be before from"})
	}
	return s.c.unknown(ctx, apiKeysHistory, call)
}

// List lists the account's keys: POST /api_keys.php, action list.
func (s *APIKeysService) List(ctx context.Context) iter.Seq2[*APIKey, error] {
	return elements[APIKey](ctx, s.c, apiKeysList, &rest.Call{}, "data")
}

// ListForServer lists the keys of one server: POST /api_keys.php, action list_for_server.
func (s *APIKeysService) ListForServer(ctx context.Context, serverID int64) iter.Seq2[*APIKey, error] {
	call, err := s.byID(apiKeysListForServer, "serverID", serverID)
	if err != nil {
		return rest.Failed[APIKey](err)
	}
	call.Body = url.Values{"params[server_id]": {idText(serverID)}}
	return elements[APIKey](ctx, s.c, apiKeysListForServer, call, "data")
}

// View reads a key: POST /api_keys.php, action view. Which fields the answer has beside those of a list is
// undocumented.
func (s *APIKeysService) View(ctx context.Context, id int64) (*APIKey, error) {
	call, err := s.byID(apiKeysView, "id", id)
	if err != nil {
		return nil, err
	}
	one, err := fetch[struct {
		ID  int64   `wire:"data.id,identity"`
		Key *APIKey `wire:"data,required"`
	}](ctx, s.c, apiKeysView, call)
	if err != nil {
		return nil, err
	}
	return one.Key, nil
}

func (s *APIKeysService) byID(a action, field string, id int64) (*rest.Call, error) {
	var problems provider.Problems
	problems.Positive(field, id)
	if err := a.Refuse("", problems); err != nil {
		return nil, err
	}
	return &rest.Call{Body: url.Values{"params[id]": {idText(id)}}, Subject: idText(id)}, nil
}

func checkNotify(problems *provider.Problems, how LoginNotify, address string) {
	provider.OneOf(problems, "Notify", how, NotifyNone, NotifyEmail, NotifyWebhook)
	if address == "" && (how == NotifyEmail || how == NotifyWebhook) {
		problems.Add("NotifyAddress", "required to notify by %s", string(how))
	}
}
