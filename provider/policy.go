package provider

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// NamePolicy is what a system accepts as a user name.
type NamePolicy struct {
	// MinLength and MaxLength in characters; MaxLength 0 means no limit.
	MinLength, MaxLength int
	// First and Rest are the characters allowed in the first place and behind
	// it. An empty Rest means any character.
	First, Rest string
	// Reserved names are taken by the system.
	Reserved []string
}

// Problem returns why a name is not allowed, or "".
func (p NamePolicy) Problem(name string) string {
	switch {
	case name == "":
		return "required"
	case len(name) < p.MinLength:
		return fmt.Sprintf("%q is shorter than %d characters", name, p.MinLength)
	case p.MaxLength > 0 && len(name) > p.MaxLength:
		return fmt.Sprintf("%q is longer than %d characters", name, p.MaxLength)
	case slices.Contains(p.Reserved, strings.ToLower(name)):
		return fmt.Sprintf("%q is reserved", name)
	}
	for i, r := range name {
		allowed := p.Rest
		if i == 0 && p.First != "" {
			allowed = p.First
		}
		if allowed != "" && !strings.ContainsRune(allowed, r) {
			return fmt.Sprintf("%q has %q in place %d, allowed are %s", name, r, i+1, shorten(allowed))
		}
	}
	return ""
}

// Username makes a name within the policy from a seed, such as the customer's
// domain: "www.example.com" becomes "www_example_com" or "wwwexamplecom". The
// same seed and salt always give the same name, so that repeating an order does
// not make a second account. Different salts (the order's reference) give
// different names for the same seed: the name ends in four characters of their
// hash. With an empty salt nothing is appended.
func (p NamePolicy) Username(seed, salt string) string {
	suffix := ""
	if salt != "" {
		sum := sha256.Sum256([]byte(seed + "\x00" + salt))
		suffix = p.digest(sum, 4)
	}
	limit := p.MaxLength
	if limit == 0 {
		limit = 32
	}
	var b strings.Builder
	for _, r := range strings.ToLower(seed) {
		if b.Len()+len(suffix) >= limit {
			break
		}
		allowed := p.Rest
		if b.Len() == 0 && p.First != "" {
			allowed = p.First
		}
		switch {
		case allowed == "" || strings.ContainsRune(allowed, r):
			b.WriteRune(r)
		case b.Len() > 0 && strings.ContainsRune(allowed, '_') && (r == '.' || r == '-' || r == ' '):
			b.WriteByte('_')
		}
	}
	name := strings.TrimRight(b.String(), "_-.") + suffix
	sum := sha256.Sum256([]byte("pad\x00" + seed + "\x00" + salt))
	if name == "" || (p.First != "" && !strings.ContainsRune(p.First, rune(name[0]))) {
		first := "u"
		if p.First != "" && !strings.Contains(p.First, "u") {
			first = p.First[:1]
		}
		name = first + name
	}
	for i := 0; len(name) < max(p.MinLength, 1) || slices.Contains(p.Reserved, name); i++ {
		name += p.digest(sha256.Sum256(append(sum[:], byte(i))), 1)
	}
	if len(name) > limit {
		name = name[:limit]
	}
	return name
}

// digest spells a hash in characters that are allowed anywhere in a name.
func (p NamePolicy) digest(sum [32]byte, n int) string {
	alphabet := "0123456789abcdef"
	if p.Rest != "" {
		var kept strings.Builder
		for _, r := range "abcdefghijkmnpqrstuvwxyz23456789" {
			if strings.ContainsRune(p.Rest, r) {
				kept.WriteRune(r)
			}
		}
		if kept.Len() > 0 {
			alphabet = kept.String()
		} else {
			alphabet = p.Rest
		}
	}
	if n > len(sum) {
		return hex.EncodeToString(sum[:])
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	return string(out)
}

func shorten(s string) string {
	if len(s) > 48 {
		return s[:45] + "..."
	}
	return s
}

// Classes of characters for policies.
const (
	Lower  = "abcdefghijklmnopqrstuvwxyz"
	Upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Digits = "0123456789"
)

// PasswordPolicy is what a system accepts as a password.
type PasswordPolicy struct {
	// MinLength and MaxLength in bytes; MaxLength 0 means no limit.
	MinLength, MaxLength int
	// Need lists sets of characters of which at least one character each must
	// appear.
	Need []string
	// Alphabet lists all allowed characters; "" allows any.
	Alphabet string
	// NotFirst lists characters that must not come first.
	NotFirst string
}

// Problem returns why a password is not allowed, or "". It never quotes it.
func (p PasswordPolicy) Problem(password Secret) string {
	text := password.Reveal()
	switch {
	case text == "":
		return "required"
	case len(text) < p.MinLength:
		return fmt.Sprintf("shorter than %d characters", p.MinLength)
	case p.MaxLength > 0 && len(text) > p.MaxLength:
		return fmt.Sprintf("longer than %d characters", p.MaxLength)
	case strings.ContainsAny(text, "\x00\r\n"):
		return "has a line break or a NUL"
	case p.NotFirst != "" && strings.ContainsRune(p.NotFirst, rune(text[0])):
		return fmt.Sprintf("must not begin with one of %s", p.NotFirst)
	}
	if p.Alphabet != "" {
		for _, r := range text {
			if !strings.ContainsRune(p.Alphabet, r) {
				return fmt.Sprintf("has a character other than %s", shorten(p.Alphabet))
			}
		}
	}
	for _, set := range p.Need {
		if !strings.ContainsAny(text, set) {
			return fmt.Sprintf("needs at least one of %s", shorten(set))
		}
	}
	return ""
}

// Generate makes a random password within the policy, of 24 characters where the
// policy allows that many.
func (p PasswordPolicy) Generate() Secret {
	length := 24
	if p.MaxLength > 0 {
		length = min(length, p.MaxLength)
	}
	length = max(length, p.MinLength, len(p.Need)+1)
	// Characters that are hard to tell apart on paper are left out of the default.
	alphabet := "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	if p.Alphabet != "" {
		alphabet = p.Alphabet
	}
	first := without(alphabet, p.NotFirst)
	for {
		out := make([]byte, length)
		out[0] = pick(first)
		for i := 1; i < length; i++ {
			out[i] = pick(alphabet)
		}
		// One place for each needed set; the first place stays as it is.
		for i, set := range p.Need {
			out[1+i] = pick(set)
		}
		tail := out[1:]
		for i := len(tail) - 1; i > 0; i-- {
			j := random(i + 1)
			tail[i], tail[j] = tail[j], tail[i]
		}
		if s := Secret(out); p.Problem(s) == "" {
			return s
		}
	}
}

func without(s, drop string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(drop, r) {
			return -1
		}
		return r
	}, s)
}

func pick(set string) byte { return set[random(len(set))] }

func random(n int) int {
	// crypto/rand.Reader never fails since Go 1.24: it ends the program instead.
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n)))
	return int(i.Int64())
}
