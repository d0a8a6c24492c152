package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

// TestUsernames: for the policies of all systems, and for one as short as none of them, every name
// is allowed and no two orders get one name, with references and without.
func TestUsernames(t *testing.T) {
	policies := map[string]provider.NamePolicy{
		"short": {MinLength: 2, MaxLength: 8, First: provider.Lower, Rest: provider.Lower + provider.Digits, Reserved: []string{"root"}},
	}
	for _, s := range opened(t) {
		policies[s.Kind] = s.Username
	}
	require.Len(t, policies, 6)
	for kind, p := range policies {
		t.Run(kind, func(t *testing.T) {
			r := rand.New(rand.NewPCG(14, 8))
			orders, names := map[[2]string]bool{}, map[string]bool{}
			for i := range 10_000 {
				order := [2]string{domain(r), ""}
				if i%2 == 0 {
					order[1] = fmt.Sprintf("order-%d", r.IntN(1000))
				}
				if i%5 == 0 {
					order[0] = "example.com" // a customer with many orders
				}
				name := p.Username(order[0], order[1])
				require.Empty(t, p.Problem(name), "%q", order)
				require.Equal(t, name, p.Username(order[0], order[1]))
				orders[order], names[name] = true, true
			}
			// Of eight characters, seven are a hash: two in ten thousand orders collide one time in 550.
			require.Len(t, names, len(orders))
		})
	}
}

// TestUsernamesOfReservedWords: what is reserved is told apart, and no name ends in a sign, which
// HOSTKEY refuses.
func TestUsernamesOfReservedWords(t *testing.T) {
	for _, s := range opened(t) {
		for _, word := range append(s.Username.Reserved, "hostkey", "hostkey.com", "localhost", "root", "a-", "-", "") {
			name := s.Username.Username(word, "")
			require.Empty(t, s.Username.Problem(name), "%s: %q", s.Kind, word)
			require.NotRegexp(t, `[-_.]$`, name)
			require.False(t, s.Kind == "hostkey" && strings.HasPrefix(name, "hostkey"), name)
		}
	}
}

// domain makes up what people type into an order: names of digits, of letters that no panel knows,
// and names that differ in one sign only.
func domain(r *rand.Rand) string {
	letters := []string{"0123456789", "日本語中国", "abcxyz", "ab-._ ", "äöüßéÄ", "aA1-"}[r.IntN(6)]
	runes := []rune(letters)
	var b strings.Builder
	for range 1 + r.IntN(12) {
		b.WriteRune(runes[r.IntN(len(runes))])
	}
	return strings.ToLower(b.String()) + []string{".nl", ".de", ".co.uk", ""}[r.IntN(4)]
}
