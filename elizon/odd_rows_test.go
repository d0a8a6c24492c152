package elizon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// TestOddRows: a service of the list that cannot be read hides no other one. Only where its ID is unknown
// it may be the one whose absence is to be proven.
func TestOddRows(t *testing.T) {
	for name, row := range map[string]struct {
		odd   string
		field string
		// nameless: its ID is unknown; hides: its ID or a name is
		nameless, hides bool
	}{
		"null ID":        {`{"id":null,"name":"canary [ref:order-9]","status":"RUNNING"}`, `"id"`, true, true},
		"no ID":          {`{"name":"canary [ref:order-9]"}`, `"id"`, true, true},
		"an object":      {`{"id":{"canary":1},"name":"w9"}`, `"id"`, true, true},
		"a flag":         {`{"id":"s9","name":"w9 [ref:order-9]","terminationPending":"canary"}`, `"terminationPending"`, false, false},
		"a name":         {`{"id":"s9","name":["canary"]}`, `"name"`, false, true},
		"an odd reading": {`{"id":"s9","name":"w9","isShared":"canary"}`, `"isShared"`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			good := func(n int) string {
				return fmt.Sprintf(`{"id":"s%d","name":"w%d [ref:order-%[1]d]","status":"RUNNING"}`, n, n)
			}
			client, _ := tapped(t, func(_ context.Context, sent clienttest.Request) clienttest.Reply {
				switch path := sent.Path; {
				case strings.HasSuffix(path, "/services"):
					return clienttest.OK(`{"success":true,"services":[` + good(1) + `,` + row.odd + `,` + good(2) + `]}`)
				case strings.HasSuffix(path, "/s2"):
					return clienttest.OK(`{"success":true,"server":` + good(2) + `}`)
				}
				return clienttest.Reply{Status: 404, Body: `{"success":false,"error":"Service not found","errorCode":"serviceNotFound"}`}
			}, provider.WithReadLag(0))
			p := elizon.NewProvider(client)

			var listed []string
			var odd error
			for account, err := range p.List(t.Context(), nil) {
				require.NotNil(t, account, "the list ends here: %v", err)
				if err != nil {
					require.NoError(t, odd)
					odd = err
					continue
				}
				listed = append(listed, account.Reference)
			}
			require.Equal(t, []string{"order-1", "order-2"}, listed)
			require.ErrorIs(t, odd, provider.ErrProtocol)
			require.ErrorContains(t, odd, row.field)
			require.NotContains(t, odd.Error(), "canary")

			found, err := p.Find(t.Context(), provider.Query{Reference: "order-2"})
			require.NoError(t, err)
			require.Equal(t, "s2", found.ID)
			found, err = p.Find(t.Context(), provider.Query{Reference: "order-7"})
			require.Nil(t, found)
			require.Error(t, err)
			if row.hides {
				require.NotErrorIs(t, err, provider.ErrNotFound)
				require.ErrorContains(t, err, row.field)
			}

			_, err = p.Terminate(t.Context(), "s7")
			if row.nameless {
				require.ErrorIs(t, err, provider.ErrProtocol)
				require.NotErrorIs(t, err, provider.ErrNotFound)
				require.ErrorContains(t, err, row.field)
			} else {
				require.ErrorIs(t, err, provider.ErrNotFound)
			}
		})
	}
}
