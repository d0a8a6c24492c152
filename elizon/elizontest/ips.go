package elizontest

import (
	"net/http"
	"net/netip"
	"strings"
)

// ipv6 is an address that the account has added to a service.
type ipv6 struct{ ID, ServiceID, Address, Reverse string }

// ipManager has a record for the IPv4 address of each service, and for the IPv6 addresses that were
// added.
func ipManager(c *call) reply {
	data, subnets := []row{}, []row{}
	for _, s := range c.st.services.Rows {
		if s.SharedBy != "" || !s.known(c.now) {
			continue
		}
		data = append(data, ipRow(s, ipRecordPrefix+s.ID, s.IPv4, "A", s.Reverse))
		subnets = append(subnets, row{"serviceId": s.ID, "serviceName": s.Name, "prefix": s.subnet().Addr().String(), "cidr": subnetBits})
	}
	for _, added := range c.st.ipv6s.Rows {
		if s := c.st.services.Get(added.ServiceID); s != nil {
			data = append(data, ipRow(s, added.ID, added.Address, "AAAA", added.Reverse))
		}
	}
	return ok(row{"data": data, "subnets": subnets})
}

func ipRow(s *Service, id, address, kind, reverse string) row {
	if reverse == "" {
		reverse = s.Hostname
	}
	return row{
		"id": id, "serviceId": s.ID, "serviceName": s.Name, "ipAddress": address, "type": kind, "forwardHostname": s.Hostname,
		"reverseContent": reverse, "ipv6SubnetPrefix": nil, "ipv6SubnetCidr": nil, "isPrimary": kind == "A",
	}
}

func setReverse(c *call) reply {
	id := c.r.PathValue("id")
	name := c.required("reverseContent")
	if a, refused := c.refused(); refused {
		return a
	}
	if added := c.st.ipv6s.Get(id); added != nil {
		added.Reverse = name
		return succeeded()
	}
	s := c.primaryIP(id)
	if s == nil {
		return notFound(codeNoRecord, "IP record")
	}
	s.Reverse = name
	return succeeded()
}

// primaryIP returns the service whose own record has this ID; nil if there is none.
func (c *call) primaryIP(id string) *Service {
	service, found := strings.CutPrefix(id, ipRecordPrefix)
	if s := c.st.services.Get(service); found && s != nil && s.SharedBy == "" {
		return s
	}
	return nil
}

func addIPv6(c *call) reply {
	id, text := c.required("serviceId"), c.required("ipv6Address")
	if a, refused := c.refused(); refused {
		return a
	}
	s := c.st.services.Get(id)
	address, err := netip.ParseAddr(text)
	switch {
	case s == nil:
		return noService()
	case s.SharedBy != "":
		return fail(http.StatusForbidden, codeNotOwned, "The service belongs to somebody else")
	case err != nil || !address.Is6():
		return bad(codeBadIPv6, "This is no IPv6 address")
	case !s.subnet().Contains(address):
		return bad(codeForeignIPv6, "The address is outside of the service's subnet")
	case address.String() == s.IPv6 || c.st.ipv6s.Find(func(o *ipv6) bool { return o.Address == address.String() }) != nil:
		return bad(codeInvalidRequest, "The service has this address already")
	}
	c.st.ipv6s.Add(&ipv6{ID: c.st.newID(), ServiceID: id, Address: address.String()})
	return succeeded()
}

func (s *Service) subnet() netip.Prefix {
	own, err := netip.ParseAddr(s.IPv6)
	if err != nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(own, subnetBits).Masked()
}

func removeIP(c *call) reply {
	id := c.r.PathValue("id")
	if added := c.st.ipv6s.Get(id); added != nil {
		c.st.ipv6s.Remove(added)
		return succeeded()
	}
	if c.primaryIP(id) != nil {
		return bad(codeKeptIPv4, "IPv4 records cannot be removed")
	}
	return notFound(codeNoRecord, "IP record")
}
