package elizon

import (
	"context"
	"encoding/json"
	"fmt"
)

// LiveStatus is what the system behind a service says about it right now.
type LiveStatus struct {
	// Status of the machine, see StatusRunning; "" if the entry tells none.
	Status string `elizon:"status,loose"`
	// CPU.Usage is between 0 and 1 or in percent, depending on the system.
	CPU CPUUsage `elizon:"cpu,loose"`
	// Memory and Disk are in bytes, MiB or GB, depending on the system: which one is
	// undocumented.
	Memory Amount `elizon:"memory,loose"`
	Disk   Amount `elizon:"disk,loose"`
	// Network counts what came in and went out.
	Network NetworkUsage `elizon:"network,loose"`
	// UptimeSeconds since the last start.
	UptimeSeconds int64          `elizon:"uptime,loose"`
	Bandwidth     BandwidthUsage `elizon:"bandwidthUsage,loose"`
	// Source of the figures, as the platform calls it.
	Source string `elizon:"-"`
	// Raw is the whole entry.
	Raw Payload `elizon:"-"`
}

// CPUUsage is the load of a machine.
type CPUUsage struct {
	Usage float64 `elizon:"usage"`
}

// Amount is how much of something is used.
type Amount struct {
	Used  float64 `elizon:"used"`
	Total float64 `elizon:"total"`
}

// NetworkUsage counts traffic; its unit is undocumented.
type NetworkUsage struct {
	In  float64 `elizon:"in"`
	Out float64 `elizon:"out"`
}

// BandwidthUsage is the traffic of the month in bytes.
type BandwidthUsage struct {
	MonthlyTotalBytes int64 `elizon:"monthlyTotalBytes,loose"`
}

// decode reads {"status": {...}, "source"} and the inner object alone: entries come both
// ways.
func (s *LiveStatus) decode(raw []byte, path string) error {
	var o object
	if raw[0] != '{' || json.Unmarshal(raw, &o) != nil {
		return &json.UnmarshalTypeError{Value: "value", Field: path}
	}
	inner := o
	for range 2 {
		if wrapped := inner["status"]; len(wrapped) > 0 && wrapped[0] == '{' {
			if source := words(Payload(inner["source"])); source != "" {
				s.Source = source
			}
			inner = nil
			_ = json.Unmarshal(wrapped, &inner) // it was part of valid JSON
		}
	}
	s.Raw = append(Payload(nil), raw...)
	return inner.fillStruct(s, path)
}

// liveStatus is the status of one service, of which at least the state must be told.
type liveStatus struct{ LiveStatus }

func (s *liveStatus) decode(raw []byte, path string) error {
	if err := s.LiveStatus.decode(raw, path); err != nil {
		return err
	}
	if s.Status == "" {
		return lacks("status")
	}
	return nil
}

// Status reads the live state of a service: GET /api/services/{id}/status (method
// inferred). The answer is undocumented; that of StatusBatch for one service is expected.
func (s *ServicesService) Status(ctx context.Context, id string) (*LiveStatus, error) {
	status, err := fetch[liveStatus](ctx, s.c.ask(servicesStatus, id))
	if err != nil {
		return nil, err
	}
	return &status.LiveStatus, nil
}

// StatusBatch reads the live state of several services in one call: POST
// /api/services/status-batch. The result has no entry for those that the platform leaves
// out. How many it takes at once is undocumented.
func (s *ServicesService) StatusBatch(ctx context.Context, ids ...string) (map[string]*LiveStatus, error) {
	r := s.c.ask(servicesStatusBatch).body(map[string]any{"ids": ids})
	if len(ids) == 0 {
		r.problem("ids", "required")
	}
	for i, id := range ids {
		if problem := idProblem(id); problem != "" {
			r.problem(fmt.Sprintf("ids[%d]", i), "%s", problem)
		}
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
