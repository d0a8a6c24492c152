package vendorprograms

import (
	"maps"
	"net/url"
	"testing"
	"time"
)

func sdkAuth(t *testing.T, w *elizonWorld) {
	srv, s, password := w.srv, w.session, w.srv.Password
	login := func(more fields) fields {
		body := fields{"email": srv.Email, "password": password, "rememberMe": true}
		maps.Copy(body, more)
		return body
	}
	t.Run("login", func(t *testing.T) {
		other := newSDK(srv.URL, "api", "")
		got := other.call(t, loginResponse, "POST", "/api/auth/login", login(nil))
		if str(got["token"]) == "" {
			t.Errorf("examples/auth.ts sets token, and it is %v", got["token"])
		}
		other.throws(t, "POST", "/api/auth/login", login(fields{"password": "wrong"}), "invalidEmailOrPassword", "authenticationFailed")
	})
	t.Run("me", func(t *testing.T) {
		s.call(t, meResponse, "GET", "/api/auth/me", nil)
		newSDK(srv.URL, "api", "").throws(t, "GET", "/api/auth/me", nil, "unauthenticated")
		// error-codes.ts has the code; elizon.md section 13 tells that an API key gets it on the routes of sessions.
		newSDK(srv.URL, "api", srv.Key).throws(t, "GET", "/api/auth/me", nil, "thisRouteCannotBeAccessedWithAnApiKey")
	})
	t.Run("updateProfile", func(t *testing.T) {
		s.call(t, done, "PUT", "/api/auth/me", fields{"firstName": "Erika", "nickname": "em"})
		got := s.call(t, meResponse, "GET", "/api/auth/me", nil)
		if user, _ := got["user"].(map[string]any); user["firstName"] != "Erika" || user["nickname"] != "em" {
			t.Errorf("the profile is %v", got["user"])
		}
		s.throws(t, "PUT", "/api/auth/me", fields{"firstName": 5}, "invalidRequest")
	})
	t.Run("sessions", func(t *testing.T) {
		got := s.call(t, sessions, "GET", "/api/auth/sessions", nil)
		if row(got, "sessions", "isCurrent", true) == nil {
			t.Errorf("no session is the current one: %v", got)
		}
	})
	t.Run("revokeSession", func(t *testing.T) {
		other := newSDK(srv.URL, "api", "")
		other.token = str(other.call(t, loginResponse, "POST", "/api/auth/login", login(nil))["token"])
		current := func(s *sdk) string {
			return str(row(s.call(t, sessions, "GET", "/api/auth/sessions", nil), "sessions", "isCurrent", true)["id"])
		}
		s.throws(t, "DELETE", "/api/auth/sessions"+query("id", current(s)), nil, "cannotRevokeCurrentSessionUseLogoutInstead")
		s.call(t, done, "DELETE", "/api/auth/sessions"+query("id", current(other)), nil)
		other.throws(t, "GET", "/api/auth/me", nil, "unauthenticated")
	})
	t.Run("changePassword", func(t *testing.T) {
		const path = "/api/auth/change-password"
		const newer = "Newer-Passw0rd"
		s.throws(t, "POST", path, fields{"currentPassword": "wrong", "newPassword": newer}, "currentPasswordIsIncorrect")
		s.throws(t, "POST", path, fields{"currentPassword": password, "newPassword": "weak"}, "invalidPassword")
		s.call(t, done, "POST", path, fields{"currentPassword": password, "newPassword": newer})
		password = newer
		newSDK(srv.URL, "api", "").call(t, loginResponse, "POST", "/api/auth/login", login(nil))
	})
	const setup = "/api/auth/2fa/setup"
	t.Run("setup2fa", func(t *testing.T) { s.call(t, twoFactorSetup, "GET", setup, nil) })
	t.Run("enable2fa", func(t *testing.T) {
		s.throws(t, "POST", setup, fields{"code": wrongCode(srv.Code)}, "invalidVerificationCode")
		s.call(t, twoFactorEnable, "POST", setup, fields{"code": srv.Code})
		other := newSDK(srv.URL, "api", "")
		// examples/auth.ts reads requiresTwoFactor of an answer; what is thrown it prints as an error.
		got := other.call(t, loginResponse, "POST", "/api/auth/login", login(nil))
		if got["requiresTwoFactor"] != true || got["token"] != nil {
			t.Errorf("examples/auth.ts: a login without the code has requiresTwoFactor and no token, not %v", got)
		}
		other.throws(t, "POST", "/api/auth/login", login(fields{"twoFactorCode": wrongCode(srv.Code)}), "invalidVerificationCode")
		if got = other.call(t, loginResponse, "POST", "/api/auth/login", login(fields{"twoFactorCode": srv.Code})); str(got["token"]) == "" {
			t.Errorf("no token in %v", got)
		}
	})
	t.Run("disable2fa", func(t *testing.T) {
		s.throws(t, "DELETE", setup, fields{"code": srv.Code, "password": "wrong"}, "incorrectPassword")
		s.throws(t, "DELETE", setup, fields{"code": wrongCode(srv.Code), "password": password}, "invalidVerificationCode")
		s.call(t, twoFactorDisable, "DELETE", setup, fields{"code": srv.Code, "password": password})
	})
	t.Run("logout", func(t *testing.T) {
		other := newSDK(srv.URL, "api", "")
		other.token = str(other.call(t, loginResponse, "POST", "/api/auth/login", login(nil))["token"])
		other.call(t, done, "POST", "/api/auth/logout", nil)
		other.throws(t, "GET", "/api/auth/me", nil, "unauthenticated")
		s.call(t, meResponse, "GET", "/api/auth/me", nil)
	})
	t.Run("logoutAll", func(t *testing.T) {
		s.call(t, done, "DELETE", "/api/auth/logout", nil)
		s.throws(t, "GET", "/api/auth/me", nil, "unauthenticated")
	})
}

