package hostkey

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/provkit/provkit/internal/rest"
	"github.com/provkit/provkit/provider"
)

var (
	sshKeysList   = act("ssh_keys", "list", "SSHKeys.List", "list SSH keys", ClassRead)
	sshKeysAdd    = act("ssh_keys", "add", "SSHKeys.Add", "add SSH key", ClassWrite)
	sshKeysDelete = act("ssh_keys", "delete", "SSHKeys.Delete", "delete SSH key", ClassDestroy).idempotent().untilGone()
)

// SSHKeysService holds the account's public keys. The module is not in the vendor's
// reference: all of it is what the vendor's own client does.
type SSHKeysService struct{ c *Client }

// SSHKey is a public key.
type SSHKey struct {
	ID, CustomerID int64
	Name           string
	// Key is its text: "ssh-ed25519 AAAA...".
	Key string
	// Default keys may be put on servers that are deployed later.
	Default bool
	Created time.Time
}

// SSHKeyAddRequest adds a key.
type SSHKeyAddRequest struct {
	// Name and Key (the text of a public key) are required.
	Name string `url:"name"`
	Key  string `url:"key"`
	// Default is left to the server if nil.
	Default *bool `url:"default,int,omitempty"`
	// Extra fields, sent as params[name].
	Extra map[string]any `url:"-"`
}

// List lists the keys: POST /ssh_keys.php, action list.
func (s *SSHKeysService) List(ctx context.Context) iter.Seq2[*SSHKey, error] {
	call, _, err := formOf(sshKeysList, nil, "", nil, nil)
	if err != nil {
		return rest.Failed[SSHKey](err)
	}
	return elements[SSHKey, sshKeyWire](ctx, s.c, sshKeysList, call, "sshkeys")
}

// Add adds a key: POST /ssh_keys.php, action add. Sent twice it makes two.
func (s *SSHKeysService) Add(ctx context.Context, req *SSHKeyAddRequest) (*SSHKey, error) {
	if req == nil {
		return nil, sshKeysAdd.RefuseNil()
	}
	var problems provider.Problems
	problems.Required("Name", req.Name)
	switch {
	case strings.TrimSpace(req.Key) == "":
		problems.Add("Key", "required")
	case strings.Contains(req.Key, "PRIVATE KEY"):
		problems.Add("Key", "is a private key; the public one is wanted")
	case strings.ContainsAny(strings.TrimSpace(req.Key), "\r\n"):
		problems.Add("Key", "must be one line")
	}
	call, _, err := paramsOf(sshKeysAdd, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	return fetch[SSHKey, addedSSHKeyWire](ctx, s.c, sshKeysAdd, call)
}

// Delete removes a key: POST /ssh_keys.php, action delete.
func (s *SSHKeysService) Delete(ctx context.Context, id int64) error {
	call, err := byID(sshKeysDelete, id, nil)
	if err != nil {
		return err
	}
	return s.c.done(ctx, sshKeysDelete, call)
}

type sshKeyWire struct {
	ID         number  `json:"id"`
	CustomerID number  `json:"customer_id"`
	Name       text    `json:"name"`
	Key        text    `json:"key"`
	Default    flag    `json:"default"`
	Created    instant `json:"created"`
}

func (w *sshKeyWire) Missing() string { return missingID(w.ID, "id") }

func (w *sshKeyWire) model() *SSHKey {
	return &SSHKey{
		ID: int64(w.ID), CustomerID: int64(w.CustomerID), Name: string(w.Name), Key: string(w.Key), Default: bool(w.Default), Created: w.Created.Time,
	}
}

type addedSSHKeyWire struct {
	Key object[sshKeyWire] `json:"sshkey"`
}

func (w *addedSSHKeyWire) Missing() string {
	return missingID(w.Key.value.ID, "sshkey.id")
}

func (w *addedSSHKeyWire) model() *SSHKey { return w.Key.value.model() }
