package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
)

// SameKey compares two secrets in constant time. An empty secret equals nothing, since an emulator
// whose key was revoked must not accept an empty header.
func SameKey(got, want string) bool {
	if got == "" || want == "" {
		return false
	}
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
