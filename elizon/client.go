package elizon

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/words"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "elizon"

// DefaultBaseURL is the public platform. The vendor's own programs use the host with "www." in
// front; whether one redirects to the other is undocumented.
const DefaultBaseURL = "https://elizon.app"

// DefaultClientHeader is the value of X-Elizon-Client unless WithClientHeader is given: the default
// of the vendor's SDK. CheckoutClientHeader is sent instead where money is spent or a payment method is
// saved: the SDK's README demands it for checkout, payment of invoices and business fund, and its
// examples send it. The README also says that "mobile" is refused there; of "api" it says nothing.
const (
	DefaultClientHeader  = "api"
	CheckoutClientHeader = "desktop"
)

// Client talks to the elizon platform. It is safe for concurrent use; create one per account and
// keep it.
type Client struct {
	core               *rest.Client
	hasKey, hasSession bool
	settings           settings
	orders             *orders

	// Services that the account has: power, console, backups, subscription and more.
	Services *ServicesService
	// Cart prices and checks orders without placing them.
	Cart *CartService
	// Checkout places orders, which spends money.
	Checkout *CheckoutService
	// Subscriptions of the account, which link an order to its service.
	Subscriptions *SubscriptionsService
	// Products that can be ordered.
	Products *ProductsService
	// Coupons.
	Coupons *CouponsService
	// Invoices and their payment.
	Invoices *InvoicesService
	// PaymentMethods that are saved.
	PaymentMethods *PaymentMethodsService
	// Balance of the account and how it is topped up.
	Balance *BalanceService
	// Health and public data of the platform.
	Health *HealthService
	// Subdomains and their DNS records.
	Subdomains *SubdomainsService
	// APIKeys of the account.
	APIKeys *APIKeysService
	// Addresses for invoices.
	Addresses *AddressesService
	// Rewards: NetPoints.
	Rewards *RewardsService
	// Auth signs in, and manages profile, sessions and second factors.
	Auth *AuthService
	// Affiliates is the partner programme.
	Affiliates *AffiliatesService
	// Business features: verification, billing on invoice, the business fund.
	Business *BusinessService
	// Permissions of other users on the account's resources.
	Permissions *PermissionsService
	// Storage volumes.
	Storage *StorageService
	// Tickets for the support staff.
	Tickets *TicketsService
	// Feedback about tickets and services.
	Feedback *FeedbackService
	// KnowledgeBase articles.
	KnowledgeBase *KnowledgeBaseService
	// User is the account itself: settings, e-mail, data export.
	User *UserService
	// IPs of the account's services and their reverse names.
	IPs *IPsService
	// FloatingIPs can be moved between services.
	FloatingIPs *FloatingIPsService
	// SSHKeys that new services can be given.
	SSHKeys *SSHKeysService
	// Additional endpoints that belong to none of the above.
	Additional *AdditionalService
}