func wrongCode(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func sdkSupport(t *testing.T, w *elizonWorld) {
	s := w.api
	var id string
	t.Run("createTicket", func(t *testing.T) {
		s.call(t, ticketMade, "POST", "/api/tickets", fields{"subject": "sdk", "message": "hello", "priority": "low"})
		s.throws(t, "POST", "/api/tickets", fields{"subject": "sdk", "message": "hello", "priority": "shouted"}, "invalidPriority")
	})
	t.Run("tickets", func(t *testing.T) {
		for _, q := range []string{query("limit", "100"), query("limit", "100", "status", "open")} {
			if id = str(row(s.call(t, tickets, "GET", "/api/tickets"+q, nil), "tickets", "subject", "sdk")["id"]); id == "" {
				t.Error("the ticket is not listed")
			}
		}
	})
	t.Run("reply", func(t *testing.T) {
		need(t, id != "", "tickets")
		s.call(t, done, "POST", "/api/tickets/"+id+"/messages", fields{"content": "from the SDK"})
		// ignite-mobile src/api/support.ts, which is newer
		s.call(t, done, "POST", "/api/tickets/"+id, fields{"message": "from the app"})
		s.throws(t, "POST", "/api/tickets/none/messages", fields{"content": "hello"}, "ticketNotFound")
	})
	t.Run("ticket", func(t *testing.T) {
		need(t, id != "", "tickets")
		got := s.call(t, ticket, "GET", "/api/tickets/"+id, nil)
		shown, _ := got["ticket"].(map[string]any)
		if row(shown, "messages", "content", "from the SDK") == nil || row(shown, "messages", "content", "from the app") == nil {
			t.Errorf("both replies are messages of the ticket, not %v", shown["messages"])
		}
		s.throws(t, "GET", "/api/tickets/none", nil, "ticketNotFound")
	})
	t.Run("knowledgeBase", func(t *testing.T) {
		newSDK(w.srv.URL, "api", "").call(t, articles, "GET", "/api/knowledge-base"+query("lang", "en"), nil)
	})
}

func sdkUserMethods(t *testing.T, w *elizonWorld) {
	s := w.session
	t.Run("auditLog", func(t *testing.T) { s.call(t, auditLog, "GET", "/api/user/audit-log"+query("limit", "50"), nil) })
	var made map[string]any
	t.Run("createApiKey", func(t *testing.T) {
		got := s.call(t, keyMade, "POST", "/api/api-keys", fields{"name": "sdk"})
		made, _ = got["apiKey"].(map[string]any)
		newSDK(w.srv.URL, "api", str(got["secret"])).call(t, serviceListing, "GET", "/api/services"+query("limit", "50"), nil)
		made["secret"] = got["secret"]
		s.throws(t, "POST", "/api/api-keys", fields{}, "invalidRequest")
	})
	t.Run("apiKeys", func(t *testing.T) {
		got := s.call(t, apiKeys, "GET", "/api/api-keys"+query("page", "1", "pageSize", "50"), nil)
		if row(got, "apiKeys", "id", made["id"]) == nil {
			t.Errorf("the key is not among %v", got["apiKeys"])
		}
	})
	t.Run("revokeApiKey", func(t *testing.T) {
		need(t, made != nil, "createApiKey")
		s.call(t, done, "DELETE", "/api/api-keys"+query("id", str(made["id"])), nil)
		s.throws(t, "DELETE", "/api/api-keys"+query("id", "none"), nil, "apiKeyNotFound")
		// docs/ERROR_CODES.md, authentication
		newSDK(w.srv.URL, "api", str(made["secret"])).throws(t, "GET", "/api/services"+query("limit", "50"), nil,
			"apiKeyRevoked", "invalidApiKey", "unauthenticated")
	})
	t.Run("generateSupportPin", func(t *testing.T) {
		if got := s.call(t, pin, "POST", "/api/user/support-pin", nil); str(got["supportPin"]) == "" {
			t.Errorf("user.ts: no supportPin in %v", got)
		}
	})
	t.Run("supportPin", func(t *testing.T) {
		if got := s.call(t, pin, "GET", "/api/user/support-pin", nil); str(got["supportPin"]) == "" {
			t.Errorf("user.ts: no supportPin in %v", got)
		}
	})
	t.Run("gdprExportCheck", func(t *testing.T) { s.call(t, warnings, "DELETE", "/api/user/gdpr-export", nil) })
	t.Run("gdprExportConfirm", func(t *testing.T) {
		path := "/api/user/gdpr-export" + query("confirm", "true")
		s.throws(t, "DELETE", path, fields{"password": "wrong"}, "incorrectPassword")
		s.call(t, done, "DELETE", path, fields{"password": w.srv.Password})
	})
}

func sdkBusiness(t *testing.T, w *elizonWorld) {
	s := w.desktop
	w.srv.VerifyBusiness(true)
	w.srv.EnableInvoicing(true)
	t.Run("billing", func(t *testing.T) {
		s.call(t, businessBilling, "GET", "/api/business/billing", nil)
		// ignite-mobile src/api/business.ts, enableInvoiceBilling: the day has another name where it is sent.
		s.call(t, done, "POST", "/api/business/billing", fields{"anchorDay": 15})
		config, _ := s.call(t, businessBilling, "GET", "/api/business/billing", nil)["config"].(map[string]any)
		if config["billingAnchorDay"] != 15.0 {
			t.Errorf("business.ts (BusinessBillingConfig): billingAnchorDay is %v, want 15", config["billingAnchorDay"])
		}
	})
	t.Run("fund", func(t *testing.T) {
		if got := s.call(t, fund, "GET", "/api/business/fund", nil); got["contract"] != nil || got["pendingOffer"] != nil {
			t.Errorf("nobody asked for a fund, and it is %v", got)
		}
	})
	t.Run("requestFund", func(t *testing.T) {
		s.throws(t, "POST", "/api/business/fund", fields{}, "amountAndBindingPeriodAreRequired")
		newSDK(w.srv.URL, "mobile", w.srv.Key).throws(t, "POST", "/api/business/fund",
			fields{"amount": 500, "bindingMonths": 12}, "clientPlatformNotAllowed")
		s.call(t, fundRequested, "POST", "/api/business/fund", fields{"amount": 500, "bindingMonths": 12})
	})
	var contract string
	t.Run("acceptFund", func(t *testing.T) {
		offer := w.srv.OfferFund()
		need(t, offer != "", "requestFund")
		if got := s.call(t, fund, "GET", "/api/business/fund", nil); got["pendingOffer"] == nil {
			t.Errorf("business.ts: no pendingOffer in %v", got)
		}
		balance := w.srv.Balance()
		accept := "/api/business/fund/" + url.PathEscape(offer) + "/accept"
		w.srv.SetBalance(0)
		s.throws(t, "POST", accept, fields{"paymentMethod": "guthaben"}, "insufficientBalance")
		w.srv.SetBalance(balance)
		s.call(t, fundAccepted, "POST", accept, fields{"paymentMethod": "guthaben"})
		got := s.call(t, fund, "GET", "/api/business/fund", nil)
		active, _ := got["contract"].(map[string]any)
		if contract = str(active["id"]); contract == "" {
			t.Errorf("business.ts: no contract in %v", got)
		}
	})
	t.Run("cancelFund", func(t *testing.T) {
		need(t, contract != "", "acceptFund")
		// ignite-mobile src/features/billing/tabs/BusinessFundTab.tsx does not offer it before bindingEndDate.
		w.srv.Advance(13 * 31 * 24 * time.Hour)
		s.call(t, done, "POST", "/api/business/fund/"+url.PathEscape(contract)+"/cancel", fields{})
	})
}

func sdkAffiliates(t *testing.T, w *elizonWorld) {
	s := w.api
	w.srv.AddCommission(5_00)
	t.Run("me", func(t *testing.T) {
		s.call(t, affiliate, "GET", "/api/affiliates/me", nil)
		// ignite-mobile src/screens/AffiliateScreen.tsx, which is newer, calls the profile affiliate.
		s.call(t, done.with(shape{"affiliate": shape{"code": text}}), "GET", "/api/affiliates/me", nil)
	})
	t.Run("commissions", func(t *testing.T) {
		if got := s.call(t, commissions, "GET", "/api/affiliates/me/commissions"+query("limit", "50"), nil); len(rows(got, "commissions")) != 1 {
			t.Errorf("one commission, and the list is %v", got)
		}
	})
	t.Run("payoutRequests", func(t *testing.T) {
		s.call(t, payoutRequests, "GET", "/api/affiliates/me/payout-requests"+query("limit", "20", "offset", "0"), nil)
	})
	t.Run("taxInfo", func(t *testing.T) { s.call(t, taxInfo, "GET", "/api/affiliates/me/tax-info", nil) })
}

func sdkFamily(t *testing.T, w *elizonWorld) {
	s := w.session
	var id, owner string
	t.Run("group before one is made", func(t *testing.T) {
		if got := s.call(t, family, "GET", "/api/family", nil); got["group"] != nil {
			t.Errorf("group is %v", got["group"])
		}
	})
	t.Run("create", func(t *testing.T) {
		s.call(t, done, "POST", "/api/family", fields{"name": "sdk"})
		s.throws(t, "POST", "/api/family", fields{"name": "another"}, "userAlreadyInFamilyGroup")
	})
	t.Run("group", func(t *testing.T) {
		group, _ := s.call(t, family, "GET", "/api/family", nil)["group"].(map[string]any)
		if id = str(group["id"]); id == "" || group["name"] != "sdk" {
			t.Errorf("group is %v", group)
		}
	})
	t.Run("members", func(t *testing.T) {
		need(t, id != "", "group")
		found := rows(s.call(t, familyMembers, "GET", "/api/family/"+id+"/members", nil), "members")
		if len(found) != 1 {
			t.Fatalf("who made the group is its one member: %v", found)
		}
		owner = str(found[0]["userId"])
	})
	t.Run("invite", func(t *testing.T) {
		need(t, id != "", "group")
		body := fields{"email": "child@example.com", "role": "CHILD"}
		s.call(t, done, "POST", "/api/family/"+id+"/invites", body)
		s.throws(t, "POST", "/api/family/"+id+"/invites", body, "pendingFamilyInviteExists")
	})
	t.Run("invites", func(t *testing.T) {
		need(t, id != "", "group")
		got := s.call(t, familyInvites, "GET", "/api/family/"+id+"/invites", nil)
		if row(got, "invites", "email", "child@example.com") == nil {
			t.Errorf("the invitation is not among %v", got["invites"])
		}
	})
	t.Run("balanceRequests", func(t *testing.T) {
		need(t, id != "", "group")
		s.call(t, familyRequests, "GET", "/api/family/"+id+"/balance-requests", nil)
		s.call(t, familyRequests, "GET", "/api/family/"+id+"/balance-requests"+query("status", "PENDING"), nil)
	})
	t.Run("updateMember", func(t *testing.T) {
		need(t, owner != "", "members")
		s.call(t, done, "PATCH", "/api/family/"+id+"/members/"+url.PathEscape(owner), fields{"familyBillingMode": nil})
	})
	t.Run("removeMember", func(t *testing.T) {
		need(t, owner != "", "members")
		s.throws(t, "DELETE", "/api/family/"+id+"/members/"+url.PathEscape(owner), nil, "cannotRemoveFamilyGroupOwner")
	})
}
