package hostkey

import (
	"strings"

	"github.com/provkit/provkit/internal/wire"
	"github.com/provkit/provkit/provider"
)

// Tag is a name with a value on a server or another component. The system has tags of its own
// besides those of users: hostname, password, OS, block.
type Tag struct {
	// ID is 0 if unknown.
	ID    int64  `wire:"id"`
	Name  string `wire:"tag,required,name"`
	Value string `wire:"value"`
	// Secret is the value if Name says that it is a password; Value is then "".
	Secret provider.Secret
	Extra  string `wire:"extra"`
	// Internal tags are the system's.
	Internal bool `wire:"internal,loose"`
	// Component is "eq" for servers, and ComponentID the server's ID.
	Component   string `wire:"component"`
	ComponentID int64  `wire:"component_id,identity"`
}

// A value whose name says "pass" counts as a password.
var _ = wire.After(func(t *Tag) error {
	if strings.Contains(strings.ToLower(t.Name), "pass") {
		t.Value, t.Secret = "", provider.NewSecret(t.Value)
	}
	return nil
})
