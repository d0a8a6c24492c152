package emulator

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
)

// PinOf computes a pin independently, for the tests.
func PinOf(cert *x509.Certificate) string {
	der, err := x509.MarshalPKIXPublicKey(cert.PublicKey)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(der)
	return "sha256/" + base64.StdEncoding.EncodeToString(sum[:])
}
