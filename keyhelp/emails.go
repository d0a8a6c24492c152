package keyhelp

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// EmailsService manages mailboxes. Live dialect only. The API is known to create them only;
// ClientsService.Resources lists them.
type EmailsService struct{ c *Client }

// Email is a mailbox.
type Email struct {
	ID          int64  `wire:"id"`
	Address     string `wire:"email"`
	AddressUTF8 string `wire:"email_utf8"`
	Description string `wire:"description"`
	// Size is used and MaxSize allowed, in bytes.
	Size            int64    `wire:"size"`
	MaxSize         int64    `wire:"max_size"`
	Aliases         []string `wire:"aliases"`
	AliasesUTF8     []string `wire:"aliases_utf8"`
	Forwardings     []string `wire:"forwardings"`
	ForwardingsUTF8 []string `wire:"forwardings_utf8"`
}

// EmailCreateRequest describes a new mailbox. The fields are known from /api/v1.
type EmailCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64 `wire:"id_user"`
	// Address is the full e-mail address. Required.
	Address string `wire:"email"`
	// Exactly one of Password and PasswordHash is required; PasswordHash needs the panel's option
	// "use password hashes".
	Password     provider.Secret `wire:"password"`
	PasswordHash provider.Secret `wire:"password_hash"`
	Description  string          `wire:"description,always"`
	// MaxSize is in bytes. Required.
	MaxSize        int64    `wire:"max_size"`
	CatchAll       bool     `wire:"catch_all,always"`
	StoreForwarded bool     `wire:"store_forwarded_emails,always"`
	Aliases        []string `wire:"aliases,always"`
	Forwardings    []string `wire:"forwardings,always"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Create creates a mailbox and returns its ID: POST /api/v2/emails.
func (s *EmailsService) Create(ctx context.Context, req *EmailCreateRequest) (int64, error) {
	if req == nil {
		return 0, emailsCreate.any().RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ClientID", req.ClientID)
	problems.Email("Address", req.Address)
	checkPassword(&problems, req.Password, req.PasswordHash)
	problems.Positive("MaxSize", req.MaxSize)
	if err := emailsCreate.any().Refuse(quoted(req.Address), problems); err != nil {
		return 0, err
	}
	return s.c.create(ctx, emailsCreate, req.Address, req)
}
