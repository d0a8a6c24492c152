package keyhelptest

func createProtection(c *call) reply {
	owner := c.owner("id_user")
	added := DirectoryProtection{Path: c.required("path"), Username: c.required("username")}
	c.text(c.body, "auth_name", &added.AuthName)
	added.Password, added.PasswordHash = c.secret()
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.ClientID = owner.ID
	return createdID(c.st.protections.Add(&added).ID)
}

func protectionRow(p *DirectoryProtection) row {
	return row{"id": p.ID, "path": p.Path, "auth_name": p.AuthName, "username": p.Username, "exceptions": []string{}}
}
