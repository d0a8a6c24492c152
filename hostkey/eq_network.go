package hostkey

import (
	"context"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

var (
	eqTraffic            = act("eq", "get_traffic", "Servers.Traffic", "get traffic of server", ClassRead)
	eqAnnounceIP         = act("eq", "announceip", "Servers.AnnounceIP", "announce addresses by BGP", ClassWrite)
	eqServersForAnnounce = act("eq", "getserversforannounce", "Servers.ServersForAnnounce", "list servers for announcements", ClassRead)
)

// Traffic is how much was transferred, in bytes. Its shape is undocumented: In and Out are read under
// names that are usual elsewhere, such as "in" and "out", and are nil if the answer has none of them.
type Traffic struct {
	In, Out *int64
	// More fields that the answer contains, and those that In and Out are from.
	More map[string]provider.Payload `wire:",extra"`
}

// The names of numbers of bytes, as other APIs have them, in the order in which they are tried.
var (
	trafficIn  = []string{"traffic_in", "in", "bytes_in", "incoming"}
	trafficOut = []string{"traffic_out", "out", "bytes_out", "outgoing"}
)

var _ = wire.Read(func(raw []byte, t *Traffic) error {
	whole := openEnvelope(raw)
	t.In, t.Out = bytesIn(whole, trafficIn), bytesIn(whole, trafficOut)
	return wire.Options{Envelope: beside}.Fill(raw, t)
})

// bytesIn returns the first number of bytes under one of some names, or nil.
func bytesIn(whole envelope, names []string) *int64 {
	for _, from := range []envelope{whole, openEnvelope(whole["data"]), openEnvelope(whole["traffic"])} {
		for _, name := range names {
			var n float64
			if data, ok := from[name]; ok && wire.Unmarshal(data, &n) == nil && n >= 0 && n < 1<<62 {
				return new(int64(n))
			}
		}
	}
	return nil
}

// Traffic returns the IPv4 traffic of a server: POST /eq.php, action get_traffic. The fields are
// undocumented (that "id" is the server is inferred from the other actions), and so is the answer; see
// Traffic.
func (s *ServersService) Traffic(ctx context.Context, id int64, extra map[string]any) (*Traffic, error) {
	call, err := byID(eqTraffic, id, extra)
	if err != nil {
		return nil, err
	}
	return guess[Traffic](ctx, s.c, eqTraffic, call)
}

// AnnounceIP announces a subnet or an address by BGP: POST /eq.php, action announceip. Fields and
// answer are undocumented.
func (s *ServersService) AnnounceIP(ctx context.Context, extra map[string]any) (*Ack, error) {
	return s.c.ackFields(ctx, eqAnnounceIP, extra)
}

// ServersForAnnounce lists the servers on which addresses of a /23 or /24 can be announced: POST
// /eq.php, action getserversforannounce. Fields and answer are undocumented.
func (s *ServersService) ServersForAnnounce(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqServersForAnnounce, extra)
}
