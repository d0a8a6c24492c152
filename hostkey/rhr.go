package hostkey

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	rhrAdd     = act("rhr", "add", "RemoteHands.Add", "request remote hands", ClassWrite)
	rhrChat    = act("rhr", "chat", "RemoteHands.Chat", "write to remote hands request", ClassWrite)
	rhrDiscard = act("rhr", "discard", "RemoteHands.Discard", "discard remote hands request", ClassWrite)
	rhrList    = act("rhr", "list", "RemoteHands.List", "list remote hands requests", ClassRead)
)

// RemoteHandsService manages remote hands requests: work of the data center's staff on a server.
type RemoteHandsService struct{ c *Client }

// RemoteHandsType is the kind of work.
type RemoteHandsType string

// The kinds of work.
const (
	RemoteHandsTypeKVM     RemoteHandsType = "KVM"
	RemoteHandsTypeUnblock RemoteHandsType = "UNBLOCK"
	RemoteHandsTypeService RemoteHandsType = "SERVICE"
)

// RemoteHandsRequest is a request as the server lists it. Unknown fields are zero.
type RemoteHandsRequest struct {
	ID       int64           `wire:"id,positive"`
	ServerID int64           `wire:"eq_id"`
	Type     RemoteHandsType `wire:"type"`
	// Status is a word such as "PENDING"; the set is undocumented.
	Status     string    `wire:"status"`
	Origin     string    `wire:"request_origin"`
	Priority   string    `wire:"priority"`
	CreatedAt  time.Time `wire:"created_at"`
	UpdatedAt  time.Time `wire:"updated_at"`
	Location   string    `wire:"eq_location"`
	ServerName string    `wire:"eq_name"`
	Request    string    `wire:"request"`
	Assignee   string    `wire:"assignee"`
	Ticket     string    `wire:"ticket"`
}

// RemoteHandsAddRequest asks for work on a server.
type RemoteHandsAddRequest struct {
	// Type and ServerID are required. The vendor's own program sends id, comment and request_type instead,
	// outside of params, which contradicts the vendor's page; this is what the page has.
	Type     RemoteHandsType `url:"type"`
	ServerID int64           `url:"eq_id"`
	Origin   string          `url:"request_origin,omitempty"`
	// OrderData is sent as JSON; nil is not sent. Its fields are undocumented.
	OrderData any `url:"-"`
	// Extra fields, sent as params[name].
	Extra map[string]any `url:"-"`
}

// RemoteHandsListOptions filter a list of requests.
type RemoteHandsListOptions struct {
	// Location is a code such as "NL".
	Location string `url:"location,omitempty"`
	Status   string `url:"status,omitempty"`
	// Extra fields, sent as they are: the list can be filtered by date as well, under undocumented
	// names.
	Extra map[string]any `url:"-"`
}

// Add asks for work on a server: POST /rhr.php, action add. Sources disagree about the names of the
// fields; these are the documented ones.
func (s *RemoteHandsService) Add(ctx context.Context, req *RemoteHandsAddRequest) (*Ack, error) {
	if req == nil {
		return nil, rhrAdd.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Type", string(req.Type))
	provider.OneOf(&problems, "Type", req.Type, RemoteHandsTypeKVM, RemoteHandsTypeUnblock, RemoteHandsTypeService)
	problems.Positive("ServerID", req.ServerID)
	var data []byte
	if req.OrderData != nil {
		var err error
		if data, err = json.Marshal(req.OrderData); err != nil {
			problems.Add("OrderData", "cannot be encoded as JSON")
		}
	}
	call, form, err := paramsOf(rhrAdd, problems, idText(req.ServerID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	if data != nil {
		form.Set("params[order_data]", string(data))
	}
	return s.c.ack(ctx, rhrAdd, call)
}

// Chat adds a message to a request and returns the history: POST /rhr.php, action chat. The shape
// of its entries is undocumented.
func (s *RemoteHandsService) Chat(ctx context.Context, id int64, message string) ([]provider.Payload, error) {
	var problems provider.Problems
	problems.Positive("id", id)
	problems.Required("message", message)
	if err := rhrChat.Refuse("", problems); err != nil {
		return nil, err
	}
	call, err := byID(rhrChat, id, map[string]any{"message": message})
	if err != nil {
		return nil, err
	}
	answer, err := fetch[struct {
		History []provider.Payload `wire:"history,required"`
	}](ctx, s.c, rhrChat, call)
	if err != nil {
		return nil, err
	}
	return answer.History, nil
}

// Discard cancels or closes a request: POST /rhr.php, action discard.
func (s *RemoteHandsService) Discard(ctx context.Context, id int64) (*Ack, error) {
	call, err := byID(rhrDiscard, id, nil)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, rhrDiscard, call)
}

// List lists requests: POST /rhr.php, action list. nil opts list all.
func (s *RemoteHandsService) List(ctx context.Context, opts *RemoteHandsListOptions) iter.Seq2[*RemoteHandsRequest, error] {
	var o RemoteHandsListOptions
	if opts != nil {
		o = *opts
	}
	var problems provider.Problems
	checkLocation(&problems, "Location", o.Location)
	call, _, err := formOf(rhrList, problems, "", o, o.Extra)
	if err != nil {
		return rest.Failed[RemoteHandsRequest](err)
	}
	return elements[RemoteHandsRequest](ctx, s.c, rhrList, call, "requests")
}
