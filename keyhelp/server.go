package keyhelp

import (
	"cmp"
	"context"
	"net/netip"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// ServerService covers the machine that the panel runs on.
type ServerService struct{ c *Client }

// Ping tests the connection and the key with the endpoint meant for it: GET /api/v2/ping, in the
// documented dialect GET /api/v2/server/version.
func (s *ServerService) Ping(ctx context.Context) error {
	d, err := s.c.dialects.resolve(ctx, s.c)
	if err != nil {
		return err
	}
	var out any = new(pong)
	if d == documented {
		out = new(wire.One[Version])
	}
	return s.c.rest.Do(ctx, &rest.Call{Endpoint: serverPing.in(d), Out: out})
}

// pong is the answer to a ping.
type pong = wire.One[struct {
	Response string `wire:"response,required"`
}]

// Version is the panel's version.
type Version struct {
	Version string `wire:"version|meta.panel_version,required"`
	Build   string `wire:"build|meta.panel_build"`
}

// Version reads the panel's version: GET /api/v2/server/version, in the live dialect from GET
// /api/v2/server.
func (s *ServerService) Version(ctx context.Context) (*Version, error) {
	return ask[Version](ctx, s.c, serverVersion, &rest.Call{}, wire.Options{})
}

// Server is the state of the machine. Fields that a panel does not report are zero.
type Server struct {
	Hostname        string       `wire:"meta.hostname,holder"`
	Addresses       []netip.Addr `wire:"meta.ip_addresses"`
	PanelVersion    string       `wire:"meta.panel_version"`
	PanelBuild      string       `wire:"meta.panel_build"`
	Uptime          time.Duration
	OperatingSystem string `wire:"operating_system.label"`
	// RebootRequired reports whether updates require a reboot.
	RebootRequired bool `wire:"operating_system.updates.reboot_required"`
	// Load1, Load5 and Load15 are averages over so many minutes, LoadPercent is in percent.
	Load1       float64 `wire:"utilization.load.minute_1"`
	Load5       float64 `wire:"utilization.load.minute_5"`
	Load15      float64 `wire:"utilization.load.minute_15"`
	LoadPercent float64 `wire:"utilization.load.percent"`
	// Traffic and DiskSpace are used, in bytes.
	Traffic   int64 `wire:"resources.traffic"`
	DiskSpace int64 `wire:"resources.consumed_disk_space"`
}

// Get reads the state of the machine: GET /api/v2/server. Live dialect only.
func (s *ServerService) Get(ctx context.Context) (*Server, error) {
	return ask[Server](ctx, s.c, serverGet, &rest.Call{}, wire.Options{})
}

var _ = wire.Read(func(raw []byte, s *Server) error {
	var up struct {
		Days    int64 `wire:"meta.uptime.days"`
		Hours   int64 `wire:"meta.uptime.hours"`
		Minutes int64 `wire:"meta.uptime.minutes"`
		Seconds int64 `wire:"meta.uptime.seconds"`
	}
	if err := cmp.Or(wire.Fill(raw, s), wire.Unmarshal(raw, &up)); err != nil {
		return err
	}
	s.Uptime = time.Duration(up.Days)*24*time.Hour + time.Duration(up.Hours)*time.Hour +
		time.Duration(up.Minutes)*time.Minute + time.Duration(up.Seconds)*time.Second
	return nil
})

// Reboot restarts the machine: POST /api/v2/server/reboot. Live dialect only, panel 26.0 and later.
// If the answer is lost, the error matches provider.ErrOutcomeUnknown: the machine may be
// rebooting.
func (s *ServerService) Reboot(ctx context.Context) error {
	return s.c.call(ctx, serverReboot, &rest.Call{Body: map[string]any{"confirm": true}})
}

// diagnose performs a harmless call and reports how far it came. While the dialect is unknown it
// uses the live one: that the path does not exist is an answer too.
func (c *Client) diagnose(ctx context.Context) ([]provider.CheckStep, time.Duration, error) {
	endpoint := serverPing.in(live)
	if d := c.dialects.found.Load(); d == documented {
		endpoint = serverVersion.in(d)
	}
	return c.rest.Diagnose(ctx, &rest.Call{Endpoint: endpoint})
}
