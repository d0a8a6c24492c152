package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
)

// SameKey compares two secrets in a time that depends on neither. An empty secret equals nothing: an emulator whose
// key was revoked must not let an empty header in.
func SameKey(got, want string) bool {
	if got == "" || want == "" {
		return false
	}
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
