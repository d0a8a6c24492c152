package licenseserver

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// ResourcesService is about what licenses hold: servers, workstations, domains, IPv4
// addresses, phone numbers. No route takes a resource back from a license.
type ResourcesService struct{ c *Client }

// Resource is a thing that a license can hold.
type Resource struct {
	ID int64 `wire:"id,positive"`
	// Type is open: "server", "workstation" and "domain" are documented.
	Type       string `wire:"type"`
	Identifier string `wire:"identifier"`
	// Status is open ("allocated"), and told by List only, as is AllocatedAt.
	Status      string    `wire:"status"`
	AllocatedAt time.Time `wire:"allocated_at"`
}

// ResourceAllocateRequest gives resources to a license.
type ResourceAllocateRequest struct {
	// LicenseID and ResourceIDs are required.
	LicenseID   int64   `wire:"license_id"`
	ResourceIDs []int64 `wire:"resource_ids"`
	// ResourceType is in one of the two definitions of the body, and not in the
	// other; "" leaves it out.
	ResourceType string `wire:"resource_type"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// Allocation is what became of an ResourceAllocateRequest.
type Allocation struct {
	// Allocated may be fewer than were asked for.
	Allocated int64  `wire:"allocated,required"`
	Message   string `wire:"message"`
}

// ResourceCheck tells whether so many resources of a type are free.
type ResourceCheck struct {
	Available bool       `wire:"available,required"`
	Count     int64      `wire:"count"`
	Resources []Resource `wire:"resources"`
}

// ResourceAvailability is the overview of what is free.
type ResourceAvailability struct {
	Domains, IPv4, PhoneNumbers Availability
	// Other kinds, which no document names.
	Other map[string]Availability
}

// Availability is how much of a kind is free.
type Availability struct {
	Available int64 `wire:"available,required"`
	Total     int64 `wire:"total"`
	// Status is open: "ok", "low", "critical".
	Status string `wire:"status"`
}

// ResourceStats are totals.
type ResourceStats struct {
	ResourceCount
	ByType map[string]ResourceCount `wire:"by_type"`
}

// ResourceCount tells how many there are.
type ResourceCount struct {
	Total     int64 `wire:"total,required"`
	Allocated int64 `wire:"allocated"`
	Available int64 `wire:"available"`
}

// List yields the resources that a license holds: GET
// /api/license/{license_id}/resources.
func (s *ResourcesService) List(ctx context.Context, licenseID int64) iter.Seq2[*Resource, error] {
	return all[Resource](ctx, s.c, resourcesList, "resources", licenseID)
}

// Allocate gives resources to a license: POST /api/resources/allocate. What the server
// does with resources that are taken is undocumented.
func (s *ResourcesService) Allocate(ctx context.Context, req *ResourceAllocateRequest) (*Allocation, error) {
	if req == nil {
		return nil, resourcesAllocate.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("LicenseID", req.LicenseID)
	problems.IDs("ResourceIDs", req.ResourceIDs)
	if err := resourcesAllocate.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[Allocation](ctx, s.c, resourcesAllocate, with(&rest.Call{Subject: idText(req.LicenseID)}, req))
}

// CheckAvailability asks whether so many resources of a type are free: GET
// /api/resources/check-availability.
func (s *ResourcesService) CheckAvailability(ctx context.Context, resourceType string, count int64) (*ResourceCheck, error) {
	var problems provider.Problems
	problems.Required("resourceType", resourceType)
	problems.Positive("count", count)
	if err := resourcesCheck.Refuse("", problems); err != nil {
		return nil, err
	}
	return fetch[ResourceCheck](ctx, s.c, resourcesCheck, &rest.Call{
		Query: url.Values{"type": {resourceType}, "count": {strconv.FormatInt(count, 10)}},
	})
}

// Availability reads the overview of free domains, IPv4 addresses and phone numbers:
// GET /api/resources/availability.
func (s *ResourcesService) Availability(ctx context.Context) (*ResourceAvailability, error) {
	return fetch[ResourceAvailability](ctx, s.c, resourcesAvailability, &rest.Call{})
}

// Stats reads the totals: GET /api/resources/stats.
func (s *ResourcesService) Stats(ctx context.Context) (*ResourceStats, error) {
	return fetch[ResourceStats](ctx, s.c, resourcesStats, &rest.Call{})
}

// Every object of the answer that says how much is available is a kind of resource.
var _ = wire.Read(func(raw []byte, a *ResourceAvailability) error {
	var kinds map[string]provider.Payload
	if err := wire.Unmarshal(raw, &kinds); err != nil {
		return err
	}
	known := map[string]*Availability{"domains": &a.Domains, "ipv4": &a.IPv4, "phone_numbers": &a.PhoneNumbers}
	found := false
	for name, raw := range kinds {
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		var kind Availability
		err := wire.Unmarshal(raw, &kind)
		switch place := known[name]; {
		case place != nil && err != nil:
			return wire.Within(name, err)
		case err != nil:
			continue
		case place != nil:
			*place = kind
		case a.Other == nil:
			a.Other = map[string]Availability{name: kind}
		default:
			a.Other[name] = kind
		}
		found = true
	}
	if !found {
		return wire.Lacks("domains")
	}
	return nil
})
