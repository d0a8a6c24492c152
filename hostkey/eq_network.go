package hostkey

import (
	"context"

	"github.com/provkit/provkit/provider"
)

var (
	eqTraffic            = act("eq", "get_traffic", "Servers.Traffic", "get traffic of server", ClassRead)
	eqAnnounceIP         = act("eq", "announceip", "Servers.AnnounceIP", "announce addresses by BGP", ClassWrite)
	eqServersForAnnounce = act("eq", "getserversforannounce", "Servers.ServersForAnnounce", "list servers for announcements", ClassRead)
)

// Traffic returns the IPv4 traffic of a server: POST /eq.php, action get_traffic. The fields are
// undocumented (that "id" is the server is inferred from the other actions), and so is the answer.
func (s *ServersService) Traffic(ctx context.Context, id int64, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownByID(ctx, eqTraffic, id, extra)
}

// AnnounceIP announces a subnet or an address by BGP: POST /eq.php, action announceip. Fields and
// answer are undocumented.
func (s *ServersService) AnnounceIP(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqAnnounceIP, extra)
}

// ServersForAnnounce lists the servers on which addresses of a /23 or /24 can be announced: POST
// /eq.php, action getserversforannounce. Fields and answer are undocumented.
func (s *ServersService) ServersForAnnounce(ctx context.Context, extra map[string]any) (provider.Payload, error) {
	return s.c.unknownFields(ctx, eqServersForAnnounce, extra)
}
