package rest

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

type neverAnswers struct{}

func (neverAnswers) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// A call's own time limit replaces the endpoint's, and neither shortens the client's.
func TestTimeoutOfACall(t *testing.T) {
	for own, want := range map[time.Duration]time.Duration{0: 2 * time.Minute, time.Second: time.Minute, time.Hour: time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			endpoint := &Endpoint{Op: "Things.Create", Method: http.MethodPost, Route: "/things", Timeout: 2 * time.Minute}
			c := newClient(t, "https://panel.test", provider.WithHTTPClient(&http.Client{Transport: neverAnswers{}}), provider.WithTimeout(time.Minute))
			began := time.Now()
			require.Error(t, c.Do(t.Context(), &Call{Endpoint: endpoint, Timeout: own}))
			assert.Equal(t, want, time.Since(began))
		})
	}
}
