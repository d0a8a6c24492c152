package elizontest

import (
	"net/http"
	"strings"
)

// family is a group that the account has made. Nobody accepts its invitations.
type family struct {
	ID, Name string
	mode     any // familyBillingMode of its owner
	invites  []row
}

func (c *call) familyRow() any {
	if f := c.st.family; f != nil {
		return row{"id": f.ID, "name": f.Name, "status": "ACTIVE"}
	}
	return nil
}

func getFamily(c *call) reply { return ok(row{"group": c.familyRow()}) }

func createFamily(c *call) reply {
	name := c.required("name")
	if a, refused := c.refused(); refused {
		return a
	}
	if c.st.family != nil {
		return bad(codeInFamily, "The account is in a family group already")
	}
	c.st.family = &family{ID: c.st.newID(), Name: name}
	return created(row{"group": c.familyRow()})
}

// onFamily finds the group of the path.
func onFamily(do func(*call, *family) reply) handler {
	return func(c *call) reply {
		if f := c.st.family; f != nil && f.ID == c.r.PathValue("id") {
			return do(c, f)
		}
		return notFound(codeNoFamily, "Family group")
	}
}

func familyMembers(c *call, f *family) reply {
	return ok(row{"members": []row{{"id": "m-" + f.ID, "userId": c.st.account.ID, "role": "OWNER", "familyBillingMode": f.mode}}})
}

func familyInvites(_ *call, f *family) reply {
	return ok(row{"invites": append([]row{}, f.invites...)})
}

func inviteToFamily(c *call, f *family) reply {
	email, role := c.required("email"), c.required("role")
	if a, refused := c.refused(); refused {
		return a
	}
	for _, invite := range f.invites {
		if strings.EqualFold(invite["email"].(string), email) {
			return bad(codeInvited, "There is a pending invitation already")
		}
	}
	invite := row{"id": c.st.newID(), "email": email, "role": role, "status": grantPending}
	f.invites = append(f.invites, invite)
	return created(row{"invite": invite})
}

func familyRequests(*call, *family) reply { return ok(row{"requests": []row{}}) }

func (c *call) memberOf() bool { return c.r.PathValue("userId") == c.st.account.ID }

func updateFamilyMember(c *call, f *family) reply {
	if !c.memberOf() {
		return notFound(codeNoUser, "User")
	}
	if mode, there := c.body.String("familyBillingMode"); there {
		f.mode = mode
	} else if c.body.IsNull("familyBillingMode") {
		f.mode = nil
	}
	if a, refused := c.refused(); refused {
		return a
	}
	return succeeded()
}

func removeFamilyMember(c *call, _ *family) reply {
	if !c.memberOf() {
		return notFound(codeNoUser, "User")
	}
	return fail(http.StatusForbidden, codeFamilyOwner, "The owner cannot be removed")
}
