package provider_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/provider"
)

const nameRest = provider.Lower + provider.Digits + "_-."

func TestNamePolicyProblem(t *testing.T) {
	p := provider.NamePolicy{MinLength: 3, MaxLength: 8, First: provider.Lower, Rest: nameRest, Reserved: []string{"admin", "Root"}}
	for name, want := range map[string]string{
		"abc": "", "a-b_c.d1": "",
		"": "required", "ab": "shorter than 3", "abcdefghi": "longer than 8",
		"1abc": "at position 1", "abC": `has 'C' at position 3`, "ab c": "at position 3", "ab\n1": "at position 3",
		"admin": "reserved", "root": "reserved", "äöü": "at position 1", "abä1": "at position 3",
	} {
		if want == "" {
			require.Empty(t, p.Problem(name))
		} else {
			require.Contains(t, p.Problem(name), want, name)
		}
	}
	require.Empty(t, provider.NamePolicy{}.Problem("Anything at all: ü"))
	require.Contains(t, provider.NamePolicy{Rest: "abc"}.Problem("xa"), "at position 1", "without First, Rest counts everywhere")
	require.Contains(t, provider.NamePolicy{Reserved: []string{"Admin"}}.Problem("ADMIN"), "reserved")
	require.Contains(t, provider.NamePolicy{ReservedPrefixes: []string{"sys"}}.Problem("Sys1"), "begins with")
	require.Contains(t, provider.NamePolicy{Rest: nameRest, NotLast: "_-"}.Problem("ab-"), "ends in '-'")
	require.Empty(t, provider.NamePolicy{Rest: nameRest, NotLast: "_-"}.Problem("-ab"))
	require.Empty(t, provider.NamePolicy{MaxLength: 2}.Problem("äö"), "lengths are in characters")
}

func TestUsername(t *testing.T) {
	p := provider.NamePolicy{MinLength: 3, MaxLength: 16, First: provider.Lower, Rest: provider.Lower + provider.Digits + "_", Reserved: []string{"admin", "uadmin"}}
	for seed, want := range map[string]string{
		"www.example.com": "www_example_com", "Example": "example", "a": "a", "1and1.de": "u1and1",
		"müller.de": "mller_de", "averyveryverylongname.example": "averyver", "12345678.nl": "u1234567",
	} {
		name := p.Username(seed, "")
		require.True(t, strings.HasPrefix(name, want), "%q gives %q, want %q", seed, name, want)
		require.Empty(t, p.Problem(name))
	}
	plain := provider.NamePolicy{Rest: provider.Lower}
	require.Regexp(t, "^wwwexamplecom[a-z]{9}$", plain.Username("www.example.com", ""), "www.examplecom is another")
	require.NotEqual(t, "admin", p.Username("admin", ""))
	require.True(t, strings.HasPrefix(p.Username("admin", ""), "admin"))

	one, two := p.Username("example.com", "order-1"), p.Username("example.com", "order-2")
	require.NotEqual(t, one, two)
	require.Equal(t, one, p.Username("example.com", "order-1"))
	require.True(t, strings.HasPrefix(one, "example") && len(one) == len("example")+8, one)
	require.Len(t, p.Username("averyveryverylongname.example", "x"), 16)
}

// TestUsernameOfEdges: policies on which the first try fails.
func TestUsernameOfEdges(t *testing.T) {
	for name, p := range map[string]provider.NamePolicy{
		"reserved at full length":  {MaxLength: 5, Rest: provider.Lower, Reserved: []string{"admin"}},
		"longer than the default":  {MinLength: 40, Rest: provider.Lower},
		"u is not allowed":         {Rest: provider.Digits},
		"u is not allowed first":   {First: "x", Rest: provider.Digits},
		"shorter than the suffix":  {MaxLength: 3, First: "a", Rest: provider.Digits},
		"one character":            {MaxLength: 1, Rest: provider.Lower, Reserved: []string{"u", "a"}},
		"upper case":               {MinLength: 4, MaxLength: 8, Rest: provider.Upper, Reserved: []string{"admin"}},
		"signs only":               {MinLength: 2, MaxLength: 6, Rest: "_-."},
		"not of one byte":          {MinLength: 3, MaxLength: 6, First: "äöü", Rest: "äöüßéè"},
		"anything":                 {MaxLength: 9},
		"all but one are reserved": {MinLength: 1, MaxLength: 1, Rest: "abc", Reserved: []string{"a", "c"}},
	} {
		for _, seed := range []string{"", "admin", "ADMIN", "u", "a", "www.example.com", "...", "äöü", "😀😀😀😀", "0815", "\xff\x00\n", strings.Repeat("long", 50)} {
			for _, salt := range []string{"", "order-1"} {
				got := p.Username(seed, salt)
				require.Empty(t, p.Problem(got), "%s: %q with %q", name, seed, salt)
				require.True(t, utf8.ValidString(got), "%s: %q", name, got)
				require.Equal(t, got, p.Username(seed, salt))
			}
		}
	}
	// A policy without any name must not hang.
	impossible := provider.NamePolicy{MaxLength: 1, Rest: "a", Reserved: []string{"a"}}
	require.NotEmpty(t, impossible.Problem(impossible.Username("example", "x")))
	contradiction := provider.NamePolicy{MinLength: 9, MaxLength: 3, Rest: "a"}
	require.NotEmpty(t, contradiction.Problem(contradiction.Username("example", "x")))
}

