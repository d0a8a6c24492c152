package seal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/internal/seal"
	"github.com/provkit/provkit/provider"
)

// TestSeal: only who has the API key can open what was sealed, whole; and the text is the same each time,
// also in later versions, since it is kept in ledgers.
func TestSeal(t *testing.T) {
	s := seal.New(provider.NewSecret("the API key"))
	text := s.Seal(provider.NewSecret("ABCD-EFGH-IJKL-MNOP"))
	require.Equal(t, "e3JR2PxO_ib8MvXx0-uwulnJd-a9AmptMflmCpLQXp-pD1jwHQF4dQuMg0FfXbA", text)
	require.True(t, seal.Sealed(text))
	opened, ok := seal.New(provider.NewSecret("the API key")).Open(text)
	require.True(t, ok)
	require.Equal(t, "ABCD-EFGH-IJKL-MNOP", opened.Reveal())
	require.NotEqual(t, text, s.Seal(provider.NewSecret("ABCD-EFGH-IJKL-MNOQ")))

	_, ok = seal.New(provider.NewSecret("another API key")).Open(text)
	require.False(t, ok)
	for _, bad := range []string{"", "?", text[:8], text[:len(text)-4], "A" + text[1:]} {
		opened, ok := s.Open(bad)
		require.False(t, ok, bad)
		require.True(t, opened.IsZero(), bad)
	}
	require.False(t, seal.Sealed("ABCD-EFGH-IJKL-MNOP"))
}
