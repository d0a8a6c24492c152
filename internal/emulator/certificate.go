package emulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// Certificate is the certificate of an https host. It is self-signed and made at the start, so no
// private key is stored anywhere.
type Certificate struct {
	// PEM is the certificate as text, for clients that accept their roots in this form.
	PEM []byte
	// Pin is the SHA-256 of the public key (SubjectPublicKeyInfo), as "sha256/<base64>".
	Pin string

	pair tls.Certificate
}

// Pool returns a pool that trusts this certificate and no other.
func (c *Certificate) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c.pair.Leaf)
	return pool
}

func (c *Certificate) chain() []*x509.Certificate {
	return []*x509.Certificate{c.pair.Leaf}
}

func newCertificate(name string) *Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name, "localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		// Wide enough for the clock of a testing/synctest bubble, which starts in 2000.
		NotBefore:             time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2095, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true, // its own authority, so that it can be in a pool of roots
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	leaf, err := x509.ParseCertificate(der)
	must(err)
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return &Certificate{
		PEM:  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Pin:  "sha256/" + base64.StdEncoding.EncodeToString(sum[:]),
		pair: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
	}
}

// must panics on errors that cannot occur with the values above.
func must(err error) {
	if err != nil {
		panic("emulator: making a certificate: " + err.Error())
	}
}
