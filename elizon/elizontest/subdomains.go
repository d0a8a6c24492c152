package elizontest

import (
	"net/http"
	"regexp"
	"strings"
)

// subdomain is a DNS record below one of the vendor's domains.
type subdomain struct {
	ID, DomainID, Name, Type, Value string
	Port                            int64
	ServiceID, SRVService, SRVProto string
	Comment                         string
}

// subdomainZone is a domain below which customers can create records.
type subdomainZone struct{ ID, Domain string }

var subdomainName = regexp.MustCompile(`^[a-z0-9]{1,63}$`)

func (st *state) zone(id string) string {
	for _, z := range st.domains {
		if z.ID == id {
			return z.Domain
		}
	}
	return ""
}

func (c *call) subdomainRow(s *subdomain) row {
	var port any
	if s.Port > 0 {
		port = s.Port
	}
	name := ""
	if v := c.st.services.Get(s.ServiceID); v != nil {
		name = v.Name
	}
	body := row{
		"id": s.ID, "domainId": s.DomainID, "domain": c.st.zone(s.DomainID), "subdomain": s.Name, "fqdn": c.fqdn(s), "type": s.Type,
		"value": s.Value, "port": port, "serviceId": s.ServiceID, "serviceName": name, "comment": orNil(s.Comment),
	}
	if s.Type == "SRV" {
		body["srvService"], body["srvProtocol"] = s.SRVService, s.SRVProto
	}
	return body
}

func (c *call) fqdn(s *subdomain) string { return s.Name + "." + c.st.zone(s.DomainID) }

func listSubdomains(c *call) reply {
	return ok(row{"data": rows(c.st.subdomains.Rows, c.subdomainRow), "limitUsed": len(c.st.subdomains.Rows), "limitMax": maxSubdomains})
}

func listZones(c *call) reply {
	return ok(row{"data": rows(c.st.domains, func(z subdomainZone) row { return row{"id": z.ID, "domain": z.Domain} })})
}

func createSubdomain(c *call) reply {
	s := &subdomain{
		DomainID: c.required("domainId"), Name: strings.ToLower(c.required("subdomain")), ServiceID: c.required("serviceId"),
		Type: c.oneOf("type", "", "A", "AAAA", "CNAME", "SRV"), Comment: c.text("comment"),
	}
	if !subdomainName.MatchString(s.Name) {
		c.blame("subdomain must have letters and digits only")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	v := c.st.services.Get(s.ServiceID)
	switch {
	case c.st.zone(s.DomainID) == "":
		return notFound(codeNoDomain, "Domain")
	case v == nil:
		return noService()
	case v.SharedBy != "":
		return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else")
	case len(c.st.subdomains.Rows) >= maxSubdomains:
		return bad(codeSubdomainLimit, "The limit of 5 records is reached")
	}
	c.target(s, v)
	if a, refused := c.refused(); refused {
		return a
	}
	if a, taken := c.taken(s); taken {
		return a
	}
	s.ID = c.st.newID()
	c.st.subdomains.Add(s)
	return created(row{})
}

// target sets what the record points to, by the rules of its type.
func (c *call) target(s *subdomain, v *Service) {
	kind := c.st.categoryOf(c.st.products.Get(v.ProductID)).ProviderType
	switch s.Type {
	case "A":
		s.Value = v.IPv4
	case "AAAA":
		if s.Value = v.IPv6; kind != typeProxmox {
			c.blame("AAAA is for Proxmox services only")
		}
	case "CNAME":
		s.Value = strings.ToLower(c.required("value"))
		if c.st.subdomains.Find(func(o *subdomain) bool { return c.fqdn(o) == s.Value }) == nil {
			c.blame("value must be the name of an own subdomain")
		}
	case "SRV":
		if kind != typePterodactyl {
			c.blame("SRV is for Pterodactyl services only")
		}
		c.srv(s, v)
	}
}

func (c *call) srv(s *subdomain, v *Service) {
	switch preset := c.text("presetId"); preset {
	case "ts3", "minecraft":
		s.SRVService, s.SRVProto = "_"+preset, map[string]string{"ts3": "udp", "minecraft": "tcp"}[preset]
	case "":
		s.SRVService, s.SRVProto = c.required("srvService"), c.oneOf("srvProtocol", "", "tcp", "udp")
	default:
		c.blame("presetId is unknown")
	}
	if s.Port, _ = c.body.Int("port"); s.Port < 1 || s.Port > 65535 {
		c.blame("port must be 1 to 65535")
	}
	if c.flag("srvDirectTarget") {
		s.Value = v.Hostname
		return
	}
	target := strings.ToLower(c.required("targetCnameSubdomain"))
	found := c.st.subdomains.Find(func(o *subdomain) bool {
		return o.Name == target && o.DomainID == s.DomainID && o.ServiceID == s.ServiceID && o.Type != "SRV"
	})
	if found == nil {
		c.blame("targetCnameSubdomain must be a record of the same domain and service")
		return
	}
	s.Value = c.fqdn(found)
}

// taken refuses a record that conflicts with another. A and AAAA can coexist, and SRV coexists with
// everything but its equal.
func (c *call) taken(s *subdomain) (reply, bool) {
	for _, o := range c.st.subdomains.Rows {
		switch {
		case o.DomainID != s.DomainID || o.Name != s.Name:
		case o.Type == s.Type && o.SRVService == s.SRVService && o.SRVProto == s.SRVProto:
			return bad(codeSameRecord, "There is a record of this type for the subdomain already"), true
		case o.Type == "SRV" || s.Type == "SRV":
		case o.Type == "CNAME":
			return bad(codeTakenByCNAME, "The subdomain has a CNAME record already"), true
		case s.Type == "CNAME":
			return bad(codeTakenByRecord, "The subdomain is in use by another record"), true
		}
	}
	return reply{}, false
}

func updateSubdomain(c *call) reply {
	s := c.st.subdomains.Get(c.r.PathValue("id"))
	if s == nil {
		return notFound(codeNoRecord, "Subdomain")
	}
	comment, there := c.body.String("comment")
	if a, refused := c.refused(); refused {
		return a
	}
	if there || c.body.IsNull("comment") {
		s.Comment = comment
	}
	return ok(row{"data": c.subdomainRow(s)})
}

func deleteSubdomain(c *call) reply {
	s := c.st.subdomains.Get(c.r.PathValue("id"))
	if s == nil {
		return notFound(codeNoRecord, "Subdomain")
	}
	c.st.subdomains.Remove(s)
	return succeeded()
}
