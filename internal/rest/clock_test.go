package rest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestServerTime: the server's clock goes on with ours, and answers that were kept on the way, or have
// no date, do not set it back.
func TestServerTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Client
		_, known := c.ServerTime()
		assert.False(t, known)

		date := time.Date(2031, time.May, 4, 12, 0, 0, 0, time.UTC) // years away from ours
		says := func(at time.Time, more ...string) {
			header := http.Header{"Date": {at.Format(http.TimeFormat)}}
			for _, name := range more {
				header.Set(name, "60")
			}
			c.clock.note(header)
		}
		want := func(ahead time.Duration) {
			t.Helper()
			now, known := c.ServerTime()
			assert.True(t, known)
			assert.Equal(t, date.Add(ahead), now)
		}
		says(date)
		want(0)
		time.Sleep(90 * time.Second)
		want(90 * time.Second)
		says(date.Add(30 * time.Second)) // an answer to an earlier request
		want(90 * time.Second)
		says(date.Add(time.Hour), "Age") // a copy
		c.clock.note(http.Header{"Date": {"yesterday"}})
		c.clock.note(nil)
		want(90 * time.Second)
		says(date.Add(100 * time.Second))
		want(100 * time.Second)
	})
}
