package hestiatest

import "strings"

// checkLabelled checks the format of an argument; label is its name in the error.
func (c *call) checkLabelled(verb, name, label string) int {
	value := c.v[name]
	invalid := func(ok bool) int {
		if ok {
			return 0
		}
		return c.fail(eInvalid, "invalid %s format :: %s", label, value)
	}
	switch verb {
	case "common":
		if label == "KEY" { // the error names the key that the caller sent
			label = c.v["key"]
		}
		return c.common(label, value)
	case "spaces":
		if label == "last name" && value == "" {
			return 0
		}
		return c.withSpaces(label, value)
	case "noquotes":
		if strings.ContainsAny(value, `'|"`) {
			return c.fail(eInvalid, `Invalid %s contains qoutes (" or ' or | ) :: %s`, label, value)
		}
		return c.oneLine(value)
	case "number":
		return invalid(reInt.MatchString(value))
	case "minusone":
		return invalid(reMinusOne.MatchString(value))
	case "bool":
		return invalid(value == "yes" || value == "no")
	case "bool?":
		return invalid(value == "" || value == "yes" || value == "no")
	case "username":
		if reEmail.MatchString(value) || reRelayUser.MatchString(value) {
			return 0
		}
		if strings.ContainsAny(value, stringForbidden) {
			return invalid(false)
		}
		return c.oneLine(value)
	case "username2":
		return invalid(rePlainUser.MatchString(value))
	case "objectname":
		return invalid(reObject.MatchString(value))
	case "domainname":
		if label == "" {
			label = "domain"
		}
		return c.domainFormat(value, label)
	}
	return 0
}

// common checks the panel's usual format for one word.
func (c *call) common(label, value string) int {
	first, last := byte('a'), byte('a')
	if value != "" {
		first, last = value[0], value[len(value)-1]
	}
	bad := strings.ContainsAny(value, stringForbidden+" ") || len(value) >= 400 ||
		(strings.Contains(value, "@") && len(value) > 1) ||
		(strings.Contains(value, "*") && value != "*" && !strings.Contains(value, "*.")) ||
		!isWordByte(last, "_*@.") || !isWordByte(first, "_*@") ||
		strings.Contains(value, "..") || strings.Contains(value, "--") || strings.Contains(value, "__")
	if bad {
		return c.fail(eInvalid, "invalid %s format :: %s", label, value)
	}
	return c.oneLine(value)
}

// withSpaces checks the same format with single spaces inside; the text must begin and end with an
// ASCII letter or digit.
func (c *call) withSpaces(label, value string) int {
	first, last := byte('a'), byte('a')
	if value != "" {
		first, last = value[0], value[len(value)-1]
	}
	bad := strings.ContainsAny(value, stringForbidden+"\t\n\r\v\f") || len(value) >= 400 || strings.Contains(value, "  ") ||
		(strings.Contains(value, "@") && len(value) > 1) ||
		(strings.Contains(value, "*") && value != "*" && !strings.Contains(value, "*.")) ||
		!isWordByte(last, "") || !isWordByte(first, "") ||
		strings.Contains(value, "..") || strings.Contains(value, "--") || strings.Contains(value, "__")
	if bad {
		return c.fail(eInvalid, "invalid %s format :: %s", label, value)
	}
	return 0
}

func isWordByte(b byte, also string) bool {
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || strings.IndexByte(also, b) >= 0
}

// normalDomain returns a domain in the form in which the panel stores it.
func normalDomain(domain string) string {
	domain = strings.ToLower(domain)
	domain = strings.TrimPrefix(domain, "www.")
	return strings.Trim(strings.TrimRight(domain, "."), ". \t")
}

// normalAliases does the same for a list of aliases, sorted and without duplicates. "none" stays.
func normalAliases(aliases string) string {
	if aliases == "" || aliases == "none" {
		return aliases
	}
	var kept []string
	for alias := range strings.SplitSeq(strings.ToLower(aliases), ",") {
		alias = strings.Trim(alias, ".")
		for strings.Contains(alias, "..") {
			alias = strings.ReplaceAll(alias, "..", ".")
		}
		if alias != "" {
			kept = append(kept, alias)
		}
	}
	return strings.Join(sortedOnce(kept), ",")
}