// New returns a client for the platform at baseURL, which is DefaultBaseURL except in tests. The
// format of API keys is undocumented. New checks its arguments and does no I/O. Plain http is
// refused except for this machine, unless provider.WithPlainHTTP allows it.
//
// The key may be "" if WithSessionToken gives a session instead, or if WithoutKey limits the client
// to public endpoints.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	options := provider.NewOptions(opts...)
	token, _ := rest.VendorOption(options, Kind, "WithSessionToken").(provider.Secret)
	_, keyless := rest.VendorOption(options, Kind, "WithoutKey").(bool)
	_, bearer := rest.VendorOption(options, Kind, "WithBearer").(bool)
	clientHeader, given := rest.VendorOption(options, Kind, "WithClientHeader").(string)
	if !given {
		clientHeader = DefaultClientHeader
	}
	var problems provider.Problems
	switch {
	case apiKey.IsZero() && token.IsZero() && !keyless:
		problems.Add("apiKey", "required, unless WithSessionToken or WithoutKey is given")
	case !apiKey.IsZero() && keyless:
		problems.Add("WithoutKey", "contradicts the API key")
	case apiKey.IsZero() && bearer:
		problems.Add("WithBearer", "there is no API key to send")
	}
	problems.Note("apiKey", rest.KeyProblem(apiKey))
	problems.Note("WithSessionToken", rest.KeyProblem(token))
	if strings.ContainsFunc(clientHeader, notInHeader) {
		problems.Add("WithClientHeader", "contains white space or characters that a header cannot have")
	}
	settings := readSettings(options, &problems)
	header := http.Header{"Accept": {"application/json"}}
	if clientHeader != "" {
		header["X-Elizon-Client"] = []string{clientHeader}
	}
	// Credentials live in closures, so that printing the client does not show them.
	key, keyHeader := []string{apiKey.Reveal()}, "X-Api-Key"
	if bearer {
		key, keyHeader = []string{"Bearer " + apiKey.Reveal()}, "Authorization"
	}
	session, desktop := []string{"Bearer " + token.Reveal()}, []string{CheckoutClientHeader}
	core, err := rest.New(rest.Config{
		Provider: Kind,
		BaseURL:  trimAPIPath(baseURL),
		Header:   header,
		Authorize: func(ctx context.Context, req *http.Request) error {
			op, _ := ctx.Value(operationKey{}).(operation)
			if op.asDesktop && !given {
				req.Header["X-Elizon-Client"] = desktop
			}
			switch {
			case op.as == withKey && !apiKey.IsZero():
				req.Header[keyHeader] = key
			case op.as == withKey && !token.IsZero(), op.as == withSession:
				req.Header["Authorization"] = session
			}
			return nil
		},
		Secrets:  func() []provider.Secret { return []provider.Secret{apiKey, token} },
		Genuine:  genuine,
		Classify: classify,
		// The documents describe the platform's 429: {"success": false}, with the time to wait.
		Refuses429: true,
	}, opts...)
	if err := rest.AllProblems(Kind, "New", "new client", problems, err, nil); err != nil {
		return nil, err
	}
	c := &Client{core: core, hasKey: !apiKey.IsZero(), hasSession: !token.IsZero(), settings: settings, orders: newOrders(core, provider.NewOptions(opts...))}
	c.Services = newServices(c)
	c.Cart = &CartService{c}
	c.Checkout = &CheckoutService{c}
	c.Subscriptions = &SubscriptionsService{c}
	c.Products = &ProductsService{c}
	c.Coupons = &CouponsService{c}
	c.Invoices = &InvoicesService{c}
	c.PaymentMethods = &PaymentMethodsService{c}
	c.Balance = &BalanceService{c}
	c.Health = &HealthService{c}
	c.Subdomains = &SubdomainsService{c}
	c.APIKeys = &APIKeysService{c}
	c.Addresses = &AddressesService{c}
	c.Rewards = &RewardsService{c}
	c.Auth = newAuth(c)
	c.Affiliates = &AffiliatesService{c}
	c.Business = &BusinessService{c}
	c.Permissions = &PermissionsService{c}
	c.Storage = &StorageService{c}
	c.Tickets = &TicketsService{c}
	c.Feedback = &FeedbackService{c}
	c.KnowledgeBase = &KnowledgeBaseService{c}
	c.User = &UserService{c}
	c.IPs = &IPsService{c}
	c.FloatingIPs = &FloatingIPsService{c}
	c.SSHKeys = &SSHKeysService{c}
	c.Additional = &AdditionalService{c}
	return c, nil
}

// trimAPIPath accepts a URL that ends with the API's path, as the vendor's documents print it.
func trimAPIPath(baseURL string) string {
	trimmed := strings.TrimRight(strings.TrimSpace(baseURL), "/")
	return strings.TrimSuffix(trimmed, "/api")
}

func notInHeader(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || r == 0x7f }

// String returns the client's URL without its credentials.
func (c *Client) String() string { return c.core.String() }

// GoString returns String, so that %#v shows no more.
func (c *Client) GoString() string { return c.String() }

// Do performs a call that has no method yet. It sends the API key, or the session if there is no
// key, and has the same limits, retries and errors as all other calls. The route is below the base
// URL ("/api/..."). out receives the JSON answer; nil ignores it.
func (c *Client) Do(ctx context.Context, req *provider.Request, out any) error {
	return c.do(ctx, "Do", withKey, req, out)
}

// DoSession is Do for endpoints that refuse API keys: it sends the session's token.
func (c *Client) DoSession(ctx context.Context, req *provider.Request, out any) error {
	return c.do(ctx, "DoSession", withSession, req, out)
}

func (c *Client) do(ctx context.Context, name string, as access, req *provider.Request, out any) error {
	call, err := rest.CallOf(Kind, name, req, out)
	if err != nil {
		return err
	}
	return c.call(ctx, operation{Endpoint: call.Endpoint, as: as, sure: documented}, call)
}

// operationKey is the context key under which Authorize finds what a call needs.
type operationKey struct{}

// call performs an operation with the credentials that it needs. Without them nothing is sent.
func (c *Client) call(ctx context.Context, op operation, call *rest.Call) error {
	if refused := c.refusal(op); refused != nil {
		refused.Provider, refused.Op, refused.Action = Kind, op.Op, op.Verb
		return refused
	}
	call.Endpoint = op.Endpoint
	err := c.core.Do(context.WithValue(ctx, operationKey{}, op), call)
	var failed *provider.Error
	if op.sure != documented && errors.As(err, &failed) && failed.StatusCode == http.StatusMethodNotAllowed {
		failed.Message += words.Say("; the method %s is inferred, not documented", op.Method)
	}
	return err
}

func (c *Client) refusal(op operation) *provider.Error {
	switch {
	case op.as == withSession && !c.hasSession:
		return &provider.Error{
			Kind:    provider.ErrForbidden,
			Message: "not sent: this endpoint refuses API keys and needs a session, see elizon.WithSessionToken",
		}
	case op.as == withKey && !c.hasKey && !c.hasSession:
		return &provider.Error{Kind: provider.ErrUnauthorized, Message: "not sent: this client has neither an API key nor a session"}
	}
	return nil
}
