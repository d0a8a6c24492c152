package licenseserver

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ResourcesService is about what licenses hold: servers, workstations, domains, IPv4
// addresses, phone numbers. No route takes a resource back from a license.
type ResourcesService struct{ c *Client }

// Resource is a thing that a license can hold.
type Resource struct {
	ID int64
	// Type is open: "server", "workstation" and "domain" are documented.
	Type       string
	Identifier string
	// Status is open ("allocated"), and told by List only, as is AllocatedAt.
	Status      string
	AllocatedAt time.Time
}

// AllocateRequest gives resources to a license.
type AllocateRequest struct {
	// LicenseID and ResourceIDs are required.
	LicenseID   int64
	ResourceIDs []int64
	// ResourceType is in one of the two definitions of the body, and not in the
	// other; "" leaves it out.
	ResourceType string
	// Extra fields, sent as they are.
	Extra map[string]any
}

// Allocation is what became of an AllocateRequest.
type Allocation struct {
	// Allocated may be fewer than were asked for.
	Allocated int64
	Message   string
}

// ResourceCheck tells whether so many resources of a type are free.
type ResourceCheck struct {
	Available bool
	Count     int64
	Resources []Resource
}

// ResourceAvailability is the overview of what is free.
type ResourceAvailability struct {
	Domains, IPv4, PhoneNumbers Availability
	// Other kinds, which no document names.
	Other map[string]Availability
}

// Availability is how much of a kind is free.
type Availability struct {
	Available, Total int64
	// Status is open: "ok", "low", "critical".
	Status string
}

// ResourceStats are totals.
type ResourceStats struct {
	ResourceCount
	ByType map[string]ResourceCount
}

// ResourceCount tells how many there are.
type ResourceCount struct{ Total, Allocated, Available int64 }

// List yields the resources that a license holds: GET
// /api/license/{license_id}/resources.
func (s *ResourcesService) List(ctx context.Context, licenseID int64) iter.Seq2[*Resource, error] {
	return all[Resource, resourceWire](ctx, s.c, resourcesList, "resources", licenseID)
}

// Allocate gives resources to a license: POST /api/resources/allocate. What the server
// does with resources that are taken is undocumented.
func (s *ResourcesService) Allocate(ctx context.Context, req *AllocateRequest) (*Allocation, error) {
	if req == nil {
		return nil, resourcesAllocate.RefuseNil()
	}
	var problems provider.Problems
	problems.Positive("LicenseID", req.LicenseID)
	problems.IDs("ResourceIDs", req.ResourceIDs)
	if err := resourcesAllocate.Refuse("", problems); err != nil {
		return nil, err
	}
	fields := map[string]any{"license_id": req.LicenseID, "resource_ids": req.ResourceIDs}
	put(fields, "resource_type", req.ResourceType)
	return fetch[Allocation, allocationWire](ctx, s.c, resourcesAllocate, &rest.Call{
		Subject: idText(req.LicenseID), Body: withExtra(fields, req.Extra),
	})
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
	return fetch[ResourceCheck, checkWire](ctx, s.c, resourcesCheck, &rest.Call{
		Query: url.Values{"type": {resourceType}, "count": {strconv.FormatInt(count, 10)}},
	})
}

// Availability reads the overview of free domains, IPv4 addresses and phone numbers:
// GET /api/resources/availability.
func (s *ResourcesService) Availability(ctx context.Context) (*ResourceAvailability, error) {
	return fetch[ResourceAvailability, availabilitiesWire](ctx, s.c, resourcesAvailability, &rest.Call{})
}

// Stats reads the totals: GET /api/resources/stats.
func (s *ResourcesService) Stats(ctx context.Context) (*ResourceStats, error) {
	return fetch[ResourceStats, resourceStatsWire](ctx, s.c, resourcesStats, &rest.Call{})
}

type resourceWire struct {
	ID          number    `json:"id"`
	Type        text      `json:"type"`
	Identifier  text      `json:"identifier"`
	Status      text      `json:"status"`
	AllocatedAt timestamp `json:"allocated_at"`
}

func (w *resourceWire) Missing() string { return missingID(w.ID, "id") }

func (w *resourceWire) model() *Resource {
	return &Resource{ID: int64(w.ID), Type: string(w.Type), Identifier: string(w.Identifier), Status: string(w.Status), AllocatedAt: w.AllocatedAt.Time}
}

type allocationWire struct {
	Allocated *number `json:"allocated"`
	Message   text    `json:"message"`
}

func (w *allocationWire) Missing() string {
	if w.Allocated == nil {
		return "allocated"
	}
	return ""
}

func (w *allocationWire) model() *Allocation {
	return &Allocation{Allocated: int64(*w.Allocated), Message: string(w.Message)}
}

type checkWire struct {
	Available *bool          `json:"available"`
	Count     number         `json:"count"`
	Resources []resourceWire `json:"resources"`
}

func (w *checkWire) Missing() string {
	if w.Available == nil {
		return "available"
	}
	for i := range w.Resources {
		if w.Resources[i].ID <= 0 {
			return "resources.id"
		}
	}
	return ""
}

func (w *checkWire) model() *ResourceCheck {
	c := &ResourceCheck{Available: *w.Available, Count: int64(w.Count)}
	for i := range w.Resources {
		c.Resources = append(c.Resources, *w.Resources[i].model())
	}
	return c
}

type availabilityWire struct {
	Available *number `json:"available"`
	Total     number  `json:"total"`
	Status    text    `json:"status"`
}

// availabilitiesWire takes every object of the answer for a kind of resource.
type availabilitiesWire struct{ kinds map[string]Availability }

func (w *availabilitiesWire) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	w.kinds = make(map[string]Availability)
	for name, raw := range fields {
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		var a availabilityWire
		if err := json.Unmarshal(raw, &a); err != nil {
			return err
		}
		if a.Available != nil {
			w.kinds[name] = Availability{Available: int64(*a.Available), Total: int64(a.Total), Status: string(a.Status)}
		}
	}
	return nil
}

func (w *availabilitiesWire) Missing() string {
	if len(w.kinds) == 0 {
		return "domains"
	}
	return ""
}

func (w *availabilitiesWire) model() *ResourceAvailability {
	a := &ResourceAvailability{Domains: w.kinds["domains"], IPv4: w.kinds["ipv4"], PhoneNumbers: w.kinds["phone_numbers"]}
	for name, kind := range w.kinds {
		switch name {
		case "domains", "ipv4", "phone_numbers":
			continue
		}
		if a.Other == nil {
			a.Other = make(map[string]Availability)
		}
		a.Other[name] = kind
	}
	return a
}

type countWire struct {
	Total     *number `json:"total"`
	Allocated number  `json:"allocated"`
	Available number  `json:"available"`
}

func (w *countWire) count() ResourceCount {
	c := ResourceCount{Allocated: int64(w.Allocated), Available: int64(w.Available)}
	if w.Total != nil {
		c.Total = int64(*w.Total)
	}
	return c
}

type resourceStatsWire struct {
	countWire
	ByType map[string]countWire `json:"by_type"`
}

func (w *resourceStatsWire) Missing() string {
	if w.Total == nil {
		return "total"
	}
	return ""
}

func (w *resourceStatsWire) model() *ResourceStats {
	s := &ResourceStats{ResourceCount: w.count(), ByType: make(map[string]ResourceCount, len(w.ByType))}
	for name, one := range w.ByType {
		s.ByType[name] = one.count()
	}
	return s
}
