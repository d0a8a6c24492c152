package hostkey

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// Kind is the name of this provider in errors, logs and configurations.
const Kind = "hostkey"

// The two portals. They do not share accounts, keys or tokens.
const (
	RegionCOM = "https://invapi.hostkey.com"
	RegionRU  = "https://invapi.hostkey.ru"
)

// Client talks to one portal with one API key. It is safe for concurrent use; make one per key and
// keep it, since it signs in once and shares the token among all calls.
type Client struct {
	rest     *rest.Client
	sessions *sessions
	settings settings

	// APIKeys of the account and of single servers.
	APIKeys *APIKeysService
	// Auth signs in, and manages sessions.
	Auth *AuthService
	// Servers is the module eq: servers, power, orders, backups, consoles.
	Servers *ServersService
	// EQCallback is the module eq_callback: it checks asynchronous tasks. See also Tasks.
	EQCallback *EQCallbackService
	// IP addresses and their reverse names.
	IP *IPService
	// ISO images.
	ISO *ISOService
	// Jenkins runs tasks on servers.
	Jenkins *JenkinsService
	// Jira opens tickets for the data center's staff.
	Jira *JiraService
	// NAT opens access to the management interfaces of servers.
	NAT *NATService
	// Net is the network port of a server.
	Net *NetService
	// OS lists operating systems.
	OS *OSService
	// DNS is the module pdns: DNS zones and records.
	DNS *DNSService
	// Presets are what can be ordered.
	Presets *PresetsService
	// RemoteHands is the module rhr: requests for remote hands.
	RemoteHands *RemoteHandsService
	// Tickets is the module rtm: support tickets.
	Tickets *TicketsService
	// S3 storage.
	S3 *S3Service
	// Software that can be installed.
	Software *SoftwareService
	// SSHKeys of the account.
	SSHKeys *SSHKeysService
	// Stocks are the dedicated servers in stock.
	Stocks *StocksService
	// Tags of servers.
	Tags *TagsService
	// TrafficPlans that can be ordered with a server.
	TrafficPlans *TrafficPlansService
	// VM manages snapshots of virtual machines.
	VM *VMService
	// WHMCS is the module whmcs: billing.
	WHMCS *WHMCSService

	// Tasks waits for the tasks that asynchronous calls start.
	Tasks *TasksService
	// Orders buys servers, one for each reference.
	Orders *OrdersService
}

// New returns a client for the portal at baseURL, RegionCOM or RegionRU, with an API key of the
// account or of one server. It checks its arguments and does no I/O: the first call signs in.
//
// An account's key can order servers: treat it like a payment card.
//
// Errors match provider.ErrInvalid and name the field: baseURL, apiKey or an option.
func New(baseURL string, apiKey provider.Secret, opts ...provider.Option) (*Client, error) {
	var problems provider.Problems
	problems.Required("apiKey", apiKey.Reveal())
	problems.Note("apiKey", rest.KeyProblem(apiKey))
	options := provider.NewOptions(opts...)
	settings := readSettings(options, &problems)
	c := &Client{sessions: new(sessions), settings: settings}
	login := &AuthLoginRequest{Key: apiKey, TTL: settings.tokenTTL, FixIP: settings.fixIP}
	c.sessions.signIn = func(ctx context.Context) (*Session, error) { return c.login(ctx, login) }
	var err error
	c.rest, err = rest.New(rest.Config{
		Provider: Kind,
		BaseURL:  strings.TrimSpace(baseURL),
		Header:   http.Header{"Accept": {"application/json"}},
		Secrets:  func() []provider.Secret { return append(c.sessions.secrets(), apiKey) },
		Genuine:  genuine,
		Classify: classify,
	}, opts...)
	if err := rest.AllProblems(Kind, "New", "new client", problems, err, nil); err != nil {
		return nil, err
	}
	c.APIKeys = &APIKeysService{c}
	c.Auth = &AuthService{c}
	c.Servers = &ServersService{c}
	c.EQCallback = &EQCallbackService{c}
	c.IP = &IPService{c}
	c.ISO = &ISOService{c}
	c.Jenkins = &JenkinsService{c}
	c.Jira = &JiraService{c}
	c.NAT = &NATService{c}
	c.Net = &NetService{c}
	c.OS = &OSService{c}
	c.DNS = &DNSService{c}
	c.Presets = &PresetsService{c}
	c.RemoteHands = &RemoteHandsService{c}
	c.Tickets = &TicketsService{c}
	c.S3 = &S3Service{c}
	c.Software = &SoftwareService{c}
	c.SSHKeys = &SSHKeysService{c}
	c.Stocks = &StocksService{c}
	c.Tags = &TagsService{c}
	c.TrafficPlans = &TrafficPlansService{c}
	c.VM = &VMService{c}
	c.WHMCS = &WHMCSService{c}
	c.Tasks = &TasksService{c}
	c.Orders = newOrders(c, apiKey, options)
	return c, nil
}

// String returns the client's name without its credentials.
func (c *Client) String() string { return c.rest.String() }

// GoString is String, so that %#v shows no credentials either.
func (c *Client) GoString() string { return c.String() }

