package emulator

import "math/rand/v2"

// Sequence hands out IDs that are deterministic and increasing, with gaps, so that no test can rely
// on 1, 2, 3. It is not safe for concurrent use, since the emulator's state has a lock already.
type Sequence struct {
	next int64
	dice *rand.Rand
}

// NewSequence starts a sequence at start. Different seeds leave different gaps.
func NewSequence(start int64, seed uint64) *Sequence {
	return &Sequence{next: start, dice: rand.New(rand.NewPCG(seed, 0x696473))}
}

// Next returns the next ID, and skips one to three numbers after it.
func (s *Sequence) Next() int64 {
	id := s.next
	s.next += 2 + s.dice.Int64N(3)
	return id
}

// Skip makes sure that id and all below it are never handed out.
func (s *Sequence) Skip(id int64) {
	for s.next <= id {
		s.next = id + 2 + s.dice.Int64N(3)
	}
}

// Tokens generates strings that look random but are the same in every run. It is not safe for
// concurrent use.
type Tokens struct{ dice *rand.Rand }

// LowerAlphanumeric is the alphabet of most tokens.
const LowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"

// NewTokens starts a series of tokens. Different seeds give different tokens.
func NewTokens(seed uint64) *Tokens {
	return &Tokens{dice: rand.New(rand.NewPCG(seed, 0x746f6b656e73))}
}

// Next returns a token of n characters from alphabet.
func (t *Tokens) Next(n int, alphabet string) string {
	token := make([]byte, n)
	for i := range token {
		token[i] = alphabet[t.dice.IntN(len(alphabet))]
	}
	return string(token)
}
