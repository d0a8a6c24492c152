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

// SSHKeysService manages the account's public keys. The module is not in the vendor's reference: it
// is known from the vendor's own client.
type SSHKeysService struct{ c *Client }

// SSHKey is a public key.
type SSHKey struct {
	ID         int64  `wire:"id,positive"`
	CustomerID int64  `wire:"customer_id"`
	Name       string `wire:"name"`
	// Key is its text, such as "ssh-ed25519 AAAA...".
	Key string `wire:"key"`
	// Default keys may be put on servers that are deployed later.
	Default bool      `wire:"default,loose"`
	Created time.Time `wire:"created"`
}

// SSHKeyAddRequest adds a key.
type SSHKeyAddRequest struct {
	// Name and Key (the text of a public key) are required.
	Name string `url:"name"`
	Key  string `url:"key"`
	// Default: nil leaves it to the server.
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
	return elements[SSHKey](ctx, s.c, sshKeysList, call, "sshkeys")
}

// Add adds a key: POST /ssh_keys.php, action add. Sent twice it adds two.
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
		problems.Add("Key", "must be the public key, not the private one")
	case strings.ContainsAny(strings.TrimSpace(req.Key), "\r\n"):
		problems.Add("Key", "must be one line")
	}
	call, _, err := paramsOf(sshKeysAdd, problems, "", req, req.Extra)
	if err != nil {
		return nil, err
	}
	added, err := fetch[struct {
		Name string  `wire:"sshkey.name,name"`
		Key  *SSHKey `wire:"sshkey,required"`
	}](ctx, s.c, sshKeysAdd, call)
	if err != nil {
		return nil, err
	}
	return added.Key, nil
}

// Delete removes a key: POST /ssh_keys.php, action delete.
func (s *SSHKeysService) Delete(ctx context.Context, id int64) error {
	call, err := byID(sshKeysDelete, id, nil)
	if err != nil {
		return err
	}
	return s.c.done(ctx, sshKeysDelete, call)
}
