package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

func TestPasswords(t *testing.T) {
	p := passwords{provider.NewSecret("0123456789abcdef")}
	policies := map[string]*provider.PasswordPolicy{
		"none":    {},
		"long":    {MinLength: 40},
		"short":   {MaxLength: 8, Need: []string{provider.Lower, provider.Upper, provider.Digits, "!%"}},
		"narrow":  {Alphabet: "abc123", Need: []string{provider.Digits, provider.Lower}, NotFirst: "a"},
		"unicode": {Alphabet: "abcäöü", Need: []string{"äa"}},
	}
	for name, policy := range policies {
		seen := make(map[provider.Secret]bool)
		for n := range 200 {
			reference := fmt.Sprint(n)
			password := p.of(reference, policy)
			require.Empty(t, policy.Problem(password), name)
			require.Equal(t, password, p.of(reference, policy), "not the same at the next try")
			require.NotEqual(t, password, passwords{provider.NewSecret("another secret")}.of(reference, policy))
			seen[password] = true
		}
		require.Len(t, seen, 200, name)
	}
	require.Empty(t, p.of("1", nil))
	require.Empty(t, p.of("1", &provider.PasswordPolicy{Alphabet: "ä"}))
	require.Empty(t, p.of("1", &provider.PasswordPolicy{Alphabet: "a", Need: []string{"b"}}))
}

// TestPasswordStays: if passwords were derived differently, letters to customers would be wrong.
func TestPasswordStays(t *testing.T) {
	policy := &provider.PasswordPolicy{MinLength: 8, MaxLength: 128, Need: []string{provider.Lower, provider.Upper, provider.Digits}}
	require.Equal(t, "c5Hit1KU2tt5LapSFqXEYRj8", passwords{provider.NewSecret("0123456789abcdef")}.of("1001", policy).Reveal())
}
