package rest

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestLog: there is one line for each attempt, with the attributes that one searches for, and one
// that says why and when it is retried.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs syncBuffer
		logger := slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c, in := inMemory(t, answer(200, `{"id":1}`, "X-Request-Id", "req-7"), provider.WithLogger(logger))
		in.At(0, faults.Fault{Kind: faults.Status, StatusCode: 429, RetryAfter: "3"})
		in.At(1, faults.Fault{Kind: faults.Drop})
		require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
		lines := strings.Split(strings.TrimSpace(logs.String()), "\n")
		require.Len(t, lines, 5)
		for i, parts := range [][]string{
			{"op=test.Things.Get", "method=GET", "route=/api/v2/things/{id}", "attempt=1", "status=429", "duration="},
			{"to be retried", "wait=3s"},
			{"attempt=2", "error="},
			{"to be retried", "attempt=2", "reason="},
			{"attempt=3", "status=200", "request_id=req-7"},
		} {
			for _, part := range parts {
				assert.Contains(t, lines[i], part)
			}
		}
		assert.NotContains(t, logs.String(), "panel.test/", "no URLs")
	})
}

func TestLogIsOffUnlessDebugging(t *testing.T) {
	var logs syncBuffer
	c, _ := inMemory(t, okThing, provider.WithLogger(slog.New(slog.NewTextHandler(&logs, nil))))
	require.NoError(t, c.Do(t.Context(), callOf(Read, new(thing))))
	assert.Empty(t, logs.String())
}

func TestRequestIDOfErrors(t *testing.T) {
	for name, handler := range map[string]string{"an error": `{"error":1}`, "an answer that cannot be understood": `{}`} {
		status := 422
		if handler == "{}" {
			status = 200
		}
		c, _ := inMemory(t, answer(status, handler, "X-Request-Id", "req-\x008"+strings.Repeat("x", 500)))
		err := c.Do(t.Context(), callOf(Read, new(thing)))
		assert.True(t, strings.HasPrefix(asError(t, err).RequestID, "req-"), name)
		assert.LessOrEqual(t, len(asError(t, err).RequestID), 103)
	}
}
