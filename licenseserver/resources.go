package licenseserver

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// ResourcesService manages the resources of licenses: servers, workstations, domains, IPv4
// addresses, phone numbers. No route takes a resource away from a license.
type ResourcesService struct{ c *Client }

// Resource is something that can be allocated to a license.
type Resource struct {
	ID int64 `wire:"id,positive"`
	// Type may have any value; "server", "workstation" and "domain" are documented.
	Type       string `wire:"type"`
	Identifier string `wire:"identifier"`
	// Status may have any value, such as "allocated". Only List reports Status and AllocatedAt.
	Status      string    `wire:"status"`
	AllocatedAt time.Time `wire:"allocated_at"`
}

// ResourceAllocateRequest describes an allocation of resources to a license.
type ResourceAllocateRequest struct {
	// LicenseID and ResourceIDs are required.
	LicenseID   int64   `wire:"license_id"`
	ResourceIDs []int64 `wire:"resource_ids"`
	// ResourceType is in one of the two documented definitions of the body; "" is not sent.
	ResourceType string `wire:"resource_type"`
	// Extra contains further fields, sent unchanged.
	Extra map[string]any `wire:",extra"`
}

// Allocation is the result of Allocate.
type Allocation struct {
	// Allocated may be fewer than were requested.
	Allocated int64  `wire:"allocated,required"`
	Message   string `wire:"message"`
}

// ResourceCheck reports whether enough resources of a type are free.
type ResourceCheck struct {
	Available bool       `wire:"available,required"`
	Count     int64      `wire:"count"`
	Resources []Resource `wire:"resources"`
}

// ResourceAvailability is the overview of free resources.
type ResourceAvailability struct {
	Domains, IPv4, PhoneNumbers Availability
	// Other contains undocumented types.
	Other map[string]Availability
}

// Availability is how many resources of a type are free.
type Availability struct {
	Available int64 `wire:"available,required"`
	Total     int64 `wire:"total"`
	// Status may have any value; "ok", "low" and "critical" are documented.
	Status string `wire:"status"`
}

// ResourceStats are totals of resources.
type ResourceStats struct {
	ResourceCount
	ByType map[string]ResourceCount `wire:"by_type"`
}

// ResourceCount counts the resources of a type.
type ResourceCount struct {
	Total     int64 `wire:"total,required"`
	Allocated int64 `wire:"allocated"`
	Available int64 `wire:"available"`
}

// List yields the resources of a license: GET /api/license/{license_id}/resources.
func (s *ResourcesService) List(ctx context.Context, licenseID int64) iter.Seq2[*Resource, error] {
	return all[Resource](ctx, s.c, resourcesList, "resources", licenseID)
}

// Allocate allocates resources to a license: POST /api/resources/allocate. What the server does
// with resources that are already allocated is undocumented.
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

// CheckAvailability asks whether count resources of a type are free: GET
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

// Availability reads the overview of free domains, IPv4 addresses and phone numbers: GET
// /api/resources/availability.
func (s *ResourcesService) Availability(ctx context.Context) (*ResourceAvailability, error) {
	return fetch[ResourceAvailability](ctx, s.c, resourcesAvailability, &rest.Call{})
}

// Stats reads the totals: GET /api/resources/stats.
func (s *ResourcesService) Stats(ctx context.Context) (*ResourceStats, error) {
	return fetch[ResourceStats](ctx, s.c, resourcesStats, &rest.Call{})
}

// Every object in the answer that contains a number of available resources is a type of resource.
var _ = wire.Read(func(raw []byte, a *ResourceAvailability) error {
	var kinds map[string]provider.Payload
	if err := wire.Unmarshal(raw, &kinds); err != nil {
		return err
	}
	known := map[string]*Availability{"domains": &a.Domains, "ipv4": &a.IPv4, "phone_numbers": &a.PhoneNumbers}
	found := false
	for name, raw := range kinds {
		if !strings.HasPrefix(raw.Reveal(), "{") {
			continue
		}
		var kind Availability
		err := wire.Unmarshal([]byte(raw.Reveal()), &kind)
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
