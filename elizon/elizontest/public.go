package elizontest

func ping(c *call) reply { return ok(row{"message": "pong", "timestamp": stamp(c.now)}) }

func publicStatus(*call) reply { return ok(row{"state": "operational"}) }

func navigation(*call) reply { return ok(row{"navigation": []row{}}) }

func reviews(*call) reply { return ok(row{"reviews": []row{}}) }

func registrationStatus(*call) reply {
	return ok(row{"allowRegistration": false, "allowRegistrationPrivate": false, "allowRegistrationBusiness": false})
}

func netPoints(c *call) reply {
	return ok(row{"balance": c.st.account.NetPoints, "transactions": []row{}})
}

func previewNetPoints(c *call) reply {
	total, there := c.euros("orderTotal")
	if a, refused := c.refusedAs(codeBadAmount); refused {
		return a
	}
	if !there {
		return bad(codeBadAmount, "orderTotal is required")
	}
	most := min(total, c.st.account.points())
	return ok(row{"maxEur": most.euro(), "maxPoints": most.netPoints(), "currentBalance": c.st.account.NetPoints})
}

func oauthProviders(*call) reply { return ok(row{"providers": []row{}}) }

func passkeys(*call) reply { return ok(row{"passkeys": []row{}}) }
