package elizon

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// LiveStatus is what the system behind a service reports about it right now.
type LiveStatus struct {
	// Status of the machine, see StatusRunning; "" if the entry has none.
	Status string `wire:"status,loose"`
	// CPU is the load; CPU.Usage is between 0 and 1 or in percent, depending on the system.
	CPU CPUUsage `wire:"cpu,loose"`
	// Memory and Disk are in bytes, MiB or GB, depending on the system; which system uses which
	// unit is undocumented.
	Memory Amount `wire:"memory,loose"`
	Disk   Amount `wire:"disk,loose"`
	// Network is the incoming and outgoing traffic.
	Network NetworkUsage `wire:"network,loose"`
	// UptimeSeconds is the time since the last start.
	UptimeSeconds int64          `wire:"uptime,loose"`
	Bandwidth     BandwidthUsage `wire:"bandwidthUsage,loose"`
	// Source is where the figures come from, in the platform's words.
	Source string `wire:"-"`
	// Raw is the whole entry.
	Raw provider.Payload `wire:"-"`
}

// CPUUsage is the load of a machine.
type CPUUsage struct {
	Usage float64 `wire:"usage"`
}

// Amount is how much of something is used.
type Amount struct {
	Used  float64 `wire:"used"`
	Total float64 `wire:"total"`
}

// NetworkUsage counts traffic; its unit is undocumented.
type NetworkUsage struct {
	In  float64 `wire:"in"`
	Out float64 `wire:"out"`
}

// BandwidthUsage is the traffic of the month in bytes; nil if the platform does not tell it.
type BandwidthUsage struct {
	MonthlyTotalBytes *int64 `wire:"monthlyTotalBytes,loose"`
}

// Entries come as {"status": {...}, "source"} or as the inner object alone.
var _ = wire.Read(func(raw []byte, s *LiveStatus) error {
	s.Raw = provider.NewPayload(string(raw))
	for range 2 {
		var outer struct {
			Status provider.Payload `wire:"status"`
			Source provider.Payload `wire:"source"`
		}
		if err := wire.Unmarshal(raw, &outer); err != nil {
			return err
		}
		inner := outer.Status.Reveal()
		if !strings.HasPrefix(inner, "{") {
			break
		}
		s.Source = cmp.Or(outer.Source.Text(), s.Source)
		raw = []byte(inner)
	}
	return wire.Fill(raw, s)
})

// liveStatus is the status of one service. It must have at least the state.
type liveStatus struct{ LiveStatus }

var _ = wire.Read(func(raw []byte, s *liveStatus) error {
	if err := wire.Unmarshal(raw, &s.LiveStatus); err != nil {
		return err
	}
	if s.Status == "" {
		return wire.Lacks("status")
	}
	return nil
})

// Status reads the live state of a service: GET /api/services/{id}/status (method inferred). The
// answer is undocumented; an entry of StatusBatch is expected.
func (s *ServicesService) Status(ctx context.Context, id string) (*LiveStatus, error) {
	status, err := fetch[liveStatus](ctx, s.c.ask(servicesStatus, id))
	if err != nil {
		return nil, err
	}
	return &status.LiveStatus, nil
}

// StatusBatch reads the live state of several services in one call: POST
// /api/services/status-batch. The result has no entry for services that the platform leaves out.
// How many it accepts at once is undocumented.
func (s *ServicesService) StatusBatch(ctx context.Context, ids ...string) (map[string]*LiveStatus, error) {
	r := s.c.ask(servicesStatusBatch).body(map[string]any{"ids": ids})
	r.problems.Some("ids", len(ids))
	for i, id := range ids {
		r.problems.Word(fmt.Sprintf("ids[%d]", i), id)
	}
	statuses, err := fetch[map[string]*LiveStatus](ctx, r, "statuses")
	if err != nil {
		return nil, err
	}
	for id, status := range *statuses {
		if status == nil {
			delete(*statuses, id)
		}
	}
	return *statuses, nil
}
