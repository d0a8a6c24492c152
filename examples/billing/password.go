package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/provkit/provkit/provider"
)

// passwords derives the initial password of each account from one secret and the account's
// reference. So it is the same at every attempt of an order, and stored nowhere: neither the state
// file nor its backups reveal it. The secret reveals all of them, so keep it apart from the state
// file. When you change it, initial passwords that customers have not changed can no longer be
// looked up.
type passwords struct {
	secret provider.Secret
}

// unmistakable are characters that cannot be confused, even on paper.
const unmistakable = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

const passwordLength = 24

// of returns the password of a reference under the policy; "" if accounts have none, or if no
// password satisfies the policy.
func (p passwords) of(reference string, policy *provider.PasswordPolicy) provider.Secret {
	if policy == nil {
		return provider.Secret{}
	}
	length := max(passwordLength, policy.MinLength)
	if policy.MaxLength > 0 {
		length = min(length, policy.MaxLength)
	}
	alphabet := unmistakable
	if policy.Alphabet != "" {
		alphabet = plain(policy.Alphabet)
	}
	if alphabet == "" {
		return provider.Secret{}
	}
	draw := p.draw(reference)
	for range 1000 {
		out := make([]byte, length)
		for i := range out {
			out[i] = alphabet[draw(len(alphabet))]
		}
		// Each needed set gets a character. If two get the same place, the next round repairs that.
		for _, set := range policy.Need {
			if allowed := plain(common(set, policy.Alphabet)); allowed != "" {
				out[draw(length)] = allowed[draw(len(allowed))]
			}
		}
		if password := provider.NewSecret(string(out)); policy.Problem(password) == "" {
			return password
		}
	}
	return provider.Secret{}
}

// draw returns a source of numbers below n that depend only on the secret and the reference.
func (p passwords) draw(reference string) func(n int) int {
	var block []byte
	var count uint64
	next := func() byte {
		if len(block) == 0 {
			mac := hmac.New(sha256.New, []byte(p.secret.Reveal()))
			mac.Write(binary.BigEndian.AppendUint64([]byte("initial password\x00"+reference+"\x00"), count))
			block = mac.Sum(nil)
			count++
		}
		b := block[0]
		block = block[1:]
		return b
	}
	return func(n int) int {
		for {
			// Numbers from the uneven rest would make some characters more likely.
			if b := int(next()); b < 256-256%n {
				return b % n
			}
		}
	}
}

// plain returns only the characters of one byte, since lengths are in bytes.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7e {
			return -1
		}
		return r
	}, s)
}

// common returns the characters of set that are in alphabet; "" contains all.
func common(set, alphabet string) string {
	return strings.Map(func(r rune) rune {
		if alphabet == "" || strings.ContainsRune(alphabet, r) {
			return r
		}
		return -1
	}, set)
}
