package hestiatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"
)

func letsEncryptEffects() map[string]effect {
	return map[string]effect{
		"v-generate-ssl-cert":           generateCertificate,
		"v-add-letsencrypt-user":        addLetsEncryptUser,
		"v-list-letsencrypt-user":       listLetsEncryptUser,
		"v-add-letsencrypt-domain":      addLetsEncryptDomain,
		"v-delete-letsencrypt-domain":   deleteLetsEncryptDomain,
		"v-schedule-letsencrypt-domain": scheduleLetsEncryptDomain,
	}
}

// issued is a certificate that was made on the server.
type issued struct {
	certificate
	csr string
}

// issue makes a certificate for names, of which the first is its own. Without an authority it is signed by itself.
// Keys are elliptic, since the panel's (RSA with 4096 bits) take seconds.
func (c *call) issue(names []string, subject pkix.Name, days int, authority bool) issued {
	subject.CommonName = names[0]
	key, signer := newKey(), (*ecdsa.PrivateKey)(nil)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(c.now.UnixNano()), Subject: subject, DNSNames: names,
		NotBefore: c.now.Add(-time.Hour), NotAfter: c.now.AddDate(0, 0, days),
	}
	parent, ca := template, ""
	signer = key
	if authority {
		signer = newKey()
		parent = &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Let's Encrypt (emulated)"}, CommonName: "R10"},
			NotBefore: c.now.AddDate(-1, 0, 0), NotAfter: c.now.AddDate(5, 0, 0), IsCA: true, BasicConstraintsValid: true,
		}
		ca = certificatePEM(parent, parent, signer, signer)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: subject, DNSNames: names}, key)
	private, err2 := x509.MarshalPKCS8PrivateKey(key)
	if err != nil || err2 != nil {
		panic("hestiatest: no certificate request can be made")
	}
	return issued{
		certificate{crt: certificatePEM(template, parent, key, signer), key: pemOf("PRIVATE KEY", private), ca: ca},
		pemOf("CERTIFICATE REQUEST", request),
	}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func certificatePEM(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) string {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		panic(err)
	}
	return pemOf("CERTIFICATE", der)
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// store writes a certificate into a new folder on the server, under the name of a domain.
func (c *call) store(made issued, domain string) (folder string) {
	folder = "/tmp/tmp." + c.st.tokens.Next(10, keyAlphabet)
	for end, text := range map[string]string{".crt": made.crt, ".key": made.key, ".ca": made.ca, ".csr": made.csr} {
		if text != "" {
			c.st.files[folder+"/"+domain+end] = text
		}
	}
	return folder
}

// generateCertificate prints a certificate that nobody has signed, and the folder that it lies in.
func generateCertificate(c *call) int {
	subject := pkix.Name{
		Country: []string{c.v["country"]}, Province: []string{c.v["state"]}, Locality: []string{c.v["city"]},
		Organization: []string{c.v["org"]}, OrganizationalUnit: []string{c.v["org_unit"]},
	}
	names := append([]string{c.v["domain"]}, slices.DeleteFunc(split(c.v["aliases"]), func(name string) bool { return name == c.v["domain"] })...)
	made := c.issue(names, subject, 365, false)
	folder := c.store(made, c.v["domain"])
	switch c.v["format"] {
	case "json":
		c.say("{\n\t\"%s\": {", c.v["domain"])
		c.say("        \"CRT\": \"%s\",\n        \"KEY\": \"%s\",", oneLined(made.crt), oneLined(made.key))
		c.say("        \"CSR\": \"%s\",\n        \"DIR\": \"%s\"\n\t}\n}", oneLined(made.csr), folder)
	case "plain", "shell":
		c.say("%s\n%s\n%s\nDirectory: %s", made.crt, made.key, made.csr, folder)
	default:
		c.say("Usage: %s [FORMAT]", c.cmd.name)
		return eArgs
	}
	return 0
}

