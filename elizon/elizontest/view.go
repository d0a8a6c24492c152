package elizontest

import "slices"

// action is something that a service can be told to do, with the permission that it needs.
type action struct{ key, permission string }

// actions are what both routes do. The vendor's programs know terminate too, which only the newer
// route has.
var actions = []action{
	{"start", "start"}, {"stop", "stop"}, {"restart", "restart"}, {"reset", "settings"}, {"suspend", "settings"}, {"resume", "settings"},
}

// terminate is the action that ends a service.
var terminate = action{"terminate", "delete"}

func actionOf(all []action, key string) (action, bool) {
	i := slices.IndexFunc(all, func(a action) bool { return a.key == key })
	if i < 0 {
		return action{}, false
	}
	return all[i], true
}

// serviceView describes a service for a generic user interface. Of the vendor's schema it has what
// identifies the service and what can be done with it.
func serviceView(c *call, s *Service) reply {
	p := c.st.products.Get(s.ProductID)
	shown := append(slices.Clone(actions), terminate)
	return ok(row{
		"enabled": true, "providerType": c.st.categoryOf(p).ProviderType, "layout": row{"id": "service", "surface": "service"},
		"tabs": []row{}, "fields": []row{}, "overviewFields": []row{}, "widgets": []row{},
		"actions": rows(shown, func(a action) row { return c.actionRow(s, a) }),
		"identity": row{
			"name": s.Name, "displayName": orNil(s.DisplayName), "status": s.Status, "primaryIpv4": orNil(s.IPv4), "primaryIpv6": orNil(s.IPv6),
			"productName": p.Name, "node": nil, "region": orNil(s.LocationID),
		},
	})
}

func (c *call) actionRow(s *Service, a action) row {
	ownerOnly := a == terminate || a.key == "suspend" || a.key == "resume"
	return row{
		"key": a.key, "labelKey": a.key, "icon": a.key, "tier": 1, "visibleWhen": row{"type": "always"},
		"handler": row{"type": "adapter", "method": a.key},
		"visible": c.who.may(a.permission) && (s.SharedBy == "" || !ownerOnly), "disabled": false,
	}
}

// dispatchAction is what the vendor's programs send; serviceAction is the older route of the reference.
func dispatchAction(c *call, s *Service) reply {
	if a, refused := c.refused(); refused {
		return a
	}
	return c.perform(s, append(slices.Clone(actions), terminate), c.r.PathValue("key"))
}

func serviceAction(c *call, s *Service) reply {
	key := c.text("action")
	if a, refused := c.refused(); refused {
		return a
	}
	return c.perform(s, actions, key)
}

func (c *call) perform(s *Service, known []action, key string) reply {
	a, valid := actionOf(known, key)
	switch {
	case !valid:
		return bad(codeBadAction, "Invalid action").with(row{"validActions": "start, stop, restart, reset, suspend, resume"})
	case !c.who.may(a.permission):
		return missingPermission(a.permission)
	}
	if refusal, refused := c.act(s, key); refused {
		return refusal
	}
	c.note("service." + key)
	return ok(row{"message": "Action " + key + " was executed", "status": s.Status})
}
