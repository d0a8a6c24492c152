package fleet_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
	"github.com/provkit/provkit/provider/fleet"
)

// hostile is a server whose texts are chosen by a stranger, and whose adapter passes them on.
type hostile struct {
	provider.Provider
	text string
	err  error
}

func (h hostile) Find(context.Context, provider.Query) (*provider.Account, error) {
	return &provider.Account{ID: h.text, Username: h.text}, h.err
}

func (h hostile) Check(context.Context) (*provider.CheckReport, error) { return nil, h.err }

func TestHostileServers(t *testing.T) {
	f, panels := memories(t, 0, 0)
	check := func(err error) {
		t.Helper()
		clienttest.Visible(t, err.Error(), 2200)
		text, jsonErr := json.Marshal(err)
		require.NoError(t, jsonErr)
		clienttest.Visible(t, string(text), 4000)
		if e, ok := err.(*provider.Error); ok { //nolint:errorlint // of this very error
			clienttest.Visible(t, e.Message, 2200)
		}
	}
	for name, text := range clienttest.HostileTexts() {
		for _, failed := range []error{nil, errors.New(text), &provider.Error{Kind: provider.ErrUnavailable, Message: text, Fields: map[string]string{text: text}}} {
			for i, s := range f.Servers() {
				s.Provider = hostile{panels[i], text, failed}
			}
			_, err := f.Find(t.Context(), provider.Query{Username: "x"})
			require.Error(t, err, name)
			check(err)
			if failed != nil {
				require.ErrorIs(t, err, failed, name)
				_, err = f.Place(t.Context(), nil)
				require.ErrorIs(t, err, provider.ErrQuota, name)
				check(err)
				check(&fleet.ServerError{Server: text, Err: failed})
			}
		}
		drift := &fleet.Drift{Server: "web1", Kinds: []fleet.DriftKind{fleet.Extra}, Account: &provider.Account{ID: text, Username: text, Reference: text}}
		clienttest.Visible(t, drift.String(), 900)
	}
}
