package keyhelptest

func listAdmins(c *call) reply { return listRows(c, c.st.admins, adminRow) }

func getAdmin(c *call) reply { return getRow(c, c.st.admins, "admin", adminRow) }

func createAdmin(c *call) reply {
	added := Admin{Username: c.newLogin("username"), Language: defaultLanguage, CreatedAt: c.now}
	c.required("email")
	c.adminFields(&added)
	added.Password, added.PasswordHash = c.secret()
	c.flag(c.body, "is_main_admin", &added.Main)
	if bad, refused := c.refused(); refused {
		return bad
	}
	return createdID(c.st.admins.Add(&added).ID)
}

func updateAdmin(c *call) reply {
	admin := pick(c, c.st.admins)
	if admin == nil {
		return c.notFound("admin")
	}
	changed := *admin
	c.adminFields(&changed)
	if bad, refused := c.refused(); refused {
		return bad
	}
	*admin = changed
	return changedID(admin.ID)
}

// adminFields reads what POST and PUT have in common.
func (c *call) adminFields(dst *Admin) {
	c.language(&dst.Language)
	if email, there := c.email("email"); there {
		dst.Email = email
	}
	if password, there := c.filled("password"); there {
		dst.Password = password
	}
}

func deleteAdmin(c *call) reply {
	admin := pick(c, c.st.admins)
	if admin == nil {
		return c.notFound("admin")
	}
	if admin.Main && len(c.st.admins.Where(func(a *Admin) bool { return a.Main })) == 1 {
		c.blame("is_main_admin", lastMainAdmin)
		bad, _ := c.refused()
		return bad
	}
	c.st.admins.Remove(admin)
	return gone()
}

func adminRow(a *Admin) row {
	return row{
		"id": a.ID, "username": a.Username, "language": a.Language, "email": a.Email, "is_main_admin": a.Main,
	}
}
