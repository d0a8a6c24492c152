package hestiatest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strconv"
	"strings"
	"time"
)

// certificate is an installed certificate, as text.
type certificate struct{ crt, key, ca string }

func certificateEffects() map[string]effect {
	return map[string]effect{
		"v-add-web-domain-ssl":          addSSL,
		"v-change-web-domain-sslcert":   changeSSL,
		"v-update-web-domain-ssl":       changeSSL,
		"v-delete-web-domain-ssl":       deleteSSL,
		"v-add-web-domain-ssl-force":    forceSSL("SSL_FORCE", true),
		"v-add-web-domain-ssl-hsts":     forceSSL("SSL_HSTS", true),
		"v-delete-web-domain-ssl-force": forceSSL("SSL_FORCE", false),
		"v-delete-web-domain-ssl-hsts":  forceSSL("SSL_HSTS", false),
		"v-add-web-domain-ssl-preset": func(c *call) int {
			if c.v["ssl"] == "yes" {
				c.site()["SSL_FORCE"] = "yes"
			}
			return 0
		},
		"v-change-web-domain-sslhome":  changeSSLHome,
		"v-list-web-domain-ssl":        func(c *call) int { return c.listCertificate(c.v["domain"], c.user.certs[c.v["domain"]]) },
		"v-add-mail-domain-ssl":        mailSSL,
		"v-change-mail-domain-sslcert": mailSSL,
		"v-update-mail-domain-ssl":     mailSSL,
		"v-delete-mail-domain-ssl": func(c *call) int {
			delete(c.user.certs, "mail."+c.v["domain"])
			c.mailDomain()["SSL"], c.mailDomain()["LETSENCRYPT"] = "no", "no"
			return c.reloadWeb(c.v["restart"])
		},
		"v-list-mail-domain-ssl": func(c *call) int {
			return c.listCertificate(c.v["domain"], c.user.certs["mail."+c.v["domain"]])
		},
		"v-list-sys-hestia-ssl": func(c *call) int { return c.listCertificate("HESTIA", c.st.certificate) },
	}
}

// certificateFiles returns the files of the folder that the command names.
func (c *call) certificateFiles() certificate {
	base := strings.TrimRight(c.v["ssl_dir"], "/") + "/" + c.v["domain"]
	return certificate{crt: c.st.files[base+".crt"], key: c.st.files[base+".key"], ca: c.st.files[base+".ca"]}
}

// certificateUsable checks the files in the folder.
func (c *call) certificateUsable() int {
	files := c.certificateFiles()
	base := c.v["ssl_dir"] + "/" + c.v["domain"]
	switch {
	case files.crt == "":
		return c.fail(eNotExist, "%s.crt not found", base)
	case files.key == "":
		return c.fail(eNotExist, "%s.key not found", base)
	}
	cert := parseCertificate(files.crt)
	switch {
	case cert == nil:
		return c.fail(eInvalid, "SSL Certificate is not valid")
	case cert.Issuer.String() != cert.Subject.String() && files.ca == "":
		return c.fail(eNotExist, "Certificate Authority not found")
	}
	if ca := parseCertificate(files.ca); files.ca != "" && (ca == nil || ca.Subject.String() != cert.Issuer.String()) {
		return c.fail(eNotExist, "SSL intermediate chain is not valid")
	}
	switch {
	case strings.Contains(files.key, "ENCRYPTED"):
		return c.fail(eForbidden, "SSL Key is protected (remove pass_phrase)")
	case strings.Count(files.key, "PRIVATE KEY") != 2:
		return c.fail(eInvalid, "SSL Key is not valid")
	}
	if _, err := tls.X509KeyPair([]byte(files.crt), []byte(files.key)); err != nil {
		return c.fail(eInvalid, "ssl certificate key pair is not valid")
	}
	return 0
}

func parseCertificate(text string) *x509.Certificate {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return cert
}

func addSSL(c *call) int {
	site := c.site()
	c.user.certs[c.v["domain"]] = c.certificateFiles()
	c.user.conf.raise("U_WEB_SSL", 1)
	site["SSL_HOME"], site["SSL"] = c.v["ssl_home"], "yes"
	return c.reloadWeb(c.v["restart"])
}

func changeSSL(c *call) int {
	c.user.certs[c.v["domain"]] = c.certificateFiles()
	return c.reloadWeb(c.v["restart"])
}

func deleteSSL(c *call) int {
	site := c.site()
	delete(c.user.certs, c.v["domain"])
	c.run("v-delete-web-domain-ssl-force", c.v["user"], c.v["domain"], "no", "yes")
	site["LETSENCRYPT"], site["SSL"] = "no", "no"
	c.user.conf.lower("U_WEB_SSL", 1)
	return c.reloadWeb(c.v["restart"])
}

