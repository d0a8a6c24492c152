package licenseserver

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// CustomersService reads the customers who have licenses. No route creates, renames or removes a
// customer.
type CustomersService struct{ c *Client }

// Customer is an entry of the panel's list of customers.
type Customer struct {
	ID int64 `wire:"id,positive"`
	// Text is the entry in the panel: name and e-mail address.
	Text string `wire:"text"`
}

// Search yields the customers that match a text, page by page; "" matches all: GET /api/customers.
func (s *CustomersService) Search(ctx context.Context, query string) iter.Seq2[*Customer, error] {
	first := int64(0)
	return pages[Customer](ctx, s.c, customersSearch, "results", func(number int, last *page[Customer], _ int) *rest.Call {
		if number == 1 {
			first = 0
		}
		// A server without paging sends the first page again and again.
		if last != nil && (!last.more || last.Len == 0 || last.first.ID == first) {
			return nil
		}
		if last != nil {
			first = last.first.ID
		}
		args := url.Values{"page": {strconv.Itoa(number)}}
		if query != "" {
			args.Set("q", query)
		}
		return &rest.Call{Query: args}
	})
}

// Licenses reads the licenses of a customer: GET /api/customer/{id}/licenses. The answer is
// undocumented.
func (s *CustomersService) Licenses(ctx context.Context, customerID int64) (provider.Payload, error) {
	return s.read(ctx, customersLicenses, customerID)
}

// QuickStats reads a customer's counts of licenses and activations: GET
// /api/customer/{id}/quick-stats. The fields of the answer are undocumented.
func (s *CustomersService) QuickStats(ctx context.Context, customerID int64) (provider.Payload, error) {
	return s.read(ctx, customersStats, customerID)
}

func (s *CustomersService) read(ctx context.Context, op operation, id int64) (provider.Payload, error) {
	if err := op.RefuseID("customerID", id); err != nil {
		return provider.Payload{}, err
	}
	return s.c.unknown(ctx, op, &rest.Call{Args: []string{idText(id)}, Subject: idText(id)})
}
