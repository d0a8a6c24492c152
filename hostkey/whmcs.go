package hostkey

import (
	"context"
	"net/url"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// The customer and the billing of servers. A server's key may use none of these.
var (
	whmcsClient        = act("whmcs", "get_client", "WHMCS.Client", "get customer", ClassRead)
	whmcsClientGroups  = act("whmcs", "get_clientgroups", "WHMCS.ClientGroups", "list groups of customers", ClassRead)
	whmcsUpdateClient  = act("whmcs", "update_client", "WHMCS.UpdateClient", "change customer", ClassWrite).idempotent()
	whmcsResetPassword = act("whmcs", "reset_password", "WHMCS.ResetPassword", "reset password", ClassWrite).sensitive()

	whmcsContacts      = act("whmcs", "get_contacts", "WHMCS.Contacts", "list contacts", ClassRead)
	whmcsAddContact    = act("whmcs", "add_contact", "WHMCS.AddContact", "add contact", ClassWrite)
	whmcsUpdateContact = act("whmcs", "update_contact", "WHMCS.UpdateContact", "change contact", ClassWrite).idempotent()
	whmcsDeleteContact = act("whmcs", "delete_contact", "WHMCS.DeleteContact", "delete contact", ClassDestroy)

	whmcsBillingData = act("whmcs", "get_billing_data", "WHMCS.BillingData", "get billing data of server", ClassRead)
)

// WHMCSService is the module whmcs: the customer, invoices, credit, and the cancellation of
// servers. It passes on the answers of a WHMCS.
type WHMCSService struct{ c *Client }

// States of a server in billing.
const (
	BillingPending    = "Pending"
	BillingActive     = "Active"
	BillingSuspended  = "Suspended"
	BillingTerminated = "Terminated"
	BillingCancelled  = "Cancelled"
	BillingFraud      = "Fraud"
)

// BillingClientGetRequest reads the customer. nil is the zero value.
type BillingClientGetRequest struct {
	// Full asks for further fields, which are undocumented.
	Full bool `url:"full,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// BillingClient is the customer that the key belongs to.
type BillingClient struct {
	ID int64 `wire:"client.id,positive"`
	// Credit is the balance that orders and ApplyCredit pay from, in Currency.
	Credit   Amount `wire:"client.credit"`
	Currency string `wire:"client.currency_code"`
	Email    string `wire:"client.email"`
	Company  string `wire:"client.companyname"`
	// Location is the billing system: "whmcs_com".
	Location string `wire:"billing_location"`
	// More fields of the customer.
	More map[string]provider.Payload `wire:"client,extra"`
}

// BillingClientUpdateRequest changes the customer. nil leaves a field unchanged.
type BillingClientUpdateRequest struct {
	FirstName *string `url:"billing_firstname,omitempty"`
	LastName  *string `url:"billing_lastname,omitempty"`
	Company   *string `url:"billing_companyname,omitempty"`
	Email     *string `url:"billing_email,omitempty"`
	Address1  *string `url:"billing_address1,omitempty"`
	Address2  *string `url:"billing_address2,omitempty"`
	City      *string `url:"billing_city,omitempty"`
	State     *string `url:"billing_state,omitempty"`
	Postcode  *string `url:"billing_postcode,omitempty"`
	// Country is a code of two letters.
	Country *string `url:"billing_country,omitempty"`
	Phone   *string `url:"billing_phonenumber,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// PasswordResetRequest begins or ends the reset of a password.
type PasswordResetRequest struct {
	// Email is required.
	Email string `url:"email"`
	// ResetToken is the token from the mail; "" sends the mail.
	ResetToken provider.Secret `url:"reset_token,omitempty"`
	// Extra fields: the names of those for the new password and the code of the second factor are
	// undocumented. Pass both as provider.Secret.
	Extra map[string]any `url:"-"`
}

// ContactUpdateRequest changes an additional contact.
type ContactUpdateRequest struct {
	// ContactID and Email are required.
	ContactID int64  `url:"contact_id"`
	Email     string `url:"email"`
	// Password of the contact; "" leaves it unchanged.
	Password provider.Secret `url:"password2,omitempty"`
	// Phone: nil leaves it unchanged.
	Phone *string `url:"phonenumber,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// BillingData is the billing record of a server.
type BillingData struct {
	// Hostname comes in a field called IP.
	Hostname string `wire:"IP"`
	ClientID int64  `wire:"client_id"`
	OrderID  int64  `wire:"order_id"`
	Name     string `wire:"billing_name"`
	// Status is one of the Billing constants, or another status of WHMCS.
	Status string `wire:"billing_status,required"`
	// Cycle is the billing cycle in the words of WHMCS: "Monthly".
	Cycle      string    `wire:"billing_cycle"`
	SetupFee   Amount    `wire:"billing_setupfee"`
	Recurring  Amount    `wire:"billing_reccuring"`
	Registered time.Time `wire:"reg_date"`
	NextDue    time.Time `wire:"next_due_date,end"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Client reads the customer with the credit: POST /whmcs.php, action get_client. req may be nil.
func (s *WHMCSService) Client(ctx context.Context, req *BillingClientGetRequest) (*BillingClient, error) {
	if req == nil {
		req = new(BillingClientGetRequest)
	}
	call, _, err := formOf(whmcsClient, nil, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[BillingClient](ctx, s.c, whmcsClient, call)
}

// ClientGroups lists the groups of customers of a billing location: POST /whmcs.php, action
// get_clientgroups. Fields and answer are undocumented.
func (s *WHMCSService) ClientGroups(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, whmcsClientGroups, extra)
}

// UpdateClient changes the customer: POST /whmcs.php, action update_client.
func (s *WHMCSService) UpdateClient(ctx context.Context, req *BillingClientUpdateRequest) (*Ack, error) {
	if req == nil {
		return nil, whmcsUpdateClient.RefuseNil()
	}
	call, form, err := formOf(whmcsUpdateClient, nil, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	if len(form) == 0 {
		return nil, whmcsUpdateClient.Refuse("", provider.Problems{"request": "changes nothing"})
	}
	return s.c.ack(ctx, whmcsUpdateClient, call)
}

// ResetPassword sends a mail with a token, or with that token sets a new password: POST /whmcs.php,
// action reset_password. Most fields and the answer are undocumented.
func (s *WHMCSService) ResetPassword(ctx context.Context, req *PasswordResetRequest) (*Ack, error) {
	if req == nil {
		return nil, whmcsResetPassword.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Email", req.Email)
	call, _, err := formOf(whmcsResetPassword, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	call.Secrets = append(call.Secrets, req.ResetToken)
	return s.c.ack(ctx, whmcsResetPassword, call)
}

// Contacts lists the additional contacts of the customer: POST /whmcs.php, action get_contacts. The
// answer is undocumented.
func (s *WHMCSService) Contacts(ctx context.Context) (provider.Payload, error) {
	return s.c.unknown(ctx, whmcsContacts, new(rest.Call))
}

// AddContact adds a contact to the customer: POST /whmcs.php, action add_contact. Fields and answer
// are undocumented. If the request does not say what kind of request it is, the server adds a
// random contact.
func (s *WHMCSService) AddContact(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, whmcsAddContact, extra)
}

// UpdateContact changes an additional contact: POST /whmcs.php, action update_contact. A new e-mail
// address or phone number may have to be verified.
func (s *WHMCSService) UpdateContact(ctx context.Context, req *ContactUpdateRequest) (*Ack, error) {
	if req == nil {
		return nil, whmcsUpdateContact.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("ContactID", req.ContactID)
	problems.Required("Email", req.Email)
	call, _, err := formOf(whmcsUpdateContact, problems, about(req.ContactID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	call.Secrets = append(call.Secrets, req.Password)
	return s.c.ack(ctx, whmcsUpdateContact, call)
}

// DeleteContact removes an additional contact: POST /whmcs.php, action delete_contact.
func (s *WHMCSService) DeleteContact(ctx context.Context, contactID int64) (*Ack, error) {
	if err := whmcsDeleteContact.RefuseID("contactID", contactID); err != nil {
		return nil, err
	}
	return s.c.ack(ctx, whmcsDeleteContact, &rest.Call{Body: url.Values{"contact_id": {idText(contactID)}}, Subject: idText(contactID)})
}

// BillingData reads the billing record of a server: POST /whmcs.php, action get_billing_data.
func (s *WHMCSService) BillingData(ctx context.Context, serverID int64) (*BillingData, error) {
	call, err := byID(whmcsBillingData, serverID, nil)
	if err != nil {
		return nil, err
	}
	return fetch[BillingData](ctx, s.c, whmcsBillingData, call)
}
