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
		return bad(codeLimit, "The limit of 5 records is reached")
	}
	c.target(s, v)
	if a, refused := c.refused(); refused {
		return a
	}
	if c.taken(s) {
		return bad(codeDuplicate, "The subdomain is taken")
	}
	s.ID = c.st.newID()
	c.st.subdomains.Add(s)
	return created(row{"data": c.subdomainRow(s)})
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

// taken reports whether another record conflicts. A and AAAA can coexist, and SRV coexists with
// everything but its equal.
func (c *call) taken(s *subdomain) bool {
	return c.st.subdomains.Find(func(o *subdomain) bool {
		if o.DomainID != s.DomainID || o.Name != s.Name {
			return false
		}
		if o.Type == "SRV" || s.Type == "SRV" {
			return o.Type == s.Type && o.SRVService == s.SRVService && o.SRVProto == s.SRVProto
		}
		return o.Type == s.Type || o.Type == "CNAME" || s.Type == "CNAME"
	}) != nil
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
	return done("Subdomain deleted")
}

// IP records: one for each address of each service.

func ipManager(c *call) reply {
	data, subnets := []row{}, []row{}
	for _, s := range c.st.services.Rows {
		if s.SharedBy != "" || !s.known(c.now) {
			continue
		}
		data = append(data, c.ipRow(s))
		subnets = append(subnets, row{"serviceId": s.ID, "serviceName": s.Name, "prefix": s.IPv6, "cidr": 64})
	}
	return ok(row{"data": data, "subnets": subnets})
}

// ipRow has the ID of its service, with a prefix.
func (c *call) ipRow(s *Service) row {
	reverse := s.Reverse
	if reverse == "" {
		reverse = s.Hostname
	}
	return row{
		"id": ipRecordPrefix + s.ID, "serviceId": s.ID, "serviceName": s.Name, "ipAddress": s.IPv4, "type": "A",
		"forwardHostname": s.Hostname, "reverseContent": reverse, "ipv6SubnetPrefix": nil, "ipv6SubnetCidr": nil, "isPrimary": true,
	}
}

func setReverse(c *call) reply {
	id, found := strings.CutPrefix(c.r.PathValue("id"), ipRecordPrefix)
	s := c.st.services.Get(id)
	if !found || s == nil || s.SharedBy != "" {
		return notFound(codeNoRecord, "IP record")
	}
	name := c.required("reverseContent")
	if a, refused := c.refused(); refused {
		return a
	}
	s.Reverse = name
	return ok(row{"data": c.ipRow(s)})
}
