package keyhelp_test

import (
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/fixture"
	"github.com/provkit/provkit/keyhelp"
	"github.com/provkit/provkit/provider"
)

// replays are the call for each exchange of a file, and the check of its result.
type replays map[string]func(t *testing.T, c *keyhelp.Client)

// run replays every exchange of a dialect through a client of its own: the request is compared by
// value, the result by the function.
func (all replays) run(t *testing.T, d keyhelp.Dialect) {
	exchanges := exchangesOf(t, d)
	var names []string
	for _, e := range exchanges {
		names = append(names, e.Name)
		t.Run(e.Name, func(t *testing.T) {
			require.Equal(t, string(d), e.Dialect)
			replay := all[e.Name]
			require.NotNil(t, replay, "nothing replays this exchange")
			httpClient := fixture.Client(t, panelURL, e)
			client, err := keyhelp.New(panelURL, provider.NewSecret(panelKey), keyhelp.WithDialect(d),
				provider.WithHTTPClient(httpClient), provider.WithRetry(provider.Retry{Attempts: 1}))
			require.NoError(t, err)
			replay(t, client)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		require.Contains(t, names, name, "no exchange has this name")
	}
}

// A replay.

const placeholderPassword = "placeholder-Passw0rd"

// equal is a replay of a method that returns a result.
func equal[T any](want T, call func(t *testing.T, c *keyhelp.Client) (T, error)) func(*testing.T, *keyhelp.Client) {
	return func(t *testing.T, c *keyhelp.Client) {
		got, err := call(t, c)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// done is a replay of a method that returns only an error.
func done(call func(t *testing.T, c *keyhelp.Client) error) func(*testing.T, *keyhelp.Client) {
	return func(t *testing.T, c *keyhelp.Client) { require.NoError(t, call(t, c)) }
}

// fails is a replay of a call that returns an error.
func fails(want provider.Error, call func(t *testing.T, c *keyhelp.Client) error) func(*testing.T, *keyhelp.Client) {
	return func(t *testing.T, c *keyhelp.Client) {
		got := asError(t, call(t, c))
		want.Provider = keyhelp.Kind
		require.Equal(t, &want, got)
	}
}

// gather returns all elements of a list.
func gather[T any](list iter.Seq2[*T, error]) ([]*T, error) {
	var all []*T
	for element, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, element)
	}
	return all, nil
}

// at parses a time with an offset, in the form of the answers.
func at(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

// utc parses a time without a zone, which counts as UTC.
func utc(text string) time.Time {
	parsed, err := time.ParseInLocation(time.DateTime, text, time.UTC)
	if err != nil {
		panic(err)
	}
	return parsed
}

//go:fix inline
func n(value int64) *int64 { return new(value) }

func figure(used int64, limit *int64) *keyhelp.Figure { return &keyhelp.Figure{Used: used, Max: limit} }