func letsEncryptAccount(c *call, _ []string) int {
	if c.user.letsEncrypt == nil {
		return c.fail(eNotExist, "LetsEncrypt user account doesn't exist")
	}
	return 0
}

// addLetsEncryptUser is done at once for a user who has an account.
func addLetsEncryptUser(c *call) int {
	switch {
	case c.user.letsEncrypt != nil:
		return 0
	case c.server.noACME:
		return c.fail(eConnect, "Let's Encrypt acc registration failed ")
	}
	c.user.letsEncrypt = row{
		"USER": c.user.name, "EMAIL": c.user.conf["CONTACT"], "EXPONENT": "AQAB", "MODULUS": c.st.tokens.Next(43, keyAlphabet),
		"THUMB": c.st.tokens.Next(43, keyAlphabet), "KID": "https://acme.test/acct/" + c.st.tokens.Next(9, "123456789"),
	}
	return 0
}

func listLetsEncryptUser(c *call) int { return c.list([]row{c.user.letsEncrypt}) }

// addLetsEncryptDomain obtains a certificate and installs it. All names are taken to resolve to the server.
func addLetsEncryptDomain(c *call) int {
	user, domain, mail := c.v["user"], c.v["domain"], c.v["mail"] == "yes"
	names := append([]string{domain}, split(c.v["aliases"])...)
	object, verb := c.site, "web"
	if mail {
		names, object, verb = []string{"mail." + domain}, c.mailDomain, "mail"
	}
	if code := c.silently(func() int { return c.run("v-add-letsencrypt-user", user) }); code != 0 {
		return eConnect
	}
	zone := c.user.file("dns").find("DOMAIN", domain)
	if c.v["aliases"] == "*."+domain && zone == nil {
		return c.fail(eNotExist, "DNS domain %s doesn't exist", domain)
	}
	if c.server.noACME {
		return c.fail(eConnect, "Let's Encrypt new auth status 429 (%s)", domain)
	}
	if zone != nil && !mail {
		c.dropCAA(domain)
		c.run("v-add-dns-record", user, domain, "@", "CAA", `0 issue "letsencrypt.org"`)
	}
	folder := c.store(c.issue(names, pkix.Name{}, 90, true), domain)
	defer maps.DeleteFunc(c.st.files, func(path, _ string) bool { return strings.HasPrefix(path, folder+"/") })
	args := []string{user, domain, folder}
	install := "v-update-" + verb + "-domain-ssl"
	if !object().yes("SSL") {
		if install = "v-add-" + verb + "-domain-ssl"; !mail {
			args = append(args, object()["SSL_HOME"])
		}
	}
	if code := c.run(install, append(args, "updatessl")...); code != 0 {
		return code
	}
	object()["LETSENCRYPT"], object()["LETSENCRYPT_FAIL_COUNT"] = "yes", "0"
	return 0
}

// dropCAA removes the record that names the authority.
func (c *call) dropCAA(domain string) {
	for _, r := range slices.Clone(c.user.file("dns/" + domain).rows) {
		if r["TYPE"] == "CAA" && strings.Contains(r["VALUE"], "letsencrypt.org") {
			c.run("v-delete-dns-record", c.user.name, domain, r["ID"])
		}
	}
}

func deleteLetsEncryptDomain(c *call) int {
	user, domain, verb, object := c.v["user"], c.v["domain"], "web", c.site
	if c.v["mail"] != "" {
		verb, object = "mail", c.mailDomain
	}
	if verb == "web" {
		c.dropCAA(domain)
	}
	c.silently(func() int { return c.run("v-delete-"+verb+"-domain-ssl", user, domain, c.v["restart"]) })
	object()["LETSENCRYPT"] = "no"
	return c.reloadWeb(c.v["restart"])
}

// scheduleLetsEncryptDomain queues the domain; nothing works the queue off.
func scheduleLetsEncryptDomain(c *call) int {
	c.st.queue = append(c.st.queue, "letsencrypt "+c.v["user"]+" "+c.v["domain"])
	return 0
}
