package provider

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/provkit/provkit/internal/words"
)

// NamePolicy is what a system accepts as a user name.
type NamePolicy struct {
	// MinLength and MaxLength in characters; MaxLength 0 means no limit.
	MinLength, MaxLength int
	// First and Rest are the characters that are allowed as the first and after it. An empty Rest
	// allows any.
	First, Rest string
	// NotLast contains characters that must not come last.
	NotLast string
	// Reserved names belong to the system, and so do names that begin with a reserved prefix.
	Reserved, ReservedPrefixes []string
}

// Problem returns why a name is not allowed, or "".
func (p NamePolicy) Problem(name string) string {
	switch {
	case name == "":
		return "required"
	case utf8.RuneCountInString(name) < p.MinLength:
		return fmt.Sprintf("%q is shorter than %d characters", name, p.MinLength)
	case p.MaxLength > 0 && utf8.RuneCountInString(name) > p.MaxLength:
		return fmt.Sprintf("%q is longer than %d characters", name, p.MaxLength)
	case slices.ContainsFunc(p.Reserved, func(r string) bool { return strings.EqualFold(r, name) }):
		return fmt.Sprintf("%q is reserved", name)
	}
	for _, prefix := range p.ReservedPrefixes {
		if len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return fmt.Sprintf("%q begins with %q, as only the system's own names may", name, prefix)
		}
	}
	for i, r := range []rune(name) {
		allowed := p.Rest
		if i == 0 && p.First != "" {
			allowed = p.First
		}
		if allowed != "" && !strings.ContainsRune(allowed, r) {
			return fmt.Sprintf("%q has %q at position %d, where only %s is allowed", name, r, i+1, words.Shorten(allowed, 48))
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(name); strings.ContainsRune(p.NotLast, last) {
		return fmt.Sprintf("%q ends in %q, which is not allowed there", name, last)
	}
	return ""
}

// Username makes an allowed name from a seed, such as the customer's domain: "www.example.com"
// becomes "www_example_com". The same seed and salt always give the same name, so that a repeated
// order does not make a second account. Salts, such as the orders' references, tell orders of one
// seed apart.
//
// Different seeds or salts give different names: unless there is no salt and the name spells the
// whole seed, it ends in a hash of both, of eight letters and digits where the policy has room for
// them. So "12345678.nl" becomes "u12345678_nl" and eight more. Upper case in ASCII counts as lower
// case.
//
// If the policy allows hardly any name, the result may not be allowed: see Problem.
func (p NamePolicy) Username(seed, salt string) string {
	limit := p.MaxLength
	if limit == 0 {
		limit = max(32, p.MinLength)
	}
	folded := []byte(seed)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] += 'a' - 'A'
		}
	}
	var name string
	for try := range 512 {
		if name = p.candidate(string(folded), salt, limit, try); p.Problem(name) == "" {
			break
		}
	}
	return name
}

// candidate returns the try-th idea for a name: the seed, with a hash where it is needed, then with
// longer ones, and in the end a hash of every length that is allowed.
func (p NamePolicy) candidate(seed, salt string, limit, try int) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%d %d %s%s", try, len(seed), seed, salt))
	first := p.first(hash, try)
	name, whole := p.stem(seed, limit, first)
	switch {
	case try >= 32:
		n := p.MinLength + try%(max(limit-p.MinLength, 0)+1)
		name = append([]rune{first}, p.digest(hash, n-1)...)
	case try > 0 || salt != "" || !whole || len(name) < p.MinLength:
		n := min(p.enough()+try/8, limit-1)
		if try >= 16 { // what is reserved may be how it begins
			seed = string(first) + seed
		}
		name, _ = p.stem(seed, limit-n, first)
		name = append(name, p.digest(hash, max(n, p.MinLength-len(name)))...)
	}
	return string(name[:min(len(name), limit)])
}

// enough is how many characters of a hash tell names apart: a hundred thousand orders for one seed
// have one chance in a hundred that any two share a name.
func (p NamePolicy) enough() int {
	return int(math.Ceil(39 / math.Log2(float64(max(len(p.digits()), 2)))))
}

// stem spells the seed in characters that the policy allows, at least one and limit at most. If the
// seed's first one may not begin a name, it follows the given one. whole reports that no other seed
// is spelled like that.
func (p NamePolicy) stem(seed string, limit int, first rune) (stem []rune, whole bool) {
	whole = true
	joint := p.joint()
	for _, r := range seed {
		if len(stem) > limit {
			break
		}
		kept := r
		switch {
		case r == utf8.RuneError || unicode.IsControl(r):
			kept = -1
		case r == '.' && joint != 0 && !p.mayFollow(r):
			kept = joint
		case r == joint && !p.mayFollow('.'):
			whole = false // it would be a dot's
		case !p.mayFollow(r) && joint != 0 && strings.ContainsRune("-_ ", r):
			kept, whole = joint, false
		}
		switch {
		case kept == -1, len(stem) > 0 && !p.mayFollow(kept):
			whole = false
			continue
		case len(stem) == 0 && p.mayBegin(kept):
		case len(stem) == 0 && p.mayFollow(kept) && !strings.ContainsRune("_-.", kept):
			stem, whole = append(stem, first), false
		case len(stem) == 0:
			whole = false
			continue
		}
		stem = append(stem, kept)
	}
	if len(stem) > limit {
		stem, whole = stem[:limit], false
	}
	for len(stem) > 0 && strings.ContainsRune("_-.", stem[len(stem)-1]) {
		stem, whole = stem[:len(stem)-1], false
	}
	if len(stem) == 0 {
		stem, whole = []rune{first}, false
	}
	return stem, whole
}

