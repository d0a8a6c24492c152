package elizon_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/elizon"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/provider"
)

type (
	client  = elizon.Client
	payload = provider.Payload
	replay  = func(t *testing.T, c *client)
)

// fails is a replay of an error.
func fails(want provider.Error, call func(ctx context.Context, c *client) error) replay {
	return func(t *testing.T, c *client) {
		got := *clienttest.AsError(t, call(t.Context(), c))
		got.Err = nil
		want.Provider = elizon.Kind
		require.Equal(t, want, got)
	}
}

// replays are those of all files in testdata/elizon, by file and name.
func replays() map[string]map[string]replay {
	return map[string]map[string]replay{
		"services": merged(serviceReplays(), serviceGuesses(), serviceUnknowns()),
		"orders":   merged(orderReplays(), moneyReplays(), platformReplays()),
		"account":  accountReplays(),
		"beyond":   beyondReplays(),
	}
}

func merged(all ...map[string]replay) map[string]replay {
	one := make(map[string]replay)
	for _, some := range all {
		maps.Copy(one, some)
	}
	return one
}

// Every exchange in testdata is replayed: the client's request and the caller's result are compared
// with it by value.
func TestReplay(t *testing.T) {
	for file, all := range replays() {
		exchanges, err := fixture.Load("../testdata/elizon/" + file + ".jsonl")
		require.NoError(t, err)
		var names []string
		for _, e := range exchanges {
			names = append(names, e.Name)
			t.Run(e.Name, func(t *testing.T) {
				play := all[e.Name]
				require.NotNil(t, play, "nothing replays this exchange")
				play(t, clientOver(t, fixture.Client(t, serverURL, e).Transport))
			})
		}
		slices.Sort(names)
		require.Equal(t, slices.Sorted(maps.Keys(all)), names, file)
	}
}

// at parses a time in the format of the answers.
func at(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

// raw returns a payload as the server spelled it.
func raw(text string) payload { return provider.NewPayload(text) }
