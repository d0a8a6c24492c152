package hostkey

import (
	"strings"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Tag is a name with a value on a server or another component. The system keeps tags of
// its own beside those of users: hostname, password, OS, block.
type Tag struct {
	// ID is 0 where the server does not tell it.
	ID    int64  `wire:"id"`
	Name  string `wire:"tag,required"`
	Value string `wire:"value"`
	// Secret is the value instead, if the name says that it is a password.
	Secret provider.Secret
	Extra  string `wire:"extra"`
	// Internal tags are the system's.
	Internal bool `wire:"internal,loose"`
	// Component is "eq" for servers, and ComponentID the server's ID.
	Component   string `wire:"component"`
	ComponentID int64  `wire:"component_id"`
}

// What is named a password is one.
var _ = wire.After(func(t *Tag) error {
	if strings.Contains(strings.ToLower(t.Name), "pass") {
		t.Value, t.Secret = "", provider.Secret(t.Value)
	}
	return nil
})
