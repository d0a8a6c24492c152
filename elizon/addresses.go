package elizon

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// AddressesService manages the addresses for invoices.
type AddressesService struct{ c *Client }

// Address is an address for invoices. The default address can be neither removed nor unset.
type Address struct {
	ID          string `wire:"id,required,identity"`
	Label       string `wire:"label"`
	Default     bool   `wire:"isDefault"`
	CompanyName string `wire:"companyName"`
	VATID       string `wire:"vatId"`
	FirstName   string `wire:"firstName"`
	LastName    string `wire:"lastName"`
	Street      string `wire:"street"`
	Zip         string `wire:"zip"`
	City        string `wire:"city"`
	// CountryCode has two letters.
	CountryCode string `wire:"countryCode"`
	Country     string `wire:"country"`
	Phone       string `wire:"phone"`
}

// AddressRequest creates or changes an address. A nil field is not sent. Which fields a new address
// needs is undocumented.
type AddressRequest struct {
	Label       *string `wire:"label"`
	Default     *bool   `wire:"isDefault"`
	CompanyName *string `wire:"companyName"`
	VATID       *string `wire:"vatId"`
	FirstName   *string `wire:"firstName"`
	LastName    *string `wire:"lastName"`
	Street      *string `wire:"street"`
	Zip         *string `wire:"zip"`
	City        *string `wire:"city"`
	// CountryCode has two letters.
	CountryCode *string `wire:"countryCode"`
	Country     *string `wire:"country"`
	Phone       *string `wire:"phone"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// addressChange is an AddressRequest with the ID of the address.
type addressChange struct {
	ID string `wire:"id"`
	AddressRequest
}

// List yields the addresses: GET /api/addresses.
func (s *AddressesService) List(ctx context.Context) iter.Seq2[*Address, error] {
	return all[Address](ctx, s.c.ask(addressList), "addresses")
}

// Create adds an address: POST /api/addresses.
func (s *AddressesService) Create(ctx context.Context, req *AddressRequest) (*Address, error) {
	return fetch[Address](ctx, s.c.ask(addressCreate).changing(req), "address")
}

// Update changes an address: PUT /api/addresses with its ID in the body.
func (s *AddressesService) Update(ctx context.Context, id string, req *AddressRequest) (*Address, error) {
	r := s.c.ask(addressUpdate).subject("id", id).changing(req)
	r.call.About.ID = id
	if req != nil {
		r.with(&addressChange{id, *req})
	}
	return fetch[Address](ctx, r, "address")
}

// Delete removes an address: DELETE /api/addresses with its ID in the query.
func (s *AddressesService) Delete(ctx context.Context, id string) error {
	return done(ctx, s.c.ask(addressDelete).id("id", "id", id))
}

// RewardsService reads the NetPoints that orders earn.
type RewardsService struct{ c *Client }

// NetPointsPreview is how many points an order can be paid with.
type NetPointsPreview struct {
	MaxEUR         EUR   `wire:"maxEur,required"`
	MaxPoints      int64 `wire:"maxPoints"`
	CurrentBalance int64 `wire:"currentBalance"`
}

// NetPoints reads the points and their history: GET /api/netpoints (method inferred). The answer is
// undocumented.
func (s *RewardsService) NetPoints(ctx context.Context) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(rewardsPoints))
}

// Preview returns how many points an order of this total can be paid with: POST
// /api/netpoints/preview.
func (s *RewardsService) Preview(ctx context.Context, orderTotal EUR) (*NetPointsPreview, error) {
	return fetch[NetPointsPreview](ctx, s.c.ask(rewardsPreview).with(&previewRequest{orderTotal}))
}

type previewRequest struct {
	OrderTotal EUR `wire:"orderTotal,required"`
}
