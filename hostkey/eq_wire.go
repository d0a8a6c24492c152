package hostkey

import (
	"github.com/provkit/provkit/internal/wire"
)

var (
	// A listed server is an object, or only its ID.
	_ = wire.Read(func(raw []byte, s *ListedServer) error {
		if raw[0] == '{' {
			return wire.Fill(raw, s)
		}
		if err := wire.Unmarshal(raw, &s.ID); err != nil || s.ID > 0 {
			return err
		}
		return wire.Lacks("id")
	})
	_ = wire.After(func(u *ServersUpdate) error {
		for _, id := range u.Servers {
			if id <= 0 {
				return wire.Lacks("servers.id")
			}
		}
		return nil
	})
)
