// Package seal encrypts secrets that an order needs after a restart, so that its handle or its entry in a
// ledger can be stored and logged. The key is the client's API key, which can read all that anyway.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/provkit/provkit/provider"
)

// Sealer encrypts with one API key.
type Sealer struct {
	aead cipher.AEAD
	mac  []byte
}

// New returns the sealer of an API key.
func New(apiKey provider.Secret) Sealer {
	derive := func(use string) []byte {
		mac := hmac.New(sha256.New, []byte(apiKey.Reveal()))
		mac.Write([]byte("provkit handle " + use))
		return mac.Sum(nil)
	}
	// Neither fails with a key of 32 bytes.
	block, _ := aes.NewCipher(derive("encryption"))
	aead, _ := cipher.NewGCM(block)
	return Sealer{aead: aead, mac: derive("nonce")}
}

// Seal encrypts a secret. The same one gives the same text, so that a handle changes only if more is
// known: the nonce is made from the secret.
func (s Sealer) Seal(secret provider.Secret) string {
	mac := hmac.New(sha256.New, s.mac)
	mac.Write([]byte(secret.Reveal()))
	nonce := mac.Sum(nil)[:s.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(secret.Reveal()), nil))
}

// Open decrypts what Seal returned. It fails if that was with another API key.
func (s Sealer) Open(text string) (secret provider.Secret, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	size := s.aead.NonceSize()
	if err != nil || len(sealed) < size {
		return provider.Secret{}, false
	}
	plain, err := s.aead.Open(nil, sealed[:size], sealed[size:], nil)
	return provider.NewSecret(string(plain)), err == nil
}

// Sealed reports whether a text can be what Seal returned.
func Sealed(text string) bool {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(sealed) > 28
}
