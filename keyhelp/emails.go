package keyhelp

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// EmailsService manages mailboxes. Live dialect only. The API is only known to
// create them; ClientsService.Resources lists them.
type EmailsService struct{ c *Client }

// Email is a mailbox.
type Email struct {
	ID                   int64
	Address, AddressUTF8 string
	Description          string
	// Size used and MaxSize allowed, in bytes.
	Size, MaxSize                int64
	Aliases, AliasesUTF8         []string
	Forwardings, ForwardingsUTF8 []string
}

// EmailCreateRequest asks for a new mailbox. The fields are known from /api/v1.
type EmailCreateRequest struct {
	// ClientID is the owner. Required.
	ClientID int64
	// Address is the full address. Required.
	Address string
	// Password, or PasswordHash where the panel's option "use password hashes"
	// is on. Exactly one is required.
	Password     provider.Secret
	PasswordHash provider.Secret
	Description  string
	// MaxSize in bytes. Required.
	MaxSize        int64
	CatchAll       bool
	StoreForwarded bool
	Aliases        []string
	Forwardings    []string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Create makes a mailbox and returns its ID: POST /api/v2/emails.
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
	fields := map[string]any{
		"id_user": req.ClientID, "email": req.Address, "description": req.Description, "max_size": req.MaxSize,
		"catch_all": req.CatchAll, "store_forwarded_emails": req.StoreForwarded,
		"aliases": notNil(req.Aliases), "forwardings": notNil(req.Forwardings),
	}
	putPassword(fields, req.Password, req.PasswordHash)
	return s.c.create(ctx, emailsCreate, quoted(req.Address), withExtra(fields, req.Extra), req.Password, req.PasswordHash)
}

type emailWire struct {
	ID              int64    `json:"id"`
	Email           string   `json:"email"`
	EmailUTF8       string   `json:"email_utf8"`
	Description     string   `json:"description"`
	Size            number   `json:"size"`
	MaxSize         number   `json:"max_size"`
	Aliases         []string `json:"aliases"`
	AliasesUTF8     []string `json:"aliases_utf8"`
	Forwardings     []string `json:"forwardings"`
	ForwardingsUTF8 []string `json:"forwardings_utf8"`
}

func (w *emailWire) model() *Email {
	return &Email{
		ID: w.ID, Address: w.Email, AddressUTF8: w.EmailUTF8, Description: w.Description, Size: int64(w.Size), MaxSize: int64(w.MaxSize),
		Aliases: w.Aliases, AliasesUTF8: w.AliasesUTF8, Forwardings: w.Forwardings, ForwardingsUTF8: w.ForwardingsUTF8,
	}
}