// policies derives a sane policy from random numbers.
func randomPolicy(r *rand.Rand) provider.NamePolicy {
	alphabets := []string{provider.Lower, provider.Digits, provider.Lower + provider.Digits, nameRest, provider.Upper, "ab", "_-", ""}
	p := provider.NamePolicy{Rest: alphabets[r.IntN(len(alphabets))], MinLength: r.IntN(6)}
	if r.IntN(2) == 0 {
		p.First = alphabets[r.IntN(len(alphabets))]
	}
	if r.IntN(3) > 0 {
		p.MaxLength = max(p.MinLength, 2) + r.IntN(30)
	}
	return p
}

func randomSeed(r *rand.Rand) string {
	runes := []rune("abcxyz0189.-_ /ÄßéИ漢😀\x00\n")
	seed := make([]rune, r.IntN(40))
	for i := range seed {
		seed[i] = runes[r.IntN(len(runes))]
	}
	return string(seed)
}

func TestUsernameProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		p, seed, salt := randomPolicy(r), randomSeed(r), fmt.Sprint(r.IntN(3))
		first := p.Username(seed, salt)
		// Whatever it gave is taken by the system in a second policy.
		p.Reserved = []string{strings.ToUpper(first), "admin"}
		second := p.Username(seed, salt)
		require.Empty(t, p.Problem(second), "%+v: %q with %q", p, seed, salt)
		require.Equal(t, second, p.Username(seed, salt))
		require.True(t, utf8.ValidString(second))
	}
}

func TestUsernameSaltsDiffer(t *testing.T) {
	p := provider.NamePolicy{MinLength: 3, MaxLength: 12, First: provider.Lower, Rest: provider.Lower + provider.Digits}
	seen := map[string]bool{}
	for i := range 300 {
		seen[p.Username("example.com", fmt.Sprintf("order-%d", i))] = true
	}
	require.Len(t, seen, 300)
}

// TestUsernameSeedsDiffer: what a policy cannot spell still tells names apart, without a salt too.
func TestUsernameSeedsDiffer(t *testing.T) {
	seeds := []string{
		"nl", "1.nl", "2.nl", "12345678.nl", "87654321.nl", "u1.nl", "日本.nl", "中国.nl", "İ.nl", "i.nl", "I\u0307.nl", "nl.", "-nl", "..nl",
		"a.b.nl", "a-b.nl", "a_b.nl", "a b.nl", "ab.nl", "a..b.nl", "", "\xff", "\xfe", "\ufffd", "\x00", "a\x00",
		strings.Repeat("a", 40), strings.Repeat("a", 41), strings.Repeat("a", 40) + ".nl",
	}
	for _, rest := range []string{provider.Lower + provider.Digits + "_", provider.Lower + provider.Digits + "-", nameRest, provider.Lower + provider.Digits, ""} {
		p := provider.NamePolicy{MinLength: 2, MaxLength: 16, First: provider.Lower, Rest: rest, ReservedPrefixes: []string{"ab"}}
		for _, salt := range []string{"", "order-1"} {
			taken := map[string]string{}
			for _, seed := range seeds {
				name := p.Username(seed, salt)
				require.Empty(t, p.Problem(name))
				other, twice := taken[name]
				require.False(t, twice, "%q and %q are both %q with %q", seed, other, name, rest)
				taken[name] = seed
			}
		}
	}
	p := provider.NamePolicy{MinLength: 2, MaxLength: 32, First: provider.Lower, Rest: nameRest}
	require.Equal(t, p.Username("Example.COM", "x"), p.Username("example.com", "x"), "one domain")
	require.NotEqual(t, p.Username("a", "b c"), p.Username("a b", "c"))
	require.NotEqual(t, p.Username("a\x00b", "c"), p.Username("a", "b\x00c"))
}

func FuzzUsername(f *testing.F) {
	f.Add("www.example.com", "order-1", 3, 16, provider.Lower, nameRest, "admin")
	f.Add("", "", 0, 0, "", "", "")
	f.Add("admin", "", 5, 5, "", provider.Lower, "admin")
	f.Add("ä😀", "x", 2, 3, "é", "漢", "é漢")
	f.Fuzz(func(t *testing.T, seed, salt string, least, most int, first, rest, reserved string) {
		if least < 0 || least > 100 || most < 0 || most > 200 || !utf8.ValidString(first) || !utf8.ValidString(rest) {
			return
		}
		p := provider.NamePolicy{MinLength: least, MaxLength: most, First: first, Rest: rest, Reserved: []string{reserved}}
		name := p.Username(seed, salt)
		require.Equal(t, name, p.Username(seed, salt))
		// Tiny policies may have no name at all; roomy ones always have one.
		if (most == 0 || most >= max(least, 8)) && (rest == "" || utf8.RuneCountInString(rest) > 1) {
			require.Empty(t, p.Problem(name))
		}
	})
}

