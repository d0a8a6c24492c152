package rest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/touched"
	"github.com/provkit/provkit/provider"
)

// TestLaterCallsKnowSecrets: the answer to a change is lost, and the server quotes what it sent in the
// answers to the calls after it in the same verb, whose own requests have no secret.
func TestLaterCallsKnowSecrets(t *testing.T) {
	var quoted string
	var dumps syncBuffer
	c, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			var sent struct{ Password string }
			_ = json.NewDecoder(r.Body).Decode(&sent)
			quoted = sent.Password + " " + canaryToken
			panic(http.ErrAbortHandler)
		}
		text, _ := json.Marshal("last call: " + quoted)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":%s}`, text)
	}, provider.WithDumps(&dumps))
	change := &Call{
		Endpoint: createThing, Body: map[string]any{"password": canaryPassword}, Secrets: []provider.Secret{provider.NewSecret(canaryToken)},
	}
	outer, _ := touched.Watch(t.Context())
	first, _ := touched.Watch(outer)
	require.Error(t, c.Do(first, change))
	second, _ := touched.Watch(outer)
	err := c.Do(second, &Call{Endpoint: listThings, Out: new(any)})
	require.ErrorContains(t, err, "last call: ")
	assertClean(t, shownBy(err), canaryPassword, canaryToken)
	assertClean(t, dumps.String(), canaryPassword, canaryToken)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", second, second, second), canaryToken)

	// Another verb does not know them: there is no memory for ever.
	_, _ = io.WriteString(&dumps, "\n")
	other, _ := touched.Watch(t.Context())
	require.ErrorContains(t, c.Do(other, &Call{Endpoint: listThings, Out: new(any)}), canaryToken)
}
