package keyhelptest

func listFTPUsers(c *call) reply { return listRows(c, c.st.ftpUsers, ftpUserRow) }

func getFTPUser(c *call) reply { return getRow(c, c.st.ftpUsers, "FTP user", ftpUserRow) }

func createFTPUser(c *call) reply {
	owner := c.owner("id_user")
	added := FTPUser{Username: c.fresh("username", c.st.ftpUsers.has), HomeDirectory: "/"}
	added.Password, added.PasswordHash = c.secret()
	c.text(c.body, "description", &added.Description)
	c.text(c.body, "home_directory", &added.HomeDirectory)
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.ClientID = owner.ID
	return createdID(c.st.ftpUsers.Add(&added).ID)
}

func ftpUserRow(u *FTPUser) row {
	return row{"id": u.ID, "username": u.Username, "description": u.Description, "home_directory": u.HomeDirectory}
}
