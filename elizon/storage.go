package elizon

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"time"

	"github.com/provkit/provkit/provider"
)

// StorageService manages block volumes, on their own or attached to a service.
type StorageService struct{ c *Client }

// Volume is a block of storage.
type Volume struct {
	ID   string `wire:"id,required"`
	Name string `wire:"name"`
	// Size is in an undocumented unit.
	Size int64 `wire:"size"`
	// Type is an open set: "NVME", "SSD", "HDD".
	Type string `wire:"type"`
	// Status is an open set: "attached", "detached", "provisioning", "suspended".
	Status        string    `wire:"status"`
	ServiceStatus string    `wire:"serviceStatus"`
	MountPoint    string    `wire:"mountPoint"`
	PricePerMonth Cents     `wire:"pricePerMonth"`
	CreatedAt     time.Time `wire:"createdAt"`
	// Server is the service that the volume is attached to; nil if it is detached.
	Server *VolumeServer `wire:"server"`
	// Subscription may be nil.
	Subscription *VolumeSubscription `wire:"subscription"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// VolumeServer is the service that a volume is attached to.
type VolumeServer struct {
	ID   string `wire:"id"`
	Name string `wire:"name"`
}

// VolumeSubscription is the subscription that pays for a volume.
type VolumeSubscription struct {
	ID string `wire:"id"`
}

// Actions of a VolumeUpdateRequest.
const (
	// VolumeAttach needs a ServerID.
	VolumeAttach = "attach"
	VolumeDetach = "detach"
)

// VolumeUpdateRequest changes a volume. Fields with zero values are left unchanged.
type VolumeUpdateRequest struct {
	// Name is the new name. That the field is called "name" is assumed.
	Name string `wire:"name"`
	// Action is VolumeAttach or VolumeDetach.
	Action string `wire:"action"`
	// ServerID is the service to attach the volume to.
	ServerID string `wire:"serverId"`
	// Extra fields, sent as they are.
	Extra map[string]any `wire:",extra"`
}

// List yields the volumes: GET /api/storage.
func (s *StorageService) List(ctx context.Context) iter.Seq2[*Volume, error] {
	return all[Volume](ctx, s.c.ask(storageList), "volumes")
}

// Upload sends files as they are read and only once: POST /api/storage (method inferred). The
// reference calls it an upload of files although all its neighbours concern volumes. The names of
// the form's fields and the answer are undocumented.
func (s *StorageService) Upload(ctx context.Context, texts map[string]string, files ...Upload) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(storageUpload).upload(texts, files...))
}

// VolumeDetail is a volume as Get returns it.
type VolumeDetail struct {
	// Volume is nil if the answer has none.
	Volume *Volume `wire:"volume"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Get reads a volume: GET /api/storage/{id} (method inferred). The answer is undocumented: that it has
// the fields of the list is assumed.
func (s *StorageService) Get(ctx context.Context, id string) (*VolumeDetail, error) {
	answer, err := fetch[struct {
		ID string `wire:"volume.id,identity"`
		VolumeDetail
	}](ctx, s.c.ask(storageGet, id))
	if err != nil {
		return nil, err
	}
	return &answer.VolumeDetail, nil
}

// Update renames, attaches or detaches a volume: PATCH /api/storage/{id}.
func (s *StorageService) Update(ctx context.Context, id string, req *VolumeUpdateRequest) error {
	r := s.c.ask(storageUpdate, id).changing(req)
	if req != nil && req.Action == VolumeAttach {
		r.require("ServerID", req.ServerID)
	}
	return done(ctx, r)
}

// Delete deletes a volume and its data: DELETE /api/storage/{id} (method inferred). The answer has a
// text for people.
func (s *StorageService) Delete(ctx context.Context, id string) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(storageDelete, id))
}

// Cancel ends the subscription of a volume, now or at the end of the period: POST
// /api/storage/{id}/cancel (method inferred). The volume is detached, and its server is restarted
// if necessary. The name of the field, "immediate", is assumed to be that of
// Services.Subscription.Cancel. The answer has a text for people.
func (s *StorageService) Cancel(ctx context.Context, id string, immediate bool) (*Confirmation, error) {
	return confirmed(ctx, s.c.ask(storageCancel, id).body(map[string]any{"immediate": immediate}))
}

// AddToCart prices additional storage as a line for a cart: POST /api/storage/add-to-cart (method
// inferred). Fields and answer are undocumented.
func (s *StorageService) AddToCart(ctx context.Context, fields map[string]any) (provider.Payload, error) {
	return unknown(ctx, s.c.ask(storageAddToCart).body(fields))
}

// Config reads the types of storage and their prices: GET /api/storage/config (method inferred). It
// can be limited to a server; the name of that argument and the answer are undocumented.
func (s *StorageService) Config(ctx context.Context, query url.Values) (provider.Payload, error) {
	r := s.c.ask(storageConfig)
	r.query = maps.Clone(query)
	return unknown(ctx, r)
}