// SignIn returns the session that calls use, and signs in if there is none. Calls sign in by
// themselves: SignIn is for programs that want to know early that the key is good, or what it
// reaches. Errors match ErrKeyInvalid, ErrKeyDisabled, ErrNoServers or provider.ErrIPNotAllowed,
// among others.
func (c *Client) SignIn(ctx context.Context) (*Session, error) {
	session, err := c.sessions.get(ctx)
	if err != nil {
		return nil, c.notSignedIn(ctx, authLogin, err)
	}
	kept := *session
	return &kept, nil
}

// Request is a call of an action that has no method; see Client.Do.
type Request struct {
	// Module and Action are the names, such as "eq" and "show".
	Module, Action string
	// Class is what the call does, which decides how often it may be sent. The zero value is
	// ClassOrder: sent once, whatever happens.
	Class Class
	// Params are sent as form fields: strings and numbers as they are, bools as 1 and 0, lists as
	// "name[]", maps as "name[key]". The value of a provider.Secret is sent.
	Params map[string]any
	// Public calls are sent without a token.
	Public bool
	// Sensitive keeps the whole answer out of dumps and error texts.
	Sensitive bool
}

// Do calls an action that has no method, with the same sign-in, limits, retries and errors as the
// methods. The JSON answer is decoded into out; nil ignores it.
func (c *Client) Do(ctx context.Context, req *Request, out any) error {
	var problems provider.Problems
	if req == nil {
		problems.Add("request", "nil")
		return problems.Err(Kind, "Do", "call")
	}
	checkWord(&problems, "Module", req.Module)
	checkWord(&problems, "Action", req.Action)
	if req.Class > ClassRead {
		problems.Add("Class", "must be ClassOrder, ClassDestroy, ClassWrite or ClassRead")
	}
	if err := problems.Err(Kind, "Do", "call"); err != nil {
		return err
	}
	a := act(req.Module, req.Action, "Do", "call "+req.Module+"/"+req.Action, req.Class)
	a.open, a.Sensitive = req.Public, req.Sensitive
	call, _, err := formOf(a, nil, "", nil, req.Params)
	if err != nil {
		return err
	}
	call.Out = out
	return c.call(ctx, a, call)
}

// checkWord refuses what cannot be the name of a module or an action.
func checkWord(problems *provider.Problems, field, word string) {
	if word == "" {
		problems.Add(field, "required")
	} else if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		problems.Add(field, "%s contains more than letters, digits and underscores", strconv.Quote(word))
	}
}

// call sends an action. Its form (call.Body, url.Values or nil) has the fields other than action
// and token.
//
// If the server has forgotten the token, a read is sent once more with a new one. Anything else
// fails with ErrTokenRejected.
func (c *Client) call(ctx context.Context, a action, call *rest.Call) error {
	if a.open {
		return c.send(ctx, a, call, provider.Secret{})
	}
	for attempt := 0; ; attempt++ {
		session, err := c.sessions.get(ctx)
		if err != nil {
			return c.notSignedIn(ctx, a, err)
		}
		err = c.send(ctx, a, call, session.Token)
		if !rejects(err) {
			return err
		}
		c.sessions.forget(session.Token)
		if a.class != ClassRead || attempt > 0 || call.Single {
			return err
		}
	}
}

// rejects reports whether an answer may mean that the server has forgotten the token. The documents
// tell no form of a 401: without the API's own it proves nothing, but a new token does no harm.
func rejects(err error) bool {
	e, ok := errors.AsType[*provider.Error](err)
	return errors.Is(err, ErrTokenRejected) || ok && e.StatusCode == http.StatusUnauthorized
}

// send sends an action with a token; "" sends none.
func (c *Client) send(ctx context.Context, a action, call *rest.Call, token provider.Secret) error {
	sent := *call
	fields, _ := call.Body.(url.Values)
	form := make(url.Values, len(fields)+2)
	maps.Copy(form, fields)
	form.Set("action", a.name)
	if !token.IsZero() {
		form.Set("token", token.Reveal())
		sent.Secrets = append([]provider.Secret{token}, call.Secrets...)
	}
	sent.Endpoint, sent.Single = a.Endpoint, call.Single || a.single()
	if out, ok := call.Out.(rest.AnswerDecoder); ok { // not what a caller of Do gave
		sent.About, sent.Out = aboutOf(fields), &reply{a, out}
	}
	sent.Body, sent.Query = form, nil
	if a.Method == http.MethodGet {
		sent.Body, sent.Query = nil, form
	}
	if a.class == ClassOrder && sent.Classify == nil {
		sent.Classify = classifyOrder
	}
	return c.rest.Do(ctx, &sent)
}

// notSignedIn returns the error of a call that was not sent because the sign-in failed. The call's
// outcome is known even if that of the sign-in is not.
func (c *Client) notSignedIn(ctx context.Context, a action, err error) error {
	failed := &provider.Error{Message: c.rest.Say("not sent: %v", err), Err: err}
	var known *provider.Error
	switch {
	case ctx.Err() != nil:
		failed.Err = ctx.Err()
		if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, failed.Err) {
			failed.Err = errors.Join(failed.Err, cause)
		}
	case errors.As(err, &known):
		*failed = *known
		if a.Endpoint != authLogin.Endpoint {
			failed.Message = "sign in: " + known.Message
		}
		failed.MaybeExecuted = false
		if errors.Is(failed.Kind, provider.ErrOutcomeUnknown) {
			failed.Kind = provider.ErrUnavailable
		}
	}
	failed.Provider, failed.Op, failed.Action = Kind, a.Op, a.Verb
	return failed
}
