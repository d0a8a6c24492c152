package keyhelptest

import "github.com/provkit/provkit/internal/emulator"

// zone contains the records of a domain in the form of the API.
type zone struct {
	soa     soa
	records []record
}

type soa struct {
	ttl, refresh, retry, expire, minimum int64
	primaryNS, rname                     string
}

type record struct {
	host, kind, value string
	ttl               int64
}

// zoneOf returns the zone of the domain that the path names. Only top-level domains have one.
func (c *call) zoneOf() (*Domain, zone) {
	domain := pick(c, c.st.domains)
	if domain == nil || domain.ParentID != 0 {
		return nil, zone{}
	}
	if custom, there := c.st.zones[domain.ID]; there {
		return domain, custom
	}
	return domain, defaultZone()
}

func defaultZone() zone {
	return zone{
		soa: soa{
			ttl: 86400, primaryNS: "ns1." + hostName + ".", rname: "hostmaster." + hostName + ".",
			refresh: 14400, retry: 1800, expire: 604800, minimum: defaultTTL,
		},
		records: []record{
			{"@", "NS", "ns1." + hostName + ".", defaultTTL},
			{"@", "A", ipv4, defaultTTL},
			{"@", "AAAA", ipv6, defaultTTL},
			{"*", "A", ipv4, defaultTTL},
			{"@", "MX", "10 " + hostName + ".", defaultTTL},
			{"@", "TXT", "v=spf1 a mx ~all", defaultTTL},
		},
	}
}

func getZone(c *call) reply {
	domain, z := c.zoneOf()
	if domain == nil {
		return c.notFound("zone")
	}
	other := make([]row, len(z.records))
	for i, r := range z.records {
		other[i] = row{"host": r.host, "ttl": r.ttl, "type": r.kind, "value": r.value}
	}
	_, custom := c.st.zones[domain.ID]
	return ok(row{
		"is_custom_dns":   custom,
		"is_dns_disabled": domain.DNSDisabled,
		c.dkimField():     "",
		"records": row{
			"soa": row{
				"ttl": z.soa.ttl, "primary_ns": z.soa.primaryNS, "rname": z.soa.rname, "refresh": z.soa.refresh,
				"retry": z.soa.retry, "expire": z.soa.expire, "minimum": z.soa.minimum,
			},
			"other": other,
		},
	})
}

// dkimField is the name of the DKIM key in answers, which programs of older panels and of /api/v1 read as
// dkim_txt_record.
func (c *call) dkimField() string {
	if c.v == v1 {
		return "dkim_txt_record"
	}
	return "dkim_record"
}

// updateZone replaces the records as a whole. The flags next to them are read-only.
func updateZone(c *call) reply {
	domain, z := c.zoneOf()
	if domain == nil {
		return c.notFound("zone")
	}
	records, there := c.body.Object("records")
	if !there {
		c.blame("records", "This field is required")
		bad, _ := c.refused()
		return bad
	}
	if start, there := records.Object("soa"); there { // if it is absent the old one stays, since a zone needs one
		c.readSOA(start, &z.soa)
	}
	others, there := records.Objects("other")
	if !there {
		c.blame("records.other", "This field is required")
	}
	z.records = nil
	for _, other := range others {
		r := record{ttl: defaultTTL}
		c.text(other, "host", &r.host)
		c.text(other, "type", &r.kind)
		c.text(other, "value", &r.value)
		c.ttl(other, "ttl", &r.ttl)
		if r.host == "" || r.kind == "" || r.value == "" {
			c.blame("records.other", invalidValue)
		}
		z.records = append(z.records, r)
	}
	if bad, refused := c.refused(); refused {
		return bad
	}
	c.st.zones[domain.ID] = z
	return changedID(domain.ID)
}

func (c *call) readSOA(from *emulator.Object, dst *soa) {
	c.text(from, "primary_ns", &dst.primaryNS)
	c.text(from, "rname", &dst.rname)
	for key, field := range inOrder(map[string]*int64{
		"ttl": &dst.ttl, "refresh": &dst.refresh, "retry": &dst.retry, "expire": &dst.expire, "minimum": &dst.minimum,
	}) {
		c.ttl(from, key, field)
	}
}

// ttl reads a number that may be sent as a string.
func (c *call) ttl(from *emulator.Object, key string, dst *int64) {
	if v, there := from.IntOrText(key); there {
		if v < 0 {
			c.blame("records", invalidValue)
		}
		*dst = v
	}
}

// deleteZone restores the default records.
func deleteZone(c *call) reply {
	domain, _ := c.zoneOf()
	if domain == nil {
		return c.notFound("zone")
	}
	delete(c.st.zones, domain.ID)
	return gone()
}
