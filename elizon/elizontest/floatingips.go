package elizontest

import (
	"slices"
	"time"
)

// floatingIP is an address that can be moved between services.
type floatingIP struct {
	ID, Address, LocationID, ServiceID string
	Version                            int64
	Monthly                            Cents
	CreatedAt, PaidUntil               time.Time
	CancelAtPeriodEnd                  bool
}

func (c *call) floatingIPRow(f *floatingIP) row {
	var serviceName any
	if s := c.st.services.Get(f.ServiceID); s != nil {
		serviceName = s.Name
	}
	place := ""
	for _, l := range c.st.locations {
		if l.ID == f.LocationID {
			place = l.Name
		}
	}
	return row{
		"id": f.ID, "address": f.Address, "ipVersion": f.Version, "status": "ACTIVE", "locationId": f.LocationID, "locationName": place,
		"assignedServiceId": orNil(f.ServiceID), "assignedServiceName": serviceName, "monthlyPrice": f.Monthly.euro(),
		"nextBillingAt": stamp(f.PaidUntil), "subscriptionStatus": subscriptionActive, "cancelAtPeriodEnd": f.CancelAtPeriodEnd,
		"createdAt": stamp(f.CreatedAt),
	}
}

func listFloatingIPs(c *call) reply {
	return ok(row{"floatingIps": rows(c.st.floatingIPs.Rows, c.floatingIPRow)})
}

func floatingIPOptions(c *call) reply {
	offer := func(monthly Cents) row { return row{"monthlyPrice": monthly.euro(), "available": true} }
	return ok(row{"locations": rows(c.st.locations, func(l Location) row {
		return row{
			"id": l.ID, "name": l.Name, "city": l.City, "countryCode": l.Country, "ipv4": offer(floatingIPv4), "ipv6": offer(floatingIPv6),
		}
	})})
}

// orderFloatingIP takes the price from the balance, or waits for a person to pay.
func orderFloatingIP(c *call) reply {
	f := &floatingIP{LocationID: c.required("locationId"), CreatedAt: c.now}
	f.Version, _ = c.body.Int("ipVersion")
	days, _ := c.body.Int("billingCycle")
	method := c.oneOf("paymentMethod", "", payBalance, paySaved, payMollie)
	if f.Version != 4 && f.Version != 6 {
		c.blame("ipVersion must be 4 or 6")
	}
	if !slices.Contains(allCycles, days) {
		c.blame("billingCycle is not allowed")
	}
	if f.LocationID != "" && !c.st.hasLocation(f.LocationID) {
		c.blame("locationId is unknown")
	}
	if a, refused := c.refused(); refused {
		return a
	}
	f.ID, f.Monthly, f.Address = c.st.newID(), floatingIPv4, serviceIPv4(len(c.st.floatingIPs.Rows)+50_000)
	if f.Version == 6 {
		f.Monthly, f.Address = floatingIPv6, serviceIPv6(len(c.st.floatingIPs.Rows)+50_000)
	}
	in, _ := countryOf(c.st.defaultCountry())
	price := share(f.Monthly, days, 30)
	price += share(price, in.Percent, 100)
	if a, refused := c.canPay(method, price, ""); refused {
		return a
	}
	st := c.st
	paid := func(_ string, at time.Time) {
		f.PaidUntil = at.AddDate(0, 0, int(days))
		st.floatingIPs.Add(f)
	}
	switch method {
	case payMollie:
		st.pending[f.ID] = paid
		return ok(row{"checkoutUrl": c.payLink(f.ID)})
	case payBalance:
		st.account.Balance -= price
	}
	paid(method, c.now)
	return created(row{"floatingIp": c.floatingIPRow(f)})
}

func onFloatingIP(do func(*call, *floatingIP) reply) handler {
	return func(c *call) reply {
		f := c.st.floatingIPs.Get(c.r.PathValue("id"))
		if f == nil {
			return notFound(codeNoFloatingIP, "Floating IP")
		}
		return do(c, f)
	}
}

func assignFloatingIP(c *call, f *floatingIP) reply {
	id := c.required("serviceId")
	if a, refused := c.refused(); refused {
		return a
	}
	if s := c.st.services.Get(id); s == nil || s.SharedBy != "" {
		return noService()
	}
	f.ServiceID = id
	return succeeded()
}

func unassignFloatingIP(_ *call, f *floatingIP) reply {
	f.ServiceID = ""
	return succeeded()
}

func cancelFloatingIP(_ *call, f *floatingIP) reply {
	f.CancelAtPeriodEnd = true
	return succeeded()
}
