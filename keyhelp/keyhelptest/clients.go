package keyhelptest

// What both dialects do with clients.

// newLogin reads a new login name.
func (c *call) newLogin(field string) string {
	name := c.fresh(field, c.st.loginTaken)
	if name != "" && !loginName.MatchString(name) {
		c.blame(field, invalidName)
	}
	return name
}

// password reads password, or password_hash with the password_hash_os that it needs beside it.
func (c *call) password(dst *Client) {
	password, there := c.filled("password")
	hash, hashed := c.filled("password_hash")
	system, forSystem := c.filled("password_hash_os")
	switch {
	case hashed && !forSystem:
		c.blame("password_hash_os", "This field is required")
	case forSystem && !hashed:
		c.blame("password_hash", "This field is required")
	case hashed && there:
		c.blame("password_hash", passwordTwice)
	case hashed:
		dst.Password, dst.PasswordHash, dst.PasswordHashOS = "", hash, system
	case there:
		dst.Password, dst.PasswordHash, dst.PasswordHashOS = password, "", ""
	}
}

// planID reads id_hosting_plan, which programs of running panels send as a text too; null removes the
// plan.
func (c *call) planID() (id int64, there bool) {
	const field = "id_hosting_plan"
	if c.body.IsNull(field) {
		return 0, true
	}
	read := c.body.Int
	if c.isLive() {
		read = c.body.IntOrText
	}
	id, there = read(field)
	if there && c.st.plans.Get(id) == nil {
		c.blame(field, unknownReference)
	}
	return id, there
}

// flag reads a boolean into dst, if it is present.
func (c *call) flag(from fielder, field string, dst *bool) {
	if v, there := from.Bool(field); there {
		*dst = v
	}
}

// text reads a string into dst, if it is present.
func (c *call) text(from fielder, field string, dst *string) {
	if v, there := from.String(field); there {
		*dst = v
	}
}

// number reads an integer into dst, if it is present.
func (c *call) number(from fielder, field string, dst *int64) {
	if v, there := from.Int(field); there {
		*dst = v
	}
}

// fielder is an object in the request, or the request itself.
type fielder interface {
	Bool(key string) (bool, bool)
	Int(key string) (int64, bool)
	String(key string) (string, bool)
}

func deleteClient(c *call) reply {
	client := pick(c, c.st.clients)
	if client == nil {
		return c.notFound("client")
	}
	c.st.removeClient(client)
	return gone()
}

// save replaces a client with its changed copy.
func (c *call) save(client *Client, changed Client) {
	changed.UpdatedAt = c.now
	*client = changed
}
