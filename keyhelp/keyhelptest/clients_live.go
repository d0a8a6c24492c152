package keyhelptest

import (
	"slices"
	"strings"
)

func createClientLive(c *call) reply {
	added := Client{Username: c.newLogin("username"), Language: defaultLanguage}
	if !c.body.Has("email") || c.body.IsNull("email") {
		c.blame("email", "This field is required")
	}
	c.text(c.body, "skeleton", &added.Skeleton)
	c.flag(c.body, "send_login_credentials", &added.CredentialsSent)
	var systemDomain bool
	c.flag(c.body, "create_system_domain", &systemDomain)
	plan, _ := c.liveFields(&added)
	if bad, refused := c.refused(); refused {
		return bad
	}
	added.PlanID = plan
	answer := row{}
	if added.Password == "" && added.PasswordHash == "" {
		added.Password = c.tokens.Next(passwordLength, passwordAlphabet)
		answer["password"] = added.Password
	}
	id := c.st.addClient(added, c.now)
	answer["id"] = id
	if systemDomain {
		c.addSystemDomain(id, added.Username)
	}
	return created(answer)
}

func getClientLive(c *call) reply { return getRow(c, c.st.clients, "client", liveClient) }

func listClients(c *call) reply { return listRows(c, c.st.clients, liveClient) }

func updateClientLive(c *call) reply {
	client := pick(c, c.st.clients)
	if client == nil {
		return c.notFound("client")
	}
	changed := client.clone()
	c.fixed("username", client.Username)
	plan, replan := c.liveFields(&changed)
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
	return changedID(client.ID)
}

// liveFields reads what POST and PUT have in common.
func (c *call) liveFields(dst *Client) (plan int64, replan bool) {
	c.password(dst)
	if email, there := c.email("email"); there {
		dst.Email = email
	}
	c.language(&dst.Language)
	c.text(c.body, "notes", &dst.Notes)
	if c.body.IsEmpty("is_suspended") { // sent by a migration on /api/v1
		dst.Suspended = false
	} else {
		c.flag(c.body, "is_suspended", &dst.Suspended)
	}
	c.day("suspend_on", &dst.SuspendOn)
	c.day("delete_on", &dst.DeleteOn)
	if contact, there := c.body.Object("contact_data"); there {
		for key, field := range inOrder(dst.Contact.fields()) {
			if text, there := contact.Text(key); there {
				*field = text
			}
		}
		dst.DisplayName = strings.TrimSpace(dst.Contact.FirstName + " " + dst.Contact.LastName)
	}
	return c.planID()
}

func (c *call) language(dst *string) {
	language, there := c.filled("language")
	if !there || language == "" {
		return
	}
	if !slices.Contains(languages, language) {
		c.blame("language", invalidValue)
	}
	*dst = language
}

// fields maps the keys of contact_data.
func (c *Contact) fields() map[string]*string {
	return map[string]*string{
		"first_name": &c.FirstName, "last_name": &c.LastName, "company": &c.Company, "telephone": &c.Telephone,
		"address": &c.Address, "city": &c.City, "zip": &c.Zip, "state": &c.State, "country": &c.Country,
		"client_id": &c.ClientID,
	}
}

func liveClient(c *Client) row {
	contact := row{}
	for key, field := range c.Contact.fields() {
		contact[key] = *field
	}
	return row{
		"id":              c.ID,
		"username":        c.Username,
		"language":        c.Language,
		"email":           c.Email,
		"notes":           c.Notes,
		"is_suspended":    c.Suspended,
		"suspend_on":      liveDay(c.SuspendOn),
		"delete_on":       liveDay(c.DeleteOn),
		"created_at":      liveTime(c.CreatedAt),
		"contact_data":    contact,
		"id_hosting_plan": orNull(c.PlanID),
		"resource_limits": resourcesRow(c.Limits),
		"permissions":     orEmpty(c.Permissions),
		"php":             orEmpty(c.PHP),
		"php_fpm":         orEmpty(c.PHPFPM),
	}
}
