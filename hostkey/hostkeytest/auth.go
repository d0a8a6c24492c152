package hostkeytest

import (
	"encoding/json"
	"maps"
	"strconv"
	"time"
)

var accessActions = []action{
	{"auth", "login", write, open, "", login},
	{"auth", "logout", write, withToken, "", logout},
	{"auth", "info", read, withToken, "", sessionInfo},
	{"auth", "whmcslogin", write, open, "user password ttl:int?", nil},
	{"auth", "ipalogin", write, open, "", nil},
	{"auth", "google_signin", write, open, "", nil},
	{"auth", "github_init", read, open, "", nil},
	{"auth", "github_signin", write, open, "", nil},
	{"auth", "vk_init", write, open, "", nil},
	{"auth", "vk_signin", write, open, "", nil},
	{"auth", "email_check", write, open, "", nil},
	{"auth", "session_reset", destroy, open, "", nil},
	{"auth", "2fa_check", read, withToken, "", nil},
	{"auth", "2fa_resend", write, withToken, "", nil},
	{"auth", "billing_list", read, withToken, "", nil},
	{"auth", "flip_tag", write, withToken, "", nil},
	{"auth", "get_log", read, withToken, "", nil},
	{"auth", "get_log_details", read, withToken, "", nil},
	{"auth", "set_tag", write, withToken, "", nil},
	{"auth", "tg_verify", write, withToken, "", nil},
	{"api_keys", "add", write, withToken, "params[name] params[server_id]:server? params[active]=0|1? params[login_notify_method]=none|email|webhook?", addKey},
	{"api_keys", "delete", destroy, withToken, "params[id]:int", deleteKey},
	{"api_keys", "edit", write, withToken, "params[id]:int params[name] params[login_notify_method]=none|email|webhook params[active]=0|1", editKey},
	{"api_keys", "history", read, withToken, "params[id]:int", keyHistory},
	{"api_keys", "list", read, withToken, "", listKeys},
	{"api_keys", "list_for_server", read, withToken, "params[server_id]:server", listServerKeys},
	{"api_keys", "view", read, withToken, "params[id]:int", viewKey},
	{"ssh_keys", "list", read, withToken, "", listSSHKeys},
	{"ssh_keys", "add", write, withToken, "params[name] params[key] params[default]=0|1?", addSSHKey},
	{"ssh_keys", "delete", destroy, withToken, "id:int", deleteSSHKey},
}

// session is what a token opens.
type session struct {
	token   string
	keyID   int64
	server  int64 // of a server key, otherwise 0
	ip      string
	expires time.Time
}

// session returns the session of a token that is valid for a caller, or nil.
func (st *state) session(token, caller string) *session {
	s := st.sessions[token]
	if s == nil || (s.ip != "" && s.ip != caller) {
		return nil
	}
	k := st.keys.Get(s.keyID)
	if !st.now.Before(s.expires) || k == nil || k.Disabled {
		delete(st.sessions, token)
		return nil
	}
	return s
}

func login(c *call) reply {
	secret := c.text("key")
	if secret == "" || c.form.Has("token") {
		return jsonReply(row{"result": -2, "error": textMalformed})
	}
	if !keyForm.MatchString(secret) {
		return fail(textBadKey)
	}
	k := c.st.bySecret[secret]
	switch {
	case k == nil:
		return message(textUnknownKey)
	case k.Disabled:
		return fail(textDisabledKey)
	case k.IP != "" && k.IP != c.caller():
		return fail(textForeignIP)
	case (c.cfg.refuseEmpty || c.st.refuseEmpty) && len(c.st.machines.Rows) == 0:
		return failNamed(textEmptyAccount, "NO_APPROPRIATE_SERVERS")
	}
	life := c.cfg.tokenLife
	if c.has("ttl") {
		seconds, good := c.number("ttl")
		if !good || seconds < 1 {
			return jsonReply(row{"result": -2, "error": textMalformed})
		}
		life = time.Duration(min(seconds, int64(maxTokenLife/time.Second))) * time.Second
	}
	s := &session{token: c.st.tokens.Next(tokenLength, hexadecimal), keyID: k.ID, server: k.ServerID, expires: c.st.now.Add(life)}
	if c.text("fix_ip") != "0" {
		s.ip = c.caller()
	}
	c.st.sessions[s.token] = s
	c.st.noteKey(k.ID, "login")
	fields := c.st.describe(s)
	switch {
	case c.cfg.shapes[ShapeLoginFlat]:
		return jsonReply(fields)
	case c.cfg.shapes[ShapeLoginScope]:
		return jsonReply(row{"result": "OK", "scope": fields})
	}
	return jsonReply(row{"result": fields})
}

// describe returns the fields that login and info have in common.
func (st *state) describe(s *session) row {
	fields := row{
		"token": s.token, "role": roleCustomer, "role_type": roleCustomer, "token_expire": s.expires.Unix(), "invapi": hostName,
		"servers": json.RawMessage(st.serverIDs()), "whmcs_id": strconv.Itoa(whmcsID), "customer_id": customerID,
		"whmcs_location": billing, "permissions": permissions,
	}
	if s.server != 0 {
		fields["role_type"] = "server " + strconv.FormatInt(s.server, 10)
		fields["servers"], fields["permissions"] = []any{st.id(s.server)}, []string{}
	}
	if st.hidden {
		fields["servers"] = []any{}
	}
	return fields
}

func sessionInfo(c *call) reply {
	fields := c.st.describe(c.token)
	delete(fields, "invapi")
	more := row{
		"role_name": roleCustomer, "email": c.st.client["email"], "verified": 1, "corporate": 0, "default_lang": "en",
		"private_ranges": []any{}, "private_vlans": []any{}, "deploy_keys": c.st.deployKeys(), "billing_servers": c.st.prebill(),
		"billing_options": row{"location": billing, "active": 1, "allowed_payments": []string{paymentMethod}},
	}
	if c.token.server != 0 {
		more["deploy_keys"], more["billing_servers"] = []any{}, []any{}
	}
	maps.Copy(fields, more)
	if c.cfg.shapes[ShapeLoginFlat] {
		return ok(fields)
	}
	return jsonReply(row{"result": fields})
}

func logout(c *call) reply {
	delete(c.st.sessions, c.token.token)
	return c.ok(nil)
}

// SSHKey is a public key of the account.
type SSHKey struct {
	ID        int64
	Name, Key string
	Default   bool
	Created   time.Time
}

func sshKeyRow(k *SSHKey) row {
	return row{"id": k.ID, "customer_id": customerID, "name": k.Name, "key": k.Key, "default": flag(k.Default), "created": day(k.Created)}
}

func listSSHKeys(c *call) reply { return c.ok(row{"sshkeys": rows(c.st.sshKeys.Rows, sshKeyRow)}) }

func addSSHKey(c *call) reply {
	k := c.st.sshKeys.Add(&SSHKey{
		Name: c.text("params[name]"), Key: c.text("params[key]"), Default: c.flag("params[default]"), Created: c.st.now,
	})
	return c.ok(row{"sshkey": sshKeyRow(k)})
}

func deleteSSHKey(c *call) reply {
	id, _ := c.number("id")
	k := c.st.sshKeys.Get(id)
	if k == nil {
		return fail("SSH key not found")
	}
	c.st.sshKeys.Remove(k)
	return c.ok(nil)
}