func forceSSL(key string, on bool) effect {
	return func(c *call) int {
		site := c.site()
		if on && !site.yes("SSL") {
			c.say("Error: SSL is not enabled")
			return eNotExist
		}
		site[key] = map[bool]string{true: "yes", false: "no"}[on]
		return c.reloadWeb(c.v["restart"])
	}
}

func changeSSLHome(c *call) int {
	home := c.v["ssl_home"]
	if home != "single" && home != "same" {
		c.say("Usage: %s USER DOMAIN SSLHOME", c.cmd.name)
		return eArgs
	}
	c.site()["SSL_HOME"] = home
	c.run("v-rebuild-web-domain", c.v["user"], c.v["domain"], c.v["restart"])
	return 0
}

func mailSSL(c *call) int {
	c.user.certs["mail."+c.v["domain"]] = c.certificateFiles()
	c.mailDomain()["SSL"] = "yes"
	return c.reloadWeb(c.v["restart"])
}

// listCertificate prints a certificate with its private key. Without a certificate every field is
// empty.
func (c *call) listCertificate(name string, cert certificate) int {
	fields := [][2]string{
		{"CRT", oneLined(cert.crt)}, {"KEY", oneLined(cert.key)}, {"CA", oneLined(cert.ca)}, {"SUBJECT", ""}, {"ALIASES", ""},
		{"NOT_BEFORE", ""}, {"NOT_AFTER", ""}, {"SIGNATURE", ""}, {"PUB_KEY", ""}, {"ISSUER", ""},
	}
	if parsed := parseCertificate(cert.crt); parsed != nil {
		values := []string{
			parsed.Subject.CommonName, alternatives(parsed), openSSLTime(parsed.NotBefore), openSSLTime(parsed.NotAfter),
			signatureName(parsed), keySize(parsed), "CN = " + parsed.Issuer.CommonName,
		}
		for i, value := range values {
			fields[i+3][1] = value
		}
	}
	switch c.v["format"] {
	case "json":
		c.say("{\n\t\"%s\": {", name)
		for i, f := range fields {
			comma := ","
			if i == len(fields)-1 {
				comma = ""
			}
			c.say("        \"%s\": \"%s\"%s", f[0], f[1], comma)
		}
		c.say("\t}\n}")
	case "plain", "shell", "csv":
		for _, f := range fields {
			if f[1] != "" {
				c.say("%s", strings.ReplaceAll(f[1], `\n`, "\n"))
			}
		}
	}
	return 0
}

// alternatives returns the names of a certificate. Addresses are appended to the last one, since
// the panel splits at "DNS:" only.
func alternatives(cert *x509.Certificate) string {
	var names strings.Builder
	names.WriteString(strings.Join(cert.DNSNames, ","))
	for _, ip := range cert.IPAddresses {
		names.WriteString("IPAddress:" + ip.String())
	}
	return names.String()
}

func oneLined(text string) string {
	return strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", `\n`)
}

func openSSLTime(t time.Time) string { return t.UTC().Format("Jan _2 15:04:05 2006 GMT") }

func signatureName(cert *x509.Certificate) string {
	switch cert.SignatureAlgorithm {
	case x509.SHA256WithRSA:
		return "sha256WithRSAEncryption"
	case x509.ECDSAWithSHA256:
		return "ecdsa-with-SHA256"
	}
	return cert.SignatureAlgorithm.String()
}

func keySize(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case interface{ Size() int }:
		return strconv.Itoa(key.Size()*8) + " bit"
	}
	return "256 bit"
}

// letsEncryptTarget checks the domain, and its aliases, for which a certificate is requested.
func (c *call) letsEncryptTarget() int {
	kind := "web"
	if c.v["mail"] == "yes" {
		kind = "mail"
	}
	r := c.user.file(kind).find("DOMAIN", c.v["domain"])
	switch {
	case r == nil:
		return c.fail(eNotExist, "%s domain %s doesn't exist", kind, c.v["domain"])
	case r.yes("SUSPENDED"):
		return c.fail(eSuspended, "%s %s is suspended", kind, c.v["domain"])
	}
	if kind == "web" && c.v["aliases"] != "*."+c.v["domain"] {
		for _, alias := range split(c.v["aliases"]) {
			if !strings.Contains(","+r["ALIAS"]+",", ","+alias+",") {
				return c.fail(eNotExist, "domain alias %s doesn't exist", alias)
			}
		}
	}
	return 0
}

func (c *call) letsEncrypted() int {
	kind := "web"
	if c.v["mail"] != "" {
		kind = "mail"
	}
	for _, verb := range []string{"has", "live"} {
		if code := c.checkObject(verb, []string{kind, "DOMAIN", "domain"}); code != 0 {
			return code
		}
	}
	return c.checkField("set", []string{kind, "DOMAIN", "domain", "LETSENCRYPT"})
}
