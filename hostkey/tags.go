package hostkey

import (
	"context"
	"iter"
	"net/url"
	"strings"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Some tags contain passwords.
var (
	tagsAdd        = act("tags", "add", "Tags.Add", "add tag", ClassWrite).sensitive()
	tagsList       = act("tags", "list", "Tags.List", "list tags", ClassRead).sensitive()
	tagsRemove     = act("tags", "remove", "Tags.Remove", "remove tag", ClassDestroy)
	tagsUserSearch = act("tags", "user_search", "Tags.UserSearch", "search own tags", ClassRead).sensitive()
	tagsClear      = act("tags", "clear", "Tags.Clear", "clear tags", ClassDestroy)
	tagsGet        = act("tags", "get", "Tags.Get", "get tag", ClassRead).sensitive()
	tagsSearch     = act("tags", "search", "Tags.Search", "search tags", ClassRead).sensitive()
	tagsSearchUser = act("tags", "search_user", "Tags.SearchUser", "search tags of users", ClassRead).sensitive()
	tagsShow       = act("tags", "show", "Tags.Show", "show tag", ClassRead).sensitive()
)

// TagsService manages tags: names with a value on a server or another component. See Tag for the
// system's own, which should not be changed.
type TagsService struct{ c *Client }

// The components that tags belong to.
const (
	ComponentServer    = "eq"
	ComponentVariables = "vars"
)

// The longest parts of a tag, in characters.
const (
	maxTagName  = 32
	maxTagValue = 256
	maxTagText  = 16384
)

// TagAddRequest adds a tag to one component or to several.
type TagAddRequest struct {
	// ID of the component, such as a server's ID. Either ID or IDs is required.
	ID int64 `url:"id,omitempty"`
	// IDs add the tag to several components at once.
	IDs []int64 `url:"id_list,brackets,omitempty"`
	// Name has at most 32 letters, digits and hyphens. Required.
	Name string `url:"tag"`
	// Value has at most 256 characters.
	Value string `url:"value,omitempty"`
	// Text is the field "extra", at most 16384 characters. Tag.Extra returns it.
	Text string `url:"extra,omitempty"`
	// Component is what the ID belongs to; "" is the server's default, ComponentServer.
	Component string `url:"component,omitempty"`
	// Internal: nil is the server's default. Who may set it is undocumented.
	Internal *bool `url:"internal,int,omitempty"`
	// NoLog keeps the change out of the history.
	NoLog bool `url:"no_log,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// TagListRequest selects the component whose tags are listed.
type TagListRequest struct {
	// ID of the component, such as a server's ID. Required.
	ID int64 `url:"id"`
	// Component is ComponentServer or ComponentVariables; "" is the server's default.
	Component string `url:"component,omitempty"`
	// Internal: nil is the server's default.
	Internal *bool `url:"internal,int,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// TagRemoveRequest removes a tag by its name.
type TagRemoveRequest struct {
	// ID of the component, such as a server's ID. Either ID or IDs is required.
	ID int64 `url:"id,omitempty"`
	// IDs remove the tag from several components at once.
	IDs []int64 `url:"id_list,brackets,omitempty"`
	// Name is required.
	Name string `url:"tag"`
	// Component as in TagAddRequest.
	Component string `url:"component,omitempty"`
	// ComponentID is undocumented except for its name.
	ComponentID int64 `url:"component_id,omitempty"`
	// Extra fields, sent as they are.
	Extra map[string]any `url:"-"`
}

// Add adds a tag: POST /tags.php, action add. It is never retried, since the effect of a second tag
// with the same name is undocumented. With IDs the answer is undocumented too, and the returned tag
// may be empty.
func (s *TagsService) Add(ctx context.Context, req *TagAddRequest) (*Tag, error) {
	if req == nil {
		return nil, tagsAdd.RefuseNil()
	}
	var problems provider.Problems
	checkComponents(&problems, req.ID, req.IDs)
	switch {
	case req.Name == "":
		problems.Add("Name", "required")
	case len(req.Name) > maxTagName || strings.ContainsFunc(req.Name, notInTagName):
		problems.Add("Name", "must have at most %d letters, digits and hyphens", maxTagName)
	}
	problems.MaxLength("Value", req.Value, maxTagValue)
	problems.MaxLength("Text", req.Text, maxTagText)
	call, _, err := formOf(tagsAdd, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	added, err := fetch[addedTag](ctx, s.c, tagsAdd, call)
	if err != nil {
		return nil, err
	}
	return &added.Tag, nil
}

// List lists the tags of a component: POST /tags.php, action list.
func (s *TagsService) List(ctx context.Context, req *TagListRequest) iter.Seq2[*Tag, error] {
	if req == nil {
		return rest.Failed[Tag](tagsList.RefuseNil())
	}
	var problems provider.Problems
	problems.Positive("ID", req.ID)
	call, _, err := formOf(tagsList, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return rest.Failed[Tag](err)
	}
	return rest.Only(elements[Tag](ctx, s.c, tagsList, call, "tags"), tagsList.Endpoint, rest.Identity{ID: idText(req.ID)}, wire.IdentityOf)
}

// Remove removes a tag: POST /tags.php, action remove.
func (s *TagsService) Remove(ctx context.Context, req *TagRemoveRequest) (*Ack, error) {
	if req == nil {
		return nil, tagsRemove.RefuseNil()
	}
	var problems provider.Problems
	checkComponents(&problems, req.ID, req.IDs)
	problems.Required("Name", req.Name)
	problems.NotNegative("ComponentID", req.ComponentID)
	call, _, err := formOf(tagsRemove, problems, about(req.ID), req, req.Extra)
	if err != nil {
		return nil, err
	}
	return s.c.ack(ctx, tagsRemove, call)
}

// TaggedServers are what UserSearch finds. The shape is undocumented: IDs are read under the names that
// other answers use, and everything else is in More.
type TaggedServers struct {
	IDs []int64 `wire:"servers|ids|data,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// UserSearch finds the servers with a tag of that name or value: POST /tags.php, action user_search. The
// answer is undocumented; see TaggedServers.
func (s *TagsService) UserSearch(ctx context.Context, value string) (*TaggedServers, error) {
	if err := tagsUserSearch.RefuseBlank("value", value); err != nil {
		return nil, err
	}
	return guess[TaggedServers](ctx, s.c, tagsUserSearch, &rest.Call{Body: url.Values{"value": {value}}})
}

// Clear removes tags: POST /tags.php, action clear. Only its name is known: which tags it removes,
// the fields and the answer are undocumented.
func (s *TagsService) Clear(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, tagsClear, extra)
}

// Get is POST /tags.php, action get. Only its name is known: fields and answer are undocumented.
func (s *TagsService) Get(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, tagsGet, extra)
}

// Search is POST /tags.php, action search. Only its name is known: fields and answer are
// undocumented.
func (s *TagsService) Search(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, tagsSearch, extra)
}

// SearchUser is POST /tags.php, action search_user. Only its name is known: fields and answer are
// undocumented.
func (s *TagsService) SearchUser(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, tagsSearchUser, extra)
}

// Show is POST /tags.php, action show. Only its name is known: fields and answer are undocumented.
func (s *TagsService) Show(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, tagsShow, extra)
}

func notInTagName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
}

// checkComponents requires either an ID or a list of IDs.
func checkComponents(problems *provider.Problems, id int64, ids []int64) {
	switch {
	case id != 0 && len(ids) > 0:
		problems.Add("IDs", "must be empty if ID is set")
	case len(ids) > 0:
		problems.IDs("IDs", ids)
	default:
		problems.Positive("ID", id)
	}
}

// addedTag is the answer to Add. It may lack the tag, since one tag cannot describe several
// components.
type addedTag struct{ Tag }

var _ = wire.Read(func(raw []byte, t *addedTag) error {
	var told struct {
		Result provider.Payload `wire:"result,required"`
	}
	if err := wire.Unmarshal(raw, &told); err != nil {
		return err
	}
	return wire.Options{Partial: true}.Unmarshal(raw, &t.Tag)
})
