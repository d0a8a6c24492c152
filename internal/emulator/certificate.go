package emulator

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"time"
)

// Certificate is the certificate of an https host. It is self-signed and made at the start, and its
// private key is stored nowhere, unless KeepCertificate is asked to.
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

// NewCertificate makes a certificate for a server that is known by these host names and addresses,
// besides those of the machine itself.
func NewCertificate(names ...string) *Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: append(names, "localhost")[0]},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		// Wide enough for the clock of a testing/synctest bubble, which starts in 2000.
		NotBefore:             time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2095, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true, // its own authority, so that it can be in a pool of roots
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	leaf, err := x509.ParseCertificate(der)
	must(err)
	return certificateOf(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), tls.Certificate{
		Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf,
	})
}

func certificateOf(text []byte, pair tls.Certificate) *Certificate {
	sum := sha256.Sum256(pair.Leaf.RawSubjectPublicKeyInfo)
	return &Certificate{PEM: text, Pin: "sha256/" + base64.StdEncoding.EncodeToString(sum[:]), pair: pair}
}

// KeepCertificate reads a certificate and its key from two files (PEM). If there is neither, it makes
// them there, as NewCertificate does, so that clients which trust it need not be told again.
func KeepCertificate(certFile, keyFile string, names ...string) (*Certificate, error) {
	text, err := os.ReadFile(certFile)
	keyText, keyErr := os.ReadFile(keyFile)
	if errors.Is(err, fs.ErrNotExist) && errors.Is(keyErr, fs.ErrNotExist) {
		made := NewCertificate(names...)
		key, err := x509.MarshalPKCS8PrivateKey(made.pair.PrivateKey)
		must(err)
		// The key first: a certificate without one would be refused the next time.
		if err := create(keyFile, 0o600, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})); err != nil {
			return nil, err
		}
		return made, create(certFile, 0o644, made.PEM)
	}
	if err := cmp.Or(err, keyErr); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(text, keyText)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
	}
	return certificateOf(text, pair), nil
}

// create writes a file that must not exist.
func create(name string, mode fs.FileMode, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return cmp.Or(err, f.Close())
}

// must panics on errors that cannot occur with the values above.
func must(err error) {
	if err != nil {
		panic("emulator: making a certificate: " + err.Error())
	}
}
