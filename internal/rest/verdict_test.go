package rest

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/faults"
)

// TestAnswerBeatsContext: an answer that has arrived counts, even if the context ends before the
// call returns.
func TestAnswerBeatsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	config := testConfig("https://panel.test")
	config.Classify = func(*Answer) *Failure { cancel(); return nil }
	in := new(faults.Injector)
	c, err := New(config, provider.WithHTTPClient(&http.Client{Transport: in.Transport(answer(404, "{}"))}))
	require.NoError(t, err)
	err = c.Do(ctx, callOf(Once, nil))
	require.ErrorIs(t, err, provider.ErrNotFound)
	require.NotErrorIs(t, err, context.Canceled)
}

// TestVerdicts: what a vendor reads in the body overrules the status.
func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		name    string
		status  int
		verdict Failure
		kind    Effect
		sent    int
		maybe   bool
	}{
		{"limited inside 200", 200, Failure{Kind: provider.ErrRateLimited}, Once, 4, false},
		{"out of order inside 200", 200, Failure{Kind: provider.ErrUnavailable}, Read, 4, false},
		{"out of order inside 200", 200, Failure{Kind: provider.ErrUnavailable}, Once, 1, false},
		{"half done inside 200", 200, Failure{Kind: provider.ErrUnavailable, MaybeExecuted: true}, Once, 1, true},
		{"taken inside 500", 500, Failure{Kind: provider.ErrAlreadyExists}, Once, 1, false},
		{"no such thing inside 500", 500, Failure{Kind: provider.ErrNotFound}, Read, 1, false},
		{"only a message inside 500", 500, Failure{Message: "oops"}, Once, 1, true},
	} {
		t.Run(row.name+"/"+row.kind.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, in := inMemory(t, answer(row.status, `{"error":"x"}`))
				c.config.Classify = func(*Answer) *Failure { return &row.verdict }
				err := c.Do(t.Context(), callOf(row.kind, new(thing)))
				e := asError(t, err)
				assert.Equal(t, row.sent, in.Count())
				assert.Equal(t, row.maybe, e.MaybeExecuted)
				if row.verdict.Kind != nil && !row.maybe {
					require.ErrorIs(t, err, row.verdict.Kind)
				}
			})
		})
	}
}

// TestClassifyOfACall: it is used if the meaning of an answer depends on what was asked. Its remark
// on a success is a warning in the log.
func TestClassifyOfACall(t *testing.T) {
	var logs syncBuffer
	c, _ := inMemory(t, answer(200, `{"id":1}`), provider.WithLogger(slog.New(slog.NewTextHandler(&logs, nil))))
	c.config.Classify = func(*Answer) *Failure { return &Failure{Kind: provider.ErrInUse} }
	require.ErrorIs(t, c.Do(t.Context(), callOf(Once, nil)), provider.ErrInUse)
	call := callOf(Once, new(thing))
	call.Classify = func(a *Answer) *Failure { a.Remark = "odd: " + canaryKey; return nil }
	require.NoError(t, c.Do(t.Context(), call))
	assert.Contains(t, logs.String(), "level=WARN")
	assert.Contains(t, logs.String(), "odd: [redacted]")
}
