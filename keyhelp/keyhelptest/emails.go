package keyhelptest

func createEmail(c *call) reply {
	owner := c.owner("id_user")
	added := Email{Address: c.fresh("email", c.st.emails.has)}
	if added.Address != "" {
		c.email("email")
	}
	added.Password, added.PasswordHash = c.secret()
	c.text(c.body, "description", &added.Description)
	c.number(c.body, "max_size", &added.MaxSize)
	c.flag(c.body, "catch_all", &added.CatchAll)
	c.flag(c.body, "store_forwarded_emails", &added.StoreForwarded)
	added.Aliases, _ = c.body.Strings("aliases")
	added.Forwardings, _ = c.body.Strings("forwardings")
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.ClientID = owner.ID
	return createdID(c.st.emails.Add(&added).ID)
}

func emailRow(e *Email) row {
	return row{
		"id": e.ID, "email": e.Address, "email_utf8": addressToUnicode(e.Address), "description": e.Description,
		"size": e.Size, "max_size": e.MaxSize,
		"aliases": list(e.Aliases), "aliases_utf8": allToUnicode(e.Aliases),
		"forwardings": list(e.Forwardings), "forwardings_utf8": allToUnicode(e.Forwardings),
	}
}

func allToUnicode(addresses []string) []string {
	all := make([]string, len(addresses))
	for i, address := range addresses {
		all[i] = addressToUnicode(address)
	}
	return all
}
