package licenseserver

import (
	"context"
	"net/url"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// SearchService searches the whole panel.
type SearchService struct{ c *Client }

// SearchRequest describes a search.
type SearchRequest struct {
	// Query is required.
	Query string
	// Type is "customer", "license" or "device"; "" means all.
	Type string
	// Limit is how many results to return; 0 means the server's default, 20.
	Limit int64
}

// SearchResults contains the first results. There are no pages.
type SearchResults struct {
	Results []SearchResult
	// Total is how many were found.
	Total int64
}

// SearchResult is one result of a search.
type SearchResult struct {
	// Type is "customer", "license" or "device".
	Type string `wire:"type"`
	ID   int64  `wire:"id,positive"`
	// Title is the name of a customer and the key of a license.
	Title provider.Secret `wire:"title"`
	// Subtitle is a description for people.
	Subtitle string `wire:"subtitle"`
	// URL is the path of the result's page in the panel.
	URL string `wire:"url"`
}

// Query searches customers, licenses and devices. The documents contain neither its method nor its
// path: it sends a GET to the path of WithSearchPath. Without that option the error matches
// provider.ErrUnsupported.
func (s *SearchService) Query(ctx context.Context, req *SearchRequest) (*SearchResults, error) {
	if req == nil {
		return nil, searchAll.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Query", req.Query)
	problems.NotNegative("Limit", req.Limit)
	if err := searchAll.Refuse("", problems); err != nil {
		return nil, err
	}
	if s.c.search.Endpoint == nil {
		return nil, &provider.Error{
			Provider: Kind, Op: searchAll.Op, Action: searchAll.Verb, Kind: provider.ErrUnsupported,
			Message: "the path of the search is undocumented: set it with licenseserver.WithSearchPath",
		}
	}
	args := url.Values{"q": {req.Query}}
	if req.Type != "" {
		args.Set("type", req.Type)
	}
	if req.Limit > 0 {
		args.Set("limit", strconv.FormatInt(req.Limit, 10))
	}
	// People search for license keys too.
	call := &rest.Call{Query: args, Secrets: []provider.Secret{provider.NewSecret(req.Query)}}
	p := &page[SearchResult]{Rows: wire.Rows[SearchResult]{Names: []string{"results"}}}
	call.Out = p
	if err := s.c.call(ctx, s.c.search, call); err != nil {
		return nil, err
	}
	found := &SearchResults{Total: int64(p.Len)}
	for row, err := range p.All() {
		if err != nil {
			return nil, err
		}
		found.Results = append(found.Results, *row)
	}
	if p.total != nil {
		found.Total = *p.total
	}
	return found, nil
}
