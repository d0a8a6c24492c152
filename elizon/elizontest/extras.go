package elizontest

// What the account has nothing of: networks of its own, vouchers, offers. The shapes are those of the
// vendor's SDK.

func byoipStatus(c *call) reply {
	places := make([]string, len(c.st.locations))
	for i, l := range c.st.locations {
		places[i] = l.ID
	}
	return ok(row{"networks": []row{}, "allowedLocationIds": places, "walletPricePerTbGross": trafficPerTB.euro()})
}

func byoipAssign(c *call) reply {
	for _, field := range []string{"networkId", "serviceId", "assignedPrefix"} {
		c.required(field)
	}
	if a, refused := c.refused(); refused {
		return a
	}
	return notFound(codeNoNetwork, "Network")
}

func byoipUnassign(*call) reply { return notFound(codeNoAssignment, "Assignment") }

func byoipCancel(c *call) reply {
	c.required("networkId")
	if a, refused := c.refused(); refused {
		return a
	}
	return notFound(codeNoNetwork, "Network")
}

func bonusEvent(*call) reply { return ok(row{"event": nil}) }

func vouchers(*call) reply { return ok(row{"vouchers": []row{}, "total": 0}) }

func redeemVoucher(c *call) reply {
	c.required("code")
	if a, refused := c.refused(); refused {
		return a
	}
	return notFound(codeNoVoucher, "Voucher")
}

func trafficSources(c *call) reply {
	own := 0
	for _, s := range c.st.services.Rows {
		if s.SharedBy == "" {
			own++
		}
	}
	return ok(row{
		"summary": row{
			"walletBalanceTb": 0, "walletUsedTb": 0, "serviceSourceCounts": row{"SERVICE": own, "POOL": 0, "WALLET": 0},
		},
		"serviceSources": []row{},
	})
}

func monthlyOffers(*call) reply { return ok(row{"offers": []row{}}) }

// siteDNS has no records to propose: what a blueprint contains is undocumented.
func siteDNS(*call, *Service) reply { return ok(row{"records": []row{}}) }
