package keyhelptest

func listDatabases(c *call) reply { return listRows(c, c.st.databases, databaseRow) }

func getDatabase(c *call) reply { return getRow(c, c.st.databases, "database", databaseRow) }

func createDatabase(c *call) reply {
	owner := c.owner("id_user")
	added := Database{
		Name:     c.fresh("database_name", c.st.databases.has),
		Username: c.required("database_username"),
	}
	added.Password, added.PasswordHash = c.secret()
	c.text(c.body, "description", &added.Description)
	added.RemoteHosts, _ = c.body.Strings("remote_hosts")
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.ClientID = owner.ID
	return createdID(c.st.databases.Add(&added).ID)
}

// secret reads password or password_hash, one of which is required.
func (c *call) secret() (password, hash string) {
	c.text(c.body, "password", &password)
	c.text(c.body, "password_hash", &hash)
	if password == "" && hash == "" {
		c.blame("password", "This field is required")
	}
	return password, hash
}

func databaseRow(d *Database) row {
	return row{
		"id": d.ID, "database_name": d.Name, "database_username": d.Username, "description": d.Description, "size": d.Size,
		"remote_hosts": list(d.RemoteHosts),
	}
}

// list returns a copy, since the answer is written after the lock is released, and [] for a nil
// slice, which would be null.
func list(items []string) []string { return append([]string{}, items...) }
