package hostkey

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/provkit/provkit/provider"
)

// Whoever has the key of a deployment can read its result without any other credential, and the
// result has root's password in it. Handles are stored and logged, so they contain it encrypted with
// the client's API key, which can read all that anyway. A client with another API key of the account
// asks for the deployment's key again.

// sealer encrypts the keys of deployments.
type sealer struct {
	aead cipher.AEAD
	mac  []byte
}

func newSealer(apiKey provider.Secret) sealer {
	derive := func(use string) []byte {
		mac := hmac.New(sha256.New, []byte(apiKey.Reveal()))
		mac.Write([]byte("provkit handle " + use))
		return mac.Sum(nil)
	}
	// Neither fails with a key of 32 bytes.
	block, _ := aes.NewCipher(derive("encryption"))
	aead, _ := cipher.NewGCM(block)
	return sealer{aead: aead, mac: derive("nonce")}
}

// seal encrypts a key. The same key gives the same text, so that a handle changes only if more is
// known: the nonce is made from the key.
func (s sealer) seal(key provider.Secret) string {
	mac := hmac.New(sha256.New, s.mac)
	mac.Write([]byte(key.Reveal()))
	nonce := mac.Sum(nil)[:s.aead.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(key.Reveal()), nil))
}

// open decrypts a key. It fails if another API key has encrypted it.
func (s sealer) open(text string) (key provider.Secret, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	size := s.aead.NonceSize()
	if err != nil || len(sealed) < size {
		return provider.Secret{}, false
	}
	plain, err := s.aead.Open(nil, sealed[:size], sealed[size:], nil)
	return provider.NewSecret(string(plain)), err == nil && taskKey.Match(plain)
}

// isSealed reports whether a text can be what seal returned.
func isSealed(text string) bool {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(sealed) > 28
}
