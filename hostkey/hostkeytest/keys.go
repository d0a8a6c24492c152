package hostkeytest

import "time"

// Key is an API key.
type Key struct {
	ID   int64
	Name string
	// ServerID makes it a server key, which reaches only that server. 0 is an account key.
	ServerID int64
	// IP, if not empty, is the only address that may sign in with it.
	IP       string
	Disabled bool
	// NotifyMethod is how sign-ins are reported to NotifyAddress: none, email or webhook.
	NotifyMethod, NotifyAddress string
	CreatedAt                   time.Time
}

// key is a Key with its secret.
type key struct {
	Key
	secret string
}

type keyEvent struct {
	keyID int64
	at    time.Time
	what  string
}

func (st *state) addKey(k Key, now time.Time) *key {
	k.CreatedAt = now
	if k.NotifyMethod == "" {
		k.NotifyMethod = "none"
	}
	added := st.keys.Add(&key{Key: k, secret: st.newSecret()})
	st.bySecret[added.secret] = added
	st.noteKey(added.ID, "add")
	return added
}

// maxKeyLog bounds the history, to which every sign-in adds an event.
const maxKeyLog = 1000

func (st *state) noteKey(id int64, what string) {
	if len(st.keyLog) >= maxKeyLog {
		st.keyLog = append(st.keyLog[:0:0], st.keyLog[maxKeyLog/2:]...)
	}
	st.keyLog = append(st.keyLog, keyEvent{keyID: id, at: st.now, what: what})
}

func (st *state) removeKey(k *key) {
	delete(st.bySecret, k.secret)
	st.keys.Remove(k)
	st.noteKey(k.ID, "delete")
}

// keyRow leaves out the secret, which is shown only once, when the key is made.
func keyRow(k *key) row {
	return row{
		"id": k.ID, "name": k.Name, "ip": k.IP, "active": flag(!k.Disabled), "server_id": k.ServerID,
		"login_notify_method": k.NotifyMethod, "login_notify_address": k.NotifyAddress,
	}
}

func addKey(c *call) reply {
	if len(c.st.machines.Rows) == 0 {
		return fail(textEmptyAccount)
	}
	k := Key{
		Name: c.text("params[name]"), IP: c.text("params[ip]"), Disabled: c.text("params[active]") == "0",
		NotifyMethod: c.text("params[login_notify_method]"), NotifyAddress: c.text("params[login_notify_address]"),
	}
	if c.m != nil {
		k.ServerID = c.m.ID
	}
	return c.data(row{"api_key": c.st.addKey(k, c.st.now).secret})
}

// ownKey returns the key that params[id] names, or nil.
func (c *call) ownKey() *key {
	id, _ := c.number("params[id]")
	return c.st.keys.Get(id)
}

const textNoKey = "API key not found"

func deleteKey(c *call) reply {
	k := c.ownKey()
	if k == nil {
		return fail(textNoKey)
	}
	c.st.removeKey(k)
	return c.ok(nil)
}

func editKey(c *call) reply {
	k := c.ownKey()
	if k == nil {
		return fail(textNoKey)
	}
	k.Name, k.Disabled, k.NotifyMethod = c.text("params[name]"), c.text("params[active]") == "0", c.text("params[login_notify_method]")
	if c.form.Has("params[ip]") {
		k.IP = c.text("params[ip]")
	}
	if c.form.Has("params[login_notify_address]") {
		k.NotifyAddress = c.text("params[login_notify_address]")
	}
	c.st.noteKey(k.ID, "edit")
	return c.data(keyRow(k))
}

func viewKey(c *call) reply {
	k := c.ownKey()
	if k == nil {
		return fail(textNoKey)
	}
	return c.data(keyRow(k))
}

func listKeys(c *call) reply { return c.data(rows(c.st.keys.Rows, keyRow)) }

func listServerKeys(c *call) reply {
	return c.data(rows(c.st.keys.Where(func(k *key) bool { return k.ServerID == c.m.ID }), keyRow))
}

func keyHistory(c *call) reply {
	id, _ := c.number("params[id]")
	list := []row{}
	for _, e := range c.st.keyLog {
		if e.keyID == id {
			list = append(list, row{"date": stamp(e.at), "event": e.what})
		}
	}
	return c.data(list)
}

// Keys returns all API keys, without their secrets.
func (s *Server) Keys() []Key {
	return locked(s, func(st *state) []Key {
		all := make([]Key, len(st.keys.Rows))
		for i, k := range st.keys.Rows {
			all[i] = k.Key
		}
		return all
	})
}

// AddKey makes an API key and returns its secret. Its ID and CreatedAt are set by the server.
func (s *Server) AddKey(k Key) string {
	k.ID = 0
	return locked(s, func(st *state) string { return st.addKey(k, st.now).secret })
}

// DisableKey disables the key with this secret, or enables it again, and reports whether there is
// one. The tokens of a disabled key are invalid.
func (s *Server) DisableKey(secret string, disabled bool) bool {
	return locked(s, func(st *state) bool {
		k := st.bySecret[secret]
		if k != nil {
			k.Disabled = disabled
		}
		return k != nil
	})
}
