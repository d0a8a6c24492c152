package elizontest

import (
	"slices"
	"time"
)

func (k *Key) live() bool { return !k.Revoked }

func keyRow(k *Key) row {
	return row{
		"id": k.ID, "name": k.Name, "keyPrefix": k.Secret[:keyShown], "prefix": k.Secret[:keyShown], "createdAt": stamp(k.CreatedAt),
		"lastUsedAt": stampOrNil(k.LastUsedAt), "expiresAt": stampOrNil(k.ExpiresAt),
	}
}

func (c *call) liveKeys() []*Key { return c.st.keys.Where((*Key).live) }

func listKeys(c *call) reply {
	list, total := flatPage(c, c.liveKeys(), keyRow)
	return ok(row{"apiKeys": list, "total": total})
}

// createKey creates a key. Only its answer contains the secret.
func createKey(c *call) reply {
	name := c.required("name")
	if len([]rune(name)) > maxKeyName {
		c.blame("name must have up to 100 characters")
	}
	permissions, limited := c.body.Strings("permissions")
	days, expires := c.body.Int("expiresInDays")
	if expires && (days < 1 || days > 365) {
		c.blame("expiresInDays must be 1 to 365")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	if len(c.liveKeys()) >= maxKeys {
		return bad(codeKeyLimit, "API key limit reached for your account")
	}
	if !limited && c.who.key != nil {
		permissions = slices.Clone(c.who.key.Permissions) // no key creates one with more permissions
	}
	for _, p := range permissions {
		if !c.who.may(p) {
			return missingPermission(p)
		}
	}
	k := c.st.newKey(name, permissions, c.now)
	if expires {
		k.ExpiresAt = c.now.Add(time.Duration(days) * 24 * time.Hour)
	}
	shown := keyRow(k)
	shown["key"] = k.Secret
	c.note("api-key.create")
	return created(row{"apiKey": shown, "secret": k.Secret})
}

func deleteKey(c *call) reply {
	k := c.st.keys.Get(c.r.URL.Query().Get("id"))
	if k == nil || k.Revoked {
		return notFound(codeNoKey, "API key")
	}
	k.Revoked = true
	c.note("api-key.delete")
	return succeeded()
}
