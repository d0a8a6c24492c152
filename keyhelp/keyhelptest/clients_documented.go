package keyhelptest

func createClientDocumented(c *call) reply {
	added := Client{Username: c.newLogin("login_name"), Password: c.required("password")}
	if email, there := c.email("email"); there {
		added.Email = email
	} else {
		c.blame("email", "This field is required")
	}
	c.text(c.body, "display_name", &added.DisplayName)
	added.PlanID, _ = c.planID()
	if bad, refused := c.refused(); refused {
		return bad
	}
	body := documentedClient(c.st.clients.Get(c.st.addClient(added, c.now)))
	delete(body, "id_hosting_plan")
	delete(body, "updated_at")
	return created(body)
}

func getClientDocumented(c *call) reply {
	return getRow(c, c.st.clients, "client", documentedClient)
}

func updateClientDocumented(c *call) reply {
	client := pick(c, c.st.clients)
	if client == nil {
		return c.notFound("client")
	}
	changed := client.clone()
	c.fixed("login_name", client.Username)
	if password, there := c.filled("password"); there {
		changed.Password = password
	}
	if email, there := c.email("email"); there {
		changed.Email = email
	}
	c.text(c.body, "display_name", &changed.DisplayName)
	c.flag(c.body, "is_locked", &changed.Suspended)
	plan, replan := c.planID()
	if bad, refused := c.refused(); refused {
		return bad
	}
	if c.ignore {
		changed.Suspended = client.Suspended
	}
	if replan {
		c.st.applyPlan(&changed, plan)
	}
	c.save(client, changed)
	return ok(documentedClient(client))
}

func documentedClient(c *Client) row {
	return row{
		"id":              c.ID,
		"login_name":      c.Username,
		"email":           c.Email,
		"display_name":    c.DisplayName,
		"is_locked":       c.Suspended,
		"id_hosting_plan": orNull(c.PlanID),
		"created_at":      documentedTime(c.CreatedAt),
		"updated_at":      documentedTime(c.UpdatedAt),
	}
}

// orNull returns an ID, or nil for 0.
func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
