package provider_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

var (
	firstKey  = provider.NewSecret("canary-marker-key-one")
	secondKey = provider.NewSecret("canary-marker-key-two")
)

func markersWith(kind string, keys ...provider.Secret) provider.Markers {
	return provider.NewOptions(provider.WithMarkerKeys(keys[0], keys[1:]...)).Markers(kind)
}

// A marker with a key proves the reference of one account of one kind of system, and of no other.
func TestMarkers(t *testing.T) {
	m := markersWith("keyhelp", firstKey)
	text := m.Mark("Max Muster", "order-1", "max")
	require.Regexp(t, `^Max Muster \[ref:order-1~[a-z2-7]{16}\]$`, text)
	require.Equal(t, text, m.Mark(text+" [ref:order-2]", "order-1", "MAX"), "the account's name in any case")
	require.NotContains(t, text, firstKey.Reveal())

	plain, reference, marker := m.Read(text, "Max")
	require.Equal(t, "Max Muster", plain)
	require.Equal(t, "order-1", reference)
	require.Zero(t, marker)

	for name, forged := range map[string]struct {
		m          provider.Markers
		text, name string
		claims     []string
	}{
		"no signature":       {m, "Max [ref:order-1]", "max", []string{"order-1"}},
		"another's":          {m, text, "moritz", []string{"order-1"}},
		"another reference":  {m, strings.Replace(text, "order-1", "order-2", 1), "max", []string{"order-2"}},
		"another system":     {markersWith("hestia", firstKey), text, "max", []string{"order-1"}},
		"another key":        {markersWith("keyhelp", secondKey), text, "max", []string{"order-1"}},
		"two":                {m, text + " [ref:order-9]", "max", []string{"order-1", "order-9"}},
		"doubled":            {m, text + m.Mark("", "order-1", "max"), "max", []string{"order-1", "order-1"}},
		"two without a key":  {provider.Markers{}, "[ref:a] [ref:b]", "max", []string{"a", "b"}},
		"a tab in it":        {m, strings.Replace(text, "order-1", "order\t-1", 1), "max", []string{"order-1"}},
		"a tab behind it":    {m, strings.Replace(text, "]", "\t]", 1), "max", []string{"order-1"}},
		"a blank in it":      {m, strings.Replace(text, "~", " ~", 1), "max", []string{"order-1"}},
		"a second ~":         {m, strings.Replace(text, "]", "~x]", 1), "max", []string{"order-1"}},
		"a shorter one":      {m, text[:len(text)-3] + "]", "max", []string{"order-1"}},
		"in capitals":        {m, strings.Replace(text, "~", "~A", 1), "max", []string{"order-1"}},
		"no reference":       {provider.Markers{}, "[ref:order\n-1]", "max", []string{"order-1"}},
		"joined from halves": {m, "[ref:[ref:x]order-1]", "max", []string{"x", "order-1"}},
	} {
		plain, reference, marker := forged.m.Read(forged.text, forged.name)
		require.Empty(t, reference, name)
		require.NotEmpty(t, marker.Tampered, name)
		require.Equal(t, forged.claims, marker.Claims, name)
		require.True(t, marker.Claim(forged.claims[0]), name)
		require.NotContains(t, plain, "[ref:", name)
	}

	for _, garbled := range []string{"Max [ref:order-\ufffd]", "[ref:order-1\ufffd", "[ref:\xfc]"} {
		plain, reference, marker = m.Read(garbled, "max")
		require.Equal(t, garbled, plain)
		require.Empty(t, reference)
		require.Contains(t, marker.Tampered, "not UTF-8", "it is not as if there were none")
		require.Empty(t, marker.Claims)
	}
	_, reference, marker = m.Read("J\ufffdrg "+m.Mark("", "order-1", "max"), "max")
	require.Equal(t, "order-1", reference, "only the name is garbled")
	require.Zero(t, marker)
	_, _, marker = m.Read("[ref:x y] M\ufffdller", "max")
	require.Zero(t, marker)

	for _, words := range []string{"Max [ref: see the contract]", "[ref:]", "[ref:~]", "[ref:-]"} {
		plain, _, marker = m.Read(words, "max")
		require.Equal(t, words, plain)
		require.Zero(t, marker, words)
	}
	reference, marker = m.Prove("max", "order-1\t~x") // as in a tag, which is all marker
	require.Empty(t, reference)
	require.True(t, marker.Claim("order-1"))

	_, reference, marker = m.Read("Max Muster", "max")
	require.Empty(t, reference)
	require.Zero(t, marker, "a marker that was removed is none")
	require.False(t, marker.Claim("order-1"))
}

// Markers by an old key count, and are to be written anew; so do those without a signature if a zero
// key is among the old ones. A program without a key reads both.
func TestMarkerKeyRotation(t *testing.T) {
	unsigned, old := provider.Markers{}, markersWith("keyhelp", firstKey)
	rotated, moving := markersWith("keyhelp", secondKey, firstKey), markersWith("keyhelp", secondKey, firstKey, provider.Secret{})
	for _, c := range []struct {
		name             string
		writer, reader   provider.Markers
		believed, update bool
	}{
		{"current", rotated, rotated, true, false},
		{"old", old, rotated, true, true},
		{"new to old", rotated, old, false, false},
		{"unsigned, not accepted", unsigned, rotated, false, false},
		{"unsigned, accepted", unsigned, moving, true, true},
		{"signed, read without a key", old, unsigned, true, false},
		{"unsigned", unsigned, unsigned, true, false},
	} {
		_, reference, marker := c.reader.Read(c.writer.Mark("", "order-1", "max"), "max")
		require.Equal(t, c.believed, reference == "order-1", c.name)
		require.Equal(t, c.believed, marker.Tampered == "", c.name)
		require.Equal(t, c.update, marker.Outdated, c.name)
	}
	require.False(t, unsigned.Signed())
	require.True(t, unsigned.Unsigned())
	require.True(t, rotated.Signed())
	require.False(t, rotated.Unsigned())
	require.True(t, moving.Unsigned())
	require.Len(t, moving.Signatures("order-1", "max"), 2)
}
