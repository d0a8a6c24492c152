package elizontest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// sshKey is a stored public key.
type sshKey struct {
	ID, Name, Type, Fingerprint string
	CreatedAt                   time.Time
}

func sshKeyRow(k *sshKey) row {
	return row{"id": k.ID, "name": k.Name, "type": k.Type, "fingerprint": k.Fingerprint, "createdAt": stamp(k.CreatedAt)}
}

func listSSHKeys(c *call) reply {
	return ok(row{"sshKeys": rows(c.st.sshKeys.Rows, sshKeyRow), "limitUsed": len(c.st.sshKeys.Rows), "limitMax": maxSSHKeys})
}

func createSSHKey(c *call) reply {
	name, public := c.required("name"), c.required("publicKey")
	kind, rest, _ := strings.Cut(strings.TrimSpace(public), " ")
	data, _, _ := strings.Cut(rest, " ")
	blob, err := base64.StdEncoding.DecodeString(data)
	if err != nil || len(blob) < 8 || (!strings.HasPrefix(kind, "ssh-") && !strings.HasPrefix(kind, "ecdsa-")) {
		c.blame("publicKey is no public SSH key")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	return c.storeSSHKey(name, kind, blob, row{})
}

func (c *call) storeSSHKey(name, kind string, blob []byte, answer row) reply {
	sum := sha256.Sum256(blob)
	fingerprint := "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
	if c.st.sshKeys.Find(func(k *sshKey) bool { return k.Fingerprint == fingerprint }) != nil {
		return bad(codeInvalidRequest, "The key is stored already")
	}
	if len(c.st.sshKeys.Rows) >= maxSSHKeys {
		return bad(codeSSHKeyLimit, "The limit of SSH keys is reached")
	}
	k := &sshKey{ID: c.st.newID(), Name: name, Type: kind, Fingerprint: fingerprint, CreatedAt: c.now}
	c.st.sshKeys.Add(k)
	return created(answer)
}

// generateSSHKey returns something with the form of a key pair. It is not a real key.
func generateSSHKey(c *call) reply {
	name, kind := c.required("name"), c.oneOf("keyType", "", "ed25519", "rsa4096", "rsa8192")
	if a, refused := c.refused(); refused {
		return a
	}
	if c.now.Before(c.st.nextSSHKey) {
		return fail(http.StatusTooManyRequests, codeGeneratedKeys, "One key can be generated every two minutes")
	}
	if kind == "ed25519" {
		kind = "ssh-ed25519"
	} else {
		kind = "ssh-rsa"
	}
	blob := []byte(c.st.tokens.Next(51, lowerAlphanumeric))
	answer := row{
		"publicKey":  kind + " " + base64.StdEncoding.EncodeToString(blob) + " " + strings.Join(strings.Fields(name), "-"),
		"privateKey": "not a private key: " + c.secret(),
	}
	a := c.storeSSHKey(name, kind, blob, answer)
	if a.body["success"] == true {
		c.st.nextSSHKey = c.now.Add(sshKeyPause)
	}
	return a
}

func renameSSHKey(c *call) reply {
	k := c.st.sshKeys.Get(c.r.PathValue("id"))
	if k == nil {
		return notFound(codeNoSSHKey, "SSH key")
	}
	name := c.required("name")
	if a, refused := c.refused(); refused {
		return a
	}
	k.Name = name
	return ok(row{"sshKey": sshKeyRow(k)})
}

func deleteSSHKey(c *call) reply {
	k := c.st.sshKeys.Get(c.r.PathValue("id"))
	if k == nil {
		return notFound(codeNoSSHKey, "SSH key")
	}
	c.st.sshKeys.Remove(k)
	return succeeded()
}
