package elizon

import (
	"io"
	"net/http"
	"time"

	"github.com/provkit/provkit/provider"
)

// MaxEvent is the limit of an event.
const MaxEvent, MaxLine = maxEvent, maxLine

// ReadEvents parses an event stream into name, ID and data.
func ReadEvents(r io.Reader) (events [][3]string, err error) {
	stream := newEventReader(r)
	for {
		e, err := stream.next()
		if err != nil {
			return events, err
		}
		events = append(events, [3]string{e.name, e.id, e.data})
	}
}

// Decode reads one of our types.
func Decode(raw []byte, out any) error { return decode(raw, out) }

// WaitFor returns how long a server asks to wait.
func WaitFor(h http.Header, retryAfter string, now time.Time) time.Duration {
	return waitFor(h, provider.NewPayload(retryAfter), now)
}

// KnownCode reports whether an error code has a meaning here.
func KnownCode(code ErrorCode) bool {
	_, known := kinds[code]
	return known || code == CodeAPIKeyNotFound
}
