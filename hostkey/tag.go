package hostkey

import (
	"strings"

	"github.com/provkit/provkit/provider"
)

// Tag is a name with a value on a server or another component. The system keeps tags of
// its own beside those of users: hostname, password, OS, block.
type Tag struct {
	// ID is 0 where the server does not tell it.
	ID    int64
	Name  string
	Value string
	// Secret is the value instead, if the name says that it is a password.
	Secret provider.Secret
	Extra  string
	// Internal tags are the system's.
	Internal bool
	// Component is "eq" for servers, and ComponentID the server's ID.
	Component   string
	ComponentID int64
}

type tagWire struct {
	ID          number `json:"id"`
	Tag         text   `json:"tag"`
	Value       text   `json:"value"`
	Extra       text   `json:"extra"`
	Internal    flag   `json:"internal"`
	Component   text   `json:"component"`
	ComponentID number `json:"component_id"`
}

func (w *tagWire) Missing() string {
	if w.Tag == "" {
		return "tag"
	}
	return ""
}

func (w *tagWire) model() *Tag {
	t := &Tag{
		ID: int64(w.ID), Name: string(w.Tag), Value: string(w.Value), Extra: string(w.Extra), Internal: bool(w.Internal),
		Component: string(w.Component), ComponentID: int64(w.ComponentID),
	}
	if strings.Contains(strings.ToLower(t.Name), "pass") {
		t.Value, t.Secret = "", provider.Secret(w.Value)
	}
	return t
}
