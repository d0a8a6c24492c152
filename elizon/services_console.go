package elizon

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"math"
	"mime"
	"net/url"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ConsoleService opens and operates the console of a service.
type ConsoleService struct{ c *Client }

// Kinds of consoles.
const (
	ConsoleVNC      = "vnc"
	ConsoleTerminal = "terminal"
	ConsoleWeb      = "web"
)

// ConsoleAccess gives its holder access to the console of a service.
type ConsoleAccess struct {
	// Type is ConsoleVNC (a viewer over a WebSocket at WSPath, with VNCPassword), ConsoleTerminal
	// (events at StreamURL, commands to CommandURL) or ConsoleWeb (URL is opened in a browser).
	Type string `wire:"type,required"`
	// The URLs and the path may contain a ticket. They are absolute, or relative to the platform's
	// origin.
	URL         provider.Secret `wire:"url"`
	WSPath      provider.Secret `wire:"wsPath"`
	CommandURL  provider.Secret `wire:"commandUrl"`
	StreamURL   provider.Secret `wire:"streamUrl"`
	Ticket      provider.Secret `wire:"ticket"`
	VNCPassword provider.Secret `wire:"vncPassword"`
	// ExpiresAt is zero if the answer has none.
	ExpiresAt time.Time `wire:"expiresAt,end"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// ConsoleCommandRequest is a command to type, or a power signal.
type ConsoleCommandRequest struct {
	// Command is required.
	Command string `wire:"command,required"`
	// Type is "command" or "power", as error texts suggest; "" leaves it out.
	Type string `wire:"type"`
	// Extra fields, sent as they are: the names of power signals are undocumented.
	Extra map[string]any `wire:",extra"`
}

// Known types of console events.
const (
	EventConnected    = "connected"
	EventAuthSuccess  = "auth_success"
	EventOutput       = "console_output"
	EventDaemonError  = "daemon_error"
	EventDisconnected = "disconnected"
)

// ConsoleEvent is something that happened on a console.
type ConsoleEvent struct {
	// Type is EventOutput or another; "message" if the server gave none.
	Type string
	// ID of the event; "" if the server gave none.
	ID string
	// Output is the text of EventOutput.
	Output string
	// Data is the event as it came. It may contain a token, so it does not print.
	Data provider.Secret
}

// Open asks for access to the console of a service: GET /api/services/{id}/console.
func (s *ConsoleService) Open(ctx context.Context, serviceID string) (*ConsoleAccess, error) {
	return fetch[ConsoleAccess](ctx, s.c.ask(consoleOpen, serviceID), "console")
}

// Act does something with the console: POST /api/services/{id}/console (method inferred). What it
// does, its fields and its answer are undocumented; nil sends no fields.
func (s *ConsoleService) Act(ctx context.Context, serviceID string, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(consoleAct, serviceID).body(fields))
}

// Command types a command, or sends a power signal: POST
// /api/services/{id}/console/command (method inferred). It is never retried. Output comes through Stream.
func (s *ConsoleService) Command(ctx context.Context, serviceID string, req *ConsoleCommandRequest) (*Confirmation, error) {
	return s.command(ctx, s.c.ask(consoleCommand, serviceID), req)
}

// CommandTo is Command for the CommandURL of an opened console, which must be at the platform's own
// origin: credentials are sent nowhere else.
func (s *ConsoleService) CommandTo(ctx context.Context, access *ConsoleAccess, req *ConsoleCommandRequest) (*Confirmation, error) {
	r := s.at(consoleCommandTo, access, "CommandURL", func(a *ConsoleAccess) provider.Secret { return a.CommandURL })
	return s.command(ctx, r, req)
}

func (s *ConsoleService) command(ctx context.Context, r *request, req *ConsoleCommandRequest) (*Confirmation, error) {
	r.with(req)
	if req != nil {
		r.hide(provider.NewSecret(req.Command)) // it may contain a password
	}
	return confirmed(ctx, r)
}

// Embed writes the web page with a viewer for the console (Proxmox) to w: GET
// /api/services/{id}/console/embed (method inferred). The answer sets a cookie, which
// provider.CaptureResponse shows. limit is the maximum size of the page in bytes; 0 is
// DefaultDownloadLimit.
func (s *ConsoleService) Embed(ctx context.Context, serviceID string, w io.Writer, limit int64) (*Download, error) {
	return download(ctx, s.c.ask(consoleEmbed, serviceID), w, limit)
}

// Stream yields the events on the console of a game server: GET /api/services/{id}/console/stream
// (method inferred). It ends with the server's stream, with the context (whose error it yields
// last), or when the caller leaves the loop. It holds a connection until then; the time limit of an
// attempt does not apply.
func (s *ConsoleService) Stream(ctx context.Context, serviceID string) iter.Seq2[*ConsoleEvent, error] {
	return s.follow(ctx, s.c.ask(consoleStream, serviceID))
}

// StreamFrom is Stream for the StreamURL of an opened console, which must be at the platform's own
// origin: credentials are sent nowhere else.
func (s *ConsoleService) StreamFrom(ctx context.Context, access *ConsoleAccess) iter.Seq2[*ConsoleEvent, error] {
	return s.follow(ctx, s.at(consoleStreamFrom, access, "StreamURL", func(a *ConsoleAccess) provider.Secret { return a.StreamURL }))
}

// at returns a request to a URL that the platform gave. A URL at another origin is refused. Its
// path fills the placeholders of a route, so that logs do not show it.
func (s *ConsoleService) at(op operation, access *ConsoleAccess, field string, of func(*ConsoleAccess) provider.Secret) *request {
	r := &request{c: s.c, op: op}
	if access == nil {
		return r.problem("access", "nil")
	}
	given := of(access)
	if given.IsZero() {
		return r.problem(field, "required: the console has none")
	}
	r.hide(given)
	root := s.c.core.Root()
	target, err := url.Parse(given.Reveal())
	if err != nil {
		return r.problem(field, "not a URL")
	}
	if target.IsAbs() || target.Host != "" {
		if !strings.EqualFold(target.Scheme, root.Scheme) || !strings.EqualFold(target.Host, root.Host) || target.User != nil {
			return r.problem(field, "is not at the platform's own origin")
		}
	}
	path := target.EscapedPath()
	if below, ok := strings.CutPrefix(path, strings.TrimRight(root.EscapedPath(), "/")+"/"); ok {
		path = below
	} else if target.Host != "" {
		return r.problem(field, "is not below the platform's URL")
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if part, err = url.PathUnescape(part); err != nil || part == "" || part == "." || part == ".." {
			return r.problem(field, "has a path that cannot be followed")
		}
		r.call.Args = append(r.call.Args, part)
	}
	if fixed := strings.Split(strings.Trim(op.Route, "/"), "/"); len(fixed) == len(r.call.Args) && fits(fixed, r.call.Args) {
		r.call.Args = r.call.Args[2:3] // /api/services/{id}/...
	} else {
		r.op.Endpoint = &rest.Endpoint{
			Provider: Kind, Op: op.Op, Verb: op.Verb, Method: op.Method, Route: strings.Repeat("/{part}", len(r.call.Args)), Effect: op.Effect, Spends: op.Spends, Sensitive: op.Sensitive, Accept: op.Accept,
		}
	}
	for name, values := range target.Query() {
		r.args(url.Values{name: values})
		for _, value := range values {
			r.hide(provider.NewSecret(value))
		}
	}
	return r
}

// fits reports whether the parts of a path match those of a route.
func fits(route, parts []string) bool {
	for i, part := range route {
		if part != parts[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// errLeft ends a stream whose caller has stopped reading.
var errLeft = errors.New("the caller stopped reading")

// unending is the time limit of a stream.
const unending = 100 * 365 * 24 * time.Hour

func (s *ConsoleService) follow(ctx context.Context, r *request) iter.Seq2[*ConsoleEvent, error] {
	return func(yield func(*ConsoleEvent, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		events, body := io.Pipe()
		var failed error
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			failed = r.send(ctx, func(call *rest.Call) {
				call.Timeout, call.MaxBody, call.Sink = unending, math.MaxInt64, func(a *rest.Answer) (io.Writer, error) {
					if media, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); media != eventStream {
						return nil, &provider.Error{Kind: provider.ErrProtocol, Message: "the server answered without an event stream"}
					}
					return body, nil
				}
			})
			_ = body.Close()
		}()
		// Nothing of the stream may outlive the loop.
		leave := func() {
			cancel()
			_ = events.CloseWithError(errLeft)
			<-ended
		}
		defer leave()
		stream := newEventReader(events)
		for {
			e, err := stream.next()
			if errors.Is(err, io.EOF) {
				if <-ended; failed != nil {
					yield(nil, failed)
				}
				return
			}
			if err != nil {
				leave()
				yield(nil, &provider.Error{
					Provider: Kind, Op: r.op.Op, Action: r.op.Verb, Kind: provider.ErrProtocol, Message: s.c.core.Say("%v", err), Err: err,
				})
				return
			}
			if !yield(e.console(), nil) {
				return
			}
		}
	}
}

func (e event) console() *ConsoleEvent {
	shown := &ConsoleEvent{Type: e.name, ID: e.id, Data: provider.NewSecret(e.data)}
	var told struct {
		Output string `json:"output"`
	}
	if e.name == EventOutput && json.Unmarshal([]byte(e.data), &told) == nil {
		shown.Output = told.Output
	}
	return shown
}
