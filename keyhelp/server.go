package keyhelp

import (
	"context"
	"net/netip"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

// ServerService is about the machine that the panel runs on.
type ServerService struct{ c *Client }

// Ping tests connection and key with the call that is meant for it: GET /api/v2/ping,
// in the documented dialect GET /api/v2/server/version.
func (s *ServerService) Ping(ctx context.Context) error {
	d, err := s.c.dialects.resolve(ctx, s.c)
	if err != nil {
		return err
	}
	var out any = new(pingWire)
	if d == documented {
		out = new(versionWire)
	}
	return s.c.rest.Do(ctx, &rest.Call{Endpoint: serverPing.in(d), Out: out})
}

type pingWire struct {
	Response string `json:"response"`
}

func (w *pingWire) Missing() string {
	if w.Response == "" {
		return "response"
	}
	return ""
}

// Version is the panel's version.
type Version struct {
	Version string
	Build   string
}

// Version reads the panel's version: GET /api/v2/server/version, in the live dialect
// from GET /api/v2/server.
func (s *ServerService) Version(ctx context.Context) (*Version, error) {
	var w versionWire
	if err := s.c.call(ctx, serverVersion, &rest.Call{Out: &w}); err != nil {
		return nil, err
	}
	return w.model(), nil
}

type versionWire struct {
	Version text `json:"version"`
	Build   text `json:"build"`
	Meta    struct {
		Version text `json:"panel_version"`
		Build   text `json:"panel_build"`
	} `json:"meta"`
}

func (w *versionWire) Missing() string {
	if w.Version == "" && w.Meta.Version == "" {
		return "version"
	}
	return ""
}

func (w *versionWire) model() *Version {
	return &Version{Version: string(w.Version + w.Meta.Version), Build: string(w.Build + w.Meta.Build)}
}

// Server is the state of the machine. Fields that a panel does not tell are zero.
type Server struct {
	Hostname        string
	Addresses       []netip.Addr
	PanelVersion    string
	PanelBuild      string
	Uptime          time.Duration
	OperatingSystem string
	// RebootRequired by updates.
	RebootRequired bool
	// Load averages over 1, 5 and 15 minutes, and in percent.
	Load1, Load5, Load15, LoadPercent float64
	// Traffic and DiskSpace used, in bytes.
	Traffic, DiskSpace int64
}

// Get reads the state of the machine: GET /api/v2/server. Live dialect only.
func (s *ServerService) Get(ctx context.Context) (*Server, error) {
	var w serverWire
	if err := s.c.call(ctx, serverGet, &rest.Call{Out: &w}); err != nil {
		return nil, err
	}
	return w.model(), nil
}

type serverWire struct {
	Meta *struct {
		Hostname    string   `json:"hostname"`
		IPAddresses []string `json:"ip_addresses"`
		Version     text     `json:"panel_version"`
		Build       text     `json:"panel_build"`
		Uptime      struct {
			Days    number `json:"days"`
			Hours   number `json:"hours"`
			Minutes number `json:"minutes"`
			Seconds number `json:"seconds"`
		} `json:"uptime"`
	} `json:"meta"`
	OperatingSystem struct {
		Label   string `json:"label"`
		Updates struct {
			RebootRequired bool `json:"reboot_required"`
		} `json:"updates"`
	} `json:"operating_system"`
	Utilization struct {
		Load struct {
			Minute1  float64 `json:"minute_1"`
			Minute5  float64 `json:"minute_5"`
			Minute15 float64 `json:"minute_15"`
			Percent  float64 `json:"percent"`
		} `json:"load"`
	} `json:"utilization"`
	Resources struct {
		Traffic   number `json:"traffic"`
		DiskSpace number `json:"consumed_disk_space"`
	} `json:"resources"`
}

func (w *serverWire) Missing() string {
	if w.Meta == nil {
		return "meta"
	}
	return ""
}

func (w *serverWire) model() *Server {
	up, load := w.Meta.Uptime, w.Utilization.Load
	s := &Server{
		Hostname: w.Meta.Hostname, PanelVersion: string(w.Meta.Version), PanelBuild: string(w.Meta.Build),
		Uptime: time.Duration(up.Days)*24*time.Hour + time.Duration(up.Hours)*time.Hour +
			time.Duration(up.Minutes)*time.Minute + time.Duration(up.Seconds)*time.Second,
		OperatingSystem: w.OperatingSystem.Label, RebootRequired: w.OperatingSystem.Updates.RebootRequired,
		Load1: load.Minute1, Load5: load.Minute5, Load15: load.Minute15, LoadPercent: load.Percent,
		Traffic: int64(w.Resources.Traffic), DiskSpace: int64(w.Resources.DiskSpace),
	}
	for _, text := range w.Meta.IPAddresses {
		if addr, err := netip.ParseAddr(text); err == nil {
			s.Addresses = append(s.Addresses, addr)
		}
	}
	return s
}

// Reboot restarts the machine: POST /api/v2/server/reboot. Live dialect only, panel
// 26.0 and later. A lost answer is provider.ErrOutcomeUnknown: it may be rebooting.
func (s *ServerService) Reboot(ctx context.Context) error {
	return s.c.call(ctx, serverReboot, &rest.Call{Body: map[string]any{"confirm": true}})
}

// diagnose performs the harmless call and reports how far it came. With a dialect that
// is not known yet it asks the live way: that the path does not exist is an answer too.
func (c *Client) diagnose(ctx context.Context) ([]provider.CheckStep, time.Duration, error) {
	endpoint := serverPing.in(live)
	if d := c.dialects.found.Load(); d == documented {
		endpoint = serverVersion.in(d)
	}
	return c.rest.Diagnose(ctx, &rest.Call{Endpoint: endpoint})
}
