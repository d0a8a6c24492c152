package keyhelptest

import (
	"crypto/x509"
	"encoding/pem"

	"github.com/provkit/provkit/internal/emulator"
)

func listCertificates(c *call) reply { return listRows(c, c.st.certificates, certificateRow) }

func getCertificate(c *call) reply {
	return getRow(c, c.st.certificates, "certificate", certificateRow)
}

func createCertificate(c *call) reply {
	added := Certificate{Name: c.fresh("name", c.st.certificates.has)}
	if c.body.Has("id_user") && !c.body.IsNull("id_user") {
		if owner := c.owner("id_user"); owner != nil {
			added.ClientID = owner.ID
		}
	}
	from, prefix := c.components()
	c.certificateFields(from, &added)
	if added.PrivateKey == "" {
		c.blame(prefix+"private_key", "This field is required")
	}
	if added.Certificate == "" {
		c.blame(prefix+"certificate", "This field is required")
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	return createdID(c.st.certificates.Add(&added).ID)
}

// updateCertificate keeps the parts that the body lacks: newer clients send no private key.
func updateCertificate(c *call) reply {
	certificate := pick(c, c.st.certificates)
	if certificate == nil {
		return c.notFound("certificate")
	}
	changed := *certificate
	newName(c, c.st.certificates, certificate, &changed.Name)
	from, _ := c.components()
	c.certificateFields(from, &changed)
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.certificates.rename(certificate, func() { *certificate = changed })
	return changedID(certificate.ID)
}

// components returns the object with the three PEM texts: v2 has them in a nested object, v1 had
// them at the top level.
func (c *call) components() (*emulator.Object, string) {
	if nested, there := c.body.Object("components"); there {
		return nested, "components."
	}
	return c.body, ""
}

func (c *call) certificateFields(from *emulator.Object, dst *Certificate) {
	c.text(from, "private_key", &dst.PrivateKey)
	c.text(from, "certificate", &dst.Certificate)
	c.text(from, "ca_certificate", &dst.CACertificate)
}

// certificateRow includes the data of the certificate if it can be parsed.
func certificateRow(c *Certificate) row {
	body := row{"id": c.ID, "name": c.Name, "secured_domains": []string{}, "valid_till": nil, "issuer": ""}
	block, _ := pem.Decode([]byte(c.Certificate))
	if block == nil {
		return body
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return body
	}
	body["secured_domains"] = append([]string{}, leaf.DNSNames...)
	body["valid_till"] = liveTime(leaf.NotAfter)
	body["issuer"] = leaf.Issuer.CommonName
	return body
}