// joint is what stands for a dot that the policy does not allow; 0 if it allows nothing of the kind.
func (p NamePolicy) joint() rune {
	for _, r := range "_-" {
		if strings.ContainsRune(p.Rest, r) {
			return r
		}
	}
	return 0
}

func (p NamePolicy) mayBegin(r rune) bool {
	if p.First == "" {
		return p.mayFollow(r)
	}
	return strings.ContainsRune(p.First, r)
}

func (p NamePolicy) mayFollow(r rune) bool { return p.Rest == "" || strings.ContainsRune(p.Rest, r) }

// first returns a character to begin with: u, for user, if it is allowed.
func (p NamePolicy) first(hash [32]byte, try int) rune {
	if p.mayBegin('u') && try < 32 {
		return 'u'
	}
	allowed := []rune(cmp.Or(p.First, p.Rest, Lower))
	return allowed[int(hash[31])%len(allowed)]
}

// digits are the characters in which a hash is spelled: those that the policy allows and nobody
// confuses, or else all that it allows.
func (p NamePolicy) digits() []rune {
	kept := []rune(keep("abcdefghijkmnpqrstuvwxyz23456789", p.mayFollow))
	if len(kept) < 8 {
		return []rune(p.Rest)
	}
	return kept
}

// digest spells a hash with n characters.
func (p NamePolicy) digest(sum [32]byte, n int) []rune {
	digits := p.digits()
	out := make([]rune, 0, max(n, 0))
	for len(out) < n {
		for _, b := range sum[:min(len(sum), n-len(out))] {
			out = append(out, digits[int(b)%len(digits)])
		}
		sum = sha256.Sum256(sum[:])
	}
	return out
}

// Classes of characters for policies.
const (
	Lower  = "abcdefghijklmnopqrstuvwxyz"
	Upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Digits = "0123456789"
)

// PasswordPolicy is what a system accepts as a password.
type PasswordPolicy struct {
	// MinLength is in characters, and MaxLength in bytes of UTF-8, where 0 means no limit: what keeps
	// both fits whichever of the two a system counts, and no system tells. They differ only for
	// characters beyond ASCII.
	MinLength, MaxLength int
	// Need lists sets of characters. At least one character of each set must appear.
	Need []string
	// Alphabet contains all allowed characters; "" allows any.
	Alphabet string
	// NotFirst contains characters that must not come first.
	NotFirst string
	// Optional: Create without a password makes one up (Creation.Password).
	Optional bool
}

// Problem returns why a password is not allowed, or "". It never quotes it.
func (p PasswordPolicy) Problem(password Secret) string {
	text := password.Reveal()
	switch {
	case text == "":
		return "required"
	case !utf8.ValidString(text):
		return "is not UTF-8"
	case utf8.RuneCountInString(text) < p.MinLength:
		return fmt.Sprintf("shorter than %d characters", p.MinLength)
	case p.MaxLength > 0 && len(text) > p.MaxLength:
		return fmt.Sprintf("longer than %d bytes, of which a character beyond ASCII takes two to four", p.MaxLength)
	case strings.ContainsAny(text, "\x00\r\n"):
		return "has a line break or a NUL"
	case p.NotFirst != "" && strings.IndexAny(text, p.NotFirst) == 0:
		return fmt.Sprintf("must not begin with one of %s", p.NotFirst)
	}
	if p.Alphabet != "" {
		for _, r := range text {
			if !strings.ContainsRune(p.Alphabet, r) {
				return fmt.Sprintf("has a character other than %s", words.Shorten(p.Alphabet, 48))
			}
		}
	}
	for _, set := range p.Need {
		if !strings.ContainsAny(text, set) {
			return fmt.Sprintf("needs at least one of %s", words.Shorten(set, 48))
		}
	}
	return ""
}

// Generate returns a random password that the policy allows, with 24 characters if it allows as
// many. It is empty only if the policy contradicts itself, and of nil, the policy of a system whose accounts
// have no passwords.
func (p *PasswordPolicy) Generate() Secret {
	if p == nil {
		return Secret{}
	}
	length := max(24, p.MinLength)
	if p.MaxLength > 0 {
		length = min(length, p.MaxLength)
	}
	// The default lacks characters that look alike on paper.
	alphabet := "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	if p.Alphabet != "" {
		alphabet = ascii(p.Alphabet)
	}
	for range 1000 {
		out := make([]byte, length)
		for i := range out {
			out[i] = pick(alphabet)
		}
		// Each needed set gets a place of its own.
		places := shuffled(length)
		for i, set := range p.Need {
			if i < length {
				out[places[i]] = pick(within(ascii(set), p.Alphabet))
			}
		}
		if s := NewSecret(string(out)); p.Problem(s) == "" {
			return s
		}
	}
	return Secret{}
}

// ascii drops characters of more than one byte, so that a length in characters is one in bytes.
func ascii(s string) string { return keep(s, func(r rune) bool { return r < utf8.RuneSelf }) }

// within keeps the characters of an alphabet; "" has all.
func within(s, alphabet string) string {
	return keep(s, func(r rune) bool { return alphabet == "" || strings.ContainsRune(alphabet, r) })
}

func keep(s string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, s)
}

// pick draws a character. From an empty set it returns NUL, which no policy accepts.
func pick(set string) byte {
	if set == "" {
		return 0
	}
	return set[random(len(set))]
}

// shuffled returns the numbers below n in random order.
func shuffled(n int) []int {
	all := make([]int, n)
	for i := range all {
		j := random(i + 1)
		all[i], all[j] = all[j], i
	}
	return all
}

func random(n int) int {
	// Since Go 1.24 crypto/rand.Reader never fails: it ends the program instead.
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n)))
	return int(i.Int64())
}