func TestPasswordPolicyProblem(t *testing.T) {
	p := provider.PasswordPolicy{
		MinLength: 8, MaxLength: 12, Need: []string{provider.Lower, provider.Digits},
		Alphabet: provider.Lower + provider.Upper + provider.Digits + "-é", NotFirst: "-é",
	}
	for password, want := range map[provider.Secret]string{
		provider.NewSecret("abcdefg1"): "", provider.NewSecret("a-------1"): "",
		provider.Secret{}: "required", provider.NewSecret("abc1"): "shorter than 8", provider.NewSecret("abcdefghijkl1"): "longer than 12", provider.NewSecret("abcdefg\n1"): "line break",
		provider.NewSecret("-abcdefg1"): "must not begin", provider.NewSecret("éabcdefg1"): "must not begin", provider.NewSecret("abcdefg1!"): "other than", provider.NewSecret("ABCDEFG1"): "at least one of abc", provider.NewSecret("abcdefgh"): "at least one of 012",
	} {
		if want == "" {
			require.Empty(t, p.Problem(password))
		} else {
			require.Contains(t, p.Problem(password), want)
		}
		if !password.IsZero() {
			require.NotContains(t, p.Problem(password), password.Reveal())
		}
	}
	require.Empty(t, provider.PasswordPolicy{}.Problem(provider.NewSecret("any thing ü")))
	require.Equal(t, "is not UTF-8", provider.PasswordPolicy{}.Problem(provider.NewSecret("M\xfcller"))) // JSON would send another one
}

// TestPasswordLength: eight characters are eight however long they are, and a limit holds for bytes,
// in which crypt and databases count.
func TestPasswordLength(t *testing.T) {
	p := provider.PasswordPolicy{MinLength: 8, MaxLength: 16}
	require.Equal(t, "shorter than 8 characters", p.Problem(provider.NewSecret("ääää567")))
	require.Empty(t, p.Problem(provider.NewSecret("ääää5678")))
	require.Empty(t, p.Problem(provider.NewSecret("ääääääää")))
	require.Contains(t, p.Problem(provider.NewSecret("äääääääää")), "longer than 16 bytes")
}

func TestPasswordGenerate(t *testing.T) {
	for name, p := range map[string]provider.PasswordPolicy{
		"none":                         {},
		"usual":                        {MinLength: 8, MaxLength: 64, Need: []string{provider.Lower, provider.Upper, provider.Digits, "!$%"}},
		"long":                         {MinLength: 99},
		"as many as needed":            {MinLength: 3, MaxLength: 3, Need: []string{provider.Lower, provider.Upper, provider.Digits}},
		"short":                        {MaxLength: 6},
		"not first":                    {NotFirst: provider.Lower + provider.Upper, Need: []string{"-_"}},
		"not first of a tiny alphabet": {Alphabet: "ab-", NotFirst: "-a"},
		"need beyond the alphabet":     {Alphabet: provider.Lower + provider.Digits, Need: []string{provider.Digits + "!ü"}},
		"not of one byte":              {Alphabet: provider.Lower + "äöü", MaxLength: 10},
	} {
		seen := map[provider.Secret]bool{}
		for range 300 {
			s := p.Generate()
			require.Empty(t, p.Problem(s), name)
			seen[s] = true
		}
		require.Greater(t, len(seen), 1, name)
	}
	require.Len(t, (&provider.PasswordPolicy{MinLength: 8}).Generate().Reveal(), 24)
	require.True(t, (*provider.PasswordPolicy)(nil).Generate().IsZero(), "accounts have no passwords")
	// A policy that contradicts itself must not hang.
	for _, p := range []provider.PasswordPolicy{
		{MaxLength: 1, Need: []string{"a", "b"}}, {Alphabet: "a", NotFirst: "a"}, {Alphabet: "a", Need: []string{"b"}}, {Need: []string{""}}, {MinLength: 5, MaxLength: 3},
	} {
		require.Empty(t, p.Generate().Reveal())
	}
}

func FuzzPasswordGenerate(f *testing.F) {
	f.Add(8, 20, "abc", "012", "", "-")
	f.Add(0, 2, "abc", "012", "abc012", "a")
	f.Fuzz(func(t *testing.T, least, most int, need, more, alphabet, notFirst string) {
		if least < 0 || least > 100 || most < 0 || most > 200 {
			return
		}
		p := provider.PasswordPolicy{MinLength: least, MaxLength: most, Need: []string{need, more}, Alphabet: alphabet, NotFirst: notFirst}
		if s := p.Generate(); !s.IsZero() {
			require.Empty(t, p.Problem(s))
		}
	})
}
