package hostkeytest

// Inventory returns module, action and class of all actions, and whether they are public.
func Inventory() [][]string {
	names := []string{"read", "write", "order", "destroy"}
	var all [][]string
	for module, actions := range byModule {
		for name, a := range actions {
			isOpen := "no"
			if a.access == open {
				isOpen = "yes"
			}
			all = append(all, []string{module, name, names[a.class], isOpen})
		}
	}
	return all
}

// Required returns the kinds of an action's required parameters, by name.
func Required(module, name string) map[string]string {
	found := make(map[string]string)
	for _, p := range parsed[byModule[module][name]] {
		if p.optional {
			continue
		}
		found[p.name] = p.kind
		if len(p.oneOf) > 0 {
			found[p.name] = "=" + p.oneOf[0]
		}
	}
	return found
}

// Modelled reports whether state is kept for an action.
func Modelled(module, name string) bool { return byModule[module][name].handler != nil }
