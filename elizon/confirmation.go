package elizon

import (
	"context"

	"github.com/provkit/provkit/provider"
)

// Confirmation is the answer to a change of which no source shows more than a text, if that.
type Confirmation struct {
	// Message is for people, or the platform's name for such a text; "" if there is none.
	Message string `wire:"message|messageKey,loose"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// confirmed performs a change whose answer is a Confirmation.
func confirmed(ctx context.Context, r *request) (*Confirmation, error) {
	c, err := fetch[Confirmation](ctx, r)
	if c == nil && err == nil { // it was gone already
		c = &Confirmation{}
	}
	return c, err
}
