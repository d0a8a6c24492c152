package hestia

import (
	"context"
	"time"

	"github.com/provkit/provkit/provider"
)

// diagnose lists the users, which every key that suits the adapter may do, and reports how far that
// got and how many users there are.
func (c *Client) diagnose(ctx context.Context) (steps []provider.CheckStep, latency time.Duration, users int, err error) {
	r, err := usersList.with()
	if err != nil {
		return nil, 0, 0, err
	}
	r.read = func(printed []byte) error {
		var odd error
		sound := false
		err := decodeRows(printed, c.settings.location, func(_ *User, name string, err error) bool {
			users++
			sound = sound || err == nil
			if odd == nil && err != nil {
				odd = c.oddRow(usersList, name, err)
			}
			return true
		})
		if err == nil && !sound {
			err = odd
		}
		return err
	}
	r.lists = true
	steps, latency, err = c.rest.Diagnose(ctx, c.callOf(r))
	return steps, latency, users, err
}
